"""Tables as an Excel workbook, a sheet each, over openpyxl; knows no page picture and no record.

Every cell is text, so that nothing that was read off paper is ever run as a formula, and card numbers keep all their
digits.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

from cases.records import JsonObject, ScannedPage
from models.errors import BadInput

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

MEDIA_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_SHEETS: Final = 1000
"""Tables of one workbook at most: spreadsheet programs open no more sheets with comfort."""
MOST_CHARACTERS: Final = 32_767
"""Characters of a cell at most (ECMA-376 as spreadsheet programs have it)."""
WIDTHS: Final = (6, 60)
"""Narrowest and widest column, in characters."""
_UNWRITABLE: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
"""Characters that XML 1.0 has no place for."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A cell's place: row and column from 1, last of each."""

    row: int
    column: int
    last_row: int
    last_column: int


def workbook(pages: Sequence[ScannedPage]) -> bytes:
    """The .xlsx of all tables of these pages, each sheet named after its page; raises BadInput when there are none."""
    import openpyxl

    tables = [(page.number, at, table) for page in pages for at, table in enumerate(page.tables, start=1)]
    if not tables:
        raise BadInput("tables.none", "no table was found on these pages, so there is no workbook of them")
    if len(tables) > MOST_SHEETS:
        raise BadInput(
            "tables.many", f"{len(tables)} tables are more than {MOST_SHEETS} sheets; scan fewer pages at once"
        )
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for number, at, table in tables:
        _fill(book.create_sheet(f"第{number}页 表{at}"), table.cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def sheet_of_rows(name: str, rows: Sequence[Sequence[str]]) -> bytes:
    """The .xlsx of one table; its first row is the head, which stays in sight. Every cell is text."""
    import openpyxl
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for row, texts in enumerate(rows, start=1):
        for column, text in enumerate(texts, start=1):
            cell = sheet.cell(row, column)
            cell.value = _UNWRITABLE.sub("", text)[:MOST_CHARACTERS]
            cell.data_type = "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.font = Font(bold=row == 1)
    for column in range(1, len(rows[0]) + 1):
        widest = max(_width(row[column - 1]) for row in rows)
        sheet.column_dimensions[get_column_letter(column)].width = min(max(widest + 2, WIDTHS[0]), WIDTHS[1])
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, cells: Sequence[JsonObject]) -> None:
    from openpyxl.styles import Alignment, Border, Side
    from openpyxl.utils import get_column_letter

    thin = Side(style="thin", color="999999")
    widths: dict[int, int] = {}
    for cell in cells:
        place = _place(cell)
        written = sheet.cell(place.row, place.column)
        written.value = _UNWRITABLE.sub("", str(cell["text"]))[:MOST_CHARACTERS]
        # openpyxl takes text that begins with = for a formula unless it is told.
        written.data_type = "s"
        written.number_format = "@"
        written.alignment = Alignment(wrap_text=True, vertical="center")
        written.border = Border(left=thin, right=thin, top=thin, bottom=thin)
        if place.row < place.last_row or place.column < place.last_column:
            sheet.merge_cells(None, place.row, place.column, place.last_row, place.last_column)
        if place.column == place.last_column:
            widths[place.column] = max(widths.get(place.column, 0), _width(str(cell["text"])))
    for column, width in widths.items():
        sheet.column_dimensions[get_column_letter(column)].width = min(max(width + 2, WIDTHS[0]), WIDTHS[1])


def _place(cell: JsonObject) -> _Place:
    row, column, rows, columns = (cast(int, cell[name]) for name in ("row", "col", "row_span", "col_span"))
    return _Place(row + 1, column + 1, row + rows, column + columns)


def _width(text: str) -> int:
    """How wide a text is in a cell: a Chinese character takes two places."""
    return sum(2 if ord(character) >= 0x2E80 else 1 for character in text)
