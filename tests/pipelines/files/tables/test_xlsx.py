"""Tables as a workbook."""

from __future__ import annotations

import io

import openpyxl
import pytest

from cases.records import ScannedPage
from models.errors import BadInput
from pipelines.files.tables.cells import Cell, scanned_table
from pipelines.files.tables.xlsx import workbook

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def page(number: int, *texts: str) -> ScannedPage:
    cells = [Cell(0, 0, 1, 2, "表头", BOX), *(Cell(1, at, 1, 1, text, BOX) for at, text in enumerate(texts))]
    return ScannedPage(number, 10, 10, 0, 0.0, (), (scanned_table(BOX, cells),))


def test_a_sheet_for_each_table_keeps_merged_cells_and_all_digits() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([page(3, "姓名", "6217000012345678901"), page(7, "a", "b")])))
    assert book.sheetnames == ["第3页 表1", "第7页 表1"]
    sheet = book["第3页 表1"]
    assert [str(merged) for merged in sheet.merged_cells.ranges] == ["A1:B1"]
    assert (sheet["A1"].value, sheet["B2"].value) == ("表头", "6217000012345678901")


@pytest.mark.parametrize("text", ["=HYPERLINK(1)", "+1-2", "@SUM(1)", "-3", "=1+1"])
def test_nothing_that_was_read_becomes_a_formula(text: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([page(1, text, "")])))
    cell = book.worksheets[0]["A2"]
    assert (cell.value, cell.data_type) == (text, "s")


def test_signs_that_a_workbook_has_no_place_for_are_left_out() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([page(1, "a\x0bb\x00", "")])))
    assert book.worksheets[0]["A2"].value == "ab"


def test_pages_without_tables_make_no_workbook() -> None:
    with pytest.raises(BadInput, match="no table"):
        workbook([ScannedPage(1, 10, 10, 0, 0.0, ())])
