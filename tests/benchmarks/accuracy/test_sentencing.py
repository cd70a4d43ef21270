"""The score of terms is CAIL's, and a charge that was not learnt has no column."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy.sentencing import cail_score, marks


@pytest.mark.parametrize(("gap", "score"), [(0.1, 100), (0.3, 80), (0.5, 60), (0.7, 40), (0.9, 20), (1.1, 0)])
def test_a_term_scores_by_its_gap_in_logarithms(gap: float, score: float) -> None:
    truth = np.array([11.0])
    assert cail_score(truth, np.expm1(np.log1p(truth) + gap)) == pytest.approx(score)
    assert cail_score(truth, np.expm1(np.log1p(truth) - gap)) == pytest.approx(score)


def test_a_charge_that_is_not_known_is_marked_nowhere() -> None:
    assert marks(["盗窃罪", "放火罪"], ["盗窃罪", "诈骗罪"]).tolist() == [[1, 0], [0, 0]]
