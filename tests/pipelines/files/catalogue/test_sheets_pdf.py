"""The three sheets as PDF: read back page by page."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
import reportlab
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from pipelines.files.catalogue.entries import Part
from pipelines.files.catalogue.sheets_pdf import sheets_pdf, wrapped
from tests.pipelines.files.catalogue.volume import DOCUMENTS, HEADER, statements, volume

LATIN = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
"""A font without Chinese letters."""


def pages(data: bytes) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(data)).pages]


def test_cover_catalogue_and_remarks_follow_one_another(font: Path) -> None:
    cover, catalogue, last = pages(sheets_pdf(volume(), font))
    assert "案件名称：张伟涉嫌盗窃案" in cover
    assert "共3卷第1卷本卷共8页" in cover
    assert "2讯问笔录（第一次）王敏、李强2026-10-052-651" in catalogue
    assert "待核对" in catalogue
    assert "目录第3项由机器编目时把握不足，待核对。" in last
    assert all("机器编目，未经人核对" in page for page in (cover, catalogue, last))


def test_the_head_of_the_table_and_the_page_number_stand_on_each_page_of_the_catalogue(font: Path) -> None:
    cover, *catalogue, last = pages(sheets_pdf(volume(statements(60)), font))
    assert len(catalogue) > 1
    for number, page in enumerate(catalogue, 1):
        assert "序号文书名称文号责任者日期页号(起-止)页数份数备注" in page
        assert f"第{number}页共{len(catalogue)}页" in page
    assert "页共" not in cover + last
    assert [f"（第{n}次）" in "".join(catalogue) for n in range(1, 61)] == [True] * 60


def test_one_sheet_can_be_had_alone(font: Path) -> None:
    (page,) = pages(sheets_pdf(volume(), font, (Part.REMARKS,)))
    assert page.startswith("备考表本卷共8页说明：")


def test_the_same_volume_gives_the_same_bytes(font: Path) -> None:
    assert sheets_pdf(volume(), font) == sheets_pdf(volume(), font)


def test_text_that_looks_like_markup_and_a_title_longer_than_a_page_are_printed_whole(font: Path) -> None:
    hostile = "<b>立案</b> & <img src='file:///etc/passwd'/>"
    long = "很长的题名" * 400
    documents = (replace(DOCUMENTS[2], title=hostile, author=hostile), replace(DOCUMENTS[3], title=long))
    text = "".join(pages(sheets_pdf(volume(documents, replace(HEADER, suspects=hostile)), font)))
    assert "".join(hostile.split()) in text
    assert text.count("题") == 400


def test_letters_that_the_font_lacks_are_marked_and_named_on_the_last_sheet() -> None:
    given = volume((replace(DOCUMENTS[2], title="A甲"),))
    text = "".join(pages(sheets_pdf(given, LATIN)))
    assert "U+7532" in text


WIDTH = len
"""Every sign as wide as any other."""


@given(st.text("讯问笔录（第一次）、，ab12 ", max_size=60), st.integers(4, 12))
def test_wrapped_text_is_the_text_and_no_line_is_too_long(text: str, room: int) -> None:
    lines = list(wrapped(text, room, WIDTH))
    assert "".join(lines) == text
    assert all(len(line) <= room for line in lines)


@pytest.mark.parametrize(
    ("text", "room", "lines"),
    [
        ("证人陈某询问笔录（第12次）", 9, ["证人陈某询问笔录", "（第12次）"]),
        ("王敏、李强", 2, ["王", "敏、", "李强"]),
        ("页号\n(起-止)", 9, ["页号", "(起-止)"]),
        ("", 9, [""]),
    ],
)
def test_no_line_begins_with_a_closing_sign_or_ends_with_an_opening_one(text: str, room: int, lines: list[str]) -> None:
    assert list(wrapped(text, room, WIDTH)) == lines
