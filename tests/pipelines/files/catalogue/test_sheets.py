"""The three sheets as a Word document: read back with the library that offices' programs agree with."""

from __future__ import annotations

import io
from dataclasses import replace

import docx
from docx.document import Document
from docx.oxml.ns import qn

from pipelines.files.catalogue.entries import COLUMNS, Part, Volume
from pipelines.files.catalogue.sheets import sheets_docx
from tests.pipelines.files.catalogue.volume import HEADER, statements, volume


def opened(given: Volume, *parts: Part) -> Document:
    return docx.Document(io.BytesIO(sheets_docx(given, parts or tuple(Part))))


def lines(document: Document) -> str:
    return "\n".join(paragraph.text for paragraph in document.paragraphs)


def test_the_cover_names_case_and_suspect_and_leaves_lines_for_what_is_not_known() -> None:
    text = lines(opened(volume(), Part.COVER))
    assert "案件名称： 张伟涉嫌盗窃案" in text
    assert "犯罪嫌疑人： 张伟" in text
    assert "立卷人： \t" in text
    assert "共 3 卷　　第 1 卷　　本卷共 8 页" in text


def test_the_catalogue_is_a_table_with_a_row_for_each_document() -> None:
    (table,) = opened(volume(), Part.CATALOGUE).tables
    rows = [tuple(cell.text for cell in row.cells) for row in table.rows]
    assert rows == [COLUMNS, *(entry.cells for entry in volume().entries)]


def test_the_head_of_the_table_stands_on_every_page_and_no_row_is_cut() -> None:
    (table,) = opened(volume(statements(60)), Part.CATALOGUE).tables
    assert [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows] == [True, *[False] * 60]
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)


def test_the_remarks_sheet_has_the_number_of_pages_and_lines_to_sign_on() -> None:
    text = lines(opened(volume(header=replace(HEADER, filed_by="王敏")), Part.REMARKS))
    assert text.startswith("备 考 表\n本卷共 8 页\n说明：\n目录第3项由机器编目时把握不足，待核对。")
    assert "立卷人： 王敏\t" in text
    assert "检查人： \t" in text
    assert "年　　月　　日" in text


def test_each_sheet_begins_a_page_on_a4_and_the_catalogue_numbers_its_own() -> None:
    document = opened(volume())
    sections = list(document.sections)
    assert [(round(one.page_width.mm), round(one.page_height.mm)) for one in sections] == [(210, 297)] * 3
    fields = ["".join(one.footer._element.itertext()) for one in sections]
    assert fields[0].strip() == fields[2].strip() == ""
    assert "PAGE" in fields[1]
    assert "SECTIONPAGES" in fields[1]
    assert sections[1]._sectPr.find(qn("w:pgNumType")).get(qn("w:start")) == "1"
    assert all("机器编目，未经人核对" in one.header.paragraphs[0].text for one in sections)


def test_what_the_schema_orders_stands_in_its_order() -> None:
    document = opened(volume())
    names = [child.tag for child in document.sections[1]._sectPr]
    assert names.index(qn("w:pgMar")) < names.index(qn("w:pgNumType")) < names.index(qn("w:cols"))
    names = [child.tag for child in document.tables[0]._tbl.tblPr]
    assert names.index(qn("w:tblLayout")) < names.index(qn("w:tblCellMar")) < names.index(qn("w:tblLook"))


def test_titles_are_in_song_and_the_text_in_fangsong() -> None:
    document = opened(volume())
    title = document.paragraphs[0].runs[0]
    assert title._element.rPr.rFonts.get(qn("w:eastAsia")) == "宋体"
    assert document.styles["Normal"].element.rPr.rFonts.get(qn("w:eastAsia")) == "仿宋"
