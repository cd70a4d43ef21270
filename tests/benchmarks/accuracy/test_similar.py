"""The measures of similar cases on rankings that can be reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy.similar import average_precision, flipped, measures, ndcg, precision


def test_the_best_order_gains_all() -> None:
    assert ndcg([3, 2, 0], [0, 3, 2], 10) == pytest.approx(1.0)


def test_a_grade_further_down_gains_less() -> None:
    assert ndcg([0, 3], [3, 0], 10) == pytest.approx(1 / np.log2(3))


def test_a_difference_on_every_query_is_no_chance() -> None:
    assert flipped(np.full(30, 0.1)) < 0.001
    assert flipped(np.array([0.1, -0.1] * 15)) > 0.5


def test_precision_counts_what_is_relevant_among_the_first() -> None:
    assert precision(["a", "b", "c", "d"], {"a", "d"}, 2) == 0.5


def test_average_precision_counts_what_never_came_as_nothing() -> None:
    assert average_precision(["a", "b", "c"], {"a", "c"}) == pytest.approx((1 + 2 / 3) / 2)
    assert average_precision(["a"], {"a", "z"}) == 0.5
    assert average_precision(["a"], set()) == 0.0


def test_a_ranking_in_the_right_order_is_full() -> None:
    best = measures(["a", "b"], {"a": 3, "b": 0}, {"a"})
    assert best["NDCG@10"] == best["MAP"] == 1.0
    assert best["P@5"] == 0.2
