"""Lines are looked at small, and again at full height where that left a doubt; the network can read any height."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import pytest

from models.errors import Defect
from models.text.decoder import LineDecoder, LineText
from models.text.recogniser import FULL_PX, PROBES, SMALL_PX, LineRecogniser, Pixels, any_height, prepared

CLASSES, FEATURES = 7, 5


class Network:
    """Answers with the picture's height and its middling shade; remembers which heights it was asked for."""

    def __init__(self) -> None:
        self.heights: list[int] = []

    def run(self, output_names: None, input_feed: Mapping[str, np.ndarray]) -> list[np.ndarray]:
        picture = input_feed["x"]
        self.heights.append(picture.shape[2])
        return [np.array([[picture.shape[2], picture[0, 0, 0, 0]]], np.float32)]


def decode(answer: np.ndarray) -> LineText:
    """Light lines are read surely at any height, dark ones at full height alone."""
    height, shade = answer[0]
    sure = shade > 0 or height == FULL_PX
    return LineText(f"{height:.0f}", 0.99, 0.99 if sure else 0.5)


def line(shade: int, width: int = 90) -> Pixels:
    return np.full((9, width, 3), shade, np.uint8)


def test_a_line_in_doubt_is_read_again_at_full_height_and_no_other() -> None:
    network = Network()
    read = LineRecogniser(network, decode).lines([line(255), line(0), line(255)])
    assert [one.text for one in read] == ["32", "48", "32"]
    assert network.heights == [SMALL_PX, SMALL_PX, FULL_PX, SMALL_PX]


def test_where_most_lines_are_in_doubt_the_rest_is_read_at_full_height_at_once() -> None:
    network = Network()
    answers = list(LineRecogniser(network, decode)([line(0)] * 40))
    assert {answer["rec_text"] for answer in answers} == {"48"}
    assert len(answers) == 40
    assert network.heights.count(SMALL_PX) == PROBES
    assert network.heights.count(FULL_PX) == 40


def test_no_line_is_no_work() -> None:
    network = Network()
    assert not LineRecogniser(network, decode).lines([])
    assert not network.heights


@pytest.mark.parametrize(("width", "whole"), [(9, 213 + 3), (90, 320), (91, 328), (9000, 3200)])
def test_short_lines_are_padded_and_long_ones_pressed(width: int, whole: int) -> None:
    made = prepared(line(255, width), SMALL_PX)
    assert made.shape == (1, 3, SMALL_PX, whole)
    assert made[0, 0, 0, 0] == 1.0
    assert made.max() == 1.0
    assert (made[..., 32 * width // 9 + 1 :] == 0.0).all()


def test_a_line_of_nothing_is_surely_nothing() -> None:
    blank = np.array([[0.9, 0.05, 0.05]], np.float32)
    assert LineDecoder(["甲", "乙"], set()).line(blank) == LineText("", 0.0, 0.0)


def test_the_least_sure_character_of_a_line_is_told() -> None:
    steps = np.zeros((3, 6), np.float32)
    steps[0, 1], steps[1, 0], steps[2, 2] = 0.9, 1.0, 0.7
    read = LineDecoder([*"甲乙丙丁戊"], set()).line(steps)
    assert read.text == "甲乙"
    assert (round(read.confidence, 3), round(read.least, 3)) == (0.8, 0.7)


def exported(path: Path) -> Path:
    """A network with the parts of PP-OCRv6 that are changed: a pooling over three rows, a head of five nodes."""
    rng = np.random.default_rng(5)
    weights = {
        "w": rng.normal(size=(FEATURES, 3, 16, 4)),
        "head": rng.normal(size=(FEATURES, CLASSES)),
        "bias": rng.normal(size=CLASSES),
    }
    make = onnx.helper.make_node
    nodes = [
        make("Conv", ["x", "w"], ["seen"], kernel_shape=[16, 4], strides=[16, 4]),
        make("AveragePool", ["seen"], ["pooled"], kernel_shape=[3, 2], strides=[3, 2]),
        make("Squeeze", ["pooled"], ["steps"], axes=[2]),
        make("Transpose", ["steps"], ["turned"], perm=[0, 2, 1]),
        make("MatMul", ["turned", "head"], ["product"]),
        make("Add", ["product", "bias"], ["total"]),
        make("Identity", ["total"], ["same"]),
        make("Softmax", ["same"], ["answer"], axis=2),
    ]
    info, floats = onnx.helper.make_tensor_value_info, onnx.TensorProto.FLOAT
    graph = onnx.helper.make_graph(
        nodes,
        "recogniser",
        [info("x", floats, ["lines", 3, 48, "width"])],
        [info("answer", floats, ["lines", "steps", CLASSES])],
        [onnx.numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()],
    )
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 11)], ir_version=7)
    onnx.save(model, str(path))
    return path


def test_the_network_says_the_same_at_its_own_height_and_something_at_another(tmp_path: Path) -> None:
    onnxruntime = pytest.importorskip("onnxruntime")
    weights = exported(tmp_path / "inference.onnx")
    theirs = onnxruntime.InferenceSession(str(weights), providers=["CPUExecutionProvider"])
    ours = onnxruntime.InferenceSession(any_height(weights), providers=["CPUExecutionProvider"])
    picture = np.random.default_rng(6).normal(size=(1, 3, 48, 64)).astype(np.float32)
    (expected,) = theirs.run(None, {"x": picture})
    (found,) = ours.run(None, {"x": picture})
    assert np.allclose(found, expected[0], atol=1e-5)
    assert ours.run(None, {"x": picture[:, :, :SMALL_PX]})[0].shape == (8, CLASSES)


def test_a_network_built_otherwise_is_a_defect(tmp_path: Path) -> None:
    model = onnx.load(str(exported(tmp_path / "inference.onnx")))
    model.graph.node[1].op_type = "MaxPool"
    onnx.save(model, str(tmp_path / "other.onnx"))
    with pytest.raises(Defect, match="otherwise"):
        any_height(tmp_path / "other.onnx")
