"""Reading order: columns, titles, forms, slanted pages, vertical writing; and that no line is lost or doubled."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values import Quad
from pipelines.files.order import is_vertical, reading_order, slant


def line(left: float, top: float, width: float, height: float = 20.0) -> Quad:
    right, bottom = left + width, top + height
    return (left, top), (right, top), (right, bottom), (left, bottom)


def turned(box: Quad, degrees: float) -> Quad:
    angle = math.radians(degrees)
    a, b, c, d = (
        (x * math.cos(angle) - y * math.sin(angle), x * math.sin(angle) + y * math.cos(angle)) for x, y in box
    )
    return a, b, c, d


def two_columns() -> list[Quad]:
    """A title across two columns of ten lines, a page number below; in reading order."""
    left = [line(100, 150 + 30 * n, 380) for n in range(10)]
    right = [line(520, 150 + 30 * n, 380) for n in range(10)]
    return [line(100, 50, 800, 40), *left, *right, line(450, 560, 60)]


def shuffled_order(boxes: list[Quad], seed: int) -> list[int]:
    """The order found when the boxes are given shuffled, in the numbers of `boxes`."""
    places = list(range(len(boxes)))
    random.Random(seed).shuffle(places)
    return [places[at] for at in reading_order([boxes[place] for place in places])]


def test_columns_under_a_title_are_read_one_after_the_other() -> None:
    boxes = two_columns()
    assert shuffled_order(boxes, seed=1) == list(range(len(boxes)))


@pytest.mark.parametrize("degrees", [-4.0, -1.5, 1.5, 4.0])
def test_columns_of_a_slanted_page_are_still_found(degrees: float) -> None:
    boxes = [turned(box, degrees) for box in two_columns()]
    assert shuffled_order(boxes, seed=2) == list(range(len(boxes)))


def test_a_heading_over_one_column_stays_with_its_column() -> None:
    left = [line(100, 100 + 30 * n, 380) for n in range(8)]
    heading = line(520, 60, 200)
    right = [line(520, 100 + 30 * n, 380) for n in range(8)]
    boxes = [*left, heading, *right]
    assert shuffled_order(boxes, seed=3) == list(range(len(boxes)))


def test_the_cells_of_a_form_are_read_row_by_row() -> None:
    boxes = [
        line(100 + 300 * column, 100 + 40 * row + 3 * (column % 2), 120) for row in range(6) for column in range(3)
    ]
    assert shuffled_order(boxes, seed=4) == list(range(len(boxes)))


def test_the_notes_in_a_margin_are_not_mixed_into_the_text_beside_them() -> None:
    margin = [line(100, 100 + 47 * n, 150) for n in range(12)]
    text = [line(320, 100 + 30 * n, 600) for n in range(20)]
    boxes = [*margin, *text]
    assert shuffled_order(boxes, seed=7) == list(range(len(boxes)))


def test_a_table_with_one_long_column_is_read_row_by_row() -> None:
    boxes = [cell for n in range(12) for cell in (line(100, 100 + 32 * n, 90), line(320, 101 + 32 * n, 600))]
    assert shuffled_order(boxes, seed=8) == list(range(len(boxes)))


def test_a_title_between_two_groups_of_columns_ends_the_first() -> None:
    def group(top: float) -> list[Quad]:
        return [line(x, top + 30 * n, 380) for x in (100, 520) for n in range(5)]

    boxes = [*group(100), line(100, 300, 800, 40), *group(400)]
    assert shuffled_order(boxes, seed=5) == list(range(len(boxes)))


def test_vertical_writing_is_read_from_the_right() -> None:
    boxes = [line(900 - 40 * n, 100, 30, 600) for n in range(8)]
    assert all(is_vertical(box) for box in boxes)
    assert shuffled_order(boxes, seed=6) == list(range(len(boxes)))


def test_the_slant_of_a_page_is_told_and_short_boxes_do_not_count() -> None:
    boxes = [turned(line(100, 30 * n, 500), 2.0) for n in range(5)] + [line(100, 400 + 30 * n, 25) for n in range(20)]
    assert slant(boxes) == pytest.approx(2.0, abs=0.01)
    assert slant([line(0, 0, 20)]) == 0.0
    assert reading_order([]) == ()


boxes_anywhere = st.lists(
    st.builds(
        line,
        st.integers(0, 2000),
        st.integers(0, 3000),
        st.integers(0, 1500),
        st.integers(0, 300),
    ),
    max_size=30,
)


@given(boxes_anywhere)
def test_every_line_comes_exactly_once(boxes: list[Quad]) -> None:
    assert sorted(reading_order(boxes)) == list(range(len(boxes)))


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40)), unique=True, max_size=40), st.randoms())
def test_the_order_does_not_depend_on_the_order_given(cells: list[tuple[int, int]], chance: random.Random) -> None:
    boxes = [line(100 * x, 25 * y, 90) for x, y in cells]
    again = list(boxes)
    chance.shuffle(again)
    assert [boxes[at] for at in reading_order(boxes)] == [again[at] for at in reading_order(again)]
