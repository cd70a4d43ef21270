"""Ruled strokes on a page: where long straight lines run across and down; knows no table, no text and no model.

Ink is taken from its surroundings by an adaptive threshold, runs that are longer than the strokes of letters are kept
by opening with a flat line (Serra 1982), and their connected parts are strokes. A sheet that lies a few degrees askew
is turned straight by its own strokes: strokes come on the straightened page, with the turn that leads back.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.values import Point

Pixels = NDArray[np.uint8]
"""Uint8 [height, width, 3], red first."""
Mask = NDArray[np.uint8]
"""Uint8 [height, width], 0 or 255."""

PAGE_MM: Final = 297.0
"""The longer side of a page is taken for that of A4: lengths below are millimetres of such a page."""
LARGEST_PX: Final = 2400
"""Strokes are looked for on a picture with a longer side of at most this: A4 at 200 dots an inch."""
SMALL_PX: Final = 1500
"""A page whose longer side is shorter is enlarged twice: its strokes are a pixel thick."""
SHORTEST_PX: Final = 64
"""No table is drawn on a picture with a shorter side."""
LONGEST_RATIO: Final = 8
"""Nor on a stripe this many times longer than wide."""
DARKER: Final = 14
"""How much darker than its surroundings ink is, of 255: paper that is noisy after smoothing is not."""
RUN_MM: Final = 3.5
"""Straight runs of ink this long are kept: a row of a table is higher, most strokes of letters are shorter."""
THICK_MM: Final = 1.4
"""Ink thicker than this is a surface."""
GAP_MM: Final = 1.6
"""A stroke broken by less is one stroke: the gaps of a worn form, not the side of a cell."""
LEVEL_MM: Final = 0.5
"""Pieces of one stroke lie this close to one line."""
TELLING_MM: Final = 20.0
"""Strokes this long tell how the sheet lies."""
MOST_DEGREES: Final = 7.0
"""A sheet more askew is not straightened: flat runs of ink in its strokes are too short to be found."""
BESIDE_PX: Final = 2
"""Ink this far beside a line counts as its own."""
MOST_STROKES: Final = 6000
"""Strokes of a page at most, the longest first: a page full of print has some hundreds, a photograph thousands."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """A straight line along one axis: its place on the other axis, where it starts and where it ends."""

    at: float
    start: float
    end: float

    @property
    def length(self) -> float:
        """From end to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True, eq=False)
