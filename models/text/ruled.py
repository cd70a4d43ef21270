"""Ruled tables among the text boxes of a page, and the boxes cut where a rule parts them, so that each is read as what
stands in one cell; knows no character and no model.

Boxes tell strokes of letters from rules: what lies inside one box and is no longer than its letters is a letter's. They
tell tables from pictures, which hold no text, and from frames. A detector runs the texts of neighbouring cells together
where they stand close: such a box is cut at the rule between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.text.grid import grids_of
from models.text.strokes import Pixels, Stroke, Strokes, strokes
from models.values import GridCell, TableGrid

Boxes = NDArray[np.floating[Any]]
"""Float [n, 4, 2]: corners (x, y) of text boxes, clockwise from the top left as the text reads."""

LEAST_LINES: Final = 3
"""Text boxes in a table at least."""
LEAST_FILLED: Final = 2
"""Cells with text in a table at least."""
LEAST_SHARE: Final = 0.08
"""... and their share of its cells: lists may have many empty rows, drawings have little text in many faces."""
NARROW_HEIGHTS: Final = 0.7
"""A cell with a side shorter than this many text heights holds no text."""
MOST_NARROW: Final = 0.4
"""A table with a greater share of such cells is a drawing."""
MOST_ASTRIDE: Final = 0.34
"""A table whose rules run lengthwise through a greater share of its texts is print or a drawing."""
END_HEIGHTS: Final = 0.45
"""A rule this near to the end of a box, in box heights, is beside its text: boxes are a little larger than text."""
MOST_CUTS: Final = 40
"""Pieces of one box at most: no form has more columns."""


@dataclass(frozen=True, slots=True, eq=False)
class RuledText:
    """The ruled tables of a page, and its text boxes, cut at their rules: float64 [n, 4, 2]."""

    grids: tuple[TableGrid, ...]
    boxes: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Texts:
    """Upright extents of text boxes on the straightened page: float64 [n] each."""

    left: NDArray[np.float64]
    top: NDArray[np.float64]
    right: NDArray[np.float64]
    bottom: NDArray[np.float64]

    @property
    def height(self) -> float:
        """The middling size of letters."""
        return float(np.median(np.minimum(self.right - self.left, self.bottom - self.top)))


def ruled_text(pixels: Pixels, boxes: Boxes) -> RuledText:
    """The tables of the page that hold some of `boxes`, and the boxes cut at their rules; boxes in pixels of it."""
    plain = np.asarray(boxes, np.float64).reshape(-1, 4, 2)
    if len(plain) < LEAST_LINES:
        return RuledText((), plain)
    found = strokes(pixels)
    if not found.across:
        return RuledText((), plain)
    texts = _texts(found, plain)
    rules = replace(
        found,
        across=tuple(_rules(found.across, (texts.left, texts.right), (texts.top, texts.bottom))),
        down=tuple(_rules(found.down, (texts.top, texts.bottom), (texts.left, texts.right))),
    )
    grids = tuple(grid for grid in grids_of(rules) if _is_table(grid, found, texts))
    if not grids:
        return RuledText((), plain)
    cells = [cell for grid in grids for cell in grid.cells]
    sides = np.array([_side(found, cell) for cell in cells])
    cut = [piece for number, box in enumerate(plain) for piece in _pieces(box, _one(texts, number), sides)]
    return RuledText(grids, np.array(cut).reshape(-1, 4, 2))


def _texts(found: Strokes, boxes: NDArray[np.float64]) -> _Texts:
    corners = found.straightened(boxes.reshape(-1, 2)).reshape(-1, 4, 2)
    (left, top), (right, bottom) = corners.min(axis=1).T, corners.max(axis=1).T
    return _Texts(left, top, right, bottom)


def _one(texts: _Texts, number: int) -> tuple[float, float, float, float]:
    return (
        float(texts.left[number]),
        float(texts.top[number]),
        float(texts.right[number]),
        float(texts.bottom[number]),
    )


def _rules(
    along: Sequence[Stroke],
    reach: tuple[NDArray[np.float64], NDArray[np.float64]],
    across: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> list[Stroke]:
    """The strokes that are no part of a letter: none lies within a text box and is as short as its letters are."""
    (start, end), (first, last) = reach, across
    size = np.minimum(end - start, last - first)
    kept = []
    for stroke in along:
        inside = (start - 0.25 * size <= stroke.start) & (end + 0.25 * size >= stroke.end)
        inside &= (first <= stroke.at) & (last >= stroke.at) & (stroke.length <= 1.3 * size)
        if not inside.any():
            kept.append(stroke)
    return kept


def _side(found: Strokes, cell: GridCell) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a cell on the straightened page."""
    corners = found.straightened(np.array(cell.box))
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _is_table(grid: TableGrid, found: Strokes, texts: _Texts) -> bool:
    """Whether enough text stands in the cells, and the cells are made for text."""
    sides = np.array([_side(found, cell) for cell in grid.cells])
    x, y = (texts.left + texts.right) / 2, (texts.top + texts.bottom) / 2
    held = (sides[:, None, 0] <= x) & (x < sides[:, None, 2]) & (sides[:, None, 1] <= y) & (y < sides[:, None, 3])
    (inside,) = np.nonzero(held.any(axis=0))
    filled = int(held.any(axis=1).sum())
    if len(inside) < LEAST_LINES or filled < max(LEAST_FILLED, LEAST_SHARE * len(sides)):
        return False
    height = median(np.minimum(texts.right - texts.left, texts.bottom - texts.top)[inside].tolist())
    narrow = np.minimum(sides[:, 2] - sides[:, 0], sides[:, 3] - sides[:, 1]) < NARROW_HEIGHTS * height
    if float(narrow.mean()) > MOST_NARROW:
        return False
    cell = held[:, inside].argmax(axis=0)
    over = (texts.top[inside] < sides[cell, 1] - 0.4 * height) | (texts.bottom[inside] > sides[cell, 3] + 0.4 * height)
    return float(over.mean()) <= MOST_ASTRIDE


def _pieces(
    box: NDArray[np.float64], text: tuple[float, float, float, float], sides: NDArray[np.float64]
) -> list[NDArray[np.float64]]:
    """The box, in pieces where rules across its writing part it."""
    left, top, right, bottom = text
    upright = bottom - top > 1.5 * (right - left)
    start, end, low, high = (top, bottom, left, right) if upright else (left, right, top, bottom)
    size, middle = high - low, (low + high) / 2
    first, last, near, far = (1, 3, 0, 2) if upright else (0, 2, 1, 3)
    level = sides[(sides[:, near] < middle) & (middle < sides[:, far])]
    edges = np.unique(np.round(np.concatenate([level[:, first], level[:, last]]), 0))
    edges = edges[(edges > start + END_HEIGHTS * size) & (edges < end - END_HEIGHTS * size)][: MOST_CUTS - 1]
    if not edges.size:
        return [box]
    shares = [0.0, *((edges - start) / (end - start)).tolist(), 1.0]
    shares = [share for place, share in enumerate(shares) if place == 0 or share - shares[place - 1] > 1e-3]
    return [_part(box, one, other, upright) for one, other in pairwise(shares)]


def _part(box: NDArray[np.float64], start: float, end: float, upright: bool) -> NDArray[np.float64]:
    """The part of a box between two shares of its length."""
    a, b, c, d = box
    if upright:
        return np.array([a + start * (d - a), b + start * (c - b), b + end * (c - b), a + end * (d - a)])
    return np.array([a + start * (b - a), a + end * (b - a), d + end * (c - d), d + start * (c - d)])
