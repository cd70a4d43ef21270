"""Word documents with Chinese typefaces, underlined blanks and page numbers, over python-docx; knows no record.

Typefaces are named, not embedded: 仿宋 and 宋体 are on every office machine; elsewhere the program takes its own.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

PROPERTY_CHARS = 255
"""Longest property of a document (ECMA-376, part 2)."""
BODY, TITLE, LATIN = "仿宋", "宋体", "Times New Roman"


def new_document(title: str, author: str, size: float = 12.5) -> Document:
    """An empty A4 document whose text is 仿宋 of `size` points."""
    import docx
    from docx.shared import Mm, Pt

    document = docx.Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.top_margin, section.bottom_margin = Mm(28), Mm(40)
    section.header_distance, section.footer_distance = Mm(15), Mm(10)
    normal = document.styles["Normal"]
    normal.font.size = Pt(size)
    normal.font.name = LATIN
    normal.paragraph_format.space_after = Pt(0)
    normal.element.get_or_add_rPr().get_or_add_rFonts().set(qualified("w:eastAsia"), BODY)
    document.core_properties.title = printable(title)[:PROPERTY_CHARS]
    document.core_properties.author = printable(author)[:PROPERTY_CHARS]
    return document


@dataclass(frozen=True, slots=True)
class TextLook:
    """Indents and line height in points, and a colour in hexadecimal."""

    left: float
    first: float
    line: float
    colour: str | None = None


def add_style(document: Document, name: str, look: TextLook) -> None:
    """Add a paragraph style whose name, one word, is its id too."""
    from docx.enum.style import WD_STYLE_TYPE
    from docx.shared import Pt, RGBColor

    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    style.base_style = document.styles["Normal"]
    style.paragraph_format.left_indent = Pt(look.left)
    style.paragraph_format.first_line_indent = Pt(look.first)
    style.paragraph_format.line_spacing = Pt(look.line)
    if look.colour is not None:
        style.font.color.rgb = RGBColor.from_string(look.colour)


def styled_paragraph(document: Document, style: str) -> Paragraph:
    """A new paragraph of a style by its id: the library looks for a name through all styles, each time."""
    paragraph = document.add_paragraph()
    paragraph._p.style = style
    return paragraph


def saved(document: Document) -> bytes:
    """The document as the bytes of a .docx file."""
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def write(paragraph: Paragraph, text: str, *, size: float | None = None, typeface: str | None = None) -> Run:
    """Add a run; `size` in points."""
    from docx.shared import Pt

    run = paragraph.add_run(printable(text))
    if size is not None:
        run.font.size = Pt(size)
    if typeface is not None:
        run.font.name = LATIN
        run._element.get_or_add_rPr().get_or_add_rFonts().set(qualified("w:eastAsia"), typeface)
    return run


def printable(text: str) -> str:
    """The text without the control characters that XML cannot hold (XML 1.0, 2.2)."""
    return "".join(c for c in text if c >= " " and c not in "\ufffe\uffff" and not 0xD800 <= ord(c) <= 0xDFFF)


def write_field(paragraph: Paragraph, code: str) -> None:
    """Add a field that Word fills in: PAGE, NUMPAGES."""
    from docx.oxml import OxmlElement

    run = paragraph.add_run()
    for kind, text in (("begin", None), (None, code), ("separate", None), ("text", "1"), ("end", None)):
        if kind is None:
            part = OxmlElement("w:instrText")
            part.set(qualified("xml:space"), "preserve")
            part.text = text
        elif kind == "text":
            part = OxmlElement("w:t")
            part.text = text
        else:
            part = OxmlElement("w:fldChar")
            part.set(qualified("w:fldCharType"), kind)
        run._element.append(part)


def write_blank(paragraph: Paragraph, text: str, ends_at_mm: float) -> None:
    """Add underlined `text`, the line drawn on to a stop `ends_at_mm` from the left margin."""
    from docx.shared import Mm

    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(ends_at_mm))
    run = paragraph.add_run(f"{printable(text)}\t")
    run.font.underline = True


def write_page_numbers(paragraph: Paragraph, count: str = "NUMPAGES") -> None:
    """Add 第 x 页 共 y 页, centred; `count` is the field that holds y, SECTIONPAGES for those of a section."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    write(paragraph, "第 ", size=10)
    write_field(paragraph, "PAGE")
    write(paragraph, " 页 共 ", size=10)
    write_field(paragraph, count)
    write(paragraph, " 页", size=10)


def fill(table: Table, rows: Sequence[tuple[str, ...]], centred: Collection[int] = ()) -> None:
    """Add a row for each of `rows`: copies of one, since the library takes milliseconds to build a row anew.

    `centred` are the columns whose text stands in the middle.
    """
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    first = table.add_row()  # type: ignore[no-untyped-call]  # the library leaves it untyped
    for place, cell in enumerate(first.cells):
        write(cell.paragraphs[0], "-")
        if place in centred:
            cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    pattern = copy.deepcopy(first._tr)
    table._tbl.remove(first._tr)
    for texts in rows:
        row = copy.deepcopy(pattern)
        for place, text in zip(row.iterfind(f".//{qualified('w:t')}"), texts, strict=True):
            place.text = printable(text)
        table._tbl.append(row)


def qualified(prefixed: str) -> str:
    """The full name of an element or attribute, such as w:t."""
    from docx.oxml.ns import qn

    return qn(prefixed)
