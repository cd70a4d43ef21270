"""The detector over ONNX Runtime: small graphs made here, and the real weights on frames made here or real clips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from models.device import Device
from models.errors import Defect
from models.manifest import Manifest, OptionValue
from models.task import Detector, Task
from models.values import Detection, Frame, ItemError
from models.vision.onnx_detector import OnnxDetector
from models.weights import WeightsCache


class Folder:
    """Stands for the weights cache: a folder with the file in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def ensure(self, manifest: Manifest) -> Path:
        """The folder."""
        return self.root


def manifest(**options: OptionValue) -> Manifest:
    from models.manifest import WeightFile

    files = (WeightFile("detector.onnx", "0" * 64, None),)
    return Manifest("small", Task.DETECT, "onnx-detector", "Apache-2.0", True, "", files, (), options)


def graph(path: Path, inputs: dict[str, list[int]], outputs: dict[str, np.ndarray]) -> None:
    """A model that answers `outputs` whatever it is given, and uses every input."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    nodes, constants = [], []
    for number, (name, value) in enumerate(outputs.items()):
        source = list(inputs)[number % len(inputs)]
        constants += [
            numpy_helper.from_array(value.astype(np.float32), f"value-{name}"),
            numpy_helper.from_array(np.zeros(1, np.float32), f"zero-{name}"),
        ]
        nodes += [
            helper.make_node("ReduceMean", [source], [f"mean-{name}"], keepdims=0),
            helper.make_node("Mul", [f"mean-{name}", f"zero-{name}"], [f"nothing-{name}"]),
            helper.make_node("Add", [f"value-{name}", f"nothing-{name}"], [name]),
        ]
    made = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n, shape in inputs.items()],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, v.shape) for n, v in outputs.items()],
        constants,
    )
    onnx.save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(path))


def loaded(tmp_path: Path, device: Device, **options: OptionValue) -> OnnxDetector:
    detector = OnnxDetector(manifest(**options), cast(WeightsCache, Folder(tmp_path)))
    detector.load(device)
    return detector


def grey(width: int = 128, height: int = 64, index: int = 0) -> Frame:
    return Frame(np.full((height, width, 3), 128, np.uint8), index, 0.0)


def test_a_picodet_graph_answers_in_pixels_of_the_frame(tmp_path: Path, device: Device) -> None:
    scores = np.zeros((1, 80, 2))
    scores[0, 2, 0], scores[0, 0, 1] = 0.8, 0.3
    boxes = np.array([[[10, 20, 60, 50], [70, 5, 80, 60]]])
    graph(
        tmp_path / "detector.onnx",
        {"image": [1, 3, 32, 32], "scale_factor": [1, 2]},
        {"boxes": boxes, "scores": scores},
    )
    detector = loaded(tmp_path, device, family="picodet-boxes", width=32, height=32)
    found = detector.predict([grey(), grey(index=1)])
    assert found == [(Detection(10, 20, 60, 50, "car", 0.8), Detection(70, 5, 80, 60, "person", 0.3))] * 2


def test_a_yolox_graph_answers_in_pixels_of_the_frame(tmp_path: Path, device: Device) -> None:
    answer = np.zeros((1, 21, 85))
    # Cell (1, 0) of stride 8 in a 32 x 32 input: centre (12, 4), size 8; the frame is four times as wide as the input.
    answer[0, 1, :5], answer[0, 1, 5 + 5] = [0.5, 0.5, 0, 0, 1], 0.9
    graph(tmp_path / "detector.onnx", {"images": [1, 3, 32, 32]}, {"output": answer})
    detector = loaded(tmp_path, device, family="yolox", width=32, height=32)
    assert detector.predict([grey()]) == [(Detection(32, 0, 64, 32, "bus", 0.9),)]


def test_one_bad_frame_does_not_fail_its_neighbours(tmp_path: Path, device: Device) -> None:
    graph(tmp_path / "detector.onnx", {"images": [1, 3, 32, 32]}, {"output": np.zeros((1, 84, 21))})
    detector = loaded(tmp_path, device, family="yolov8", width=32, height=32)
    bad = Frame(np.zeros((0, 5, 3), np.uint8), 7, 0.0)
    first, second, third = detector.predict([grey(), bad, grey()])
    assert first == third == ()
    assert isinstance(second, ItemError)
    assert "7" in second.message


def test_a_model_that_is_not_loaded_says_so(tmp_path: Path, device: Device) -> None:
    graph(tmp_path / "detector.onnx", {"images": [1, 3, 32, 32]}, {"output": np.zeros((1, 84, 21))})
    detector = loaded(tmp_path, device, family="yolov8", width=32, height=32)
    detector.close()
    with pytest.raises(Defect, match="not loaded"):
        detector.predict([grey()])


def test_an_unknown_family_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Defect, match="no family"):
        OnnxDetector(manifest(family="ssd"), cast(WeightsCache, Folder(tmp_path)))


@pytest.fixture(scope="module")
def picodet() -> Iterator[Detector]:
    """The default detector with its real weights."""
    from models import registry
    from models.device import DeviceKind

    detector = cast(Detector, registry.build("picodet-s", WeightsCache()))
    detector.load(Device(DeviceKind.CPU, 0, 2, "a test"))
    yield detector
    detector.close()


@pytest.mark.model
@pytest.mark.shared
def test_the_real_detector_sees_cars_and_buses_on_a_real_street(picodet: Detector, shared: Path) -> None:
    from pipelines.media.video import read_frames

    (frame,) = read_frames(shared / "data/video/anmspro_test1.mp4", 50, 51)
    (found,) = picodet.predict([frame])
    assert not isinstance(found, ItemError)
    sure = [d.label for d in found if d.score >= 0.4]
    assert sure.count("car") >= 6
    assert sure.count("bus") >= 4
