"""Counts of character n-grams of texts, hashed into a fixed number of columns; knows no case, no charge and no ranking.

Chinese has no word borders, and pairs of characters find what a segmenter's words find without its mistakes. Hashing
needs no vocabulary: a corpus grows without its matrix being made anew, and memory is bounded by what the texts hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

COLUMN_BITS = 22
"""4 million columns: the some 600,000 pairs that 7,000 judgments hold meet in a column seldom."""
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)
"""The golden ratio in 64 bits: Fibonacci hashing spreads neighbouring keys (Knuth, vol. 3, 6.4)."""
_BLANKS = str.maketrans("", "", " \t\r\n\u3000")


def column_counts(
    text: str, lengths: Sequence[int], bits: int = COLUMN_BITS
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The columns of the n-grams of `text` of each of `lengths`, ascending, and how often each occurs."""
    codes = np.frombuffer(text.translate(_BLANKS).encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    found = [_hashed(codes, length, bits) for length in lengths]
    columns, counts = np.unique(np.concatenate(found), return_counts=True)
    return columns.astype(np.int32), counts.astype(np.int32)


def _hashed(codes: NDArray[np.uint64], length: int, bits: int) -> NDArray[np.uint64]:
    if len(codes) < length:
        return np.zeros(0, dtype=np.uint64)
    key = np.full(len(codes) - length + 1, length, dtype=np.uint64)
    for offset in range(length):
        key = (key << np.uint64(21)) ^ (key >> np.uint64(40)) ^ codes[offset : offset + len(key)]
    return (key * _MULTIPLIER) >> np.uint64(64 - bits)


def count_matrix(texts: Iterable[str], lengths: Sequence[int] = (2,), bits: int = COLUMN_BITS) -> sparse.csr_matrix:
    """A row a text, a column a hashed n-gram, float32 counts."""
    columns: list[NDArray[np.int32]] = []
    counts: list[NDArray[np.int32]] = []
    ends = [0]
    for text in texts:
        found, often = column_counts(text, lengths, bits)
        columns.append(found)
        counts.append(often)
        ends.append(ends[-1] + len(found))
    data = np.concatenate(counts).astype(np.float32) if counts else np.zeros(0, dtype=np.float32)
    indices = np.concatenate(columns) if columns else np.zeros(0, dtype=np.int32)
    return sparse.csr_matrix((data, indices, np.array(ends)), shape=(len(counts), 1 << bits))
