"""Number plates of real photos: how many are found, read whole, given their colour; our reader and others side by side.

    python -m benchmarks.accuracy.plates --shared SHARED [--crops] [--peers]

Measured: exact match of the text over photos of EasyPR (recall of the detector at an overlap of 0.5 and 0.7 with the
labelled rectangle, exact match by colour and by half of the photos), characters right in place, crops of LPRNet's test
set, whole photos a second, and how often a text of which the reader says `p` is right. With `--peers` the same cuts go
to PP-OCRv6. The photos are for measuring: no reader was taught on them.
"""

from __future__ import annotations

import argparse
import csv
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from models import registry
from models.device import choose_device
from models.manifest import load_manifest
from models.network import open_network
from models.task import PlateModel, Task
from models.text.ctc import readings
from models.text.paddlex_folder import alphabet
from models.values import Frame, Plate, Quad
from models.vision.plate_format import read_form, written
from models.vision.plate_picture import cut as cut_out
from models.weights import WeightsCache

Picture = NDArray[np.uint8]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

OVERLAPS: Final = (0.5, 0.7)
"""Least overlaps of a found plate: usual, and CCPD's."""
PAGE_HEIGHT: Final = 48
"""Height of a line that PP-OCR's recogniser takes."""
CONFIDENCES: Final = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)


