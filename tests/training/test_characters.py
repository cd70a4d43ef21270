"""Characters are reduced to a few axes in eight bits, and only the bytes named are taken."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from models.errors import BadInput
from training.characters import common_characters, main, reduced


def test_reduced_rows_keep_who_is_near_whom() -> None:
    rng = np.random.default_rng(1)
    centres = rng.normal(size=(4, 32))
    rows = np.repeat(centres, 10, axis=0) + 0.1 * rng.normal(size=(40, 32))
    table = reduced(rows.astype(np.float32), 8).astype(float)
    table /= np.linalg.norm(table, axis=1, keepdims=True)
    assert (table[0] @ table[:10].T).min() > (table[0] @ table[10:].T).max()


def test_the_same_rows_give_the_same_table() -> None:
    rows = np.random.default_rng(2).normal(size=(50, 16)).astype(np.float32)
    assert np.array_equal(reduced(rows, 4), reduced(rows.copy(), 4))


def test_common_characters_are_those_of_the_standard() -> None:
    found = common_characters()
    assert len(found) == 6763
    assert {"刑", "讯", "录"} <= set(found)


def test_other_bytes_are_refused(tmp_path: Path) -> None:
    for name in ("network.onnx", "vocab.txt"):
        (tmp_path / name).write_bytes(b"other")
    with pytest.raises(BadInput, match=r"vocab\.txt"):
        main([str(tmp_path / "network.onnx"), str(tmp_path / "vocab.txt")])
