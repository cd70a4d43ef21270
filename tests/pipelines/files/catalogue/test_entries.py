"""The rows of the 卷内目录: what is listed, how the binding numbers it, and what needs a second look."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cases.records import CaseDocument, VolumeFinding
from models.errors import BadInput
from pipelines.files.catalogue.entries import COLUMNS, TO_CHECK, VolumeHeader, entries, volume_of
from pipelines.files.catalogue.taxonomy import type_named
from tests.pipelines.files.catalogue.volume import DOCUMENTS, statements, volume


def test_page_1_is_the_first_behind_cover_and_catalogue_and_the_volumes_parts_are_no_rows() -> None:
    assert [(row.number, row.title, row.first_page, row.last_page, row.pages) for row in entries(DOCUMENTS)] == [
        (1, "立案决定书", 1, 1, 1),
        (2, "讯问笔录（第一次）", 2, 6, 5),
        (3, "户籍证明", 7, 8, 2),
    ]


def test_the_offset_can_be_told_where_the_scan_has_another() -> None:
    assert [row.first_page for row in entries(DOCUMENTS[2:], unnumbered=0)] == [3, 4, 9]
    with pytest.raises(BadInput, match="page 4 of the scan cannot be page 1"):
        entries(DOCUMENTS, unnumbered=3)


def test_a_cover_that_somebody_stretched_over_a_document_leaves_it_page_1() -> None:
    stretched = replace(DOCUMENTS[1], last_page=5)
    assert [row.first_page for row in entries([DOCUMENTS[0], stretched, *DOCUMENTS[2:4]])] == [1, 2]


def test_a_row_that_the_machine_was_unsure_of_is_to_be_checked_and_the_last_sheet_says_which() -> None:
    assert [row.remark for row in entries(DOCUMENTS)] == ["", "", TO_CHECK]
    assert volume().remarks == ("目录第3项由机器编目时把握不足，待核对。",)
    assert volume(DOCUMENTS[:4]).remarks == ()


def test_what_is_wrong_with_the_pages_stands_on_the_last_sheet() -> None:
    found = (VolumeFinding("missing", 7, "本页之前缺第5页"),)
    assert volume_of(DOCUMENTS[:4], findings=found).remarks == ("扫描件第7页：本页之前缺第5页，待核对。",)


def test_a_row_has_a_cell_for_each_column_and_blanks_where_nothing_is_known() -> None:
    first, second, third = entries(DOCUMENTS)
    assert len(COLUMNS) == len(first.cells)
    assert first.cells[:6] == ("1", "立案决定书", "滨公（刑）立字〔2026〕0187号", "滨河市公安局", "2026-10-04", "1")
    assert second.cells[5:] == ("2-6", "5", "1", "")
    assert third.cells[2:5] == ("", "", "")


def test_the_cover_counts_the_numbered_pages_unless_told_and_leaves_blanks_for_the_rest() -> None:
    assert volume().header.extent == "共 3 卷　　第 1 卷　　本卷共 8 页"
    assert volume_of(DOCUMENTS, VolumeHeader(pages=9)).header.extent == "共＿＿＿卷　　第＿＿＿卷　　本卷共 9 页"


def test_a_volume_of_more_than_200_pages_is_to_be_divided() -> None:
    assert volume(statements(200)).remarks == ()
    assert volume(statements(201)).remarks == ("本卷201页，超过每卷200页的上限，应分卷。",)


def test_a_record_without_documents_has_no_catalogue() -> None:
    with pytest.raises(BadInput, match="names no documents"):
        volume_of(())
    with pytest.raises(BadInput, match="names no documents"):
        volume_of(DOCUMENTS[:2])


PLACES = st.lists(st.tuples(st.integers(1, 6), st.sampled_from(["讯问笔录", "立案决定书", "备考表"])), max_size=40)


@given(PLACES, st.randoms(use_true_random=False))
def test_rows_come_in_the_order_of_pages_and_neither_overlap_nor_lose_one(places, random) -> None:
    documents, page = [], 3
    for length, kind in places:
        documents.append(replace(DOCUMENTS[2], type=kind, first_page=page, last_page=page + length - 1))
        page += length
    random.shuffle(documents)
    rows = entries(documents, unnumbered=2)
    wanted = [one for one in documents if not type_named(one.type).is_part_of_volume]
    assert [row.number for row in rows] == list(range(1, len(wanted) + 1))
    assert sum(row.pages for row in rows) == sum(one.last_page - one.first_page + 1 for one in wanted)
    assert all(row.last_page - row.first_page + 1 == row.pages for row in rows)
    assert all(a.last_page < b.first_page for a, b in pairwise(rows))


def test_a_type_that_is_not_in_the_taxonomy_is_listed_all_the_same() -> None:
    (row,) = entries([CaseDocument("手机照片", "", None, None, None, 1, 2, 0.2)])
    assert (row.title, row.remark) == ("手机照片", TO_CHECK)


def test_blank_pages_bear_no_number() -> None:
    rows = entries(DOCUMENTS, blank=(6, 7, 2, 20))
    assert [(row.first_page, row.last_page, row.pages) for row in rows] == [(1, 1, 1), (2, 4, 3), (5, 6, 2)]
    assert volume_of(DOCUMENTS, blank=(6, 7)).header.pages == 6
