"""Variables out of a file that CTranslate2 itself wrote, and files that are none."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest

from models.errors import Defect
from models.speech.ctranslate2_file import read_variables
from tests.models.speech.conftest import TINY_HEADS, TINY_MELS, TINY_WIDTH, tiny_whisper


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_whisper(tmp_path_factory.mktemp("tiny") / "int8", "int8") / "model.bin"


def test_variables_have_their_shapes_types_and_values(file: Path) -> None:
    found = read_variables(file, "encoder/")
    assert found["conv1/weight"].shape == (TINY_WIDTH, TINY_MELS, 3)
    assert found["layer_1/ffn/linear_0/weight"].dtype == np.int8
    assert found["layer_1/ffn/linear_0/weight_scale"].shape == (4 * TINY_WIDTH,)
    assert int(found["num_heads"]) == TINY_HEADS
    assert abs(float(found["layer_norm/gamma"].mean()) - 1.0) < 0.1


def test_only_what_begins_with_the_prefix_is_given(file: Path) -> None:
    every = read_variables(file, "")
    assert {name for name in every if name.startswith("encoder/")} == {
        f"encoder/{name}" for name in read_variables(file, "encoder/")
    }
    assert any(name.startswith("decoder/") for name in every)


def test_a_variable_that_equals_another_is_found_under_both_names(file: Path) -> None:
    every = read_variables(file, "")
    assert int(every["encoder/num_heads"]) == int(every["decoder/num_heads"]) == TINY_HEADS


@pytest.mark.parametrize("size", [0, 3, 40, 3000, -1])
def test_a_file_that_ends_too_early_is_a_defect(file: Path, tmp_path: Path, size: int) -> None:
    cut = tmp_path / "model.bin"
    cut.write_bytes(file.read_bytes()[:size])
    with pytest.raises(Defect, match="no CTranslate2 model file"):
        read_variables(cut, "")


def test_a_file_of_another_version_is_a_defect(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "model.bin"
    other.write_bytes(struct.pack("<I", 5) + file.read_bytes()[4:])
    with pytest.raises(Defect, match="says version 5"):
        read_variables(other, "")
