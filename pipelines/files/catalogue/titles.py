"""The title that a page bears: which line it is, and which types of document have it; pure, knows no other page.

A title stands alone in the upper half, in the middle of the page or in larger letters than the rest, and says nothing
but the name of a form. Running text that mentions a form (以上讯问笔录我看过) is longer, or ends as a sentence does.
Readers take one character for another, so a title may be off by one in four; two lines that make a title together are
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

UPPER: Final = 0.5
"""Titles stand in the upper half of the page."""
MIDDLE: Final = 0.12
"""A line is in the middle when its centre is this near to that of the page, in widths of the page."""
LARGER: Final = 1.2
"""Letters of a title are this much higher than those of most lines."""
LONGEST: Final = 30
"""Characters of a title at most, its organ counted."""
ANYTHING: Final = "*"
LETTERS_AN_ERROR: Final = 4
"""A reader's mistake is allowed for so many letters of a title; none in shorter ones."""
_ORGAN = re.compile(
    r"^.{2,24}?(公安部|公安[厅局](?!长)|公安分局|分局|派出所|支队|大队|人民检察院|人民法院|司法局|鉴定中心|鉴定所|鉴定机构|"
    r"认[证定]中心|律师事务所|看守所)"
)
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
    upper = [n for n, line in enumerate(page.lines) if _top(line) < UPPER * page.height]
    for at, number in enumerate(upper):
        line = page.lines[number]
        if _SENTENCE.search(line.text.strip().rstrip("：:")) and not line.text.strip().startswith("关于"):
            continue
        stands = _standing(page, line, height)
        if not stands:
            continue
        yield _known(line.text, (number,), stands)
        for other in upper[at + 1 : at + 2]:
            if _standing(page, page.lines[other], height):
                yield _known(line.text + page.lines[other].text, (number, other), stands)


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
    left, right = min(x for x, _ in line.box), max(x for x, _ in line.box)
    centred = abs((left + right) / 2 - page.width / 2) < MIDDLE * page.width and right - left < 0.8 * page.width
    large = _height(line) >= LARGER * height
    return {(True, True): 1.0, (False, True): 0.85, (True, False): 0.8, (False, False): 0.0}[centred, large]


def _letters(lines: Sequence[PageLine]) -> float:
    """The height of the letters of running text; two thirds of the lines may be titles, on a page with little on it."""
    heights = sorted(_height(line) for line in lines)
    return heights[(len(heights) - 1) // 3] if heights else 1.0


def _height(line: PageLine) -> float:
    (a, b, c, d) = line.box
    return max(1.0, ((d[1] - a[1]) + (c[1] - b[1])) / 2)


def _top(line: PageLine) -> float:
    return min(y for _, y in line.box)
