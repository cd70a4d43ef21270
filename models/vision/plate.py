"""Number plates of a frame: found with corners, seen straight on, read by our own network; knows no track and no case.

Two networks in one manifest: a detector from a public package and the reader that `training/plate` teaches on drawn
plates. A plate that is read with doubt is cut anew with other margins and the cuts vote; one that is high for its
width is also read as two rows, and the surer reading wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, cast

import numpy as np
from numpy.typing import NDArray

from models.device import Device
from models.errors import Defect
from models.network import open_network
from models.task import ModelIdentity
from models.values import Frame, ItemError, Plate, Quad
from models.vision.plate_detector import FoundPlate, PlateDetector
from models.vision.plate_format import COLOURS, written
from models.vision.plate_picture import HEIGHT, MARGIN, TALL, cut, planes, side_by_side
from models.vision.plate_second import SecondReader
from models.vision.plate_text import PlateReading, reading, voted

if TYPE_CHECKING:
    import onnxruntime

    from models.manifest import Manifest
    from models.weights import WeightsCache

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

MAX_THREADS: Final = 8
SECOND: Final = "second.onnx"
LEAST_SCORE: Final = 0.4
"""Sureness below which the detector's plates are not looked at."""
LEAST_CONFIDENCE: Final = 0.02
"""Readings below are lamps, grilles and letters on doors taken for plates."""
DOUBTFUL: Final = 0.95
"""A plate read less surely than this is cut anew with each of MARGINS, and the cuts vote; then the second reader."""
MARGINS: Final = (MARGIN, 0.0, 0.12)
DOUBLE_BELOW: Final = 2.7
"""Plates wider than this many times their height have one row: single ones are 3.1 to 3.4, double ones 1.6 to 2 times
as wide as high, and a view from the side makes each look narrower."""

UPPER_ROW: Final = (0.25, 0.5)
"""Of double plates the detector, which was taught on single ones, frames the lower row with little or nothing of the
upper: how much higher the whole plate may be (220 mm; the lower row with its rims has about 145)."""


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Where a plate's corners may be, and in how many rows it may be written."""

    corners: Floats
    rows: int

    def cut(self, picture: Picture, margin: float) -> Picture:
        """The plate as the reader takes it."""
        if self.rows == 1:
            return cut(picture, self.corners, HEIGHT, margin)
        return side_by_side(cut(picture, self.corners, TALL, margin))


@dataclass(frozen=True, slots=True, eq=False)
class ReadPlate:
    """A reading with the colour of the plate's ground, and the layout in which it was read."""

    reading: PlateReading
    colour: str
    layout: Layout


class PlateReader:
    """Reads cuts of plates with `session`, the exported network of `training/plate`, and asks `second` in doubt."""

    def __init__(self, session: onnxruntime.InferenceSession, second: SecondReader | None = None) -> None:
        self._session = session
        self._second = second

    def read(self, pictures: Sequence[Picture]) -> list[tuple[PlateReading, str]]:
        """Reading and colour of each cut (uint8 [48, 160, 3] RGB)."""
        texts, colours = cast("list[Floats]", self._session.run(None, {"pictures": planes(list(pictures))}))
        return [(reading(text), COLOURS[int(colour.argmax())]) for text, colour in zip(texts, colours, strict=True)]

    def look(self, picture: Picture, found: FoundPlate) -> ReadPlate:
        """The surest reading of a plate in its frame."""
        layouts = [Layout(found.corners, 1)]
        if proportion(found.corners) < DOUBLE_BELOW:
            layouts.append(Layout(found.corners, 2))
        best = self._surest(picture, layouts, (MARGIN,))
        if best.reading.confidence >= DOUBTFUL:
            return best
        if len(layouts) > 1:
            layouts += [Layout(raised(found.corners, share), 2) for share in UPPER_ROW]
        return self._agreed(picture, self._surest(picture, layouts, MARGINS))

    def _agreed(self, picture: Picture, best: ReadPlate) -> ReadPlate:
        """The reading with the vote of the second reader, where that is asked and reads a plate of this colour."""
        if self._second is None or best.reading.confidence >= DOUBTFUL:
            return best
        opinion = self._second.read(best.layout.cut(picture, MARGIN))
        if opinion is None or best.colour not in opinion.format.colours:
            return best
        return replace(best, reading=voted([best.reading, opinion]))

    def _surest(self, picture: Picture, layouts: Sequence[Layout], margins: Sequence[float]) -> ReadPlate:
        """The layout that is read most surely, each by the vote of its cuts."""
        answers = self.read([layout.cut(picture, margin) for layout in layouts for margin in margins])
        read = []
        for number, layout in enumerate(layouts):
            mine = answers[number * len(margins) : (number + 1) * len(margins)]
            read.append(ReadPlate(voted([text for text, _ in mine]), mine[0][1], layout))
        return max(read, key=lambda one: one.reading.confidence)


