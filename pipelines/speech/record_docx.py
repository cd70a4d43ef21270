"""A 笔录 as a Word document: what the PDF shows, for clerks who finish it in their own program.

Draws a `Sheet`; decides no content. The place to sign and to press a finger is in the footer, so that Word repeats it
on every page however the text grows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cases.conversation import ConversationRecord
from pipelines.printing.word import (
    TITLE,
    TextLook,
    add_style,
    new_document,
    saved,
    styled_paragraph,
    write,
    write_blank,
    write_page_numbers,
)
from pipelines.speech.forms import Cell
from pipelines.speech.sheet import Paragraph, Run, Sheet, Slot, Style, sheet_of

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph as Text

TEXT_MM = 156.0
"""Between the margins."""
TURN, MACHINE_TURN, NOTE = "Turn", "MachineTurn", "Note"
GREY, RED = "7A7A7A", "B03030"
SLOT_SIZE = 15.0
"""Points: to be seen, and to be pressed upon."""
CHARACTER_MM, LABEL_GAP_MM = 4.1, 2.0
"""A Chinese character at 11.5 points, and the room behind a label."""
DATE = "　　　年　　月　　日"


def record_docx(record: ConversationRecord) -> bytes:
    """The .docx file of a record."""
    sheet = sheet_of(record)
    document = new_document(sheet.title, sheet.agency)
    add_style(document, TURN, TextLook(left=25, first=-25, line=23))
    add_style(document, MACHINE_TURN, TextLook(left=25, first=-25, line=23, colour=GREY))
    add_style(document, NOTE, TextLook(left=25, first=0, line=23))
    _edges(document, sheet)
    _heading(document, sheet)
    for line in sheet.header:
        for part in _fitted(line):
            _header_line(document.add_paragraph(), part)
    document.add_paragraph()
    for paragraph in sheet.paragraphs:
        _spoken(document, paragraph)
    if sheet.paragraphs:
        # A page of signatures alone could be put under any record: the last turn goes with them.
        document.paragraphs[-1].paragraph_format.keep_with_next = True
    _ending(document, sheet)
    return saved(document)


def _heading(document: Document, sheet: Sheet) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    for text, size in ((sheet.agency, 15.0), (sheet.title, 22.0), (f"（{sheet.sequence}）", 12.5)):
        paragraph = document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        write(paragraph, text, size=size, typeface=TITLE)


def _spoken(document: Document, paragraph: Paragraph) -> None:
    style = NOTE if not paragraph.label else MACHINE_TURN if paragraph.machine else TURN
    text = styled_paragraph(document, style)
    doubt = "※" if paragraph.doubtful else ""
    first, *rest = paragraph.runs or (Run(""),)
    _write_run(text, Run(paragraph.label + doubt + first.text, first.style))
    for run in rest:
        _write_run(text, run)


def _write_run(text: Text, run: Run) -> None:
    from docx.shared import RGBColor

    written = write(text, run.text, size=SLOT_SIZE if run.style is Style.SLOT else None)
    if run.style is Style.STRUCK:
        written.font.strike = True
    elif run.style is Style.ADDED:
        written.font.underline = True
    elif run.style is Style.SLOT:
        written.font.color.rgb = RGBColor.from_string(RED)


# --- lines to fill in -------------------------------------------------------------------------------------------------
def _width_mm(text: str) -> float:
    """About how wide a text is at 11.5 points."""
    return sum(CHARACTER_MM if ord(character) > 0x2E7F or character in "■□" else 2.2 for character in text)


def _needed_mm(cell: Cell) -> float:
    return _width_mm(cell[0]) + LABEL_GAP_MM + max(4 * CHARACTER_MM, _width_mm(cell[1]) + LABEL_GAP_MM)


def _fitted(line: tuple[Cell, ...]) -> list[list[Cell]]:
    """The cells of a line on as many lines as they need."""
    rows: list[list[Cell]] = [[]]
    for cell in line:
        if rows[-1] and sum(map(_needed_mm, (*rows[-1], cell))) > TEXT_MM:
            rows.append([])
        rows[-1].append(cell)
    return rows


def _header_line(text: Text, cells: list[Cell]) -> None:
    """Labels with underlined values; each line ends at a stop of its own."""
    from docx.shared import Pt

    text.paragraph_format.line_spacing = Pt(19)
    spare = max(0.0, TEXT_MM - sum(map(_needed_mm, cells))) / len(cells)
    end = 0.0
    for label, value in cells:
        end += _needed_mm((label, value)) + spare
        write(text, f"{label} ", size=11.5)
        write_blank(text, value, min(end - 0.5, TEXT_MM))
        text.runs[-1].font.size = Pt(11.5)


def _ending(document: Document, sheet: Sheet) -> None:
    if sheet.refusal is not None or sheet.closing is not None:
        write(document.add_paragraph(), sheet.refusal or sheet.closing or "")
    else:
        write_blank(document.add_paragraph(), "", TEXT_MM)
        write(document.add_paragraph(), sheet.closing_hint, size=9)
    for slot in sheet.end_slots:
        _sign_line(document.add_paragraph(), slot)
    for paragraph in document.paragraphs[-len(sheet.end_slots) - 2 : -1]:
        paragraph.paragraph_format.keep_with_next = True


def _sign_line(text: Text, slot: Slot) -> None:
    from docx.shared import Pt

    text.paragraph_format.space_before = Pt(8)
    how = "签名、捺指印" if slot.fingerprint else "签名"
    write(text, f"{slot.label}{f'（{slot.name}）' if slot.name else ''}{how}：", size=11)
    write_blank(text, "", 118.0 if slot.fingerprint else 156.0)
    if slot.fingerprint:
        write(text, DATE, size=11)


# --- every page -------------------------------------------------------------------------------------------------------
def _edges(document: Document, sheet: Sheet) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT
    from docx.shared import Mm, RGBColor

    section = document.sections[0]
    head = section.header.paragraphs[0]
    head.paragraph_format.tab_stops.add_tab_stop(Mm(TEXT_MM), WD_TAB_ALIGNMENT.RIGHT)
    for text in (sheet.mark or "", "\t", f"{sheet.title}（{sheet.sequence}）{sheet.subject}"):
        run = head.add_run("\t") if text == "\t" else write(head, text, size=9)
        run.font.color.rgb = RGBColor.from_string(GREY)
    foot = section.footer.paragraphs[0]
    write(foot, f"{sheet.page_slot.label}：", size=11)
    write_blank(foot, "", 118.0)
    write(foot, "　指印：", size=11)
    write_blank(foot, "", TEXT_MM)
    write_page_numbers(section.footer.add_paragraph())
