"""Chinese characters as vectors: 买 near 购, 打 near 殴, far from 桌; knows no sentence and no record.

The table is the input layer of bge-small-zh-v1.5 (BAAI, MIT), its mean taken away, turned to its first principal axes
and rounded to eight bits by `training.characters`. A text's words are means of their characters: no network runs, and
the same text has the same vectors on every machine.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from models.errors import Defect
from models.shipped_arrays import shipped_arrays

TABLE = "characters.npz"
LARGEST_TABLE = 1_000_000
"""Bytes; 6,763 characters of GB 2312 in 64 dimensions are 433 kB."""


class CharacterVectors:
    """The vectors of characters; what stands in no table has the vector of nothing."""

    def __init__(self, characters: str, table: NDArray[np.int8]) -> None:
        """`table` holds a row for each character, and its rows lose their length here."""
        if len(characters) != len(table):
            raise Defect("characters.table", f"{len(characters)} characters, {len(table)} rows")
        rows = table.astype(np.float32)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
        self._rows = np.concatenate([rows, np.zeros((1, rows.shape[1]), np.float32)])
        self._index = {character: n for n, character in enumerate(characters)}

    def __call__(self, text: str) -> NDArray[np.float32]:
        """[characters, dimensions], each row of length one or nothing."""
        nothing = len(self._rows) - 1
        return np.asarray(self._rows[[self._index.get(character, nothing) for character in text]], np.float32)


@cache
def character_vectors() -> CharacterVectors:
    """The table that ships with the product; raises Defect where it is damaged."""
    held = shipped_arrays("models.language", TABLE, LARGEST_TABLE)
    return CharacterVectors(str(held["characters"]), held["table"])
