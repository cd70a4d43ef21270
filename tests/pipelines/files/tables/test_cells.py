"""Cells as HTML and as objects."""

from __future__ import annotations

from pipelines.files.tables.cells import Cell, run_together, scanned_table

BOX = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))


def test_html_escapes_texts_and_says_spans_only_where_there_are_some() -> None:
    cells = [
        Cell(1, 1, 1, 1, "b", BOX),
        Cell(0, 0, 2, 1, "<b>&", BOX),
        Cell(0, 1, 1, 2, "a", BOX),
        Cell(1, 2, 1, 1, "", BOX),
    ]
    table = scanned_table(BOX, cells)
    assert table.html == (
        '<table><tr><td rowspan="2">&lt;b&gt;&amp;</td><td colspan="2">a</td></tr><tr><td>b</td><td></td></tr></table>'
    )
    assert table.cells[0] == {
        "row": 0,
        "col": 0,
        "row_span": 2,
        "col_span": 1,
        "text": "<b>&",
        "box": [[0.0, 0.0], [9.0, 0.0], [9.0, 9.0], [0.0, 9.0]],
    }


def test_a_row_that_spans_fill_is_an_empty_row() -> None:
    cells = [Cell(0, 0, 2, 1, "a", BOX), Cell(0, 1, 2, 1, "b", BOX)]
    assert scanned_table(BOX, cells).html == (
        '<table><tr><td rowspan="2">a</td><td rowspan="2">b</td></tr><tr></tr></table>'
    )


def test_lines_of_a_cell_run_together_in_chinese_and_stay_apart_in_latin() -> None:
    assert run_together(["云阳市公安", "局", "", "No", "7"]) == "云阳市公安局No 7"
