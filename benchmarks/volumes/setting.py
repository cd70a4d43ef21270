"""Typesets a filled form on A4 pages at 200 dpi: lines, tables, seals and pictures with exact boxes; draws nothing.

Chinese characters are one size wide, others HALF of it or BROAD; the box of a line is its text's width by its size.
Looks (size, spacing, where the number stands, how the title is broken) vary from document to document as real forms do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from random import Random
from typing import Final

from benchmarks.volumes.writing import Block, Written
from cases.records import PageLine, Quad, ScannedTable, Seal
from pipelines.files.tables.cells import Cell, scanned_table

WIDTH: Final = 1654
HEIGHT: Final = 2339
HALF: Final = 0.55
"""Width of a letter, digit or space over the size."""
BROAD: Final = 0.92
"""Width of the widest letters and signs."""
SEAL: Final = 331
"""Across a round seal: 42 mm, as 国务院关于国家行政机关和企业事业单位社会团体印章管理的规定 has it for these organs."""
CARD: Final = (674, 425)
"""An identity card, 85.6 by 54 mm."""
LEFT, RIGHT, TOP, BOTTOM = 220, 1504, 230, 2090
_NO_START: Final = "，。、；：？！）》”’〕"
_WHOLE: Final = re.compile(r"[0-9A-Za-z.*:+-]+|.")
_SIZES: Final = (34, 36, 38, 40)


@dataclass(frozen=True, slots=True)
class SetPage:
    """A page as set."""

    lines: tuple[PageLine, ...]
    tables: tuple[ScannedTable, ...] = ()
    seals: tuple[Seal, ...] = ()
    pictures: tuple[Quad, ...] = ()


@dataclass(frozen=True, slots=True)
class Look:
    """How one document is set: sizes and distances in pixels."""

    size: int
    pitch: int
    title: int
    spaced: bool
    broken: bool
    organ: str
    number: str
    formal: bool
    count: str
    repeat_head: bool
    mark: str


def look(written: Written, rng: Random) -> Look:
    """A look for this document."""
    size = rng.choice(_SIZES)
    copy = rng.choice(("", "", "", "（副本）", "（存根）")) if written.form.copies else ""
    times = (f"（第{written.ordinal}次）", f"第 {written.ordinal} 次", "", "")
    again = rng.choice(times) if written.form.ordinal and not written.title.startswith("第") else ""
    return Look(
        size=size,
        pitch=round(size * (2.6 if written.form.airy else rng.choice((1.5, 1.7, 1.9)))),
        title=rng.choice((56, 60, 68)),
        spaced=len(written.title) <= 6 and rng.random() < 0.4,
        broken=len(written.title) >= 10 and rng.random() < 0.4,
        organ=rng.choice(("line", "line", "line", "line", "same", "none")),
        number=rng.choice(("right", "right", "centre")),
        formal=rng.random() < 0.5,
        count=rng.choice(("foot centre", "foot right", "head right")),
        repeat_head=rng.random() < 0.8,
        mark=copy + again,
    )


def set_document(written: Written, looks: Look) -> tuple[SetPage, ...]:
    """The pages of the document, without the numbers that are stamped on them when it is bound."""
    press = _Press(looks)
    if written.form.cover:
        _cover(press, written)
    _head(press, written)
    for kind, blocks in groupby(written.blocks, key=lambda block: block.kind):
        group = list(blocks)
        if kind == "row":
            _table(press, written.form.columns, [block.texts for block in group])
        else:
            for block in group:
                _block(press, written, block)
    pages = press.finished()
    return tuple(_footed(page, written, looks, at, len(pages)) for at, page in enumerate(pages, start=1))


def stamped(page: SetPage, number: int, verso: bool) -> SetPage:
    """With its number in the volume stamped at the outer corner: top right, on the back top left."""
    text = str(number)
    x = 150.0 if verso else WIDTH - 150 - text_width(text, 44)
    return replace(page, lines=(line_at(text, x, 90, 44), *page.lines))


def text_width(text: str, size: float) -> float:
    """Pixels that the text takes in a line."""
    return sum(advance(character, size) for character in text)


def advance(character: str, size: float) -> float:
    """Pixels from a character to the next."""
    if character in "%@mwMW":
        return size * BROAD
    return size * HALF if ord(character) < 0x2E80 and character not in "“”‘’—…·×√★□①℃〔〕" else size


def rectangle(left: float, top: float, width: float, height: float) -> Quad:
    """Corners from the top left one clockwise."""
    left, top, right, bottom = round(left, 1), round(top, 1), round(left + width, 1), round(top + height, 1)
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def line_at(text: str, x: float, y: float, size: float) -> PageLine:
    """A line with its exact box."""
    return PageLine(text, rectangle(x, y, text_width(text, size), size), 1.0, "text")


def wrapped(text: str, width: float, size: float, indent: bool = False) -> list[str]:
    """The text in lines that fit; a mark that must not begin a line hangs over. An indent is two characters wide.

    A number or word is kept whole unless it is wider than half a line.
    """
    found, line, used = list[str](), "", 2.0 * size if indent else 0.0
    for piece in _WHOLE.findall(text):
        for token in [piece] if text_width(piece, size) <= width / 2 else piece:
            step = text_width(token, size)
            if line and used + step > width and token not in _NO_START:
                found.append(line)
                line, used = "", 0.0
            line, used = line + token, used + step
    return [*found, line] if line else found


@dataclass(slots=True)
class _Press:
    """The page being filled and those that are full; `y` is where the next line goes."""

    looks: Look
    y: float = TOP
    lines: list[PageLine] = field(default_factory=list)
    tables: list[ScannedTable] = field(default_factory=list)
    seals: list[Seal] = field(default_factory=list)
    pictures: list[Quad] = field(default_factory=list)
    full: list[SetPage] = field(default_factory=list)

    def need(self, height: float) -> None:
        """Begin a new page unless so much room is left."""
        if self.y + height > BOTTOM:
            self.turn()

    def turn(self) -> None:
        """Begin a new page."""
        self.full.append(SetPage(tuple(self.lines), tuple(self.tables), tuple(self.seals), tuple(self.pictures)))
        self.lines, self.tables, self.seals, self.pictures = [], [], [], []
        self.y = TOP

    def put(self, text: str, x: float, size: float, pitch: float) -> PageLine:
        """Set a line and go on below it."""
        self.need(pitch)
        self.lines.append(line_at(text, x, self.y, size))
        self.y += pitch
        return self.lines[-1]

    def centre(self, text: str, size: float, pitch: float) -> PageLine:
        """Set a line in the middle; one that is too wide is set smaller."""
        size = min(size, int((RIGHT - LEFT) / text_width(text, 1)))
        return self.put(text, LEFT + (RIGHT - LEFT - text_width(text, size)) / 2, size, pitch)

    def finished(self) -> list[SetPage]:
        """All pages."""
        if self.lines or self.pictures or not self.full:
            self.turn()
        return self.full


def _title_lines(written: Written, looks: Look) -> list[str]:
    title = written.title
    if looks.organ == "same" and len(written.letterhead + title) <= 22:
        title = written.letterhead + title
    elif looks.broken:
        middle = len(title) // 2
        return [title[:middle], title[middle:]]
    return [" ".join(title) if looks.spaced and title == written.title else title]


def _head(press: _Press, written: Written) -> None:
    """Letterhead, title, marks and number."""
    looks = press.looks
    if not written.title:
        return
    if written.form.airy:
        press.y = 460
    apart = looks.organ == "line" or (looks.organ == "same" and len(written.letterhead + written.title) > 22)
    if written.letterhead and apart:
        press.centre(written.letterhead, looks.title - 8, looks.title * 1.4)
    for line in _title_lines(written, looks):
        press.centre(line, looks.title, looks.title * 1.5)
    if looks.mark:
        press.centre(looks.mark, looks.size, looks.pitch)
    if written.number:
        width = text_width(written.number, looks.size)
        x = RIGHT - width if looks.number == "right" else LEFT + (RIGHT - LEFT - width) / 2
        press.put(written.number, x, looks.size, looks.pitch)
    press.y += looks.size * 0.6


def _cover(press: _Press, written: Written) -> None:
    """The cover of an expert's report: who, what and which number, and a page of their own."""
    press.y = 620
    press.centre(written.letterhead, 60, 110)
    press.centre(" ".join(written.title) if press.looks.spaced else written.title, 80, 150)
    if written.number:
        press.centre(written.number, 40, 900)
    press.centre(written.letterhead, 40, 70)
    press.turn()