def proportion(corners: Floats) -> float:
    """Width over height of a plate, each the mean of two sides."""
    sides = np.linalg.norm(np.roll(corners, -1, axis=0) - corners, axis=1)
    return float((sides[0] + sides[2]) / max(1e-6, sides[1] + sides[3]))


def raised(corners: Floats, share: float) -> Floats:
    """The corners with the upper side further up by a share of the height."""
    grown = corners.copy()
    grown[:2] += (corners[:2] - corners[[3, 2]]) * np.float32(share)
    return grown


def plate_of(found: FoundPlate, read: ReadPlate) -> Plate:
    """What is told of a plate."""
    quad = cast(Quad, tuple((float(x), float(y)) for x, y in found.corners))
    return Plate(
        text=written(read.reading.text),
        box=quad,
        confidence=read.reading.confidence,
        colour=read.colour,
        kind=read.reading.format.name,
        rows=read.layout.rows,
        characters=read.reading.probabilities,
        score=found.score,
    )


class OnnxPlates:
    """Finds and reads the plates of frames; files: `detector.onnx`, `reader.onnx`, and `second.onnx` where listed."""

    def __init__(self, manifest: Manifest, cache: WeightsCache) -> None:
        self._manifest = manifest
        self._cache = cache
        self._least = float(manifest.options.get("least_score", LEAST_SCORE))
        self._detector: PlateDetector | None = None
        self._reader: PlateReader | None = None

    @property
    def identity(self) -> ModelIdentity:
        """Name, task, digest and licence, from the manifest."""
        return self._manifest.identity

    def load(self, device: Device) -> None:
        """Open both graphs; raises WeightsMissing, and Unavailable when the card cannot run them."""
        folder = self._cache.ensure(self._manifest)
        detector = open_network(folder / "detector.onnx", device, MAX_THREADS, arena=True)
        name = detector.get_inputs()[0].name
        self._detector = PlateDetector(
            lambda given: cast("list[NDArray[Any]]", detector.run(None, {name: given})), self._least
        )
        with_second = any(file.path == SECOND for file in self._manifest.files)
        second = SecondReader(open_network(folder / SECOND, device, MAX_THREADS, arena=True)) if with_second else None
        self._reader = PlateReader(open_network(folder / "reader.onnx", device, MAX_THREADS, arena=True), second)

    def predict(self, batch: Sequence[Frame]) -> list[tuple[Plate, ...] | ItemError]:
        """Plates of each frame, surest found first; an ItemError for what is no picture."""
        return [self._one(frame) for frame in batch]

    def close(self) -> None:
        """Free both graphs."""
        self._detector = self._reader = None

    def _one(self, frame: Frame) -> tuple[Plate, ...] | ItemError:
        if self._detector is None or self._reader is None:
            raise Defect("model.closed", f"{self._manifest.name} is not loaded; call load first")
        pixels = frame.pixels
        if pixels.ndim != 3 or pixels.shape[2] != 3 or not pixels.size or pixels.dtype != np.uint8:
            return ItemError("frame.shape", f"frame {frame.index} is no picture of bytes, height x width x 3")
        plates = [plate_of(found, self._reader.look(pixels, found)) for found in self._detector.find(pixels)]
        return tuple(plate for plate in plates if plate.confidence >= LEAST_CONFIDENCE)
