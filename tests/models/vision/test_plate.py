"""Plates of frames: two small graphs made here stand for the networks; the real ones on a plate that is drawn here."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from models import registry
from models.device import Device
from models.errors import Defect
from models.manifest import Manifest, WeightFile
from models.task import Task
from models.values import Frame, ItemError, Plate
from models.vision.plate import OnnxPlates, proportion
from models.vision.plate_detector import priors
from models.vision.plate_format import ALPHABET, COLOURS
from models.weights import WeightsCache

HEIGHT, WIDTH = 160, 320
PLACE = 700
"""The prior at which the stand-in sees its plate."""
CORNERS = np.array([[60, 70], [160, 70], [160, 102], [60, 102]], np.float32)


class Folder:
    """Stands for the weights cache: a folder with the files in it."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def ensure(self, manifest: Manifest) -> Path:
        """The folder."""
        return self.root


def constant(path: Path, given: str, outputs: dict[str, np.ndarray]) -> None:
    """A graph that answers `outputs` for one picture; an output of one row is repeated for each picture."""
    nodes, constants = [], []
    for name, value in outputs.items():
        constants += [
            numpy_helper.from_array(value.astype(np.float32), f"value-{name}"),
            numpy_helper.from_array(np.zeros(1, np.float32), f"zero-{name}"),
        ]
        nodes += [
            helper.make_node("ReduceMean", [given], [f"mean-{name}"], axes=[1, 2, 3], keepdims=1),
            helper.make_node("Squeeze", [f"mean-{name}"], [f"row-{name}"], axes=[2, 3] if value.ndim == 2 else [3]),
            helper.make_node("Mul", [f"row-{name}", f"zero-{name}"], [f"nothing-{name}"]),
            helper.make_node("Identity", [f"value-{name}"], [name])
            if given == "image"
            else helper.make_node("Add", [f"value-{name}", f"nothing-{name}"], [name]),
        ]
    made = helper.make_graph(
        nodes,
        "constant",
        [helper.make_tensor_value_info(given, TensorProto.FLOAT, ["n", 3, "h", "w"])],
        [helper.make_tensor_value_info(n, TensorProto.FLOAT, None) for n in outputs],
        constants,
    )
    onnx.save(helper.make_model(made, opset_imports=[helper.make_opsetid("", 12)], ir_version=8), str(path))


def detector(path: Path, score: float = 0.9) -> None:
    prior = priors(HEIGHT, WIDTH)
    centre, side = prior[PLACE, :2], prior[PLACE, 2]
    boxes, scores = np.zeros((1, len(prior), 4)), np.zeros((1, len(prior), 2))
    corners = np.zeros((1, len(prior), 8))
    corners[0, PLACE] = ((CORNERS - centre) / (0.1 * side)).reshape(-1)
    scores[0, PLACE, 1] = score
    constant(path, "image", {"loc": boxes, "conf": scores, "landms": corners})


def reader(path: Path, text: str, colour: str = "blue", sure: float = 0.99) -> None:
    table = np.full((1, 40, len(ALPHABET) + 1), 1e-6)
    table[..., 0] = 1.0
    for place, character in enumerate(text):
        table[0, 4 * place + 2, 0] = 1e-6
        table[0, 4 * place + 2, ALPHABET.index(character) + 1] = sure / (1 - sure) * 1e-6 * table.shape[2]
    table /= table.sum(axis=2, keepdims=True)
    colours = np.array([[1.0 if one == colour else 0.0 for one in COLOURS]])
    constant(path, "pictures", {"characters": np.log(table), "colours": colours})


def plates(root: Path, device: Device) -> OnnxPlates:
    files = (WeightFile("detector.onnx", "0" * 64, None), WeightFile("reader.onnx", "1" * 64, None))
    manifest = Manifest("small", Task.READ_PLATES, "onnx-plates", "Apache-2.0", True, "", files, ())
    model = OnnxPlates(manifest, cast(WeightsCache, Folder(root)))
    model.load(device)
    return model


def frame(index: int = 0) -> Frame:
    return Frame(np.full((HEIGHT, WIDTH, 3), 90, np.uint8), index, 0.0)


