"""Which lines of a page stand in which cell."""

from __future__ import annotations

from models.values import GridCell, PageText, Quad, TableGrid, TextLine
from pipelines.files.page import read_page
from pipelines.files.tables.page import Line, page_tables


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return (left, top), (right, top), (right, bottom), (left, bottom)


GRID = TableGrid(
    box(0, 100, 400, 200),
    (
        GridCell(0, 0, 1, 1, box(0, 100, 200, 150)),
        GridCell(0, 1, 2, 1, box(200, 100, 400, 200)),
        GridCell(1, 0, 1, 1, box(0, 150, 200, 200)),
    ),
)
LINES = (
    Line("受案登记表", box(100, 20, 300, 60)),
    Line("姓名", box(10, 110, 80, 140)),
    Line("住址：云阳市", box(210, 105, 390, 135)),
    Line("城东区", box(210, 140, 300, 170)),
)


def test_lines_go_to_the_cell_that_holds_their_middle_and_the_others_stay_out() -> None:
    found = page_tables(LINES, [GRID])
    (table,) = found.tables
    assert [cell["text"] for cell in table.cells] == ["姓名", "住址：云阳市城东区", ""]
    assert found.inside == {1, 2, 3}


def test_a_grid_without_lines_is_no_table() -> None:
    assert page_tables(LINES[:1], [GRID]).tables == ()


def test_lines_of_a_table_are_of_kind_table_and_keep_their_place() -> None:
    text = PageText(tuple(TextLine(line.text, line.box, 0.9) for line in LINES), grids=(GRID,))
    page = read_page(1, (500, 300), "page.jpg", text)
    assert [line.kind for line in page.lines] == ["text", "table", "table", "table"]
    assert [line.text for line in page.lines] == [line.text for line in LINES]
    assert len(page.tables) == 1
