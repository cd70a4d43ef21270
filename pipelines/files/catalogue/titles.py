"""The title that a page bears: which line it is, and which types of document have it; pure, knows no other page.

A title stands alone in the upper half, in the middle of the page or in larger letters than the rest, and says nothing
but the name of a form. Running text that mentions a form (以上讯问笔录我看过) is longer, or ends as a sentence does.
Readers take one character for another, so a title may be off by one in three; two lines that make a title together are
one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from cases.records import PageLine, ScannedPage
from pipelines.files.catalogue.distance import distance_within
from pipelines.files.catalogue.taxonomy import DocumentType, taxonomy
from pipelines.files.order import extent, sides

UPPER: Final = 0.5
"""Titles stand in the upper half of the page."""
MIDDLE: Final = 0.12
"""A line is in the middle when its centre is this near to that of the page, in widths of the page."""
WIDEST: Final = 0.8
"""A title takes at most this share of the page's width: a wider line is in the middle because it is full."""
LARGER: Final = 1.2
"""Letters of a title are this much higher than those of most lines."""
CORNER: Final = 0.2
"""Page numbers begin in this outer share of the width."""
NEXT_LINE: Final = 2.5
"""Two lines of a title stand this near, in heights of its letters."""
LONGEST: Final = 30
"""Characters of a title at most, its organ counted."""
ANYTHING: Final = "*"
LETTERS_AN_ERROR: Final = 3
"""A reader's mistake is allowed for so many letters of a title; none in shorter ones."""
_UNIT = (
    r"(?:公安部|公安[厅局](?!长)|分局|派出所|支队|大队|人民检察院|人民法院|司法[厅局]|鉴定中心|鉴定所|鉴定机构|认[证定]中心|"
    r"律师事务所|看守所)"
)
_ORGAN = re.compile(rf"^[^，。；：]{{2,14}}?{_UNIT}(?:[^，。；：]{{0,8}}?{_UNIT})*")
"""An organ with its parts: 江州市公安局城南分局柳林派出所."""
_APPENDAGE = re.compile(
    r"[（(](副本|存根|附卷|正本|第?[一二三四五六七八九十\d]+次?|样本|复印件|原件)[)）]$|第?[\d一二三四五六七八九十]+次$"
)
_MARKS = re.compile(r"[\s·•.。,，:：;；_\-—\"“”'《》〈〉|]+")
_SENTENCE = re.compile(r"[。；;，,？?！!：:]")


@dataclass(frozen=True, slots=True)
class Title:
    """A title on a page: the words as read, the lines that they are, the types that bear it, and how sure (0 to 1)."""

    text: str
    lines: tuple[int, ...]
    types: tuple[DocumentType, ...]
    sureness: float


def bare(text: str) -> str:
    """The letters of a title without marks, blanks and what is appended: 讯 问 笔 录（第2次）is 讯问笔录."""
    letters = _MARKS.sub("", text)
    while (shorter := _APPENDAGE.sub("", letters)) != letters:
        letters = shorter
    return letters


def title_of(page: ScannedPage) -> Title | None:
    """The title of the page, the surest where several lines may be one; None for a page without."""
    found = [title for title in _candidates(page) if title is not None]
    return max(found, key=lambda title: (title.sureness, -len(title.lines), -title.lines[0]), default=None)


def organ_in(text: str) -> str | None:
    """The organ that a line begins with: 江州市公安局 of 江州市公安局立案决定书."""
    found = _ORGAN.match(_MARKS.sub("", text))
    return found[0] if found else None


def _candidates(page: ScannedPage) -> Iterator[Title | None]:
    height = _letters(page.lines)
    standing = [
        (places, line, stands)
        for places, line in _rows(page)
        if _alone(page, line, places) and (stands := _standing(page, line, height))
    ]
    for at, (places, line, stands) in enumerate(standing):
        if _SENTENCE.search(line.text.strip().rstrip("：:")) and not line.text.strip().startswith("关于"):
            continue
        yield _known(line.text, places, stands)
        for more, other, _ in standing[at + 1 : at + 2]:
            if extent(other.box).top - extent(line.box).top < NEXT_LINE * _height(line):
                yield _known(line.text + other.text, (*places, *more), stands)


