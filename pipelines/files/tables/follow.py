"""The cells of a table follow the lines that a person corrected on its page; pure, knows no version and no person.

A record keeps no link from a cell to its lines: a cell holds the lines whose middle lies in it, as when the table was
found. Where these lines make the cell's text, the corrected ones make it anew; where they do not (a reader of tables
put it otherwise), the line's old words are exchanged within the cell if they stand there once. What fits neither way
stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import cast

from cases.records import JsonObject, PageLine, ScannedPage, ScannedTable
from pipelines.files.tables.cells import Cell, cell_of, run_together, scanned_table
from pipelines.files.tables.page import holds, middle_of


def followed(before: ScannedPage, lines: Sequence[PageLine]) -> tuple[ScannedTable, ...]:
    """The tables of `before` once its lines read as `lines`, which are the same lines in the same places."""
    changed = {at: line for at, line in enumerate(lines) if line.text != before.lines[at].text}
    if not changed:
        return before.tables
    return tuple(_table(table, before.lines, changed) for table in before.tables)


def _table(table: ScannedTable, lines: Sequence[PageLine], changed: Mapping[int, PageLine]) -> ScannedTable:
    # A table of a hundred rows is searched only for the lines that changed.
    touched = [at for at in changed if holds(table.box, middle_of(lines[at].box))]
    if not touched:
        return table
    cells = [cell_of(one) for one in table.cells]
    moved = [_cell(cell, lines, changed, touched) for cell in cells]
    if moved == cells:
        return table
    made = scanned_table(table.box, moved)
    return replace(made, cells=tuple(map(_kept, _ordered(table.cells), made.cells)))


def _cell(cell: Cell, lines: Sequence[PageLine], changed: Mapping[int, PageLine], touched: Sequence[int]) -> Cell:
    own = [at for at in touched if holds(cell.box, middle_of(lines[at].box))]
    if not own:
        return cell
    inside = [at for at, line in enumerate(lines) if holds(cell.box, middle_of(line.box))]
    if run_together(lines[at].text for at in inside) == cell.text:
        return replace(cell, text=run_together(changed.get(at, lines[at]).text for at in inside))
    text = cell.text
    for at in own:
        if text.count(lines[at].text) == 1:
            text = text.replace(lines[at].text, changed[at].text)
    return replace(cell, text=text)


def _ordered(cells: Sequence[JsonObject]) -> list[JsonObject]:
    return sorted(cells, key=lambda cell: (cast(int, cell["row"]), cast(int, cell["col"])))


def _kept(old: JsonObject, new: JsonObject) -> JsonObject:
    """The cell with its new text, and whatever else was kept of it."""
    return {**old, "text": new["text"]}
