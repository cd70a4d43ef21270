"""BM25 over hashed n-grams (Robertson and Zaragoza, 2009); knows no charge."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

K1 = 1.5
B = 0.75


def inverse_frequency(counts: sparse.csr_matrix) -> NDArray[np.float64]:
    """How telling each column is: log(1 + (n - df + 0.5) / (df + 0.5))."""
    present = np.bincount(counts.indices, minlength=counts.shape[1])
    result: NDArray[np.float64] = np.log1p((counts.shape[0] - present + 0.5) / (present + 0.5))
    return result


def bm25_weights(counts: sparse.csr_matrix, idf: NDArray[np.float64]) -> sparse.csr_matrix:
    """The weight of each n-gram in each text: a query's score is the sum over the n-grams that it holds."""
    lengths = np.asarray(counts.sum(axis=1)).ravel()
    relative = np.repeat(1 - B + B * lengths / max(float(lengths.mean()), 1.0), np.diff(counts.indptr))
    weighted = counts.copy()
    weighted.data = (idf[counts.indices] * counts.data * (K1 + 1) / (counts.data + K1 * relative)).astype(np.float32)
    return weighted


def tf_idf(counts: sparse.csr_matrix, idf: NDArray[np.float64]) -> sparse.csr_matrix:
    """Rows of length 1 with (1 + log tf) * idf."""
    weighted = counts.copy()
    weighted.data = ((1 + np.log(counts.data)) * idf[counts.indices]).astype(np.float32)
    norms = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return sparse.csr_matrix(sparse.diags(1 / np.maximum(norms, 1e-9)) @ weighted)


def postings(rows: sparse.csr_matrix) -> sparse.csr_matrix:
    """The same by columns, laid out so that `query @ postings` reads only the columns that the query holds.

    `rows @ query.T` would lay a transposed query out anew over all hashed columns, for each query.
    """
    return sparse.csr_matrix(rows.T)
