"""The tables of one page from its lines and the grids that its rules make; pure, knows no picture.

A line belongs to the cell that holds its middle. Ruled tables come first; in what they leave, columns that line up make
tables without rules.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cases.records import ScannedTable
from models.values import GridCell, Point, Quad, TableGrid
from pipelines.files.tables.cells import Cell, run_together, scanned_table
from pipelines.files.tables.columns import aligned_tables


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page: its text and its box."""

    text: str
    box: Quad


@dataclass(frozen=True, slots=True)
class FoundTables:
    """The tables of a page from the top, and the places of the lines that stand in one."""

    tables: tuple[ScannedTable, ...]
    inside: frozenset[int]


def page_tables(lines: Sequence[Line], grids: Sequence[TableGrid]) -> FoundTables:
    """The tables that `lines`, in reading order, make with `grids` and by themselves."""
    inside: set[int] = set()
    tables: list[ScannedTable] = []
    for grid in grids:
        held = _held(grid, lines, inside)
        if not held:
            continue
        inside.update(place for places in held.values() for place in places)
        tables.append(
            scanned_table(grid.box, [_cell(cell, held.get(at, ()), lines) for at, cell in enumerate(grid.cells)])
        )
    free = [place for place in range(len(lines)) if place not in inside]
    for table in aligned_tables([lines[place].box for place in free]):
        cells = [
            Cell(
                one.row,
                one.column,
                1,
                one.column_span,
                run_together(lines[free[at]].text for at in one.places),
                one.box,
            )
            for one in table.cells
        ]
        inside.update(free[at] for one in table.cells for at in one.places)
        tables.append(scanned_table(table.box, cells))
    tables.sort(key=lambda table: (table.box[0][1], table.box[0][0]))
    return FoundTables(tuple(tables), frozenset(inside))


def _held(grid: TableGrid, lines: Sequence[Line], taken: set[int]) -> Mapping[int, list[int]]:
    """Which lines each cell of the grid holds, by place."""
    held: dict[int, list[int]] = {}
    for place, line in enumerate(lines):
        middle = middle_of(line.box)
        if place in taken or not holds(grid.box, middle):
            continue
        at = next((at for at, cell in enumerate(grid.cells) if holds(cell.box, middle)), None)
        if at is not None:
            held.setdefault(at, []).append(place)
    return held


def _cell(cell: GridCell, places: Sequence[int], lines: Sequence[Line]) -> Cell:
    text = run_together(lines[place].text for place in places)
    return Cell(cell.row, cell.column, cell.row_span, cell.column_span, text, cell.box)


def middle_of(box: Quad) -> Point:
    """The middle of a box's corners."""
    return sum(x for x, _ in box) / 4, sum(y for _, y in box) / 4


def holds(box: Quad, point: Point) -> bool:
    """Whether a point lies in a convex box whose corners go clockwise."""
    x, y = point
    sides = zip(box, (*box[1:], box[0]), strict=True)
    return all((x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0 for (x0, y0), (x1, y1) in sides)
