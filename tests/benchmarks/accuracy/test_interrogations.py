"""Scripted interrogations: the same from a seed, altered in one place and in the way that they say."""

from __future__ import annotations

import tomllib
from itertools import combinations

import pytest

from benchmarks.accuracy.interrogation_pools import CONFESSIONS, PERSONS, PLACES
from benchmarks.accuracy.interrogations import FOLDER, KINDS, interrogation, scripts

SPLITS = ("dev", "held-out", "blind", "blind-2", "blind-3", "blind-4", "hands", "blind-5")


@pytest.mark.parametrize("name", [name for split in SPLITS for name in scripts(split)])
def test_a_seed_gives_one_interrogation_and_alterations_of_one_place(name: str) -> None:
    base, altered = interrogation(name, 7)
    assert interrogation(name, 7) == (base, altered)
    assert base != interrogation(name, 8)[0]
    assert "{" not in "".join(line.text for line in (*base.said, *base.written))
    kinds = list(dict.fromkeys(one.kind for one in altered))
    assert kinds == [kind for kind in KINDS if kind in kinds]
    for one in altered:
        assert one.said == base.said
        assert one.written != base.written
        assert one.where or one.lost


def test_a_changed_fact_changes_one_answer_alone() -> None:
    base, altered = interrogation("theft", 3)
    (one,) = [a for a in altered if a.kind == "changed amount"]
    differing = [n for n, (a, b) in enumerate(zip(base.written, one.written, strict=True)) if a != b]
    assert tuple(differing) == one.where


@pytest.mark.parametrize("name", [name for split in SPLITS[3:] for name in scripts(split)])
def test_each_marked_denial_and_intent_of_a_new_script_is_altered_in_a_record_of_its_own(name: str) -> None:
    exchanges = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))["exchange"]
    base, altered = interrogation(name, 5)
    for kind, field in (("flipped negation", "flip"), ("changed intent", "intent")):
        marked = [number for number, exchange in enumerate(exchanges) if field in exchange]
        lines = [one.written[one.where[0]] for one in altered if one.kind == kind]
        assert [line.exchange for line in lines] == marked
        assert all(line.role == "a" and line not in base.written for line in lines)


@pytest.mark.parametrize(("one", "other"), list(combinations(SPLITS, 2)))
def test_no_split_shares_a_name_a_place_a_confession_or_a_script_with_another(one: str, other: str) -> None:
    for pool in (PERSONS, PLACES, CONFESSIONS):
        assert not set(pool[one]) & set(pool[other])
    assert not set(scripts(one)) & set(scripts(other))
