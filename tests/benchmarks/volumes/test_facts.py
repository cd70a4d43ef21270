from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from benchmarks.volumes.facts import Day, make_facts, offences

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def test_the_same_seed_gives_the_same_case_and_another_seed_another() -> None:
    assert make_facts(3) == make_facts(3)
    assert make_facts(3).suspect != make_facts(4).suspect


@pytest.mark.parametrize("seed", range(30))
def test_the_steps_of_a_case_follow_each_other_in_lawful_order(seed: int) -> None:
    dates = make_facts(seed).dates
    days = [getattr(dates, field.name) for field in dataclasses.fields(dates)]
    assert days == sorted(days)
    assert len(set(days[1:])) == len(days[1:])
    # 刑事诉讼法 (2018) art. 91: requested within 30 days of the detention, decided within seven of the request.
    assert (dates.requested.date - dates.detained.date).days <= 30
    assert (dates.arrested.date - dates.requested.date).days <= 7


def test_identity_numbers_have_a_true_check_digit_and_a_district_that_no_district_has() -> None:
    facts = make_facts(5)
    for person in (facts.suspect, facts.accomplice, facts.victim, *facts.witnesses):
        digits = [int(character) for character in person.identity[:17]]
        expected = "10X98765432"[sum(d * w for d, w in zip(digits, WEIGHTS, strict=True)) % 11]
        assert person.identity[17] == expected
        assert person.identity[2:6] == "0000"
        assert person.identity[6:14] == f"{person.birth.date:%Y%m%d}"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2024, 3, 5), "二〇二四年三月五日"),
        (date(2023, 10, 20), "二〇二三年十月二十日"),
        (date(2022, 12, 31), "二〇二二年十二月三十一日"),
    ],
)
def test_formal_days_are_in_chinese_numerals(day: date, written: str) -> None:
    assert Day(day).formal == written


def test_each_offence_asks_suspects_victims_and_witnesses() -> None:
    for offence in offences():
        assert set(offence.asked) == {"suspect", "victim", "witness"}
        assert all(len(pair) == 2 for pairs in offence.asked.values() for pair in pairs)
