"""The best path down turns and units: in order, many to one, and over what is missing on either side."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from pipelines.speech.compare.alignment import Side, align


def side(*texts: str) -> Side:
    return Side(tuple(frozenset(text) for text in texts), (None,) * len(texts))


def weights(*sides: Side) -> dict[str, float]:
    return {feature: 1.0 for one in sides for features in one.features for feature in features}


def test_several_units_fall_to_one_turn_and_a_missing_turn_to_none() -> None:
    turns, units = side("abcdef", "xyzw", "ghijk"), side("abc", "def", "ghi", "jk")
    found = align(turns, units, weights(turns, units))
    assert found.stretches == ((0, 1), None, (2, 3))
    assert found.turn_of == (0, 0, 2, 2)


def test_units_that_no_turn_speaks_of_belong_to_none() -> None:
    turns, units = side("abc", "ghi"), side("abc", "xyz", "ghi")
    assert align(turns, units, weights(turns, units)).turn_of == (0, None, 1)


def test_nothing_is_aligned_with_nothing() -> None:
    assert align(side(), side("abc"), {}).turn_of == (None,)


TEXTS = st.lists(st.text(alphabet="abcdefgh", max_size=5), max_size=8)


@given(TEXTS, TEXTS)
def test_stretches_are_in_the_order_of_the_turns(a: list[str], b: list[str]) -> None:
    turns, units = side(*a), side(*b)
    found = align(turns, units, weights(turns, units))
    spans = [span for span in found.stretches if span is not None]
    assert all(first <= last for first, last in spans)
    assert all(one[1] <= other[0] for one, other in pairwise(spans))
    assert len(found.stretches) == len(a)
    assert len(found.turn_of) == len(b)
