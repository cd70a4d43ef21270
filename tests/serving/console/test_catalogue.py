"""The catalogue beside a page: which row is open, and where its neighbours begin."""

from __future__ import annotations

import pytest

from serving.console.catalogue import catalogue_of
from tests.pipelines.files.catalogue.volume import DOCUMENTS


def test_rows_have_the_pages_of_the_scan_and_the_numbers_of_the_binding() -> None:
    rows = catalogue_of(DOCUMENTS, 1).rows
    assert [(row.first_page, row.last_page) for row in rows] == [(3, 3), (4, 8), (9, 10)]
    assert [row.entry.first_page for row in rows] == [1, 2, 7]


@pytest.mark.parametrize(
    ("page", "opened", "previous", "following"),
    [
        (1, [], None, 3),
        (3, [1], None, 4),
        (6, [2], 3, 9),
        (10, [3], 4, None),
        (11, [], 9, None),
    ],
)
def test_the_neighbours_are_those_of_the_document_that_the_page_is_in(
    page: int, opened: list[int], previous: int | None, following: int | None
) -> None:
    shown = catalogue_of(DOCUMENTS, page)
    assert [row.entry.number for row in shown.rows if row.open] == opened
    assert (shown.previous, shown.next) == (previous, following)


def test_a_record_without_documents_has_no_rows() -> None:
    shown = catalogue_of((), 1)
    assert (shown.rows, shown.previous, shown.next) == ((), None, None)


def test_blank_pages_shift_the_numbers_of_the_binding_alone() -> None:
    shown = catalogue_of(DOCUMENTS, 9, blank=(6,))
    row = next(row for row in shown.rows if row.open)
    assert (row.first_page, row.last_page) == (9, 10)
    assert (row.entry.first_page, row.entry.last_page) == (6, 7)
