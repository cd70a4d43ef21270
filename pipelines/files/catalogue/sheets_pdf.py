"""封面, 卷内目录 and 备考表 as PDF/A4, ready to print and to bind before and behind the paper.

Draws a `Volume`; decides no content. The font is embedded as the subset that is used, so that the text can be searched
and copied. The same volume and font give the same bytes.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from pipelines.files.catalogue.entries import COLUMNS, Part, Volume
from pipelines.printing.canvas import numbered_canvas, page_line
from pipelines.printing.typeface import legible, registered

MM = 72 / 25.4
PAGE_WIDTH, PAGE_HEIGHT = 210 * MM, 297 * MM
LEFT, RIGHT, TOP, FOOT = 24 * MM, 16 * MM, 25 * MM, 22 * MM
"""The wider side is the one that is bound."""
TEXT_WIDTH = PAGE_WIDTH - LEFT - RIGHT
SIZE, COVER_SIZE, REMARK_SIZE = 10.0, 16.0, 14.0
WIDTHS = tuple(width * MM for width in (9, 41, 29, 24, 20.5, 16, 9, 9, 12.5))
CENTRED = frozenset({0, 4, 5, 6, 7, 8})
CELL_PADDING = 2.0
LABEL_EMS = 6.4
"""Room for the longest label, 犯罪嫌疑人："""
BLANK_LINES, BLANK_HEIGHT = 8, 32.0
"""Ruled lines of the 备考表 on which a person writes, and the height of each in points."""
WORD = re.compile(r"[（〔《“(\[]*(?:[A-Za-z0-9.\-/]+|.)[）〕》”、，。：；)\]]*")
"""What stays on one line: a Chinese character or a Latin word or number, with the signs that belong to it."""
_GREY = "#7a7a7a"


def sheets_pdf(volume: Volume, font: Path, parts: Sequence[Part] = tuple(Part)) -> bytes:
    """The PDF with `parts` of the sheets in the TrueType font at `font`, each from a page of its own.

    Raises BadInput when that is no such font. Letters that it lacks are 〓, and the 备考表 names them.
    """
    typeface = registered(font)
    shown, lacking = legible(volume, typeface)
    if lacking is not None:
        shown = replace(shown, remarks=(*shown.remarks, lacking))
    return _Press(shown, typeface.name).printed(parts)


class _Press:
    """Draws a volume's sheets in a font that is registered under `font`."""

    def __init__(self, volume: Volume, font: str) -> None:
        self._volume = volume
        self._font = font

    def printed(self, parts: Sequence[Part]) -> bytes:
        """The file; a template for each sheet, whose pages are counted apart."""
        from reportlab.platypus import BaseDocTemplate, Frame, NextPageTemplate, PageBreak, PageTemplate

        out, size, author = io.BytesIO(), (PAGE_WIDTH, PAGE_HEIGHT), self._volume.header.filing_unit
        document = BaseDocTemplate(out, pagesize=size, title=parts[0].value, author=author, invariant=1)
        story: list[Any] = []
        for part in parts:
            frame = Frame(LEFT, FOOT, TEXT_WIDTH, PAGE_HEIGHT - TOP - FOOT, 0, 0, 0, 0)
            document.addPageTemplates([PageTemplate(part.value, [frame], onPage=_section_of(part))])
            story += [NextPageTemplate(part.value), PageBreak()] if story else []
            story += self._sheet(part)
        document.build(story, canvasmaker=numbered_canvas(self._font, self._draw_edges))
        return out.getvalue()

    def _sheet(self, part: Part) -> list[Any]:
        return {Part.COVER: self._cover, Part.CATALOGUE: self._catalogue, Part.REMARKS: self._remarks}[part]()

    # --- the sheets ---------------------------------------------------------------------------------------------------
    def _cover(self) -> list[Any]:
        from reportlab.platypus import Spacer, Table

        header = self._volume.header
        lines = [self._line(label, text, COVER_SIZE, 130 * MM) for label, text in header.fields]
        return [
            Spacer(1, 90),
            self._text(header.title, fontSize=36, leading=48, alignment=1, spaceAfter=80),
            *lines,
            Spacer(1, 80),
            Table([[header.extent]], style=[("FONT", (0, 0), (-1, -1), self._font, COVER_SIZE)]),
        ]

    def _catalogue(self) -> list[Any]:
        from reportlab.platypus import Table

        whole = ((0, 0), (-1, -1))
        look = [
            ("GRID", *whole, 0.4, "black"),
            ("VALIGN", *whole, "MIDDLE"),
            *((f"{side}PADDING", *whole, CELL_PADDING) for side in ("LEFT", "RIGHT")),
            *((f"{side}PADDING", *whole, 5) for side in ("TOP", "BOTTOM")),
        ]
        rows = [self._row(COLUMNS, range(len(COLUMNS)))]
        rows += [self._row(entry.cells, CENTRED) for entry in self._volume.entries]
        # A title of a thousand letters would be higher than a page.
        table = Table(rows, colWidths=WIDTHS, style=look, repeatRows=1, splitByRow=1, splitInRow=1)
        return [self._title("卷 内 目 录"), table]

    def _row(self, texts: Sequence[str], centred: Collection[int]) -> list[Any]:
        row = []
        for place, text in enumerate(texts):
            lines = "\n".join(wrapped(text, WIDTHS[place] - 2 * CELL_PADDING, self._width))
            row.append(self._text(lines, fontSize=SIZE, leading=13.5, alignment=1 if place in centred else 0))
        return row

    def _width(self, text: str) -> float:
        from reportlab.pdfbase.pdfmetrics import stringWidth

        return float(stringWidth(text, self._font, SIZE))

    def _remarks(self) -> list[Any]:
        from reportlab.platypus import Spacer, Table

        look = [("LINEBELOW", (0, 0), (-1, -1), 0.5, "black")]
        blanks = Table(
            [[""]] * BLANK_LINES, colWidths=[TEXT_WIDTH], rowHeights=[BLANK_HEIGHT] * BLANK_LINES, style=look
        )
        texts = (self._volume.header.length, "说明：", *self._volume.remarks)
        signatures = [self._line(label, text, REMARK_SIZE, 90 * MM, "RIGHT") for label, text in self._volume.signatures]
        written = [self._text(text, fontSize=REMARK_SIZE, leading=26) for text in texts]
        return [self._title("备 考 表"), *written, blanks, Spacer(1, 20), *signatures]

    # --- their pieces -------------------------------------------------------------------------------------------------
    def _text(self, text: str, **look: object) -> Any:
        from reportlab.lib.styles import ParagraphStyle
        from reportlab.platypus import Paragraph

        return Paragraph(
            escape(text).replace("\n", "<br/>"), ParagraphStyle("sheet", fontName=self._font, wordWrap="CJK", **look)
        )

    def _title(self, text: str) -> Any:
        return self._text(text, fontSize=22, leading=30, alignment=1, spaceAfter=12)

    def _line(self, label: str, text: str, size: float, width: float, side: str = "CENTER") -> Any:
        """A label and the text on a rule; an empty one is a blank to fill in."""
        from reportlab.pdfbase.pdfmetrics import stringWidth
        from reportlab.platypus import Table

        # Plain strings where they fit: a paragraph would shrink the wide spaces of 年　月　日.
        taken = LABEL_EMS * size
        fits = stringWidth(text, self._font, size) < width - taken - 4
        cells = [f"{label}：", text if fits else self._text(text, fontSize=size, leading=size * 1.5)]
        look = [
            ("FONT", (0, 0), (-1, -1), self._font, size),
            ("VALIGN", (0, 0), (-1, -1), "BOTTOM"),
            ("LINEBELOW", (1, 0), (1, 0), 0.6, "black"),
            *((f"{edge}PADDING", (0, 0), (-1, -1), 2) for edge in ("LEFT", "RIGHT", "BOTTOM")),
            ("TOPPADDING", (0, 0), (-1, -1), size),
        ]
        return Table([cells], colWidths=[taken, width - taken], style=look, hAlign=side, splitInRow=1)

    def _draw_edges(self, canvas: Any, page: int, pages: int) -> None:
        canvas.setFont(self._font, 9)
        canvas.setFillColor(_GREY)
        canvas.drawRightString(PAGE_WIDTH - RIGHT, PAGE_HEIGHT - 15 * MM, self._volume.header.mark)
        canvas.setFillColor("black")
        if canvas.section == Part.CATALOGUE:
            canvas.setFont(self._font, SIZE)
            canvas.drawCentredString(PAGE_WIDTH / 2, 12 * MM, page_line(page, pages))


def _section_of(part: Part) -> Any:
    def begin(canvas: Any, _: object) -> None:
        canvas.section = part.value

    return begin


def wrapped(text: str, room: float, width: Callable[[str], float]) -> Iterator[str]:
    """Lines of at most `room`, where nothing but a single word too long is cut: no line begins with a closing sign or
    ends with an opening one, and numbers stay whole (the library would hang signs over the rule of the table)."""
    line = ""
    for part in text.split("\n"):
        for word in WORD.findall(part):
            for piece in [word] if width(word) <= room else word:
                if line and width(line + piece) > room:
                    yield line
                    line = ""
                line += piece
        yield line
        line = ""