@dataclass(frozen=True, slots=True)
class Photo:
    """A photo with one labelled plate."""

    name: str
    picture: Picture
    text: str
    colour: str
    box: Box


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was said of a photo: the plate that lies on the label, if any, and its overlap with it."""

    photo: Photo
    found: Plate | None
    overlap: float
    others: tuple[Plate, ...]

    @property
    def right(self) -> bool:
        """Whether the labelled plate was read whole."""
        return self.found is not None and self.found.text == self.photo.text


def opened(path: Path) -> Picture:
    """A picture in RGB."""
    picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    return np.asarray(picture[..., ::-1], np.uint8).copy()


def photos(folder: Path) -> list[Photo]:
    """The photos of a folder with EasyPR's labels.tsv."""
    with (folder / "labels.tsv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream, delimiter="\t"))
    return [Photo(row["file"], opened(folder / row["file"]), row["plate"], row["color"], _upright(row)) for row in rows]


def _upright(row: dict[str, str]) -> Box:
    cx, cy, w, h, angle = (float(row[name]) for name in ("cx", "cy", "w", "h", "angle"))
    corners = cv2.boxPoints(((cx, cy), (w, h), angle))
    low, high = corners.min(axis=0), corners.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def overlap(one: Box, other: Box) -> float:
    """Shared area over the area of both."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    if across <= 0 or down <= 0:
        return 0.0
    areas = [(box[2] - box[0]) * (box[3] - box[1]) for box in (one, other)]
    return across * down / (sum(areas) - across * down)


def _box(plate: Plate) -> Box:
    x, y = [corner[0] for corner in plate.box], [corner[1] for corner in plate.box]
    return min(x), min(y), max(x), max(y)


def judged(photo: Photo, plates: Sequence[Plate]) -> Outcome:
    """The plate that overlaps the label most."""
    ranked = sorted(plates, key=lambda plate: -overlap(_box(plate), photo.box))
    if not ranked or overlap(_box(ranked[0]), photo.box) == 0:
        return Outcome(photo, None, 0.0, tuple(plates))
    return Outcome(photo, ranked[0], overlap(_box(ranked[0]), photo.box), tuple(ranked[1:]))


def characters(truth: str, said: str) -> int:
    """How many characters of `truth` stand in their place in `said`."""
    return sum(a == b for a, b in zip(truth, said, strict=False))


def _share(hits: int, count: int) -> str:
    return f"{hits}/{count} = {hits / count:.1%}" if count else "none"


def tell(outcomes: Sequence[Outcome]) -> None:
    """The figures of the photos."""
    count = len(outcomes)
    for least in OVERLAPS:
        print(f"found, overlap >= {least}: {_share(sum(o.overlap >= least for o in outcomes), count)}")
    print(f"read whole: {_share(sum(o.right for o in outcomes), count)}")
    for colour in sorted({o.photo.colour for o in outcomes}):
        of = [o for o in outcomes if o.photo.colour == colour]
        named = sum(o.found is not None and o.found.colour == colour for o in of)
        print(f"  {colour}: {_share(sum(o.right for o in of), len(of))}; colour told {_share(named, len(of))}")
    for name, half in (("even", outcomes[::2]), ("odd", outcomes[1::2])):
        print(f"  {name} photos by name: {_share(sum(o.right for o in half), len(half))}")
    hits = sum(characters(o.photo.text, o.found.text) for o in outcomes if o.found is not None)
    print(f"characters in place: {_share(hits, sum(len(o.photo.text) for o in outcomes))}")
    print(f"further plates told, none labelled: {sum(len(o.others) for o in outcomes)}")
    for o in outcomes:
        if not o.right:
            said = f"{o.found.text} {o.found.confidence:.2f}" if o.found else "nothing"
            print(f"  wrong: {o.photo.text} was read as {said}, overlap {o.overlap:.2f}")


def tell_sureness(rights: Sequence[tuple[float, bool]]) -> None:
    """Of texts told with at least some confidence, how many are right."""
    for least in CONFIDENCES:
        kept = [right for confidence, right in rights if confidence >= least]
        print(f"  confidence >= {least:.2f}: {len(kept) / len(rights):.1%} kept, {_share(sum(kept), len(kept))} right")


def crops(folder: Path) -> list[tuple[Picture, str]]:
    """Crops with their texts."""
    with (folder / "labels.tsv").open(encoding="utf-8") as stream:
        return [(opened(folder / row["file"]), row["plate"]) for row in csv.DictReader(stream, delimiter="\t")]


class PageRecogniser:
    """PP-OCRv6's line recogniser, which the product reads pages with, on the cut of a plate."""

    def __init__(self, cache: WeightsCache) -> None:
        weights = cache.ensure(load_manifest("pp-ocrv6-small")) / "rec" / "inference.onnx"
        cpu = choose_device("cpu")
        self._session = open_network(weights, cpu, cpu.threads, arena=True)
        self._input = self._session.get_inputs()[0].name
        self._alphabet = [*alphabet(weights), " "]

    def read(self, cut: Picture) -> str:
        """The text without dots and blanks, in the reader's alphabet."""
        width = max(PAGE_HEIGHT, round(cut.shape[1] * PAGE_HEIGHT / cut.shape[0]))
        line = cv2.resize(cut, (width, PAGE_HEIGHT))[..., ::-1].astype(np.float32)
        given = np.ascontiguousarray((line / 127.5 - 1).transpose(2, 0, 1)[None])
        answer = cast(NDArray[np.float32], self._session.run(None, {self._input: given})[0])
        text = "".join(one[0].character for one in readings(answer[0], self._alphabet))
        return written(read_form("".join(c for c in text if c.isalnum())))


def tell_peer(seen: Sequence[Outcome], cut: Sequence[tuple[Picture, str]], cache: WeightsCache) -> None:
    """The page recogniser on the same plates: the corners that our detector found, and the crops."""
    peer = PageRecogniser(cache)
    found = [(o.photo, o.found) for o in seen if o.found is not None]
    began = time.perf_counter()
    hits = sum(peer.read(_flat(photo.picture, plate.box)) == photo.text for photo, plate in found)
    took = time.perf_counter() - began
    if seen:
        print(f"PP-OCRv6 on our cuts: {_share(hits, len(seen))}, {took / max(1, len(found)) * 1e3:.1f} ms a plate")
        return
    hits = sum(peer.read(picture) == truth for picture, truth in cut)
    print(f"PP-OCRv6 on the crops: {_share(hits, len(cut))}")


def _flat(picture: Picture, box: Quad) -> Picture:
    return cut_out(picture, np.array(box, np.float32))


def look_at(model: PlateModel, seen: Sequence[Photo]) -> list[Outcome]:
    """What the model says of the photos; tells its figures and times."""
    began = time.perf_counter()
    told = [model.predict([Frame(photo.picture, n, 0.0)])[0] for n, photo in enumerate(seen)]
    took = time.perf_counter() - began
    outcomes = [judged(photo, cast("tuple[Plate, ...]", plates)) for photo, plates in zip(seen, told, strict=True)]
    print(f"EasyPR, {len(seen)} photos, {took / len(seen) * 1e3:.0f} ms a photo")
    tell(outcomes)
    tell_sureness([(o.found.confidence if o.found else 0.0, o.right) for o in outcomes])
    return outcomes


def look_at_crops(model: PlateModel, cut: Sequence[tuple[Picture, str]]) -> None:
    """What the model says of crops, which it takes as plates; tells its figures and times."""
    began = time.perf_counter()
    answers = [cast("tuple[Plate, ...]", model.predict([Frame(picture, 0, 0.0)])[0]) for picture, _ in cut]
    took = time.perf_counter() - began
    said = [(plates[0].text, plates[0].confidence) if plates else ("", 0.0) for plates in answers]
    rights = [(sure, text == truth) for (text, sure), (_, truth) in zip(said, cut, strict=True)]
    print(f"LPRNet, {len(cut)} crops, {took / len(cut) * 1e3:.1f} ms a plate")
    print(f"read whole: {_share(sum(right for _, right in rights), len(rights))}")
    serials = sum(text[1:] == truth[1:] for (text, _), (_, truth) in zip(said, cut, strict=True))
    print(f"read whole but for the province: {_share(serials, len(cut))}")
    hits = sum(characters(truth, text) for (text, _), (_, truth) in zip(said, cut, strict=True))
    print(f"characters in place: {_share(hits, sum(len(truth) for _, truth in cut))}")
    tell_sureness(rights)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, required=True, help="The folder of measuring data.")
    parser.add_argument("--crops", action="store_true", help="The crops alone, not the photos.")
    parser.add_argument("--peers", action="store_true", help="Also read the same plates with PP-OCRv6.")
    parser.add_argument("--every", type=int, default=1, help="Of the crops every N-th alone.")
    given = parser.parse_args()
    cache = WeightsCache()
    model = cast(PlateModel, registry.build(registry.default_name(Task.READ_PLATES, cache), cache))
    model.load(choose_device("cpu"))
    outcomes = [] if given.crops else look_at(model, photos(given.shared / "data/plates/easypr_general"))
    cut = crops(given.shared / "data/plates/lprnet_crops")[:: given.every] if given.crops or given.peers else []
    if given.crops:
        look_at_crops(model, cut)
    if given.peers:
        tell_peer(outcomes, [] if outcomes else cut, cache)


if __name__ == "__main__":
    main()
