"""A corrected line is carried into the cell that it stands in, and into nothing else."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl

from cases.codec import from_json, to_json
from cases.records import ScannedPage
from models.values import PageText, TextLine
from pipelines.files.page import read_page
from pipelines.files.tables.follow import followed
from pipelines.files.tables.xlsx import workbook
from tests.pipelines.files.tables.test_page import GRID, LINES, box


def page() -> ScannedPage:
    """A heading over a table of three cells; as a record keeps it, numbers may come back whole."""
    text = PageText(tuple(TextLine(line.text, line.box, 0.9) for line in LINES), grids=(GRID,))
    return from_json(ScannedPage, to_json(read_page(1, (500, 300), "page.jpg", text)))


def fixed(read: ScannedPage, **texts: str) -> ScannedPage:
    lines = tuple(replace(line, text=texts.get(f"line{at}", line.text)) for at, line in enumerate(read.lines))
    return replace(read, lines=lines, tables=followed(read, lines))


def cells(read: ScannedPage) -> list[object]:
    return [cell["text"] for cell in read.tables[0].cells]


def test_a_corrected_line_reaches_its_cell_the_html_and_the_workbook() -> None:
    read = fixed(page(), line3="城西区")
    assert cells(read) == ["姓名", "住址：云阳市城西区", ""]
    assert '<td rowspan="2">住址：云阳市城西区</td>' in read.tables[0].html
    sheet = openpyxl.load_workbook(io.BytesIO(workbook([read]))).worksheets[0]
    assert sheet.cell(1, 2).value == "住址：云阳市城西区"


def test_what_the_table_keeps_beside_the_text_stays() -> None:
    read = page()
    table = replace(read.tables[0], cells=tuple({**cell, "kind": "head"} for cell in read.tables[0].cells))
    after = fixed(replace(read, tables=(table,)), line1="姓 名").tables[0]
    assert [cell["kind"] for cell in after.cells] == ["head"] * 3
    assert [cell["box"] for cell in after.cells] == [cell["box"] for cell in table.cells]


def test_a_line_outside_the_table_changes_no_cell() -> None:
    read = page()
    assert fixed(read, line0="受案回执").tables == read.tables
    assert fixed(read).tables is read.tables


def test_a_cell_that_was_put_otherwise_has_the_old_words_exchanged_where_they_stand_once() -> None:
    read = page()
    told = (
        *read.tables[0].cells[:1],
        {**read.tables[0].cells[1], "text": "住址：云阳市，城东区"},
        *read.tables[0].cells[2:],
    )
    other = replace(read, tables=(replace(read.tables[0], cells=told),))
    assert cells(fixed(other, line3="城西区"))[1] == "住址：云阳市，城西区"
    twice = (told[0], {**told[1], "text": "城东区城东区"}, told[2])
    assert (
        cells(fixed(replace(read, tables=(replace(read.tables[0], cells=twice),)), line3="城西区"))[1] == "城东区城东区"
    )


def test_a_line_that_hangs_over_a_rule_counts_where_its_middle_is() -> None:
    read = page()
    lines = (*read.lines[:3], replace(read.lines[3], box=box(150, 140, 300, 170)))
    assert cells(fixed(replace(read, lines=lines), line3="城西区"))[1] == "住址：云阳市城西区"
