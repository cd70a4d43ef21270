"""A small convolution network in bytes gives nearly what it gives in floats; ranges of other weights are not used."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from models import quantisation
from models.device import Device, DeviceKind, adds_products_of_bytes
from models.errors import Defect
from models.quantisation import in_bytes, ranges_for, suits

RNG = np.random.default_rng(1)
WEIGHTS = {
    "first": RNG.standard_normal((8, 3, 3, 3)).astype(np.float32),
    "second": RNG.standard_normal((8, 8, 3, 3)).astype(np.float32) / 8,
}


def network(path: Path) -> Path:
    """A residual block: a convolution, and a second one added to it."""
    nodes = [
        helper.make_node("Conv", ["x", "first"], ["a"], name="conv1", pads=[1, 1, 1, 1]),
        helper.make_node("Relu", ["a"], ["b"], name="relu"),
        helper.make_node("Conv", ["b", "second"], ["c"], name="conv2", pads=[1, 1, 1, 1]),
        helper.make_node("Add", ["b", "c"], ["y"], name="add"),
    ]
    graph = helper.make_graph(
        nodes,
        "block",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, "h", "w"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 8, "h", "w"])],
        [numpy_helper.from_array(array, name) for name, array in WEIGHTS.items()],
    )
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), str(path))
    return path


def ranges(path: Path, **of_tensor: tuple[float, float]) -> Path:
    data = {name: {"CLS": "TensorData", "lowest": low, "highest": high} for name, (low, high) in of_tensor.items()}
    method = {"CLS": "CalibrationMethod", "value": "CalibrationMethod.MinMax"}
    path.write_text(
        json.dumps({"CLS": "TensorsData", "calibration_method": method, "weights_sha256": "ab", "data": data})
    )
    return path


def answer(model: str | bytes, x: NDArray[np.float32]) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, {"x": x})[0], np.float32)


def test_bytes_give_nearly_what_floats_give(tmp_path: Path) -> None:
    model = network(tmp_path / "block.onnx")
    x = RNG.uniform(-1, 1, (1, 3, 20, 30)).astype(np.float32)
    exact = answer(str(model), x)
    file = ranges(tmp_path / "r.json", x=(-1, 1), a=(-12, 12), b=(0, 12), c=(-12, 12), y=(-12, 18))
    made = in_bytes(model, file)
    weights = {one.name: one.data_type for one in onnx.load_from_string(made).graph.initializer}
    assert TensorProto.FLOAT not in {kind for name, kind in weights.items() if name.endswith("_quantized")}
    assert sum(name.endswith("_quantized") for name in weights) >= len(WEIGHTS)
    # Without VNNI sums of two products are cut off at 16 bits: such processors are given floats.
    most = 0.03 if adds_products_of_bytes() else 0.15
    assert np.linalg.norm(answer(made, x) - exact) / np.linalg.norm(exact) < most


def test_a_range_that_is_too_narrow_shows(tmp_path: Path) -> None:
    model = network(tmp_path / "block.onnx")
    x = RNG.uniform(-1, 1, (1, 3, 20, 30)).astype(np.float32)
    exact = answer(str(model), x)
    file = ranges(tmp_path / "r.json", x=(-0.1, 0.1), a=(-1, 1), b=(0, 1), c=(-1, 1), y=(-1, 2))
    assert np.linalg.norm(answer(in_bytes(model, file), x) - exact) / np.linalg.norm(exact) > 0.5


def test_ranges_are_found_by_name_and_for_their_weights_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(quantisation, "RANGES", tmp_path)
    file = ranges(tmp_path / "block.json", x=(-1, 1))
    assert ranges_for("block", "ab") == file
    assert ranges_for("other", "ab") is None
    with caplog.at_level(logging.WARNING):
        assert ranges_for("block", "cd") is None
    assert "other weights" in caplog.text


def test_a_file_too_large_for_ranges_is_a_defect(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quantisation, "RANGES", tmp_path)
    monkeypatch.setattr(quantisation, "LARGEST_RANGES", 10)
    ranges(tmp_path / "block.json", x=(-1, 1))
    with pytest.raises(Defect, match="larger"):
        ranges_for("block", "ab")


@pytest.mark.parametrize(
    ("kind", "adds", "fit"),
    [(DeviceKind.CPU, True, True), (DeviceKind.CPU, False, False), (DeviceKind.CUDA, True, False)],
)
def test_bytes_suit_a_processor_that_adds_their_products(
    monkeypatch: pytest.MonkeyPatch, kind: DeviceKind, adds: bool, fit: bool
) -> None:
    monkeypatch.setattr(quantisation, "adds_products_of_bytes", lambda: adds)
    assert suits(Device(kind, 0, 2, "test")) is fit


def test_the_ranges_shipped_are_of_the_weights_shipped() -> None:
    from models.manifest import load_manifest

    files = sorted(quantisation.RANGES.glob("*.json"))
    assert files
    for file in files:
        assert ranges_for(file.stem, load_manifest(file.stem).weights_sha256) == file
