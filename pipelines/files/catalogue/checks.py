"""What is wrong with the pages of a volume: missing, twice, out of order, turned, or of another case; pure.

A person is told the place and the reason and decides; nothing is left out or put in another order. Blank pages bear no
number and count for nothing.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Final

from cases.records import CaseDocument, ScannedPage, VolumeFinding
from pipelines.files.catalogue.marks import place_of, stamp_of
from pipelines.files.page import is_blank

MISSING, DUPLICATE, FOREIGN, SWAPPED, TURNED = "missing", "duplicate", "foreign", "swapped", "turned"
GRAM: Final = 5
ALIKE: Final = 0.8
"""Share of five-letter runs from which two pages are one page scanned twice; forms of one kind share about half."""
ALIKE_UNDER_ONE_STAMP: Final = 0.4
"""The same for pages that bear one stamped number."""
SAME_NUMBERS: Final = 0.8
"""... and share of their numbers and days: two forms of one kind differ in those."""
SAME_LINES: Final = 0.7
"""... and of their lines in length; the reader drops a letter here and there."""
LEAST_LETTERS: Final = 40
"""A page with less text is like others by chance."""
MOST_PAGES: Final = 2000
"""Pages that are compared with each other; a volume has 200 at most."""
_COUNTED = re.compile(r"\d+")
_SUSPECT = re.compile(
    r"(?:犯罪嫌疑人|被讯问人|被告人)(?:姓名)?[:：]?([^\W\d_的等在与和及之将于因系]{2,3}?)(?=[，,。；;、（(:：]|男|女|性别|因|于|涉|等|及|在|将|系|取|$)"
)
OWN: Final = 2
"""Documents that must name a suspect before the volume is taken to be of that case."""
Stamps = Sequence[int | None]
"""The stamped number of each page, None where none is read."""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What is compared of a page."""

    page: ScannedPage
    runs: frozenset[str]
    numbers: frozenset[str]
    stamp: int | None


def findings(pages: Sequence[ScannedPage], documents: Sequence[CaseDocument]) -> tuple[VolumeFinding, ...]:
    """All of them, by page; none where there are no documents: what was scanned is then no volume."""
    if not documents:
        return ()
    pages = [page for page in pages if not is_blank(page)]
    stamps = [stamp_of(page) for page in pages]
    found = [*_missing(pages, stamps), *_twice(pages, stamps), *_foreign(pages, documents), *_swapped(pages, stamps)]
    told = {one.page for one in found if one.kind != MISSING}
    found += [one for one in _let_in(pages, stamps) if one.page not in told]
    found += _turned(pages)
    return tuple(sorted(found, key=lambda one: (one.page, one.kind)))


def _turned(pages: Sequence[ScannedPage]) -> Iterator[VolumeFinding]:
    """Pages that lay on their head, and upright sheets that lay on their side; neighbours that lay alike are told once.

    A sheet that is wider than high when it stands upright, a table or a plan, is bound on its side by custom.
    """
    for way, group in groupby(pages, key=_laid):
        run = list(group)
        if way:
            named = "本页" if len(run) == 1 else f"第{run[0].number}至{run[-1].number}页"
            yield VolumeFinding(TURNED, run[0].number, f"{named}{way}，已转正显示")


def _laid(page: ScannedPage) -> str:
    """How the sheet lay that should not have lain so; empty for all others."""
    if page.rotation == 180:
        return "上下颠倒"
    return "横放" if page.rotation and page.width < page.height else ""


def _missing(pages: Sequence[ScannedPage], stamps: Stamps) -> Iterator[VolumeFinding]:
    """Gaps in the stamped numbers; where nothing is stamped, in those that a form counts for itself."""
    places = [place_of(page) for page in pages]
    for n in range(1, len(pages)):
        before, now = stamps[n - 1], stamps[n]
        if before is not None and now is not None:
            if now > before + 1 and _goes_on(stamps, n) and _came_on(stamps, n - 1):
                yield _lacks(pages[n], before + 1, now - 1)
            continue
        mine, theirs = places[n], places[n - 1]
        if mine and theirs and mine.of == theirs.of and mine.number > theirs.number + 1:
            yield _lacks(pages[n], theirs.number + 1, mine.number - 1)


def _goes_on(stamps: Stamps, n: int) -> bool:
    """Whether the numbers go on after the gap: a single number out of line is misread, or a page out of place."""
    now, later = stamps[n], next((stamp for stamp in stamps[n + 1 :] if stamp is not None), None)
    return now is not None and (later is None or now < later <= now + 2)


def _came_on(stamps: Stamps, n: int) -> bool:
    """Whether the number before a gap follows the one before it."""
    now, earlier = stamps[n], next((stamp for stamp in reversed(stamps[:n]) if stamp is not None), None)
    return now is not None and (earlier is None or now - 2 <= earlier <= now)


def _lacks(page: ScannedPage, first: int, last: int) -> VolumeFinding:
    named = f"第{first}页" if first == last else f"第{first}至{last}页"
    return VolumeFinding(MISSING, page.number, f"本页之前缺{named}")


