"""Overlap and assignment against hand-computed values, and their laws on random input."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from models.vision.association import assign, overlap, widened

SQUARES = arrays(np.float64, st.tuples(st.integers(0, 4), st.integers(0, 4)), elements=st.floats(0, 1))


def test_overlap_of_half_shifted_squares_is_a_third() -> None:
    first = np.array([[0.0, 0.0, 10.0, 10.0]])
    second = np.array([[5.0, 0.0, 15.0, 10.0], [20.0, 0.0, 30.0, 10.0], [0.0, 0.0, 10.0, 10.0]])
    assert overlap(first, second) == pytest.approx(np.array([[1 / 3, 0.0, 1.0]]))


def test_empty_boxes_overlap_nothing_not_even_themselves() -> None:
    point = np.array([[5.0, 5.0, 5.0, 5.0]])
    assert overlap(point, point).tolist() == [[0.0]]


def test_widening_lets_neighbours_meet() -> None:
    first, second = np.array([[0.0, 0.0, 10.0, 10.0]]), np.array([[12.0, 0.0, 22.0, 10.0]])
    assert overlap(first, second)[0, 0] == 0
    assert widened(first, 0.2).tolist() == [[-2.0, -2.0, 12.0, 12.0]]
    assert overlap(widened(first, 0.2), widened(second, 0.2))[0, 0] > 0


def test_assignment_takes_the_best_sum_not_the_best_first_pair() -> None:
    rows, columns = assign(np.array([[0.9, 0.8], [0.8, 0.1]]), 0.2)
    assert list(zip(rows.tolist(), columns.tolist(), strict=True)) == [(0, 1), (1, 0)]


def test_a_hopeless_pair_never_takes_a_good_pairs_place() -> None:
    rows, columns = assign(np.array([[0.6, 0.5], [0.55, 0.0]]), 0.52)
    assert (0, 0) in zip(rows.tolist(), columns.tolist(), strict=True)


@given(SQUARES, st.floats(0.01, 0.99))
def test_assignment_is_one_to_one_above_the_least_and_best_in_sum(similarity: np.ndarray, least: float) -> None:
    rows, columns = assign(similarity, least)
    assert len(set(rows.tolist())) == len(rows)
    assert len(set(columns.tolist())) == len(columns)
    assert all(similarity[r, c] >= least for r, c in zip(rows, columns, strict=True))
    worth = np.where(similarity >= least, similarity, 0.0)
    if worth.shape[0] > worth.shape[1]:
        worth = worth.T
    best = max(
        (
            sum(worth[r, c] for r, c in enumerate(order))
            for order in permutations(range(worth.shape[1]), worth.shape[0])
        ),
        default=0.0,
    )
    assert float(similarity[rows, columns].sum()) == pytest.approx(best)


@given(arrays(np.float64, (3, 4), elements=st.floats(0, 1000)), arrays(np.float64, (2, 4), elements=st.floats(0, 1000)))
def test_overlap_lies_between_0_and_1_and_does_not_depend_on_order(a: np.ndarray, b: np.ndarray) -> None:
    first, second = (
        np.concatenate([np.minimum(x[:, :2], x[:, 2:]), np.maximum(x[:, :2], x[:, 2:])], 1) for x in (a, b)
    )
    shares = overlap(first, second)
    assert ((shares >= 0) & (shares <= 1 + 1e-9)).all()
    assert pytest.approx(overlap(second, first)) == shares.T