def _block(press: _Press, written: Written, block: Block) -> None:
    looks = press.looks
    if block.kind == "paragraph":
        _paragraph(press, block.texts[0], indent=True)
    elif block.kind == "flush":
        _paragraph(press, block.texts[0], indent=False)
    elif block.kind == "right":
        text = block.texts[0]
        press.put(text, max(LEFT, RIGHT - 60 - text_width(text, looks.size)), looks.size, looks.pitch)
    elif block.kind == "centre":
        press.centre(block.texts[0], looks.size, looks.pitch)
    elif block.kind == "seal":
        _seal(press, block.texts[0], written.day.formal if looks.formal else str(written.day))
    elif block.kind == "picture":
        _picture(press, block.texts[0], block.share)
    elif block.kind == "card":
        _card(press, block.texts)
    else:
        press.turn()


def _paragraph(press: _Press, text: str, indent: bool) -> None:
    size = press.looks.size
    for at, line in enumerate(wrapped(text, RIGHT - LEFT, size, indent)):
        press.put(line, LEFT + (2 * size if indent and at == 0 else 0), size, press.looks.pitch)


def _seal(press: _Press, organ: str, day: str) -> None:
    """The authority and the date at the right, the seal over both."""
    looks = press.looks
    press.need(2 * looks.pitch + SEAL / 2)
    press.y += looks.pitch
    middle = RIGHT - max(text_width(organ, looks.size), SEAL) / 2 - 40
    centre = press.y + looks.pitch / 2
    for text in (organ, day):
        press.put(text, middle - text_width(text, looks.size) / 2, looks.size, looks.pitch)
    press.seals.append(Seal(rectangle(middle - SEAL / 2, centre - SEAL / 2, SEAL, SEAL), "round", organ, 1.0))
    press.y += looks.pitch * 0.6


