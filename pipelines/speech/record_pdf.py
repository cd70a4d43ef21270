"""A 笔录 as PDF/A4: header, turns, and at the foot of every page the place to sign and to press a finger.

Draws a `Sheet`; decides no content. The font is embedded as the subset that is used, with its character map, so that
the text can be searched and copied. The same record and font give the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from cases.conversation import ConversationRecord
from pipelines.printing.canvas import numbered_canvas, page_line
from pipelines.printing.typeface import Typeface, legible, registered
from pipelines.speech.forms import Cell
from pipelines.speech.sheet import Paragraph, Run, Sheet, Slot, Style, sheet_of

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP = 28 * MM, 26 * MM, 30 * MM
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT
FOOT = 44 * MM
"""Room at the foot of every page: a line to sign on, a box for the finger, the number of the page."""
FINGER_WIDTH, FINGER_HEIGHT = 18 * MM, 22 * MM
SIZE, LEADING = 12.5, 23.0
"""Points: about 小四, with room between the lines for corrections by hand."""
HEADER_SIZE, SIGN_SIZE = 11.5, 11.0
LABEL_GAP, LEAST_ROOM = 7.0, 30.0
DATE = "　　　年　　月　　日"
_GREY = "#7a7a7a"
_STYLES = {
    Style.PLAIN: "{}",
    Style.STRUCK: "<strike>{}</strike>",
    Style.ADDED: "<u>{}</u>",
    # Larger than the text: to be seen, and to be pressed upon.
    Style.SLOT: '<font color="#b03030" size="15">{}</font>',
}


def record_pdf(record: ConversationRecord, font: Path) -> bytes:
    """The PDF of a record in the TrueType font at `font`; raises BadInput when that is no such font."""
    return _pressed(record, font)[0]


def page_count(record: ConversationRecord, font: Path) -> int:
    """How many pages `record_pdf` gives."""
    return _pressed(record, font)[1]


def _pressed(record: ConversationRecord, font: Path) -> tuple[bytes, int]:
    typeface = registered(font)
    return _Press(_legible(sheet_of(record), typeface), typeface.name).printed()


def _legible(sheet: Sheet, typeface: Typeface) -> Sheet:
    """The sheet without letters that the font lacks; a note at its end names them."""
    shown, lacking = legible(sheet, typeface)
    if lacking is None:
        return shown
    return replace(shown, paragraphs=(*shown.paragraphs, Paragraph("", (Run(lacking),))))


class _Press:
    """Draws one sheet in a font that is registered under `font`."""

    def __init__(self, sheet: Sheet, font: str) -> None:
        self._sheet = sheet
        self._font = font

    def printed(self) -> tuple[bytes, int]:
        """The file, and how many pages it has."""
        from reportlab.platypus import BaseDocTemplate, Frame, PageTemplate

        out, size = io.BytesIO(), (PAGE_WIDTH, PAGE_HEIGHT)
        document = BaseDocTemplate(out, pagesize=size, title=self._sheet.title, author=self._sheet.agency, invariant=1)
        frame = Frame(LEFT, FOOT, TEXT_WIDTH, PAGE_HEIGHT - TOP - FOOT, 0, 0, 0, 0)
        document.addPageTemplates([PageTemplate("page", [frame])])
        canvas = numbered_canvas(self._font, self._draw_edges)
        document.build(self._story(), canvasmaker=canvas)
        return out.getvalue(), document.page

    def _style(self, **changes: object) -> Any:
        from reportlab.lib.styles import ParagraphStyle

        plain: dict[str, object] = {"fontName": self._font, "fontSize": SIZE, "leading": LEADING, "wordWrap": "CJK"}
        return ParagraphStyle("record", **(plain | changes))

    def _story(self) -> list[Any]:
        from reportlab.platypus import KeepTogether, Spacer
        from reportlab.platypus import Paragraph as Text

        centred = self._style(alignment=1, fontSize=15, leading=22)
        *turns, last = [self._spoken(paragraph) for paragraph in self._sheet.paragraphs] or [Spacer(1, 1)]
        return [
            Text(escape(self._sheet.agency), centred),
            Text(escape(self._sheet.title), self._style(alignment=1, fontSize=22, leading=32)),
            Text(f"（{escape(self._sheet.sequence)}）", self._style(alignment=1, spaceAfter=6)),
            *(self._header_line(part) for line in self._sheet.header for part in self._fitted(line)),
            Spacer(1, 8),
            *turns,
            # A page of signatures alone could be put under any record: the last turn goes with them.
            KeepTogether([last, *self._ending()]),
        ]

    def _fitted(self, line: tuple[Cell, ...]) -> Iterator[tuple[Cell, ...]]:
        """The cells of a line on as many lines as they need, so that no number is broken."""
        row: list[Cell] = []
        for cell in line:
            if row and sum(map(self._needed, (*row, cell))) > TEXT_WIDTH:
                yield tuple(row)
                row = []
            row.append(cell)
        yield tuple(row)

    def _needed(self, cell: Cell) -> float:
        """Points that a cell takes at least."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        label, text = (stringWidth(part, self._font, HEADER_SIZE) for part in cell)
        return float(label + LABEL_GAP + max(4 * HEADER_SIZE, text + LABEL_GAP))

    def _header_line(self, line: tuple[Cell, ...]) -> Any:
        """One line of labels and values, each value underlined as on the printed form."""
        from reportlab.pdfbase.pdfmetrics import stringWidth
        from reportlab.platypus import Paragraph as Text
        from reportlab.platypus import Table

        small = self._style(fontSize=HEADER_SIZE, leading=16)
        if sum(map(self._needed, line)) > TEXT_WIDTH:
            # A story of a life: a row of a table could not go on over the page.
            return Text("".join(f"{escape(label)} <u>{escape(text)}</u>" for label, text in line), small)
        labels = [stringWidth(label, self._font, HEADER_SIZE) + LABEL_GAP for label, _ in line]
        free = TEXT_WIDTH - sum(labels)
        needs = [self._needed(cell) - label for cell, label in zip(line, labels, strict=True)]
        widths: list[float] = []
        cells: list[Any] = []
        look: list[tuple[object, ...]] = [
            ("FONT", (0, 0), (-1, -1), self._font),
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
        ]
        for place, (label, text) in enumerate(line):
            widths += [labels[place], free * needs[place] / sum(needs)]
            cells += [Text(escape(label), small), Text(escape(text) or "&nbsp;", small)]
            look.append(("LINEBELOW", (2 * place + 1, 0), (2 * place + 1, 0), 0.5, "black"))
        return Table([cells], colWidths=widths, style=[*look, *_paddings(0, 3, 3, 1)], hAlign="LEFT")

    def _spoken(self, paragraph: Paragraph) -> Any:
        from reportlab.platypus import Paragraph as Text

        indent = 2 * SIZE
        look = self._style(
            leftIndent=indent,
            firstLineIndent=-indent if paragraph.label else 0,
            textColor=_GREY if paragraph.machine else "black",
        )
        doubt = "※" if paragraph.doubtful else ""
        return Text(escape(paragraph.label) + doubt + "".join(map(_marked_up, paragraph.runs)), look)

    def _ending(self) -> list[Any]:
        from reportlab.platypus import Paragraph as Text
        from reportlab.platypus import Spacer

        ending: list[Any] = [Spacer(1, 10)]
        if self._sheet.refusal is not None:
            ending.append(Text(escape(self._sheet.refusal), self._style()))
        elif self._sheet.closing is not None:
            ending.append(Text(escape(self._sheet.closing), self._style()))
        else:
            ending += [
                self._rule(),
                Text(escape(self._sheet.closing_hint), self._style(fontSize=9, leading=14, textColor=_GREY)),
            ]
        pressed = [slot for slot in self._sheet.end_slots if slot.fingerprint]
        signed = [slot for slot in self._sheet.end_slots if not slot.fingerprint]
        ending += [self._sign_line([slot]) for slot in pressed]
        ending += [self._sign_line(signed[first : first + 2]) for first in range(0, len(signed), 2)]
        return ending

    def _rule(self) -> Any:
        from reportlab.platypus import Table

        whole, width = ((0, 0), (-1, -1)), TEXT_WIDTH
        look = [("FONT", *whole, self._font), ("LINEBELOW", *whole, 0.5, "black")]
        return Table([[""]], colWidths=[width], rowHeights=[28], style=look)

    def _sign_line(self, slots: Sequence[Slot]) -> Any:
        """For each who signs a label and a line; behind who presses a finger stands the date."""
        from reportlab.pdfbase.pdfmetrics import stringWidth
        from reportlab.platypus import Table

        labels = [_sign_label(slot) for slot in slots]
        date = DATE if slots[-1].fingerprint else ""
        fixed = [stringWidth(text, self._font, SIGN_SIZE) + 4 for text in (*labels, date)]
        room = max(LEAST_ROOM, (TEXT_WIDTH - sum(fixed)) / len(labels))
        cells = [part for label in labels for part in (label, "")] + [date]
        widths = [part for width in fixed[:-1] for part in (width, room)] + [fixed[-1]]
        look: list[tuple[object, ...]] = [
            ("FONT", (0, 0), (-1, -1), self._font, SIGN_SIZE),
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            *(("LINEBELOW", (2 * n + 1, 0), (2 * n + 1, 0), 0.5, "black") for n in range(len(labels))),
            *_paddings(0, 0, 0, 2),
        ]
        return Table([cells], colWidths=widths, rowHeights=[29], style=look, hAlign="LEFT")

    def _draw_edges(self, canvas: Any, page: int, pages: int) -> None:
        canvas.setFont(self._font, 9)
        canvas.setFillColor(_GREY)
        if self._sheet.mark is not None:
            canvas.drawString(LEFT, PAGE_HEIGHT - TOP + 12, self._sheet.mark)
        head = f"{self._sheet.title}（{self._sheet.sequence}）{self._sheet.subject}"
        canvas.drawRightString(PAGE_WIDTH - RIGHT, PAGE_HEIGHT - TOP + 12, head)
        canvas.setFillColor("black")
        self._draw_page_slot(canvas, self._sheet.page_slot)
        canvas.setFont(self._font, 10)
        canvas.drawCentredString(PAGE_WIDTH / 2, 11 * MM, page_line(page, pages))

    def _draw_page_slot(self, canvas: Any, slot: Slot) -> None:
        """The line to sign on and, beside it, the box for the finger."""
        from reportlab.pdfbase.pdfmetrics import stringWidth

        base, label = 24 * MM, f"{slot.label}："
        right = PAGE_WIDTH - RIGHT
        canvas.setLineWidth(0.6)
        canvas.line(LEFT, FOOT - 3 * MM, right, FOOT - 3 * MM)
        canvas.setFont(self._font, 11)
        canvas.drawString(LEFT, base, label)
        box = right - FINGER_WIDTH
        canvas.line(LEFT + stringWidth(label, self._font, 11) + 2, base - 2, box - 6 * MM, base - 2)
        canvas.saveState()
        canvas.setDash(2, 2)
        canvas.setStrokeColor(_GREY)
        canvas.rect(box, FOOT - 5 * MM - FINGER_HEIGHT, FINGER_WIDTH, FINGER_HEIGHT)
        canvas.setFont(self._font, 8)
        canvas.setFillColor(_GREY)
        canvas.drawCentredString(box + FINGER_WIDTH / 2, FOOT - 4 * MM - FINGER_HEIGHT + 1, "指印")
        canvas.restoreState()


def _paddings(*points: float) -> list[tuple[object, ...]]:
    """Left, right, top, bottom."""
    sides = ("LEFT", "RIGHT", "TOP", "BOTTOM")
    return [(f"{side}PADDING", (0, 0), (-1, -1), size) for side, size in zip(sides, points, strict=True)]


def _marked_up(run: Run) -> str:
    return _STYLES[run.style].format(escape(run.text))


def _sign_label(slot: Slot) -> str:
    how = "签名、捺指印" if slot.fingerprint else "签名"
    return f"{slot.label}{f'（{slot.name}）' if slot.name else ''}{how}："
