"""The measures of similar cases on rankings that can be reckoned by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy.similar import flipped, ndcg


def test_the_best_order_gains_all() -> None:
    assert ndcg([3, 2, 0], [0, 3, 2], 10) == pytest.approx(1.0)


def test_a_grade_further_down_gains_less() -> None:
    assert ndcg([0, 3], [3, 0], 10) == pytest.approx(1 / np.log2(3))


def test_a_difference_on_every_query_is_no_chance() -> None:
    assert flipped(np.full(30, 0.1)) < 0.001
    assert flipped(np.array([0.1, -0.1] * 15)) > 0.5
