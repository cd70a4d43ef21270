"""Scripted interrogations: the same from a seed, altered in one place and in the way that they say."""

from __future__ import annotations

import pytest

from benchmarks.accuracy.interrogations import KINDS, PERSONS, PLACES, interrogation, scripts


@pytest.mark.parametrize("name", [*scripts("dev"), *scripts("held-out")])
def test_a_seed_gives_one_interrogation_and_alterations_of_one_place(name: str) -> None:
    base, altered = interrogation(name, 7)
    assert interrogation(name, 7) == (base, altered)
    assert base != interrogation(name, 8)[0]
    assert "{" not in "".join(line.text for line in (*base.said, *base.written))
    kinds = [one.kind for one in altered]
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


def test_held_out_scripts_share_no_name_and_no_place_with_those_that_were_tuned_on() -> None:
    assert not set(PERSONS["dev"]) & set(PERSONS["held-out"])
    assert not set(PLACES["dev"]) & set(PLACES["held-out"])
    assert not set(scripts("dev")) & set(scripts("held-out"))
