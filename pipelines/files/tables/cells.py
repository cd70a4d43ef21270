"""Cells of a table, their text, and the table as a record keeps it: HTML and one object a cell; knows no picture.

HTML has a row for each row of the grid and a cell where one begins, with `rowspan` and `colspan` (HTML, 4.9). The
object of a cell has `row` and `col` from 0, `row_span`, `col_span`, `text` and `box`, corners in pixels of the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from typing import cast

from cases.records import JsonObject, JsonValue, ScannedTable
from models.values import Quad


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell: row and column from 0, how many of each it spans, its text and its corners."""

    row: int
    column: int
    row_span: int
    column_span: int
    text: str
    box: Quad


def run_together(texts: Iterable[str]) -> str:
    """Lines of one cell as one text: a space where letters or digits would else run together, none in Chinese."""
    whole = ""
    for text in filter(None, texts):
        apart = whole and _is_latin(whole[-1]) and _is_latin(text[0])
        whole += f" {text}" if apart else text
    return whole


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def scanned_table(box: Quad, cells: Sequence[Cell]) -> ScannedTable:
    """The table as a record keeps it, its cells row by row."""
    ordered = sorted(cells, key=lambda cell: (cell.row, cell.column))
    return ScannedTable(box, table_html(ordered), tuple(map(_object, ordered)))


def table_html(cells: Sequence[Cell]) -> str:
    """The HTML of cells that come row by row."""
    rows: list[list[Cell]] = [[] for _ in range(max((cell.row + cell.row_span for cell in cells), default=0))]
    for cell in cells:
        rows[cell.row].append(cell)
    return "<table>" + "".join(f"<tr>{''.join(map(_td, row))}</tr>" for row in rows) + "</table>"


def _td(cell: Cell) -> str:
    spans = f' rowspan="{cell.row_span}"' if cell.row_span > 1 else ""
    spans += f' colspan="{cell.column_span}"' if cell.column_span > 1 else ""
    return f"<td{spans}>{escape(cell.text)}</td>"


def cell_of(kept: JsonObject) -> Cell:
    """The cell that a record keeps so."""
    row, column, rows, columns = (cast(int, kept[name]) for name in ("row", "col", "row_span", "col_span"))
    a, b, c, d = (
        (float(cast(float, x)), float(cast(float, y))) for x, y in cast(Sequence[Sequence[JsonValue]], kept["box"])
    )
    return Cell(row, column, rows, columns, str(kept["text"]), (a, b, c, d))


def _object(cell: Cell) -> JsonObject:
    corners: list[JsonValue] = [list(point) for point in cell.box]
    return {
        "row": cell.row,
        "col": cell.column,
        "row_span": cell.row_span,
        "col_span": cell.column_span,
        "text": cell.text,
        "box": corners,
    }
