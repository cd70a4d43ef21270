"""Words settle what a recogniser doubts, and nothing else: not names, not numbers, not what it is sure of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.text.ctc import Reading, Readings
from models.text.doubtful import settled

WORDS = frozenset({"为了", "度假", "嫌疑人", "关系", "要求", "证人"})


def line(text: str, **doubts: dict[str, float]) -> list[Readings]:
    """Sure characters; `_3={"3": 0.6, "了": 0.3}` says what the character at place 3 may be."""
    sure = [(Reading(character, 1.0),) for character in text]
    for place, doubt in doubts.items():
        sure[int(place[1:])] = tuple(Reading(character, probability) for character, probability in doubt.items())
    return sure


def read(of_line: list[Readings]) -> str:
    return "".join(one.character for one in settled(of_line, WORDS))


def test_a_character_that_makes_no_word_gives_way_to_one_that_does() -> None:
    assert read(line("为3度假", _1={"3": 0.77, "了": 0.23})) == "为了度假"


def test_the_likelier_of_two_that_make_a_word_is_taken() -> None:
    assert read(line("关x", _1={"策": 0.5, "人": 0.3, "系": 0.2})) == "关系"


def test_a_word_of_three_is_known_by_its_middle() -> None:
    assert read(line("嫌x人", _1={"凝": 0.5, "疑": 0.4})) == "嫌疑人"


@pytest.mark.parametrize(
    ("doubt", "why"),
    [
        ({"3": 0.95, "了": 0.04}, "sure"),
        ({"3": 0.7, "了": 0.05}, "hardly possible"),
        ({"3": 0.6, "4": 0.3}, "no Chinese character"),
        ({"3": 0.6, "子": 0.3}, "no word either"),
    ],
)
def test_it_stays(doubt: dict[str, float], why: str) -> None:
    assert read(line("为3度假", _1=doubt)) == "为3度假", why


def test_a_character_in_a_word_stays_whatever_else_it_may_be() -> None:
    assert read(line("证人", _1={"人": 0.4, "入": 0.39})) == "证人"


@pytest.mark.parametrize("text", ["共为35元", "车牌A3了"])
def test_a_digit_or_letter_beside_another_stays(text: str) -> None:
    place = text.index("3")
    assert read(line(text, **{f"_{place}": {"3": 0.5, "了": 0.4}})) == text


def test_a_name_that_makes_no_word_stays() -> None:
    assert read(line("张雯承认", _1={"雯": 0.5, "要": 0.45})) == "张雯承认"


def test_the_probability_is_that_of_the_reading_taken() -> None:
    assert settled(line("为3", _1={"3": 0.77, "了": 0.23}), WORDS)[1] == Reading("了", 0.23)


@given(st.lists(st.lists(st.tuples(st.sampled_from("为了度假3A关系。"), st.floats(0.01, 1.0)), min_size=1, max_size=4)))
def test_nothing_is_put_in_that_was_not_seen(drawn: list[list[tuple[str, float]]]) -> None:
    of_line = [tuple(Reading(*one) for one in sorted(some, key=lambda one: -one[1])) for some in drawn]
    found = settled(of_line, WORDS)
    assert len(found) == len(of_line)
    assert all(one in seen for one, seen in zip(found, of_line, strict=True))
