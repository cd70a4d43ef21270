"""Every network is opened with bounded threads that sleep while they wait, from a file or from bytes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest

from models.device import Device, DeviceKind
from models.network import open_network

WIDTH = 3


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A network that doubles what it is given."""
    shape = ["rows", WIDTH]
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Add", ["x", "x"], ["y"])],
        "double",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, shape)],
    )
    made = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    path = tmp_path / "double.onnx"
    onnx.save(made, str(path))
    return path


@pytest.mark.parametrize(("cores", "most", "threads"), [(8, 2, 2), (1, 4, 1), (0, 4, 1)])
def test_threads_are_those_that_pay_and_that_are_there(weights: Path, cores: int, most: int, threads: int) -> None:
    session = open_network(weights, Device(DeviceKind.CPU, 0, cores, "a test"), most, arena=False)
    options = session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (threads, 1)
    assert options.get_session_config_entry("session.intra_op.allow_spinning") == "0"
    assert not options.enable_cpu_mem_arena


def test_bytes_and_a_file_are_one_network(weights: Path) -> None:
    device = Device(DeviceKind.CPU, 0, 1, "a test")
    x = np.ones((2, WIDTH), np.float32)
    answers = [
        open_network(one, device, 1, arena=True).run(None, {"x": x})[0] for one in (weights, weights.read_bytes())
    ]
    assert np.array_equal(answers[0], 2 * x)
    assert np.array_equal(answers[0], answers[1])
