"""Fits terms and charges to the judgments at hand and says how far it errs; knows rows of numbers, no text and no law.

Gaussian-process (kernel ridge) regression of log(1 + months) on a sum of kernels (Rasmussen and Williams, 2006, ch. 2
and 5.4.2): likeness of text, of elements and of charge, and their products within a charge, which shrink each charge
toward the whole. The error on each training case with that case left out follows from one inverse. From these errors
come the weights of the kernels, the interval (normalised conformal, grouped by charge, Vovk et al., 2005) and how sharp
the probabilities of charges are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from pipelines.intelligence.sentence.features import Scale

Matrix = NDArray[np.float64]
COVERAGE = 0.8
MAX_FIT = 5000
"""Judgments that a fit reads: its time grows with the cube, its memory with the square (5,000: under 2 GB)."""
MAX_TUNED = 1200
"""Judgments on which kernel weights are sought."""
GROUP = 40
"""A charge with fewer judgments takes the interval of all."""
CHARGE_NOISE = 0.1
TEMPERATURES = (0.03, 0.05, 0.08, 0.12, 0.2, 0.3)
START: tuple[float, ...] = (2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 2.0)
FACTORS = (0.25, 4.0)
"""By how much a weight is tried smaller and larger."""


@dataclass(frozen=True, slots=True)
class Cases:
    """Rows of cases: n-gram counts, elements, and the probability of each known charge."""

    counts: sparse.csr_matrix
    elements: Matrix
    charges: Matrix


@dataclass(frozen=True, slots=True)
class Terms:
    """Log(1 + months) of cases: median, and the interval that holds `COVERAGE` of them."""

    low: Matrix
    median: Matrix
    high: Matrix


@dataclass(frozen=True, slots=True)
class _Likeness:
    text: Matrix
    linear: Matrix
    near: Matrix

    def of(self, rows: NDArray[np.intp]) -> _Likeness:
        square = np.ix_(rows, rows)
        return _Likeness(self.text[square], self.linear[square], self.near[square])

    def mixed(self, same: Matrix, weights: Sequence[float]) -> Matrix:
        text, charge, linear, near, within_linear, within_near, within_text = weights
        result: Matrix = (within_text * self.text + within_linear * self.linear + within_near * self.near) * same
        result += text * self.text + charge * same + linear * self.linear + near * self.near
        return result


def _likeness(texts: tuple[sparse.csr_matrix, sparse.csr_matrix], elements: tuple[Matrix, Matrix]) -> _Likeness:
    text = np.asarray((texts[0] @ texts[1].T).toarray(), dtype=np.float64)
    linear = elements[0] @ elements[1].T
    squares = (np.square(elements[0]).sum(axis=1)[:, None], np.square(elements[1]).sum(axis=1)[None, :])
    return _Likeness(text, linear, np.exp(linear * 2 - squares[0] - squares[1]))


def _inverse(kernel: Matrix, noise: float) -> Matrix:
    factor = linalg.cho_factor(kernel + noise * np.eye(len(kernel)), lower=True, overwrite_a=True)
    result: Matrix = linalg.cho_solve(factor, np.eye(len(kernel)), overwrite_b=True)
    return result


def _left_out(inverse: Matrix, target: Matrix) -> Matrix:
    """target - prediction of each case from all the others."""
    solved = inverse @ target
    spread = np.diag(inverse)
    result: Matrix = solved / (spread if target.ndim == 1 else spread[:, None])
    return result


class SentenceModel:
    """A fit to judgments of which charge and months are known."""

    def __init__(self, cases: Cases, months: Matrix) -> None:
        self._scale = Scale(cases.counts, cases.elements)
        self._cases = replace(cases, elements=self._scale.elements(cases.elements))
        self._texts = self._scale.text(cases.counts)
        like = _likeness((self._texts, self._texts), (self._cases.elements, self._cases.elements))
        target = np.log1p(months)
        self._middle = float(target.mean())
        target = target - self._middle
        same = cases.charges @ cases.charges.T
        self.weights = self._sought(like, same, target)
        inverse = _inverse(like.mixed(same, self.weights), 1.0)
        self._solved = inverse @ target
        self._inverse = inverse
        self._conform(_left_out(inverse, target) * np.sqrt(np.diag(inverse)))
        self._learn_charges(like.text)

    @staticmethod
    def _sought(like: _Likeness, same: Matrix, target: Matrix) -> tuple[float, ...]:
        """Weights of the kernels, in units of the noise, by the mean absolute left-out error: one coordinate a time."""
        rows = np.linspace(0, len(target) - 1, min(MAX_TUNED, len(target))).astype(np.intp)
        like, same, target = like.of(rows), same[np.ix_(rows, rows)], target[rows]

        def error(weights: Sequence[float]) -> float:
            return float(np.abs(_left_out(_inverse(like.mixed(same, weights), 1.0), target)).mean())

        best: tuple[float, ...] = START
        least = error(best)
        for place in range(len(START)):
            for factor in FACTORS:
                tried = (*best[:place], best[place] * factor, *best[place + 1 :])
                if (found := error(tried)) < least:
                    best, least = tried, found
        return best

    def _conform(self, errors: Matrix) -> None:
        """Quantiles of the left-out errors in units of the fit's own spread: of all, and of each charge with data."""

        def levels(found: Matrix) -> tuple[float, float, float]:
            tail = (1 - COVERAGE) / 2
            low, middle, high = np.quantile(found, [tail, 0.5, 1 - tail])
            return float(low), float(middle), float(high)

        overall = levels(errors)
        held = [errors[self._cases.charges[:, n] > 0] for n in range(self._cases.charges.shape[1])]
        self._levels = np.array([levels(one) if len(one) >= GROUP else overall for one in held])

    def _learn_charges(self, text: Matrix) -> None:
        marks = self._cases.charges
        inverse = _inverse(text, CHARGE_NOISE)
        self._charge_weights = inverse @ marks
        scores = marks - _left_out(inverse, marks)
        truth = marks.argmax(axis=1)
        rows = np.arange(len(truth))
        losses = [-np.log(_soft(scores, heat)[rows, truth] + 1e-9).mean() for heat in TEMPERATURES]
        self._heat = TEMPERATURES[int(np.argmin(losses))]

    def charges(self, counts: sparse.csr_matrix) -> Matrix:
        """The probability of each charge of the training cases, a row a case."""
        text = np.asarray((self._scale.text(counts) @ self._texts.T).toarray(), dtype=np.float64)
        return _soft(text @ self._charge_weights, self._heat)

    def terms(self, cases: Cases) -> Terms:
        """The terms to expect for `cases`."""
        elements = self._scale.elements(cases.elements)
        like = _likeness((self._scale.text(cases.counts), self._texts), (elements, self._cases.elements))
        kernel = like.mixed(cases.charges @ self._cases.charges.T, self.weights)
        text, charge, linear, near, *within = self.weights
        own = np.square(elements).sum(axis=1)
        same = np.square(cases.charges).sum(axis=1)
        itself = text + charge * same + linear * own + near + same * (within[0] * own + within[1] + within[2])
        spread = np.sqrt(np.maximum(itself - ((kernel @ self._inverse) * kernel).sum(axis=1), 0.0) + 1.0)
        middle = self._middle + kernel @ self._solved
        low, mid, high = (cases.charges @ self._levels).T
        return Terms(middle + low * spread, middle + mid * spread, middle + high * spread)


def _soft(scores: Matrix, heat: float) -> Matrix:
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / heat)
    result: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return result
