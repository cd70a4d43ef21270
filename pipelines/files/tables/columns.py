"""Tables without rules, from the boxes of lines alone: rows of several short cells that stand in the same columns;
knows no text and no picture.

White stripes that run down through all rows part the columns. Columns of running text line up, too: they fill their
columns with long lines, which cells do not. Two columns are not taken for a table, since a page in two columns and a
list of names with their values look alike.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median
from typing import Final

from models.values import Point, Quad
from pipelines.files.order import is_vertical, slant

LEAST_COLUMNS: Final = 3
LEAST_ROWS: Final = 3
"""Rows with a cell in three columns at least: a line of signatures or options is no table."""
STRIPE_HEIGHTS: Final = 0.5
"""White between columns is at least this many line heights wide."""
PITCH_HEIGHTS: Final = 3.5
"""A row stands at most this many line heights below the one above."""
FILLED: Final = 0.6
"""Share of a table's places that hold a cell."""
TEXT_HEIGHTS: Final = 9.0
"""Cells whose middling width is more line heights than this, and fill their columns, are running text."""
TEXT_FILL: Final = 0.8
LEVEL: Final = 0.5
"""Boxes that share this much of the lower one's height stand in one row."""
WRAPPED: Final = 0.6
"""A row without a first cell goes on with the one above when it stands this close to it, over the usual distance."""
STRAIGHT_DEGREES: Final = 20.0
"""Lines of a page that lies on its side are in no rows."""


@dataclass(frozen=True, slots=True)
class AlignedCell:
    """A cell: row and column from 0, columns that it spans, the boxes in it by their places, its corners."""

    row: int
    column: int
    column_span: int
    places: tuple[int, ...]
    box: Quad


@dataclass(frozen=True, slots=True)
class AlignedTable:
    """A table without rules."""

    box: Quad
    cells: tuple[AlignedCell, ...]


@dataclass(frozen=True, slots=True)
class _Block:
    left: float
    top: float
    right: float
    bottom: float
    place: int

    @property
    def height(self) -> float:
        return self.bottom - self.top


_Row = list[_Block]
_Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class _Frame:
    """How the page lies: boxes are straightened by `turn` radians."""

    turn: float

    def block(self, box: Quad, place: int) -> _Block:
        cosine, sine = math.cos(self.turn), math.sin(self.turn)
        points = [(x * cosine + y * sine, y * cosine - x * sine) for x, y in box]
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return _Block(min(xs), min(ys), max(xs), max(ys), place)

    def corners(self, left: float, top: float, right: float, bottom: float) -> Quad:
        cosine, sine = math.cos(self.turn), math.sin(self.turn)

        def back(x: float, y: float) -> Point:
            return round(x * cosine - y * sine, 1), round(x * sine + y * cosine, 1)

        return back(left, top), back(right, top), back(right, bottom), back(left, bottom)


def aligned_tables(boxes: Sequence[Quad]) -> list[AlignedTable]:
    """The tables that these boxes make, from the top; none on a page of vertical writing or on its side."""
    angle = slant(boxes)
    if abs(angle) > STRAIGHT_DEGREES or 2 * sum(map(is_vertical, boxes)) > len(boxes):
        return []
    frame = _Frame(math.radians(angle))
    rows = _rows([frame.block(box, place) for place, box in enumerate(boxes)])
    tables: list[AlignedTable] = []
    start = 0
    while start < len(rows):
        end, columns = _run(rows, start)
        run = rows[start:end]
        if _is_table(run, columns):
            tables.append(_table(run, columns, frame))
            start = end
        else:
            start += 1
    return tables


def _rows(blocks: Sequence[_Block]) -> list[_Row]:
    rows: list[_Row] = []
    for block in sorted(blocks, key=lambda b: ((b.top + b.bottom) / 2, b.left)):
        if rows and _level(rows[-1][0], block):
            rows[-1].append(block)
        else:
            rows.append([block])
    return [sorted(row, key=lambda b: b.left) for row in rows]


def _level(one: _Block, other: _Block) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared >= LEVEL * max(min(one.height, other.height), 1e-9)


