"""Red seals on a page: where they are, and the page without their ink, so that the print under it can be read.

A seal of an organ is a red ring of some four centimetres with a star and letters in it (国发〔1999〕25号). In the red
part of light its ink is nearly as bright as paper, while black print stays black: within a seal the red part alone is
kept, brightened until the ink is paper. Red print elsewhere, such as a letterhead, stays as it is. Knows no file and no
model.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.values import SealMark

Map = NDArray[np.integer[Any]]
"""Integers [height, width] on the smaller picture."""
Pixels = NDArray[np.uint8]
"""Uint8 [height, width, 3], red first."""

COARSE: Final = 4
"""Seals are looked for on a picture this many times smaller."""
RED: Final = 30
"""How much brighter than the others the red part is, of 255, where there is ink; faded seals have about fifty."""
TINGED: Final = 12
"""The same for what is taken out within a seal: the edges of its strokes are paler."""
SMALLEST_SHARE: Final = 0.12
"""A seal is at least this share of the page's width, 25 mm on A4: name seals and fingerprints are smaller."""
LARGEST_SHARE: Final = 0.45
"""A red surface larger than this is a picture or a cover."""
LONGEST: Final = 2.0
"""An oval seal is at most this many times longer than it is high."""
OVAL: Final = 1.2
"""From this many times longer than high on it is called oval."""
LEAST_INK, MOST_INK = 0.06, 0.7
"""Share of a seal's box that is red: less is a line drawn round something, more a surface."""
SECTORS: Final = 16
LEAST_ROUND: Final = 0.7
"""Share of the directions from its middle in which ink lies near the edge; print and lists lie in few."""
MARGIN: Final = 8
"""Pixels around a seal that its ink may reach."""


class Box(NamedTuple):
    """A region on the smaller picture, as OpenCV tells it."""

    left: int
    top: int
    width: int
    height: int


def seals(pixels: Pixels) -> list[SealMark]:
    """The seals of a page, from the top; some milliseconds for A4 at 200 dots an inch."""
    import cv2

    height, width = pixels.shape[0] // COARSE, pixels.shape[1] // COARSE
    if min(height, width) < 2 * SECTORS:
        return []
    small = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA).astype(np.int16)
    ink = (small[:, :, 0] - np.maximum(small[:, :, 1], small[:, :, 2]) > RED).astype(np.uint8)
    # A ring that print has cut, its star and its letters are one.
    reach = max(3, round(0.015 * width))
    whole = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((reach, reach), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(whole)
    found = (_mark(ink, labels, number, width, Box(*map(int, stats[number, :4]))) for number in range(1, len(stats)))
    return sorted((mark for mark in found if mark is not None), key=lambda mark: (mark.top, mark.left))


def without_seals(pixels: Pixels, marks: Sequence[SealMark]) -> Pixels:
    """The page with the ink of its seals taken out; a copy when there is any."""
    if not marks:
        return pixels
    clean = pixels.copy()
    for mark in marks:
        rows = slice(max(0, mark.top - MARGIN), mark.bottom + MARGIN)
        columns = slice(max(0, mark.left - MARGIN), mark.right + MARGIN)
        region = clean[rows, columns]
        red = region[:, :, 0].astype(np.int16)
        tinged = red - region[:, :, 1:].min(axis=2) > TINGED
        ink = red[red - region[:, :, 1:].max(axis=2) > RED]
        gain = 255 / max(1.0, float(np.median(ink))) if ink.size else 1.0
        region[tinged] = np.minimum(255, red[tinged] * gain).astype(np.uint8)[:, None]
    return clean


def _mark(ink: Map, labels: Map, number: int, page_width: int, box: Box) -> SealMark | None:
    """The seal that red region `number` of `labels` is, None for anything else."""
    longer, shorter = max(box.width, box.height), min(box.width, box.height)
    if not SMALLEST_SHARE * page_width <= shorter <= longer <= LARGEST_SHARE * page_width or longer > LONGEST * shorter:
        return None
    area = np.s_[box.top : box.top + box.height, box.left : box.left + box.width]
    inside = ink[area] * (labels[area] == number)
    if not LEAST_INK <= float(inside.mean()) <= MOST_INK:
        return None
    roundness = _roundness(inside)
    if roundness < LEAST_ROUND:
        return None
    edges = (box.left, box.top, box.left + box.width, box.top + box.height)
    left, top, right, bottom = (COARSE * edge for edge in edges)
    return SealMark(left, top, right, bottom, "round" if longer < OVAL * shorter else "oval", round(roundness, 2))


def _roundness(inside: Map) -> float:
    """In what share of directions from the middle ink lies near the ellipse of the box; 0 with ink in its corners."""
    height, width = inside.shape
    rows, columns = np.nonzero(inside)
    y, x = (rows - (height - 1) / 2) / (height / 2), (columns - (width - 1) / 2) / (width / 2)
    away = np.hypot(x, y)
    near = (away > 0.75) & (away < 1.1)
    sectors = np.floor((np.arctan2(y[near], x[near]) + np.pi) / (2 * np.pi) * SECTORS).astype(np.int64) % SECTORS
    return len(np.unique(sectors)) / SECTORS if float((away > 1.1).mean()) < 0.1 else 0.0
