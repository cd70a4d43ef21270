"""Tables without rules, and what only looks like one."""

from __future__ import annotations

import math

import pytest

from models.values import Quad
from pipelines.files.tables.columns import AlignedTable, aligned_tables

XS = (100.0, 300.0, 500.0, 750.0)


def box(left: float, top: float, width: float, height: float = 30.0) -> Quad:
    return (left, top), (left + width, top), (left + width, top + height), (left, top + height)


def turned(boxes: list[Quad], degrees: float) -> list[Quad]:
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return [tuple((x * cosine - y * sine, x * sine + y * cosine) for x, y in one) for one in boxes]  # type: ignore[misc]


def statement(rows: int = 5) -> list[Quad]:
    return [box(x, 200 + 50 * row, 110 + 7 * ((row + at) % 3)) for row in range(rows) for at, x in enumerate(XS)]


def places(table: AlignedTable) -> dict[tuple[int, int], tuple[int, ...]]:
    return {(cell.row, cell.column): cell.places for cell in table.cells}


@pytest.mark.parametrize("degrees", [-3.0, 0.0, 3.0])
def test_rows_of_short_cells_in_line_are_a_table_on_a_sheet_askew_too(degrees: float) -> None:
    (table,) = aligned_tables(turned(statement(), degrees))
    assert places(table) == {(row, column): (4 * row + column,) for row in range(5) for column in range(4)}


def test_an_empty_place_is_an_empty_cell() -> None:
    boxes = statement()
    del boxes[10]
    (table,) = aligned_tables(boxes)
    assert places(table)[2, 2] == ()
    assert len(table.cells) == 20


def test_a_text_that_goes_on_below_stays_in_its_cell() -> None:
    boxes = [*(box(x, 200 + 100 * row, 120) for row in range(4) for x in XS), box(XS[3], 235, 90)]
    (table,) = aligned_tables(boxes)
    assert places(table)[0, 3] == (3, 16)
    assert max(row for row, _ in places(table)) == 3


def test_the_lines_before_and_after_stay_out() -> None:
    (table,) = aligned_tables([box(100, 120, 760), *statement(), box(100, 460, 760), box(100, 500, 760)])
    inside = {place for cell in table.cells for place in cell.places}
    assert inside == set(range(1, 21))


def test_columns_of_running_text_are_no_table() -> None:
    news = [box(100 + 420 * column, 200 + 40 * row, 390) for row in range(20) for column in range(3)]
    assert aligned_tables(news) == []


def test_two_columns_and_two_rows_are_no_table() -> None:
    names = [box(x, 200 + 50 * row, 120) for row in range(8) for x in XS[:2]]
    assert aligned_tables(names) == []
    assert aligned_tables(statement(2)) == []


def test_a_page_of_vertical_writing_or_none_has_no_table() -> None:
    assert aligned_tables([box(100 + 60 * at, 100, 30, 400) for at in range(12)]) == []
    assert aligned_tables([]) == []
