"""From pictures to what detectors take, and from what they give to boxes: pure numpy, no model and no runtime.

Every family of detectors lays out its answer in its own way; each has one function here that turns it into candidates
(boxes in pixels of the picture, a score for each road user). What follows is common: thresholds, suppression of
doubles.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.values import Detection
from models.vision.association import overlap

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

ROAD_USERS: tuple[tuple[int, str], ...] = (
    (0, "person"),
    (1, "bicycle"),
    (2, "car"),
    (3, "motorcycle"),
    (5, "bus"),
    (7, "truck"),
)
"""Place among the 80 COCO classes (2017 order) and label of what moves on roads."""
SAME_THING: tuple[frozenset[str], ...] = (frozenset({"car", "bus", "truck"}), frozenset({"bicycle", "motorcycle"}))
"""Labels that detectors confuse: two of them in one place are one object."""
FILL = 114
"""Grey beside a letterboxed picture, as the YOLO families were trained with (YOLOX, data_augment.py)."""
MAX_CANDIDATES = 1000
"""Best candidates that go into suppression, which grows with their square; a crowded crossing has a tenth."""


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least scores by label, and overlaps above which the weaker of two boxes goes: of one label, of one thing.

    The three scores are for motor vehicles, persons and cycles.
    """

    vehicle: float = 0.40
    person: float = 0.55
    cycle: float = 0.45
    same_label: float = 0.6
    same_thing: float = 0.6

    def least(self, label: str) -> float:
        """The least score of `label`."""
        if label == "person":
            return self.person
        return self.cycle if label in SAME_THING[1] else self.vehicle


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """`boxes` [n, 4] as left, top, right, bottom in pixels of the picture; `scores` [n, 6] in the order of
    ROAD_USERS.
    """

    boxes: Floats
    scores: Floats


# --- pictures --------------------------------------------------------------------------------------------------------
def stretched(picture: Picture, width: int, height: int) -> Picture:
    """The picture at `width` x `height`, out of proportion where it must be (bicubic, as PicoDet was trained)."""
    import cv2

    resized: Picture = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC)
    return resized


def letterboxed(picture: Picture, width: int, height: int, *, centred: bool) -> tuple[Picture, float, tuple[int, int]]:
    """The picture in proportion on grey; also its scale, and the left and top margin in pixels of the result."""
    import cv2

    scale = min(width / picture.shape[1], height / picture.shape[0])
    size = (max(1, int(picture.shape[1] * scale)), max(1, int(picture.shape[0] * scale)))
    margin = ((width - size[0]) // 2, (height - size[1]) // 2) if centred else (0, 0)
    canvas: Picture = np.full((height, width, 3), FILL, np.uint8)
    inside = canvas[margin[1] : margin[1] + size[1], margin[0] : margin[0] + size[0]]
    inside[:] = cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)
    return canvas, scale, margin


def planes(picture: Picture) -> Floats:
    """[height, width, 3] bytes to [3, height, width] float32, same values."""
    return np.ascontiguousarray(picture.transpose(2, 0, 1), dtype=np.float32)


# --- answers ---------------------------------------------------------------------------------------------------------
_COLUMNS = np.array([place for place, _ in ROAD_USERS])


def picodet(boxes: Floats, scores: Floats) -> Candidates:
    """PP-PicoDet cut before its suppression: `boxes` [n, 4] in pixels of the picture, `scores` [80, n]."""
    return Candidates(boxes, np.ascontiguousarray(scores[_COLUMNS].T))


