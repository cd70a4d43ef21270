"""Ruled tables on a page: the cells between strokes, merged where a stroke is missing; knows no text and no model.

Strokes that cross or touch make one table. Their places are the lines of a grid; a side of a grid's face that no stroke
covers joins two faces to one cell. A table may be open at its sides, as statistics and three-line tables are: it ends
where its strokes do. Strokes of letters that pass for rules end before they meet others, and so bound nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.text.strokes import Pixels, Stroke, Strokes, strokes
from models.values import GridCell, Quad, TableGrid

MEET_MM: Final = 1.2
"""Strokes that come this close touch."""
SAME_MM: Final = 1.0
"""Strokes this close together are one line of the grid, as a double rule is."""
COVERED: Final = 0.6
"""A side of a cell is drawn when this share of it is; seals and worn print hide the rest."""
INKED: Final = 0.65
"""A side whose stroke is in pieces has this share of ink; letters have less, and touch neither end."""
BESIDE_MM, END_MM = 0.4, 0.7
"""Left out at the ends of such a side, where it is crossed; and what of it must meet there."""
LEAST_MM: Final = (12.0, 5.0)
"""Width and height of the smallest table."""
LEAST_CELLS: Final = 3
"""Fewer cells are a frame."""
MOST_LINES: Final = 400
"""Lines of a grid each way at most: more is a picture of a net, and faces grow with their product."""
MOST_TABLES: Final = 50
"""Tables of a page at most."""

Sides = NDArray[np.bool_]
"""Which sides are drawn."""


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell by the lines of its grid: first and last line each way."""

    top: int
    bottom: int
    left: int
    right: int


def table_grids(pixels: Pixels) -> list[TableGrid]:
    """The ruled tables of a page from the top, boxes in its pixels; some ten milliseconds for A4 at 200 dpi."""
    return grids_of(strokes(pixels))


def grids_of(found: Strokes) -> list[TableGrid]:
    """The tables that these strokes make, from the top."""
    groups = sorted(_groups(found), key=lambda group: -sum(stroke.length for stroke in group[0]))[:MOST_TABLES]
    grids = (_grid(across, down, found) for across, down in groups)
    return sorted((grid for grid in grids if grid is not None), key=lambda grid: (grid.box[0][1], grid.box[0][0]))