class Strokes:
    """The strokes of a page, straightened and in working pixels; `mm` is how many of them a millimetre is.

    `across` run from the left (`at` is their height), `down` from the top. `point` leads back to the page; `ink` is
    what they were found in, on the page as it lies.
    """

    across: tuple[Stroke, ...]
    down: tuple[Stroke, ...]
    mm: float
    angle: float = 0.0
    scale: float = 1.0
    ink: Mask | None = None

    def inked(self, across: bool, at: float, start: float, end: float) -> NDArray[np.bool_]:
        """Where there is ink beside a line, pixel by pixel: from `start` to `end` at `at`, across the page or down."""
        along = np.arange(start, end)
        if self.ink is None or not len(along):
            return np.zeros(len(along), np.bool_)
        aside = at + np.arange(-BESIDE_PX, BESIDE_PX + 1)[:, None]
        x, y = (along[None, :], aside) if across else (aside, along[None, :])
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        columns = np.clip(np.floor(x * cosine - y * sine), 0, self.ink.shape[1] - 1).astype(np.intp)
        rows = np.clip(np.floor(x * sine + y * cosine), 0, self.ink.shape[0] - 1).astype(np.intp)
        return np.asarray((self.ink[rows, columns] > 0).any(axis=0), np.bool_)

    def point(self, x: float, y: float) -> Point:
        """A place among the strokes, in pixels of the page as given."""
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return round((x * cosine - y * sine) / self.scale, 1), round((x * sine + y * cosine) / self.scale, 1)

    def straightened(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Places on the page, float [n, 2] of (x, y), as they are among the strokes."""
        cosine, sine = math.cos(self.angle), math.sin(self.angle)
        return np.asarray(points * self.scale @ np.array([[cosine, -sine], [sine, cosine]]), np.float64)


def strokes(pixels: Pixels) -> Strokes:
    """The strokes of a page; none where no long one crosses it, as on a page of running text."""
    import cv2

    height, width = pixels.shape[:2]
    longer, shorter = max(height, width), min(height, width)
    if shorter < SHORTEST_PX or longer > LONGEST_RATIO * shorter:
        return Strokes((), (), 1.0)
    scale = 2.0 if longer < SMALL_PX else min(1.0, LARGEST_PX / longer)
    mm = longer * scale / PAGE_MM
    ink = _ink(pixels, scale, mm)
    run = round(RUN_MM * mm)
    flat = _pieces(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)), mm)
    upright = _pieces(cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((run, 1), np.uint8)).T, mm)
    if not flat.telling(mm) or not upright.found.size:
        return Strokes((), (), mm)
    angle = _angle(flat, upright, mm)
    return Strokes(
        _joined(flat.straightened(angle), mm), _joined(upright.straightened(-angle), mm), mm, angle, scale, ink
    )


def _ink(pixels: Pixels, scale: float, mm: float) -> Mask:
    """What is darker than its surroundings."""
    import cv2

    grey = cv2.cvtColor(np.ascontiguousarray(pixels), cv2.COLOR_RGB2GRAY)
    if scale != 1.0:
        way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
        grey = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=way)
    around = 2 * round(2 * mm) + 1
    smooth = cv2.blur(grey, (3, 3))
    ink = cv2.adaptiveThreshold(smooth, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, around, DARKER)
    return np.asarray(ink, np.uint8)


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Connected runs of ink along the first axis: `found` float64 [n, 3] of middle (x, y) and length; `slopes` float64
    [n] of those long enough to tell (NaN for the others)."""

    found: NDArray[np.float64]
    slopes: NDArray[np.float64]

    def telling(self, mm: float) -> bool:
        """Whether any is long enough to be a rule."""
        return bool(self.found.size) and float(self.found[:, 2].max()) >= TELLING_MM * mm

    def straightened(self, angle: float) -> list[Stroke]:
        """As strokes on the page turned back by `angle` radians; the axis they run along comes first."""
        cosine, sine = math.cos(angle), math.sin(angle)
        strokes = []
        for x, y, length in self.found.tolist():
            along, at = x * cosine + y * sine, y * cosine - x * sine
            half = length / cosine / 2
            strokes.append(Stroke(at, along - half, along + half))
        return strokes


def _pieces(mask: NDArray[np.integer[Any]], mm: float) -> _Pieces:
    """The pieces that `mask` holds along its rows, the longest of them."""
    import cv2

    _, labels, stats, middles = cv2.connectedComponentsWithStats(np.ascontiguousarray(mask), connectivity=8)
    width, height, area = (stats[1:, column].astype(np.float64) for column in (2, 3, 4))
    slim = (area <= THICK_MM * mm * width) & (
        height <= 2 * THICK_MM * mm + width * math.tan(math.radians(MOST_DEGREES))
    )
    kept = np.flatnonzero(slim)
    kept = kept[np.argsort(-width[kept], kind="stable")][:MOST_STROKES]
    centres = stats[1:, 0] + width / 2
    found = np.stack([centres[kept], middles[1:][kept, 1] + 0.5, width[kept]], axis=1)
    slopes = np.full(len(kept), np.nan)
    for place, number in enumerate(kept.tolist()):
        if width[number] < TELLING_MM * mm:
            break
        left, top, wide, high = stats[number + 1, :4].tolist()
        slopes[place] = _slope(labels[top : top + high, left : left + wide] == number + 1)
    return _Pieces(found, slopes)


def _slope(inside: NDArray[np.bool_]) -> float:
    """How far a piece falls over its length, from the middles of its ink near both ends."""
    width = inside.shape[1]
    end = max(3, width // 8)
    rows = np.arange(inside.shape[0], dtype=np.float64)

    def middle(part: NDArray[np.bool_]) -> float:
        weights = part.sum(axis=1)
        return float((rows * weights).sum() / max(1, weights.sum()))

    return float((middle(inside[:, -end:]) - middle(inside[:, :end])) / (width - end))


def _angle(flat: _Pieces, upright: _Pieces, mm: float) -> float:
    """By how many radians the sheet is turned clockwise: the middling slope of its long strokes, by their length."""
    slopes = np.concatenate([flat.slopes, -upright.slopes])
    lengths = np.concatenate([flat.found[:, 2], upright.found[:, 2]])
    told = ~np.isnan(slopes)
    order = np.argsort(slopes[told], kind="stable")
    weights = np.cumsum(lengths[told][order])
    return math.atan(float(slopes[told][order][np.searchsorted(weights, weights[-1] / 2)]))


def _joined(pieces: Sequence[Stroke], mm: float) -> tuple[Stroke, ...]:
    """Pieces of one broken stroke put together."""
    level: list[list[Stroke]] = []
    for piece in sorted(pieces, key=lambda one: one.at):
        if level and piece.at - level[-1][-1].at <= LEVEL_MM * mm:
            level[-1].append(piece)
        else:
            level.append([piece])
    return tuple(stroke for group in level for stroke in _joined_level(group, mm))


def _joined_level(pieces: Sequence[Stroke], mm: float) -> list[Stroke]:
    found: list[Stroke] = []
    for piece in sorted(pieces, key=lambda one: one.start):
        last = found[-1] if found else None
        near = last is not None and abs(last.at - piece.at) <= LEVEL_MM * mm
        if last is not None and near and piece.start - last.end <= GAP_MM * mm:
            longer = last if last.length >= piece.length else piece
            found[-1] = Stroke(longer.at, last.start, max(last.end, piece.end))
        else:
            found.append(piece)
    return found