def _swapped(pages: Sequence[ScannedPage], stamps: Stamps) -> Iterator[VolumeFinding]:
    for n in _out_of_order(stamps):
        yield VolumeFinding(SWAPPED, pages[n].number, f"本页与下页次序颠倒（页码{stamps[n]}、{stamps[n + 1]}）")


def _out_of_order(stamps: Stamps) -> list[int]:
    """Places of the first of two pages that changed places: their numbers are those that stand between the others."""
    found: list[int] = []
    for n in range(len(stamps) - 1):
        now, after = stamps[n], stamps[n + 1]
        if now is None or after is None or now != after + 1:
            continue
        before, later = stamps[n - 1] if n else None, stamps[n + 2] if n + 2 < len(stamps) else None
        if before in (None, after - 1) and later in (None, now + 1):
            found.append(n)
    return found


def _let_in(pages: Sequence[ScannedPage], stamps: Stamps) -> Iterator[VolumeFinding]:
    """Pages between two whose numbers follow each other: who numbered the volume did not have them."""
    moved = {place for n in _out_of_order(stamps) for place in (n, n + 1)}
    for n in range(1, len(pages) - 1):
        before, now, after = stamps[n - 1 : n + 2]
        if before is None or after != before + 1 or n - 1 in moved or n in moved or n + 1 in moved:
            continue
        if now not in (before, after):
            has = "没有页码" if now is None else f"页码为{now}"
            yield VolumeFinding(FOREIGN, pages[n].number, f"本页{has}，前后页码{before}、{after}相连，可能不属于本卷")


def _twice(pages: Sequence[ScannedPage], stamps: Stamps) -> Iterator[VolumeFinding]:
    seen: list[_Sheet] = []
    for page, stamp in zip(pages[:MOST_PAGES], stamps, strict=False):
        now = _Sheet(page, _runs(page), _numbers(page), stamp)
        if not now.runs:
            continue
        if first := next((one for one in seen if _is_copy(now, one)), None):
            yield VolumeFinding(DUPLICATE, page.number, f"与第{first.page.number}页内容相同")
        seen.append(now)


def _is_copy(one: _Sheet, other: _Sheet) -> bool:
    """Whether both are one sheet, by the share of words and numbers that both hold: sheets with numbers of their own
    are two, one number on both needs less."""
    if one.stamp is not None and other.stamp is not None:
        return one.stamp == other.stamp and _alike(one.runs, other.runs) >= ALIKE_UNDER_ONE_STAMP
    # What differs so much in length shares too little, whatever it shares.
    shorter, longer = sorted((len(one.runs), len(other.runs)))
    if shorter < ALIKE * longer or _alike(one.runs, other.runs) < ALIKE:
        return False
    return _alike(one.numbers, other.numbers) >= SAME_NUMBERS and _set_alike(one.page, other.page)


def _set_alike(one: ScannedPage, other: ScannedPage) -> bool:
    """Whether lines break at the same places: the same words set anew are another sheet."""
    mine, theirs = ([len(line.text) for line in page.lines] for page in (one, other))
    return SequenceMatcher(None, mine, theirs, autojunk=False).ratio() >= SAME_LINES


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of both that is in both (Jaccard 1912); 1 for two that are empty."""
    return len(one & other) / len(one | other) if one or other else 1.0


def _numbers(page: ScannedPage) -> frozenset[str]:
    """The numbers of a page; what is stamped may differ from copy to copy."""
    found = [n for line in page.lines if not line.text.strip().isdecimal() for n in _COUNTED.findall(line.text)]
    return frozenset(found)


def _runs(page: ScannedPage) -> frozenset[str]:
    letters = "".join(c for line in page.lines for c in line.text if c.isalnum())
    if len(letters) < LEAST_LETTERS:
        return frozenset()
    return frozenset(letters[n : n + GRAM] for n in range(len(letters) - GRAM + 1))


def _foreign(pages: Sequence[ScannedPage], documents: Sequence[CaseDocument]) -> Iterator[VolumeFinding]:
    """Documents of a suspect whom no other document of the volume names, when the volume has suspects of its own."""
    texts = {page.number: "".join(line.text.replace(" ", "") for line in page.lines) for page in pages}
    of_document = ["".join(texts[n] for n in range(d.first_page, d.last_page + 1) if n in texts) for d in documents]
    named = [frozenset(_SUSPECT.findall(text)) for text in of_document]
    own = {name for name, count in Counter(name for names in named for name in names).items() if count >= OWN}
    for number, (document, text, names) in enumerate(zip(documents, of_document, named, strict=True)):
        if not own or not names or any(name in text for name in own):
            continue
        others = [other for at, other in enumerate(of_document) if at != number]
        if not any(name in other for name in names for other in others):
            yield VolumeFinding(FOREIGN, document.first_page, f"所涉{min(names)}不见于本卷其他文书")
