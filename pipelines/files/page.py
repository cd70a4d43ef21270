"""One page as a record keeps it, from what a reader found on it: order, tables, slant, flags; pure, knows no file."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from cases.records import PageLine, ScannedPage, Seal
from models.values import ItemError, PageText, SealMark
from pipelines.files.order import is_vertical, reading_order, slant
from pipelines.files.tables.page import Line, page_tables

VERTICAL = "text.vertical"
"""Flag: most lines stand upright, so the page is vertical writing, or lies on its side."""
SIDEWAYS = "text.sideways"
"""Flag: the lines run up or down the picture, so the page was laid or held on its side; `skew` is what is left."""
IN_TABLE = "table"
"""Kind of a line that stands in a table."""
EMPTY = "text.none"
"""Flag: no text was found, though there is something on the page: a picture, a stamp, writing that cannot be read."""
BLANK = "page.blank"
"""Flag: there is no ink on the page: the back of a sheet, or one that separates others."""
UNSURE_DIRECTION = "page.direction"
"""Flag: which way up the page lies could not be told, so it was left as it is."""


QUARANTINED = "page.quarantined"
"""Flag: reading this page ended the reader again and again, so it was left out."""


def read_page(
    number: int, size: tuple[int, int], image: str, found: PageText | ItemError, flags: Sequence[str] = ()
) -> ScannedPage:
    """The page `number` (from 1) of `size` (width, height in pixels of `image`), lines in reading order.

    `image` is upright: what the reader turned was turned for it, and `rotation` says by how much.
    Lines that stand in a table are of kind `table`, whatever the reader called them, and keep their place in the order.
    """
    width, height = size
    if isinstance(found, ItemError):
        return ScannedPage(number, width, height, 0, 0.0, (), image=image, flags=(*flags, found.code))
    boxes = [line.box for line in found.lines]
    ordered = [
        PageLine(found.lines[at].text, found.lines[at].box, round(found.lines[at].confidence, 4), found.lines[at].kind)
        for at in reading_order(boxes)
    ]
    found_tables = page_tables([Line(line.text, line.box) for line in ordered], found.grids)
    lines = tuple(
        replace(line, kind=IN_TABLE) if at in found_tables.inside else line for at, line in enumerate(ordered)
    )
    skew = slant(boxes)
    noted = list(flags)
    if abs(skew) > 45:
        skew -= math.copysign(90, skew)
        noted.append(SIDEWAYS)
    if sum(is_vertical(box) for box in boxes) * 2 > len(boxes):
        noted.append(VERTICAL)
    if not boxes:
        noted.append(BLANK if found.blank else EMPTY)
    elif not found.upright:
        noted.append(UNSURE_DIRECTION)
    return ScannedPage(
        number,
        width,
        height,
        found.rotation,
        round(skew, 2),
        lines,
        tables=found_tables.tables,
        seals=tuple(map(_seal, found.seals)),
        image=image,
        flags=tuple(noted),
    )


def is_blank(page: ScannedPage) -> bool:
    """Whether there is nothing on the page."""
    return BLANK in page.flags


def blank_pages(pages: Sequence[ScannedPage]) -> tuple[int, ...]:
    """The numbers of the pages with nothing on them."""
    return tuple(page.number for page in pages if is_blank(page))


def _seal(mark: SealMark) -> Seal:
    """A seal as a record keeps it: sure of its letters where they were read, else of its ring."""
    left, top, right, bottom = map(float, (mark.left, mark.top, mark.right, mark.bottom))
    sure = round(mark.confidence, 4) if mark.text else mark.roundness
    return Seal(((left, top), (right, top), (right, bottom), (left, bottom)), mark.shape, mark.text, sure)


def lost_page(number: int, code: str) -> ScannedPage:
    """A page that could not be had at all; `code` says why."""
    return ScannedPage(number, 0, 0, 0, 0.0, (), flags=(code,))


def page_text(page: ScannedPage) -> str:
    """The page's lines, one a row."""
    return "\n".join(line.text for line in page.lines)


def volume_text(pages: Sequence[ScannedPage]) -> str:
    """The text of all pages, a blank line between them."""
    return "\n\n".join(page_text(page) for page in pages)
