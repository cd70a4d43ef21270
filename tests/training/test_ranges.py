"""Ranges are measured on pieces of speech, hold what they should, and are written as ONNX Runtime reads them."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization.calibrate import CalibrationMethod, TensorsData

from training.ranges import PIECE, cache_file, measured, pieces

RATE = 16000


def recording(path: Path, speech_from: float, seconds: float = 12.0) -> Path:
    """A tone after silence."""
    samples = 0.5 * np.sin(np.arange(int(seconds * RATE)) / 7)
    samples[: int(speech_from * RATE)] = 0
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


def test_pieces_are_of_speech_and_the_same_for_a_seed(tmp_path: Path) -> None:
    file = recording(tmp_path / "a.wav", speech_from=6)
    found = list(pieces([file], 8, seed=1))
    assert len(found) == 8
    assert all(clip.samples.size == PIECE and np.abs(clip.samples).max() > 0.4 for clip in found)
    assert all(np.array_equal(a.samples, b.samples) for a, b in zip(found, pieces([file], 8, seed=1), strict=True))


def test_a_recording_of_silence_gives_none(tmp_path: Path) -> None:
    assert not list(pieces([recording(tmp_path / "a.wav", speech_from=12)], 3, seed=1))


def test_a_range_holds_all_but_the_outermost_values(tmp_path: Path) -> None:
    nodes = [helper.make_node("Conv", ["feats", "w"], ["y"], name="conv")]
    graph = helper.make_graph(
        nodes,
        "double",
        [helper.make_tensor_value_info("feats", TensorProto.FLOAT, [1, 1, "n"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 1, "n"])],
        [numpy_helper.from_array(np.full((1, 1, 1), 2, np.float32), "w")],
    )
    model = tmp_path / "double.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10), str(model))
    values = np.linspace(-1, 1, 10_001, dtype=np.float32)
    values[0] = 100  # one stray value must not widen the range
    found = measured(model, iter([values[None]]), share=0.999)
    assert found["feats"][0] >= -1.1
    assert 0.9 < found["feats"][1] < 2
    assert 1.8 < found["y"][1] < 4


def test_the_file_is_read_back_by_onnxruntime() -> None:
    text = cache_file({"b": (-1.23456789, 2.0), "a": (0.0, 5.5)}, "ab" * 32)
    found = TensorsData.from_dict(json.loads(text))
    assert found.calibration_method is CalibrationMethod.MinMax
    assert [float(v) for v in found["a"].range_value] == [0.0, 5.5]
    assert float(found["b"].range_value[0]) == np.float32(-1.23457)
    assert json.loads(text)["weights_sha256"] == "ab" * 32
    assert text.index('"a"') < text.index('"b"')
