"""Times of words that a person wrote: what stayed keeps its seconds, the rest lies between its neighbours."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.transcript import TranscriptWord
from pipelines.speech.retime import bare, divided, joined, retimed


def heard(*texts: str, start: float = 1.0, step: float = 0.5) -> tuple[TranscriptWord, ...]:
    return tuple(
        TranscriptWord(round(start + n * step, 3), round(start + (n + 1) * step, 3), text, 0.8)
        for n, text in enumerate(texts)
    )


def times(words: tuple[TranscriptWord, ...]) -> list[tuple[str, float, float, bool]]:
    return [(word.text, word.start, word.end, word.human) for word in words]


def test_a_changed_word_gets_the_time_of_the_one_that_it_replaces() -> None:
    words = retimed(heard("我", "昨天", "去", "了。"), "我前夜去了。", 1.0, 3.0)
    assert times(words) == [
        ("我", 1.0, 1.5, False),
        ("前", 1.5, 1.75, True),
        ("夜", 1.75, 2.0, True),
        ("去", 2.0, 2.5, False),
        ("了。", 2.5, 3.0, False),
    ]


def test_two_places_of_a_sentence_are_changed_and_all_between_keeps_its_time() -> None:
    words = retimed(heard("他", "拿了", "两部", "手机"), "她拿了两部手包", 1.0, 3.0)
    assert [(word.text, word.human) for word in words] == [
        ("她", True),
        ("拿了", False),
        ("两部", False),
        ("手", True),
        ("包", True),
    ]
    assert (words[1].start, words[2].end) == (1.5, 2.5)


def test_punctuation_goes_with_the_word_before_it_and_makes_nobody_the_author() -> None:
    words = retimed(heard("好", "的", "我说"), "“好的，我说。", 1.0, 2.5)
    assert times(words) == [("“好", 1.0, 1.5, False), ("的，", 1.5, 2.0, False), ("我说。", 2.0, 2.5, False)]


def test_an_insertion_between_words_that_touch_has_no_length() -> None:
    words = retimed(heard("没", "去"), "没有去", 1.0, 2.0)
    assert times(words) == [("没", 1.0, 1.5, False), ("有", 1.5, 1.5, True), ("去", 1.5, 2.0, False)]


def test_an_insertion_into_a_pause_fills_it() -> None:
    words = retimed((heard("没")[0], *heard("去", start=3.0)), "没有去", 1.0, 3.5)
    assert times(words)[1] == ("有", 1.5, 3.0, True)


def test_letters_written_onto_a_latin_word_make_it_another() -> None:
    assert [word.human for word in retimed(heard("AB", "卡"), "ABC卡", 1.0, 2.0)] == [True, False]
    assert [word.human for word in retimed(heard("13", "0", "元"), "130元", 1.0, 2.5)] == [False] * 3


def test_a_sentence_without_words_is_spread_over_its_time() -> None:
    assert times(retimed((), "听 见了", 2.0, 5.0)) == [
        ("听", 2.0, 3.0, True),
        ("见", 3.0, 4.0, True),
        ("了", 4.0, 5.0, True),
    ]


def test_an_emptied_sentence_has_no_words() -> None:
    assert retimed(heard("嗯", "嗯"), "", 1.0, 2.0) == ()


def test_a_word_is_divided_by_its_characters() -> None:
    head, tail = divided(TranscriptWord(1.0, 2.0, "身份证号", 0.7), 1)
    assert (head.text, head.start, head.end) == ("身", 1.0, 1.25)
    assert (tail.text, tail.start, tail.end, tail.probability) == ("份证号", 1.25, 2.0, 0.7)


TEXTS = st.text(alphabet="我你他去了没有12ab，。 ", max_size=24)


@given(st.lists(TEXTS.filter(bare), max_size=8), TEXTS, st.lists(st.floats(0, 1), min_size=16, max_size=16))
def test_times_never_fall_and_stay_inside_and_nothing_is_lost(texts: list[str], text: str, gaps: list[float]) -> None:
    at, words = 0.0, []
    for n, one in enumerate(texts):
        start = at + gaps[2 * n]
        at = start + gaps[2 * n + 1]
        words.append(TranscriptWord(round(start, 3), round(at, 3), one.strip(), 0.5))
    end = round(at, 3)
    new = retimed(words, text, 0.0, end)
    assert joined(new) == (bare(text) if any(c.isalnum() for c in text) else "")
    assert all(0 <= word.start <= word.end <= end for word in new)
    assert all(earlier.start <= later.start for earlier, later in pairwise(new))
    known = {(word.start, word.end) for word in words}
    assert all((word.start, word.end) in known for word in new if not word.human)


@given(st.lists(st.text(alphabet="我你他去了没有", min_size=1, max_size=3), min_size=1, max_size=8))
def test_an_unchanged_text_keeps_every_word(texts: list[str]) -> None:
    words = heard(*texts)
    assert retimed(words, "".join(texts), 0.0, 9.0) == words


@pytest.mark.parametrize("text", ["……", "，", " "])
def test_a_text_that_sounds_of_nothing_has_no_words(text: str) -> None:
    assert retimed(heard("嗯"), text, 1.0, 1.5) == ()