def _run(rows: Sequence[_Row], start: int) -> tuple[int, list[_Span]]:
    """The row after the last that stands in the columns of row `start`, and the columns of all of them."""
    columns = _columns(rows[start])
    end = start + 1
    if len(columns) < LEAST_COLUMNS:
        return end, []
    last = end
    while last < len(rows):
        row = rows[last]
        height = median(block.height for block in row)
        if row[0].top - rows[last - 1][0].bottom > (PITCH_HEIGHTS - 1) * height:
            break
        if len(row) >= LEAST_COLUMNS:
            wider = _columns([block for one in rows[start:end] for block in one] + row)
            # A row may be all that shows a column; it may never close one up.
            if len(wider) < len(columns):
                break
            columns, end = wider, last + 1
        elif not all(_column(block, columns) is not None for block in row):
            break
        else:
            end = last + 1 if _goes_on(rows[last - 1], row) else end
        last += 1
    return end, columns


def _goes_on(above: _Row, row: _Row) -> bool:
    return row[0].top - max(block.bottom for block in above) < 0.8 * median(block.height for block in row)


def _columns(blocks: Sequence[_Block]) -> list[_Span]:
    """The spans across the page that blocks cover, parted by white stripes that are wide enough."""
    least = STRIPE_HEIGHTS * median(block.height for block in blocks)
    spans: list[_Span] = []
    for block in sorted(blocks, key=lambda b: b.left):
        if spans and block.left - spans[-1][1] < least:
            spans[-1] = spans[-1][0], max(spans[-1][1], block.right)
        else:
            spans.append((block.left, block.right))
    return spans


def _column(block: _Block, columns: Sequence[_Span]) -> int | None:
    """The column that a block stands in, None when it reaches into two or stands in none."""
    touched = [at for at, (left, right) in enumerate(columns) if block.left < right and block.right > left]
    return touched[0] if len(touched) == 1 else None


def _is_table(rows: Sequence[_Row], columns: Sequence[_Span]) -> bool:
    wide = [row for row in rows if len(row) >= LEAST_COLUMNS]
    if len(wide) < LEAST_ROWS or len(columns) < LEAST_COLUMNS:
        return False
    places = [{_column(block, columns) for block in row} for row in wide]
    if fmean(len(place) / len(columns) for place in places) < FILLED:
        return False
    blocks = [block for row in wide for block in row]
    height = median(block.height for block in blocks)
    long = median(block.right - block.left for block in blocks) > TEXT_HEIGHTS * height
    fills = [
        (block.right - block.left) / max(1e-9, columns[at][1] - columns[at][0])
        for block in blocks
        if (at := _column(block, columns)) is not None
    ]
    return not (long and median(fills) > TEXT_FILL)


def _table(rows: Sequence[_Row], columns: Sequence[_Span], frame: _Frame) -> AlignedTable:
    merged = _merged(rows, columns)
    edges = [columns[0][0], *((one[1] + two[0]) / 2 for one, two in pairwise(columns)), columns[-1][1]]
    tops = [min(block.top for block in row) for row in merged]
    bottoms = [max(block.bottom for block in row) for row in merged]
    lines = [tops[0], *((one + two) / 2 for one, two in zip(bottoms, tops[1:], strict=False)), bottoms[-1]]
    cells = []
    for number, row in enumerate(merged):
        held: dict[int, list[_Block]] = {at: [] for at in range(len(columns))}
        for block in row:
            held[_nearest(block, columns)].append(block)
        for at, blocks in held.items():
            places = tuple(block.place for block in sorted(blocks, key=lambda b: (b.top, b.left)))
            box = frame.corners(edges[at], lines[number], edges[at + 1], lines[number + 1])
            cells.append(AlignedCell(number, at, 1, places, box))
    return AlignedTable(frame.corners(edges[0], lines[0], edges[-1], lines[-1]), tuple(cells))


def _nearest(block: _Block, columns: Sequence[_Span]) -> int:
    middle = (block.left + block.right) / 2
    return min(range(len(columns)), key=lambda at: max(columns[at][0] - middle, middle - columns[at][1], 0.0))


def _merged(rows: Sequence[_Row], columns: Sequence[_Span]) -> list[_Row]:
    """The rows, those that go on with the text of the row above joined to it."""
    gaps = [below[0].top - max(block.bottom for block in above) for above, below in pairwise(rows)]
    usual = median(gaps) if gaps else 0.0
    found: list[_Row] = [list(rows[0])]
    for gap, row in zip(gaps, rows[1:], strict=True):
        if _nearest(row[0], columns) > 0 and len(row) < LEAST_COLUMNS and gap < WRAPPED * usual:
            found[-1].extend(row)
        else:
            found.append(list(row))
    return found