def yolox_cells(width: int, height: int) -> tuple[Floats, Floats]:
    """Column and row of every cell [n, 2] and its stride [n, 1], in the order of YOLOX's answer (strides 8, 16, 32)."""
    places, strides = [], []
    for stride in (8, 16, 32):
        rows, columns = np.mgrid[0 : height // stride, 0 : width // stride]
        place = np.stack([columns.ravel(), rows.ravel()], axis=1)
        places.append(place)
        strides.append(np.full((len(place), 1), stride))
    return np.concatenate(places).astype(np.float32), np.concatenate(strides).astype(np.float32)


def yolox(answer: Floats, width: int, height: int, scale: float) -> Candidates:
    """YOLOX's raw cells, `answer` [n, 85]: centre, size, objectness, 80 classes; letterboxed to the top left."""
    places, strides = yolox_cells(width, height)
    centre = (answer[:, :2] + places) * strides
    half = np.exp(np.minimum(answer[:, 2:4], 20.0)) * strides / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1) / scale
    scores: Floats = answer[:, 4:5] * answer[:, 5 + _COLUMNS]
    return Candidates(boxes.astype(np.float32), scores)


def yolov8(answer: Floats, scale: float, margin: tuple[int, int]) -> Candidates:
    """YOLOv8's answer [84, n]: centre, size in pixels of the input, 80 classes; letterboxed to the middle."""
    centre, half = answer[:2].T - np.array(margin, np.float32), answer[2:4].T / 2
    boxes = np.concatenate([centre - half, centre + half], axis=1) / scale
    return Candidates(boxes.astype(np.float32), np.ascontiguousarray(answer[4 + _COLUMNS].T))


# --- what remains ----------------------------------------------------------------------------------------------------
def suppressed(boxes: Floats, scores: Floats, least: float) -> NDArray[np.intp]:
    """Rows that stay when of two boxes that overlap by more than `least` the weaker goes; best first."""
    order = np.argsort(-scores, kind="stable")
    shared = overlap(boxes[order].astype(np.float64), boxes[order].astype(np.float64)) > least
    alive = np.ones(len(order), dtype=bool)
    for row in range(len(order)):
        if alive[row]:
            alive[row + 1 :] &= ~shared[row, row + 1 :]
    kept: NDArray[np.intp] = order[alive]
    return kept


def detections(
    found: Candidates, thresholds: Thresholds, share: float, width: int, height: int
) -> tuple[Detection, ...]:
    """The objects among the candidates, best first, clipped to the picture of `width` x `height` pixels.

    `share` of each threshold is enough to be listed: what lies between counts as doubtful, for trackers alone. Doubles
    go in two rounds: within a label, then among labels that detectors confuse.
    """
    least = np.array([thresholds.least(label) * share for _, label in ROAD_USERS], dtype=np.float32)
    rows, columns = np.nonzero(found.scores >= least)
    scores = found.scores[rows, columns]
    limits = np.array([width, height, width, height], dtype=np.float32)
    boxes = np.clip(found.boxes[rows], 0, limits)
    usable = np.isfinite(boxes).all(axis=1) & (boxes[:, 2] - boxes[:, 0] >= 1) & (boxes[:, 3] - boxes[:, 1] >= 1)
    best = np.flatnonzero(usable)
    best = best[np.argsort(-scores[best], kind="stable")[:MAX_CANDIDATES]]
    boxes, scores, columns = boxes[best], scores[best], columns[best]
    labels = np.array([label for _, label in ROAD_USERS])[columns]
    keep = _each(labels, [frozenset({label}) for _, label in ROAD_USERS], boxes, scores, thresholds.same_label)
    boxes, scores, labels = boxes[keep], scores[keep], labels[keep]
    keep = _each(labels, (frozenset({"person"}), *SAME_THING), boxes, scores, thresholds.same_thing)
    order = keep[np.argsort(-scores[keep], kind="stable")]
    return tuple(_detection(boxes[row], str(labels[row]), float(scores[row])) for row in order)


def _detection(box: Floats, label: str, score: float) -> Detection:
    left, top, right, bottom = (round(float(v), 2) for v in box)
    return Detection(left, top, right, bottom, label, round(score, 4))


def _each(
    labels: NDArray[np.str_], kinds: Sequence[frozenset[str]], boxes: Floats, scores: Floats, least: float
) -> NDArray[np.intp]:
    """Rows that stay after suppression within each kind."""
    kept = []
    for kind in kinds:
        members = np.flatnonzero(np.isin(labels, sorted(kind)))
        kept.append(members[suppressed(boxes[members], scores[members], least)])
    return np.sort(np.concatenate(kept))
