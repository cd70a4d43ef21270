"""Fits terms and charges to the judgments at hand and says how far it errs; knows rows of numbers, no text and no law.

Gaussian-process (kernel ridge) regression of log(1 + months) on a sum of kernels (Rasmussen and Williams, 2006, ch. 2
and 5.4.2): likeness of text, of elements and of charge, and their products within a charge, which shrink each charge
toward the whole. The error on each training case with that case left out follows from one inverse. From these errors
come the weights of the kernels, the interval (normalised conformal, grouped by charge, Vovk et al., 2005) and how sharp
the probabilities of charges are. Where a charge is guessed the interval comes from errors with guessed charges: each
training case is left out, its charge guessed from the others, and its term predicted with that guess.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import linalg, sparse

from pipelines.intelligence.bm25 import postings
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


def _likeness(text: sparse.csr_matrix, held: sparse.csr_matrix, elements: tuple[Matrix, Matrix]) -> _Likeness:
    """Of cases, whose words are `text`, to training cases, whose words are the postings `held`."""
    linear = elements[0] @ elements[1].T
    squares = (np.square(elements[0]).sum(axis=1)[:, None], np.square(elements[1]).sum(axis=1)[None, :])
    return _Likeness(_dense(text @ held), linear, np.exp(linear * 2 - squares[0] - squares[1]))


def _dense(product: sparse.csr_matrix) -> Matrix:
    return np.asarray(product.toarray(), dtype=np.float64)


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


def left_out_of(kernel: Matrix, inverse: Matrix, target: Matrix) -> tuple[Matrix, Matrix]:
    """Prediction and told variance of each case by all others, for rows of `kernel` that need not be the fit's own.

    `kernel` [n, n] has zeros on its diagonal; `inverse` is that of the fit with every case. The inverse without a row
    follows from the whole one (Rasmussen and Williams, 2006, appendix A.3).
    """
    spread, solved = np.diag(inverse), inverse @ target
    reached = kernel @ inverse
    own = np.diag(reached)
    return kernel @ solved - own * solved / spread, (reached * kernel).sum(axis=1) - np.square(own) / spread


class SentenceModel:
    """A fit to judgments of which charge and months are known."""

    def __init__(self, cases: Cases, months: Matrix) -> None:
        self._scale = Scale(cases.counts, cases.elements)
        self._cases = replace(cases, elements=self._scale.elements(cases.elements))
        text = self._scale.text(cases.counts)
        self._postings = postings(text)
        like = _likeness(text, self._postings, (self._cases.elements, self._cases.elements))
        target = np.log1p(months)
        self._middle = float(target.mean())
        target = target - self._middle
        same = cases.charges @ cases.charges.T
        self.weights = self._sought(like, same, target)
        inverse = _inverse(like.mixed(same, self.weights), 1.0)
        self._solved = inverse @ target
        self._inverse = inverse
        self._levels = self._conform(_left_out(inverse, target) * np.sqrt(np.diag(inverse)), cases.charges)
        guessed = self._learn_charges(like.text)
        errors = self._errors_guessed(like, target, guessed)
        self._levels_guessed = self._conform(errors, _likeliest(guessed))

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

    @staticmethod
    def _conform(errors: Matrix, charges: Matrix) -> Matrix:
        """Quantiles of left-out errors in units of the fit's own spread: of all, and of each charge with data."""

        def levels(found: Matrix) -> tuple[float, float, float]:
            tail = (1 - COVERAGE) / 2
            low, middle, high = np.quantile(found, [tail, 0.5, 1 - tail])
            return float(low), float(middle), float(high)

        overall = levels(errors)
        held = [errors[charges[:, n] > 0] for n in range(charges.shape[1])]
        return np.array([levels(one) if len(one) >= GROUP else overall for one in held])

    def _learn_charges(self, text: Matrix) -> Matrix:
        """How text tells a charge; the probabilities of each training case's charges, it being left out."""
        marks = self._cases.charges
        inverse = _inverse(text, CHARGE_NOISE)
        self._charge_weights = inverse @ marks
        scores = marks - _left_out(inverse, marks)
        truth = marks.argmax(axis=1)
        rows = np.arange(len(truth))
        losses = [-np.log(_soft(scores, heat)[rows, truth] + 1e-9).mean() for heat in TEMPERATURES]
        self._heat = TEMPERATURES[int(np.argmin(losses))]
        return _soft(scores, self._heat)

    def _errors_guessed(self, like: _Likeness, target: Matrix, guessed: Matrix) -> Matrix:
        """Errors in units of spread with each case left out and its charge guessed."""
        kernel = like.mixed(guessed @ self._cases.charges.T, self.weights)
        np.fill_diagonal(kernel, 0.0)
        found, known = left_out_of(kernel, self._inverse, target)
        errors: Matrix = (target - found) / self._spread(self._cases.elements, guessed, known)
        return errors

    def _spread(self, elements: Matrix, charges: Matrix, known: Matrix) -> Matrix:
        """The fit's own deviation, noise included, of cases of which `known` variance is told by the training cases."""
        text, charge, linear, near, within_linear, within_near, within_text = self.weights
        own, same = np.square(elements).sum(axis=1), np.square(charges).sum(axis=1)
        itself = text + charge * same + linear * own + near + same * (within_linear * own + within_near + within_text)
        result: Matrix = np.sqrt(np.maximum(itself - known, 0.0) + 1.0)
        return result

    def charges(self, counts: sparse.csr_matrix) -> Matrix:
        """The probability of each charge of the training cases, a row a case."""
        return _soft(_dense(self._scale.text(counts) @ self._postings) @ self._charge_weights, self._heat)

    def terms(self, cases: Cases, *, guessed: bool) -> Terms:
        """The terms to expect for `cases`; `guessed` says that their charges are probabilities from `charges`."""
        elements = self._scale.elements(cases.elements)
        like = _likeness(self._scale.text(cases.counts), self._postings, (elements, self._cases.elements))
        kernel = like.mixed(cases.charges @ self._cases.charges.T, self.weights)
        spread = self._spread(elements, cases.charges, ((kernel @ self._inverse) * kernel).sum(axis=1))
        middle = self._middle + kernel @ self._solved
        levels = _likeliest(cases.charges) @ self._levels_guessed if guessed else cases.charges @ self._levels
        low, mid, high = levels.T
        return Terms(middle + low * spread, middle + mid * spread, middle + high * spread)


def _likeliest(chances: Matrix) -> Matrix:
    """One-hot rows of the likeliest charges."""
    result: Matrix = np.eye(chances.shape[1])[chances.argmax(axis=1)]
    return result


def _soft(scores: Matrix, heat: float) -> Matrix:
    raised = np.exp((scores - scores.max(axis=1, keepdims=True)) / heat)
    result: Matrix = raised / raised.sum(axis=1, keepdims=True)
    return result
