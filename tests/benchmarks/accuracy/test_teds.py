"""TEDS, on tables whose distance can be counted by hand."""

from __future__ import annotations

import pytest

from benchmarks.accuracy.teds import edit_distance, teds

TABLE = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"


def test_a_table_is_like_itself_whatever_its_white_space_head_and_heading_cells() -> None:
    other = (
        "<table>\n<thead><tr><th>a </th><th>b</th></tr></thead><tbody><tr><td>c</td><td> d</td></tr></tbody></table>"
    )
    assert teds(TABLE, other) == 1


def test_a_wrong_letter_costs_its_share_of_a_cell_and_nothing_in_the_structure() -> None:
    other = TABLE.replace("<td>d", "<td>dx")
    assert teds(TABLE, other) == pytest.approx(1 - 0.5 / 7)
    assert teds(TABLE, other, structure_only=True) == 1


def test_a_wrong_span_costs_a_node_and_a_missing_row_three() -> None:
    assert teds(TABLE, TABLE.replace("<td>d", '<td colspan="2">d')) == pytest.approx(1 - 1 / 7)
    short = "<table><tr><td>a</td><td>b</td></tr></table>"
    assert teds(TABLE, short) == pytest.approx(1 - 3 / 7)
    assert teds(short, TABLE) == pytest.approx(1 - 3 / 7)


def test_rows_between_are_put_in_without_moving_the_others() -> None:
    more = TABLE.replace("</tr><tr>", "</tr><tr><td>x</td><td>y</td></tr><tr>")
    assert teds(TABLE, more) == pytest.approx(1 - 3 / 10)


def test_a_table_that_was_not_found_is_nothing_like() -> None:
    assert teds(TABLE, "") == 0


def test_letters_are_put_in_taken_out_and_changed() -> None:
    assert edit_distance("讯问笔录", "询问录") == 2
