"""Characters near in meaning are near as vectors; what no table holds is nothing."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import Defect
from models.language.characters import CharacterVectors, character_vectors


def likeness(a: str, b: str) -> float:
    vectors = character_vectors()
    return float(vectors(a)[0] @ vectors(b)[0])


@pytest.mark.parametrize(("one", "near", "far"), [("买", "购", "刀"), ("喝", "饮", "街"), ("钱", "款", "夜")])
def test_a_synonym_is_nearer_than_another_word(one: str, near: str, far: str) -> None:
    assert likeness(one, near) > likeness(one, far) + 0.2


def test_each_character_has_its_row_of_length_one_and_what_is_unknown_has_none() -> None:
    rows = character_vectors()("打，人\U0001f600")
    assert rows.shape == (4, 64)
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 0, 1, 0], abs=1e-5)
    assert character_vectors()("").shape == (0, 64)


def test_a_table_of_another_size_is_a_defect() -> None:
    with pytest.raises(Defect):
        CharacterVectors("一二三", np.ones((2, 4), np.int8))