def _picture(press: _Press, caption: str, share: float) -> None:
    height = share * (BOTTOM - TOP)
    press.need(height + press.looks.pitch)
    width = min(RIGHT - LEFT, height * 1.5)
    press.pictures.append(rectangle(LEFT + (RIGHT - LEFT - width) / 2, press.y, width, height - 20))
    press.y += height
    for line in wrapped(caption, RIGHT - LEFT, press.looks.size):
        press.centre(line, press.looks.size, press.looks.pitch)


def _card(press: _Press, texts: Sequence[str]) -> None:
    width, height = CARD
    press.need(height + 60)
    left, top = (WIDTH - width) / 2, press.y
    press.pictures.append(rectangle(left, top, width, height))
    y = top + 30
    for text in texts:
        # The portrait takes the right third above the number; the back has none.
        for line in wrapped(text, width * (0.92 if text.startswith(("公民", "有效")) else 0.62), 26):
            press.lines.append(line_at(line, left + 34, y, 26))
            y += 44
    press.y = top + height + 60


def _table(press: _Press, columns: Sequence[int], rows: Sequence[tuple[str, ...]]) -> None:
    """Rows from page to page; a form whose head repeats has it on each."""
    size = press.looks.size - 6
    unit = (RIGHT - LEFT) / sum(columns)
    widths = [unit * share for share in columns]
    kept: list[tuple[tuple[str, ...], list[list[str]], float]] = []
    room = BOTTOM - press.y
    laid = [(row, [wrapped(cell, width - 16, size) for cell, width in zip(row, widths, strict=True)]) for row in rows]
    tall = [(row, cells, max(1, *map(len, cells)) * (size + 8) + 20.0) for row, cells in laid]
    for entry in tall:
        if kept and sum(one[2] for one in kept) + entry[2] > room:
            _grid(press, widths, kept, size)
            press.turn()
            kept, room = ([tall[0]] if press.looks.repeat_head and len(columns) > 4 else []), BOTTOM - TOP
        kept.append(entry)
    _grid(press, widths, kept, size)
    press.y += press.looks.size * 0.6


def _grid(
    press: _Press, widths: Sequence[float], rows: Sequence[tuple[tuple[str, ...], list[list[str]], float]], size: int
) -> None:
    top, cells = press.y, list[Cell]()
    for number, (texts, wrapping, height) in enumerate(rows):
        x = float(LEFT)
        for column, (lines, width) in enumerate(zip(wrapping, widths, strict=True)):
            y = press.y + (height - len(lines) * (size + 8) + 8) / 2
            for at, line in enumerate(lines):
                press.lines.append(line_at(line, x + 8, y + at * (size + 8), size))
            cells.append(Cell(number, column, 1, 1, texts[column], rectangle(x, press.y, width, height)))
            x += width
        press.y += height
    press.tables.append(scanned_table(rectangle(LEFT, top, RIGHT - LEFT, press.y - top), cells))


def _footed(page: SetPage, written: Written, looks: Look, number: int, count: int) -> SetPage:
    """With what stands on each page of a record: who signs, and which page of how many it is."""
    head, foot = list[PageLine](), list[PageLine]()
    if written.foot:
        foot.append(line_at(written.foot, LEFT, 2130, 32))
    if written.form.paged:
        text = f"第{number}页 共{count}页"
        width = text_width(text, 30)
        if looks.count == "head right":
            head.append(line_at(text, RIGHT - width, 170, 30))
        else:
            x = RIGHT - width if looks.count == "foot right" else (WIDTH - width) / 2
            foot.append(line_at(text, x, 2200, 30))
    return replace(page, lines=(*head, *page.lines, *foot))