def _rows(page: ScannedPage) -> Iterator[tuple[tuple[int, ...], PageLine]]:
    """The lines of the upper half, with their places; what the reader cut in two within a row is one again."""
    upper = [(n, line) for n, line in enumerate(page.lines) if extent(line.box).top < UPPER * page.height]
    at = 0
    while at < len(upper):
        places: tuple[int, ...] = (upper[at][0],)
        line = upper[at][1]
        while at + 1 < len(upper) and _goes_on(line, upper[at + 1][1]):
            at += 1
            places, line = (*places, upper[at][0]), _joined(line, upper[at][1])
        yield places, line
        at += 1


def _goes_on(line: PageLine, after: PageLine) -> bool:
    """Whether `after` stands right of `line`, as near as its next letter would."""
    here, there = extent(line.box), extent(after.box)
    gap = there.left - here.right
    level = abs(here.top - there.top) < 0.5 * _height(line)
    return level and -0.5 * _height(line) < gap < _height(line)


def _joined(one: PageLine, other: PageLine) -> PageLine:
    (a, _, _, d), (_, b, c, _) = one.box, other.box
    return PageLine(one.text + other.text, (a, b, c, d), min(one.confidence, other.confidence), one.kind)


def _known(text: str, lines: tuple[int, ...], stands: float) -> Title | None:
    letters = bare(text)
    if not 2 <= len(letters) <= LONGEST:
        return None
    best: list[DocumentType] = []
    nearest = 0.0
    for form in _forms_of(letters):
        for one, pattern in _titles():
            likeness = _likeness(form, pattern)
            if likeness > nearest:
                best, nearest = [one], likeness
            elif likeness == nearest and likeness and one not in best:
                best.append(one)
    return Title(text.strip(), lines, tuple(best), round(nearest * stands, 3)) if best else None


def _forms_of(letters: str) -> Iterator[str]:
    """The letters as they are, and without the organ that they begin with."""
    yield letters
    found = _ORGAN.match(letters)
    if found and len(letters) > found.end():
        yield letters[found.end() :]


@cache
def _titles() -> tuple[tuple[DocumentType, str], ...]:
    return tuple((one, bare_pattern(title)) for one in taxonomy() for title in one.titles)


def bare_pattern(title: str) -> str:
    """A title of the taxonomy in the letters that are compared."""
    return ANYTHING.join(_MARKS.sub("", part) for part in title.split(ANYTHING))


def _likeness(letters: str, pattern: str) -> float:
    """1 for the same, less for each letter that differs, 0 for another title.

    Patterns with "*" count a little less than whole titles, so that 不起诉决定书 is never 起诉决定书 of something.
    """
    if ANYTHING in pattern:
        return 0.9 if re.fullmatch(".{0,16}".join(map(re.escape, pattern.split(ANYTHING))), letters) else 0.0
    allowed = len(pattern) // LETTERS_AN_ERROR
    apart = distance_within(letters, pattern, allowed)
    return 0.0 if apart is None else 1.0 - 0.15 * apart


def _standing(page: ScannedPage, line: PageLine, height: float) -> float:
    """How much a line stands as a title does, 0 for not at all: in the middle, and in larger letters."""
    place = extent(line.box)
    centred = abs((place.left + place.right) / 2 - page.width / 2) < MIDDLE * page.width
    centred = centred and place.right - place.left < WIDEST * page.width
    large = _height(line) >= LARGER * height
    return {(True, True): 1.0, (False, True): 0.85, (True, False): 0.8, (False, False): 0.0}[centred, large]


def _alone(page: ScannedPage, line: PageLine, places: tuple[int, ...]) -> bool:
    """Whether nothing but a page's number stands in the row of a line: what does is a cell of a table."""
    row = extent(line.box)
    others = ((extent(other.box), _height(other)) for n, other in enumerate(page.lines) if n not in places)
    beside = (
        other for other, height in others if min(row.bottom, other.bottom) - max(row.top, other.top) > 0.5 * height
    )
    return not any(CORNER * page.width < other.left < (1 - CORNER) * page.width for other in beside)


def _letters(lines: Sequence[PageLine]) -> float:
    """The height of the letters of running text; two thirds of the lines may be titles, on a page with little on it."""
    heights = sorted(_height(line) for line in lines)
    return heights[(len(heights) - 1) // 3] if heights else 1.0


def _height(line: PageLine) -> float:
    return max(1.0, sides(line.box)[1])
