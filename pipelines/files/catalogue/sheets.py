"""封面, 卷内目录 and 备考表 as a Word document, for clerks who finish them in their own program.

Draws a `Volume`; decides no content. Each sheet is a section with pages of its own number; the head of the table
stands on each page of the catalogue.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipelines.files.catalogue.entries import COLUMNS, Part, Volume
from pipelines.printing.word import (
    TITLE,
    fill,
    new_document,
    qualified,
    saved,
    write,
    write_blank,
    write_page_numbers,
)

if TYPE_CHECKING:
    from docx.document import Document
    from docx.section import Section
    from docx.table import Table
    from docx.text.paragraph import Paragraph

SIZE = 10.5
COVER_SIZE = 16.0
TEXT_MM = 170.0
"""Between margins of 24 mm at the side that is bound and 16 mm at the other."""
WIDTHS_MM = (10.0, 40.0, 29.0, 24.0, 21.0, 16.0, 9.0, 9.0, 12.0)
CENTRED = frozenset({0, 4, 5, 6, 7, 8})
CELL_MARGIN = (80, 40)
"""Above and below, and at the sides: twentieths of a point."""
BLANK_LINES = 8
"""Ruled lines of the 备考表 on which a person writes."""


def sheets_docx(volume: Volume, parts: Sequence[Part] = tuple(Part)) -> bytes:
    """The .docx file with `parts` of the sheets, each from a page of its own."""
    from docx.enum.section import WD_SECTION

    document = new_document(parts[0], volume.header.filing_unit, SIZE)
    for place, part in enumerate(parts):
        section = document.add_section(WD_SECTION.NEW_PAGE) if place else document.sections[0]
        _set_page(section, part, volume.header.mark)
        _DRAW[part](document, volume)
    return saved(document)


def _set_page(section: Section, part: Part, mark: str) -> None:
    """Margins for the binding, the mark at the head, and at the foot the number of the page within its sheet."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.shared import Mm

    section.left_margin, section.right_margin = Mm(24), Mm(16)
    section.top_margin, section.bottom_margin = Mm(25), Mm(20)
    section.header_distance, section.footer_distance = Mm(12), Mm(10)
    section.header.is_linked_to_previous = section.footer.is_linked_to_previous = False
    head = section.header.paragraphs[0]
    head.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    write(head, mark, size=9)
    if part is Part.CATALOGUE:
        numbering = OxmlElement("w:pgNumType")
        numbering.set(qualified("w:start"), "1")
        # The schema has an order: Word takes a file for damaged that breaks it.
        section._sectPr.find(qualified("w:cols")).addprevious(numbering)
        write_page_numbers(section.footer.paragraphs[0], "SECTIONPAGES")


def _heading(document: Document, text: str, size: float, before: float, after: float) -> None:
    """A centred line in the typeface of titles; sizes and room in points."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
    write(paragraph, text, size=size, typeface=TITLE).bold = True


def _line(document: Document, label: str, text: str, size: float, ends_at_mm: float) -> Paragraph:
    """A label and, up to a stop, the text on a rule; an empty one is a blank to fill in."""
    from docx.shared import Mm, Pt

    paragraph = document.add_paragraph()
    paragraph.paragraph_format.left_indent = Mm(TEXT_MM - ends_at_mm)
    paragraph.paragraph_format.space_before = Pt(size)
    write(paragraph, f"{label}：", size=size)
    write_blank(paragraph, f" {text}", ends_at_mm)
    paragraph.runs[-1].font.size = Pt(size)
    return paragraph


# --- the sheets -------------------------------------------------------------------------------------------------------
def _cover(document: Document, volume: Volume) -> None:
    header = volume.header
    _heading(document, header.title, 36, 90, 70)
    for label, text in header.fields:
        _line(document, label, text, COVER_SIZE, TEXT_MM - 20)
    _heading(document, header.extent, COVER_SIZE, 60, 0)


def _catalogue(document: Document, volume: Volume) -> None:
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    _heading(document, "卷 内 目 录", 22, 0, 10)
    table = document.add_table(rows=0, cols=len(COLUMNS), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, WIDTHS_MM, strict=True):
        # A new row takes the widths of its columns.
        column.width = Mm(width)
    _narrow_margins(table)
    _head_row(table)
    fill(table, [row.cells for row in volume.entries], centred=CENTRED)
    _bind_rows(table)


def _head_row(table: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    row = table.add_row()  # type: ignore[no-untyped-call]  # the library leaves it untyped
    for cell, text in zip(row.cells, COLUMNS, strict=True):
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        cell.paragraphs[0].add_run(text)


def _narrow_margins(table: Table) -> None:
    """Leave the columns to their text: nine of them share the width of a page."""
    from docx.oxml import OxmlElement

    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "left", "bottom", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qualified("w:w"), str(CELL_MARGIN[side in ("left", "right")]))
        margin.set(qualified("w:type"), "dxa")
        margins.append(margin)
    # The schema has an order: Word takes a file for damaged that breaks it.
    table._tbl.tblPr.find(qualified("w:tblLook")).addprevious(margins)


def _bind_rows(table: Table) -> None:
    """Let no row be cut by the end of a page, and the first stand again on each."""
    from docx.oxml import OxmlElement

    for place, row in enumerate(table._tbl.tr_lst):
        properties = row.get_or_add_trPr()
        properties.append(OxmlElement("w:cantSplit"))
        if place == 0:
            properties.append(OxmlElement("w:tblHeader"))


def _remarks(document: Document, volume: Volume) -> None:
    from docx.shared import Pt

    _heading(document, "备 考 表", 22, 0, 24)
    for text in (volume.header.length, "说明：", *volume.remarks):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.line_spacing = Pt(26)
        write(paragraph, text, size=14)
    for _ in range(BLANK_LINES):
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.line_spacing = Pt(32)
        write_blank(paragraph, "", TEXT_MM)
    for label, text in volume.signatures:
        _line(document, label, text, 14, TEXT_MM - 80)


_DRAW = {Part.COVER: _cover, Part.CATALOGUE: _catalogue, Part.REMARKS: _remarks}