def _groups(found: Strokes) -> list[tuple[list[Stroke], list[Stroke]]]:
    """Strokes that touch each other, directly or by others: those across and those down of each group."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if len(found.across) < 2 or not found.down:
        return []
    reach = MEET_MM * found.mm
    at, start, end = (np.array([getattr(one, name) for one in found.across]) for name in ("at", "start", "end"))
    rows, columns = [], []
    for number, stroke in enumerate(found.down):
        met = (at >= stroke.start - reach) & (at <= stroke.end + reach)
        met &= (start <= stroke.at + reach) & (end >= stroke.at - reach)
        (places,) = np.nonzero(met)
        rows.extend(places.tolist())
        columns.extend([len(at) + number] * len(places))
    count = len(at) + len(found.down)
    links = coo_array((np.ones(len(rows), np.int8), (rows, columns)), shape=(count, count))
    _, label = connected_components(links, directed=False)
    groups: dict[int, tuple[list[Stroke], list[Stroke]]] = {}
    for place, stroke in enumerate((*found.across, *found.down)):
        groups.setdefault(int(label[place]), ([], []))[place >= len(at)].append(stroke)
    return [group for group in groups.values() if len(group[0]) >= 2 and group[1]]


def _grid(across: list[Stroke], down: list[Stroke], found: Strokes) -> TableGrid | None:
    """The table of one group of strokes, None when they make none."""
    mm = found.mm
    across, down = _closed(across, down, mm), _closed(down, across, mm)
    ys, xs = _lines(across, mm), _lines(down, mm)
    if not 2 <= len(ys) <= MOST_LINES or not 2 <= len(xs) <= MOST_LINES:
        return None
    if xs[-1] - xs[0] < LEAST_MM[0] * mm or ys[-1] - ys[0] < LEAST_MM[1] * mm:
        return None
    sides = _drawn(across, ys, xs, mm), _drawn(down, xs, ys, mm)
    cells = _cells(_mended(sides[0], (ys, xs), True, found), _mended(sides[1], (xs, ys), False, found).T)
    if len(cells) < LEAST_CELLS:
        return None
    return _numbered(cells, ys, xs, found)


def _closed(along: list[Stroke], others: list[Stroke], mm: float) -> list[Stroke]:
    """`along` with a stroke at each end that the others run out to beyond it, as a table open at its sides has none."""
    first, last = min(stroke.start for stroke in others), max(stroke.end for stroke in others)
    ends = min(stroke.at for stroke in along), max(stroke.at for stroke in along)
    start, end = min(stroke.at for stroke in others), max(stroke.at for stroke in others)
    added = []
    # As many others must run out as make a row of open cells.
    for edge, line, run_out in (
        (first, ends[0], [one for one in others if one.start <= first + 2 * MEET_MM * mm]),
        (last, ends[1], [one for one in others if one.end >= last - 2 * MEET_MM * mm]),
    ):
        if abs(edge - line) > 2 * MEET_MM * mm and len(run_out) >= 2 and end > start:
            added.append(Stroke(edge, min(one.at for one in run_out), max(one.at for one in run_out)))
    return [*along, *added]


def _lines(along: Sequence[Stroke], mm: float) -> list[float]:
    """Where strokes lie, those close together as one; a long one tells more than a short one where that is."""
    groups: list[list[Stroke]] = []
    for stroke in sorted(along, key=lambda one: one.at):
        if groups and stroke.at - groups[-1][-1].at <= SAME_MM * mm:
            groups[-1].append(stroke)
        else:
            groups.append([stroke])
    return [sum(one.at * one.length for one in group) / sum(one.length for one in group) for group in groups]


def _drawn(along: Sequence[Stroke], lines: Sequence[float], crossing: Sequence[float], mm: float) -> Sides:
    """Which sides [line, face] the strokes draw: covered for the most part, and met at both ends."""
    drawn = np.zeros((len(lines), len(crossing) - 1), np.bool_)
    places = np.abs(np.array([one.at for one in along])[:, None] - np.array(lines)[None, :]).argmin(axis=1)
    reach = MEET_MM * mm
    for line in range(len(lines)):
        mine = [one for one, place in zip(along, places, strict=True) if place == line]
        for face, (start, end) in enumerate(pairwise(crossing)):
            covered = sum(max(0.0, min(one.end, end) - max(one.start, start)) for one in mine)
            met = all(
                any(one.start <= edge + reach and one.end >= edge - reach for one in mine) for edge in (start, end)
            )
            drawn[line, face] = met and covered >= COVERED * (end - start)
    return drawn


def _mended(drawn: Sides, places: tuple[Sequence[float], Sequence[float]], across: bool, found: Strokes) -> Sides:
    """Sides [line, face] that are drawn, those too whose stroke is broken into pieces as short as those of letters.

    Their ink runs along most of the line and meets what crosses it at one end at least, which a letter's does not.
    """
    lines, crossing = places
    mended = drawn.copy()
    for line, face in zip(*np.nonzero(~drawn), strict=True):
        start, end = crossing[face], crossing[face + 1]
        ink = found.inked(across, lines[line], start + BESIDE_MM * found.mm, end - BESIDE_MM * found.mm)
        if not len(ink) or float(ink.mean()) < INKED:
            continue
        near = max(1, round(END_MM * found.mm))
        ends = int(ink[:near].mean() > 0.5) + int(ink[-near:].mean() > 0.5)
        mended[line, face] = ends >= 1
    return mended


def _cells(across: Sides, down: Sides) -> list[_Cell]:
    """Cells from the top left; `across` [line, column] and `down` [row, line] say which sides are drawn.

    Faces without a side between them are one cell. What is no rectangle is cut into rows.
    """
    rows, columns = across.shape[0] - 1, down.shape[1] - 1
    region = _regions(across, down)
    taken = np.zeros((rows, columns), np.bool_)
    cells: list[_Cell] = []
    for row in range(rows):
        for column in range(columns):
            if taken[row, column]:
                continue
            same = (region == region[row, column]) & ~taken
            right = column + 1
            while right < columns and same[row, right]:
                right += 1
            bottom = row + 1
            while bottom < rows and same[bottom, column:right].all():
                bottom += 1
            taken[row:bottom, column:right] = True
            cells.append(_Cell(row, bottom, column, right))
    return cells


def _regions(across: Sides, down: Sides) -> NDArray[np.int32]:
    """A number for each face, the same where no drawn side lies between."""
    import cv2

    rows, columns = across.shape[0] - 1, down.shape[1] - 1
    # Faces and the sides between them as one picture: open sides connect.
    open_ = np.zeros((2 * rows - 1, 2 * columns - 1), np.uint8)
    open_[::2, ::2] = 1
    open_[1::2, ::2] = ~across[1:-1]
    open_[::2, 1::2] = ~down[:, 1:-1]
    _, labels = cv2.connectedComponents(open_, connectivity=4)
    return np.asarray(labels[::2, ::2], np.int32)


def _numbered(cells: Sequence[_Cell], ys: Sequence[float], xs: Sequence[float], found: Strokes) -> TableGrid:
    """The cells numbered by the lines that bound any of them, their boxes on the page."""
    rows = {line: number for number, line in enumerate(sorted({c.top for c in cells} | {c.bottom for c in cells}))}
    columns = {line: number for number, line in enumerate(sorted({c.left for c in cells} | {c.right for c in cells}))}

    def box(left: float, top: float, right: float, bottom: float) -> Quad:
        return found.point(left, top), found.point(right, top), found.point(right, bottom), found.point(left, bottom)

    numbered = tuple(
        GridCell(
            rows[cell.top],
            columns[cell.left],
            rows[cell.bottom] - rows[cell.top],
            columns[cell.right] - columns[cell.left],
            box(xs[cell.left], ys[cell.top], xs[cell.right], ys[cell.bottom]),
        )
        for cell in cells
    )
    return TableGrid(box(xs[0], ys[0], xs[-1], ys[-1]), numbered)
