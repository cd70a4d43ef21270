"""Brings the facts of cases into rows of numbers; knows no charge and no term.

The text is counted by characters, pairs and triples and weighted as TF-IDF. Circumstances are 1 or 0. Of each measured
element (sums, weights, grades, counts) the largest and the total are taken, both as log(1 + x).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from pipelines.intelligence.bm25 import inverse_frequency, tf_idf
from pipelines.intelligence.ngrams import count_matrix
from pipelines.intelligence.sentence.elements import CIRCUMSTANCES, Element

LENGTHS = (1, 2, 3)
BITS = 20
MEASURED = (
    "总金额", "涉案金额", "金额", "毒品折合海洛因", "伤情", "伤残", "死亡人数", "林木立方米", "株数", "亩数", "枪支数",
    "条数", "吨数", "人数", "次数", "酒精毫克",
)  # fmt: skip
NAMES = (*CIRCUMSTANCES, *(f"{name}/{how}" for name in MEASURED for how in ("最大", "合计")))
"""The columns of `element_row`."""


def element_row(elements: Sequence[Element]) -> NDArray[np.float64]:
    """One case's elements, a number for each of `NAMES`."""
    present = {one.name for one in elements}
    row = [float(name in present) for name in CIRCUMSTANCES]
    for name in MEASURED:
        values = [one.value for one in elements if one.name == name]
        row += [float(np.log1p(max(values, default=0.0))), float(np.log1p(sum(values)))]
    return np.array(row)


def text_counts(texts: Sequence[str]) -> sparse.csr_matrix:
    """Hashed n-gram counts, a row a text."""
    return count_matrix(texts, LENGTHS, BITS)


class Scale:
    """What a training set says of columns: how telling each n-gram is, middle and spread of each element."""

    def __init__(self, counts: sparse.csr_matrix, elements: NDArray[np.float64]) -> None:
        self._idf = inverse_frequency(counts)
        self._middle = elements.mean(axis=0)
        self._spread = np.maximum(elements.std(axis=0), 0.05)

    def text(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Rows of length 1."""
        return tf_idf(counts, self._idf)

    def elements(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rows in spreads from the middle, at most 4 either way, divided by the root of their number."""
        result: NDArray[np.float64] = np.clip((rows - self._middle) / self._spread, -4, 4) / np.sqrt(rows.shape[1])
        return result
