"""The second reader on a small graph: its alphabet from the metadata, and only whole plates count."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from models.errors import Defect
from models.vision.plate_second import SecondReader

ALPHABET = ["京", "A", "1", "2", "3", "4", "5", "·", "O"]


def reader(path: Path, text: str, alphabet: str | None = "\n".join(ALPHABET)) -> SecondReader:
    """A recogniser that reads `text` off every line."""
    table = np.full((1, 2 * len(text) + 1, len(ALPHABET) + 2), 0.001, np.float32)
    table[..., 0] = 0.9
    for place, character in enumerate(text):
        table[0, 2 * place + 1, 0] = 0.01
        table[0, 2 * place + 1, [*ALPHABET, " "].index(character) + 1] = 0.95
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], keepdims=0),
        helper.make_node("Mul", ["mean", "zero"], ["nothing"]),
        helper.make_node("Add", ["table", "nothing"], ["y"]),
    ]
    constants = [numpy_helper.from_array(table, "table"), numpy_helper.from_array(np.zeros(1, np.float32), "zero")]
    graph = helper.make_graph(
        nodes,
        "line",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 48, "w"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, table.shape)],
        constants,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    if alphabet is not None:
        helper.set_model_props(model, {"character": alphabet})
    onnx.save(model, str(path))
    return SecondReader(onnxruntime.InferenceSession(str(path)))


def cut() -> np.ndarray:
    return np.full((48, 160, 3), 100, np.uint8)


def test_dots_and_blanks_are_no_characters_of_a_plate(tmp_path: Path) -> None:
    found = reader(tmp_path / "line.onnx", "京A·1 2345").read(cut())
    assert found is not None
    assert (found.text, found.format.name) == ("京A12345", "ordinary")
    assert found.probabilities == pytest.approx((0.95,) * 7)


def test_an_o_is_the_digit_that_it_looks_like(tmp_path: Path) -> None:
    found = reader(tmp_path / "line.onnx", "京AO2345").read(cut())
    assert found is not None
    assert found.text == "京A02345"


def test_what_is_no_plate_is_no_opinion(tmp_path: Path) -> None:
    assert reader(tmp_path / "line.onnx", "A12345").read(cut()) is None


def test_a_file_without_an_alphabet_is_a_defect(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="alphabet"):
        reader(tmp_path / "line.onnx", "京", None)
