"""Dialogues from wording that is data: seeded, complete, of about the length that was asked for."""

from __future__ import annotations

import itertools

import pytest

from benchmarks.voices.dialogue import Wish, load_wording, write
from benchmarks.voices.invented import identity_number, person

WISHES = [Wish(seed, minutes, speakers) for seed, minutes, speakers in [(1, 1.0, 2), (2, 3.0, 3), (3, 10.0, 4)]]


@pytest.mark.parametrize("wish", [*WISHES, Wish(4, 3.0, 5, "meeting"), Wish(4, 3.0, 6, "meeting", "a")])
def test_the_same_wish_gives_the_same_lines_and_another_seed_others(wish: Wish) -> None:
    assert write(wish) == write(wish)
    other = Wish(wish.seed + 1, wish.minutes, wish.speakers, wish.kind, wish.wording)
    assert write(wish) != write(other)


@pytest.mark.parametrize("wish", WISHES)
def test_every_slot_is_filled_and_all_who_are_asked_for_speak(wish: Wish) -> None:
    lines = write(wish)
    assert not any("{" in line.text for line in lines)
    assert len({line.part for line in lines}) == wish.speakers
    assert {line.role for line in lines} >= {"question", "answer"}


@pytest.mark.parametrize("wish", WISHES)
def test_key_facts_stand_in_the_words_of_their_line(wish: Wish) -> None:
    facts = [(line, fact) for line in write(wish) for fact in line.facts]
    assert facts
    assert all(fact.value in line.text for line, fact in facts)


def test_every_key_fact_of_the_wording_can_be_stated() -> None:
    for name in "ab":
        for exchange in itertools.chain(*load_wording(name).values()):
            for value in exchange.facts.values():
                assert any(value in side for side in (*exchange.ask, *exchange.answer)), (name, exchange, value)


def test_a_longer_dialogue_is_longer_and_tells_other_cases() -> None:
    short, long = write(Wish(5, 3.0)), write(Wish(5, 30.0))
    assert len(long) > 6 * len(short)
    assert len({line.text for line in long}) > 3 * len({line.text for line in short})


def test_the_two_wordings_share_no_sentence_but_the_shortest_answers() -> None:
    sides = [
        {side for part in load_wording(name).values() for e in part for side in (*e.ask, *e.answer)} for name in "ab"
    ]
    assert {side for side in sides[0] & sides[1] if len(side) > 4} == set()


def test_an_interrogation_of_six_is_refused() -> None:
    with pytest.raises(ValueError, match="6"):
        write(Wish(1, 1.0, 6))


def test_identity_numbers_have_a_true_check_digit_and_no_real_district() -> None:
    import datetime
    from random import Random

    number = identity_number(Random(1), datetime.date(1990, 1, 1))
    assert len(number) == 18
    assert number[2:6] == "0000"
    # ISO 7064 MOD 11-2: the weighted sum with the check digit is 1.
    assert sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(number)) % 11 == 1
    assert person(Random(1)) == person(Random(1))
