"""Intervals hold as many cases as they say, with charges given and with charges that had to be guessed."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import sparse

from pipelines.intelligence.sentence.features import NAMES
from pipelines.intelligence.sentence.model import COVERAGE, Cases, SentenceModel, left_out_of

WORDS = 40
TRAINING, ASKED = 400, 600


def drawn(random: np.random.Generator, size: int) -> tuple[Cases, NDArray[np.float64]]:
    """Cases of two charges whose terms lie far apart, and whose words tell the charge in four cases of five."""
    charge = random.integers(0, 2, size)
    words = np.where(random.random(size) < 0.8, charge, 1 - charge)
    counts = random.poisson(0.3, (size, WORDS)).astype(float)
    counts[np.arange(size), words * (WORDS // 2) + random.integers(0, WORDS // 2, size)] += 3
    elements = np.zeros((size, len(NAMES)))
    elements[:, 0] = random.integers(0, 2, size)
    months = np.expm1(np.log(12) + 1.2 * charge - 0.4 * elements[:, 0] + random.normal(0, 0.25, size))
    return Cases(sparse.csr_matrix(counts), elements, np.eye(2)[charge]), months


@pytest.mark.parametrize("guessed", [False, True])
def test_the_interval_holds_its_share_of_cases_not_seen(guessed: bool) -> None:
    shares = [held_by(np.random.default_rng(seed), guessed=guessed) for seed in range(4)]
    # A fit's own quantiles scatter by some 0.03; their mean over fits does not.
    assert abs(float(np.mean(shares)) - COVERAGE) < 0.03


def held_by(random: np.random.Generator, *, guessed: bool) -> float:
    """The share of cases not seen whose term lies in its interval."""
    model = SentenceModel(*drawn(random, TRAINING))
    cases, months = drawn(random, ASKED)
    held = Cases(cases.counts, cases.elements, model.charges(cases.counts)) if guessed else cases
    terms = model.terms(held, guessed=guessed)
    return float(((np.expm1(terms.low) <= months) & (months <= np.expm1(terms.high))).mean())


def test_a_guessed_charge_is_said_with_a_wider_interval_than_a_given_one() -> None:
    random = np.random.default_rng(8)
    model = SentenceModel(*drawn(random, TRAINING))
    cases, _ = drawn(random, ASKED)
    given = model.terms(cases, guessed=False)
    guessed = model.terms(Cases(cases.counts, cases.elements, model.charges(cases.counts)), guessed=True)
    assert (guessed.high - guessed.low).mean() > 1.3 * (given.high - given.low).mean()


def test_leaving_a_case_out_by_formula_is_leaving_it_out() -> None:
    random = np.random.default_rng(9)
    size = 30
    target = random.normal(size=size)
    kernel = random.normal(size=(size, size))
    kernel = kernel @ kernel.T
    inverse = np.linalg.inv(kernel + np.eye(size))
    asked = random.normal(size=(size, size))
    np.fill_diagonal(asked, 0.0)
    found, known = left_out_of(asked, inverse, target)
    for n in range(size):
        others = np.arange(size) != n
        part = np.linalg.inv(kernel[np.ix_(others, others)] + np.eye(size - 1))
        assert found[n] == pytest.approx(asked[n, others] @ part @ target[others])
        assert known[n] == pytest.approx(asked[n, others] @ part @ asked[n, others])