def test_a_plate_is_told_with_corners_colour_and_characters(tmp_path: Path, device: Device) -> None:
    detector(tmp_path / "detector.onnx")
    reader(tmp_path / "reader.onnx", "粤012345", "blue")
    (found,) = plates(tmp_path, device).predict([frame()])
    assert not isinstance(found, ItemError)
    (plate,) = found
    assert (plate.text, plate.colour, plate.kind, plate.rows) == ("粤O12345", "blue", "ordinary", 1)
    assert np.allclose(plate.box, CORNERS, atol=0.01)
    assert len(plate.characters) == 7
    assert plate.confidence == pytest.approx(float(np.prod(plate.characters)))


def test_what_reads_as_nothing_is_no_plate(tmp_path: Path, device: Device) -> None:
    detector(tmp_path / "detector.onnx")
    reader(tmp_path / "reader.onnx", "")
    assert plates(tmp_path, device).predict([frame()]) == [()]


def test_what_the_detector_doubts_is_not_read(tmp_path: Path, device: Device) -> None:
    detector(tmp_path / "detector.onnx", score=0.3)
    reader(tmp_path / "reader.onnx", "京A12345")
    model = plates(tmp_path, device)
    small = Frame(np.full((HEIGHT, WIDTH, 3), 90, np.uint8), 0, 0.0)
    assert model._detector is not None
    assert model._detector._at(small.pixels, 1.0) == []


def test_what_is_no_picture_is_an_item_error_and_its_neighbours_are_read(tmp_path: Path, device: Device) -> None:
    detector(tmp_path / "detector.onnx")
    reader(tmp_path / "reader.onnx", "京A12345")
    first, second = plates(tmp_path, device).predict([Frame(np.zeros((4, 4), np.uint8), 0, 0.0), frame(1)])
    assert isinstance(first, ItemError)
    assert not isinstance(second, ItemError)


def test_a_model_that_is_not_loaded_is_a_defect(tmp_path: Path, device: Device) -> None:
    detector(tmp_path / "detector.onnx")
    reader(tmp_path / "reader.onnx", "京A12345")
    model = plates(tmp_path, device)
    model.close()
    with pytest.raises(Defect, match="load first"):
        model.predict([frame()])


def test_proportion_is_width_over_height_however_the_plate_lies() -> None:
    turn = np.array([[0.8, 0.6], [-0.6, 0.8]], np.float32)
    assert proportion(CORNERS) == pytest.approx(100 / 32)
    assert proportion(CORNERS @ turn) == pytest.approx(100 / 32, rel=1e-5)


@pytest.mark.model
def test_the_shipped_reader_reads_plates_as_the_project_draws_them(device: Device) -> None:
    from models.fonts import font_path
    from training.plate.drawing import draw
    from training.plate.glyphs import CELL_HEIGHT, CELL_WIDTH, Atlas, from_font, in_cell
    from training.plate.layout import plate_of
    from training.plate.strokes import drawn

    font = font_path(WeightsCache())
    masks = {c: (drawn(c, 0, CELL_WIDTH, CELL_HEIGHT, 0.24, 0.25),) for c in "A1B234"}
    ink = from_font(font, "京")
    assert ink is not None
    masks["京"] = (in_cell(ink, 1.0),)
    flat = draw(plate_of("京AB1234", "blue"), Atlas(masks), np.random.default_rng(1000))
    model = registry.build("anjuan-plates", WeightsCache())
    model.load(device)
    (found,) = model.predict([Frame(np.clip(flat, 0, 255).astype(np.uint8), 0, 0.0)])
    (plate,) = cast("tuple[Plate, ...]", found)
    assert (plate.text, plate.colour) == ("京AB1234", "blue")


@pytest.mark.model
@pytest.mark.shared
def test_real_photos_are_read(shared: Path, device: Device) -> None:
    from benchmarks.accuracy.plates import judged, photos

    model = registry.build("anjuan-plates", WeightsCache())
    model.load(device)
    seen = photos(shared / "data/plates/easypr_general")[::8]
    told = model.predict([Frame(photo.picture, n, 0.0) for n, photo in enumerate(seen)])
    outcomes = [judged(photo, cast("tuple[Plate, ...]", plates)) for photo, plates in zip(seen, told, strict=True)]
    assert all(one.overlap > 0.5 for one in outcomes)
    assert sum(one.right for one in outcomes) >= len(seen) - 1
