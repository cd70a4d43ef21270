"""What one page says of its place in a document: page x of y, talk of question and answer, a closing; pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from cases.records import PageLine, ScannedPage
from pipelines.files.order import extent
from pipelines.numerals import value_of

EDGE: Final = 0.12
"""Page numbers stand in this share of the page at its top or its foot."""
FOOT_LINES: Final = 12
"""A closing stands in the last lines."""
FULL_LINES: Final = 8
"""Fewer lines are no full page of text."""
MARGIN: Final = 0.04
"""A line ends at the right margin within this share of the width."""
TALK: Final = 0.25
"""From this share of lines that begin with 问 or 答 on, a page is of a conversation."""
_PLACE = re.compile(r"第([\d一二三四五六七八九十]{1,3})页[，,/]?\s*共([\d一二三四五六七八九十]{1,3})页")
_STAMP = re.compile(r"\d{1,3}")
_TALK = re.compile(r"^[问答]\s*[:：]?")
_SIGNED = re.compile(
    r"以上笔录|和我说的(一样|相符)|签名|核对无异|与原件|捺印|捺指印|(被?[讯询]问人|记录人|见证人|辨认人|侦查人员|办案人)[:：]"
)
_DAY = re.compile(r"^[一二三四五六七八九〇○零\d]{4}年[\d一二三四五六七八九十]{1,3}月[\d一二三四五六七八九十]{1,3}日$")
_CAPTION = re.compile(r"^(?:照片|图片|图)([一二三四五六七八九十\d]{1,3})")
_STOPS: Final = ("。", "；", "！", "？", "：", ".", ";", "）", ")")


@dataclass(frozen=True, slots=True)
class Place:
    """Page `number` of `of`, as a form says at its foot or head."""

    number: int
    of: int


def place_of(page: ScannedPage) -> Place | None:
    """第x页 共y页 at an edge of the page; None where none stands, or none that can be."""
    for line in page.lines:
        if _at_edge(page, line) and (found := _PLACE.search(line.text.replace(" ", ""))):
            number, of = _count(found[1]), _count(found[2])
            if 1 <= number <= of:
                return Place(number, of)
    return None


def stamp_of(page: ScannedPage) -> int | None:
    """The number of the page in its volume, stamped alone in an upper corner (公安机关刑事案卷立卷规范)."""
    for line in page.lines:
        place = extent(line.box)
        corner = place.left > 0.75 * page.width or place.right < 0.25 * page.width
        if place.top < EDGE * page.height and corner and _STAMP.fullmatch(line.text.strip()):
            return int(line.text)
    return None


def is_talk(page: ScannedPage) -> bool:
    """Whether the page is of questions and answers."""
    begun = sum(bool(_TALK.match(line.text.strip())) for line in page.lines)
    return begun >= max(2.0, TALK * len(page.lines))


def caption_of(page: ScannedPage) -> int | None:
    """The number of the first picture on a page of captions, 照片三: 3; None where no caption begins a line."""
    for line in page.lines:
        if found := _CAPTION.match(line.text.replace(" ", "")):
            return _count(found[1])
    return None


def runs_on(page: ScannedPage) -> bool:
    """Whether the last line of the text stops in the middle of a sentence at the right margin: more must follow."""
    text = [line for line in page.lines if not _STAMP.fullmatch(line.text.strip()) and not _PLACE.search(line.text)]
    if len(text) < FULL_LINES or text[-1].text.rstrip()[-1:] in _STOPS:
        return False
    ends = [extent(line.box).right for line in text]
    return ends[-1] > max(ends) - MARGIN * page.width


def is_signed(page: ScannedPage) -> bool:
    """Whether people have signed at the foot of the page, as at that of every page of a 笔录 and of a list."""
    return any(_SIGNED.search(line.text.replace(" ", "")) for line in page.lines[-FOOT_LINES:])


def is_dated(page: ScannedPage) -> bool:
    """Whether a day stands alone in the last lines: the end of a decision, a report, a statement."""
    return any(_DAY.fullmatch(line.text.replace(" ", "")) for line in page.lines[-FOOT_LINES:])


def _at_edge(page: ScannedPage, line: PageLine) -> bool:
    top = extent(line.box).top
    return top < EDGE * page.height or top > (1 - EDGE) * page.height


def _count(text: str) -> int:
    """A page's number in figures or characters, 0 for what is none."""
    return int(text) if text.isdecimal() else value_of(text) or 0
