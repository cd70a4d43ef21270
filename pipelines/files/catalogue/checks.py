"""What is wrong with the pages of a volume: missing, twice, or of another case; pure.

A person is told the place and the reason and decides; nothing is left out or put in another order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from cases.records import CaseDocument, ScannedPage, VolumeFinding
from pipelines.files.catalogue.marks import place_of, stamp_of

MISSING, DUPLICATE, FOREIGN = "missing", "duplicate", "foreign"
GRAM: Final = 5
ALIKE: Final = 0.8
"""Share of five-letter runs from which two pages are one page scanned twice; forms of one kind share about half."""
LEAST_LETTERS: Final = 40
"""A page with less text is like others by chance."""
MOST_PAGES: Final = 2000
"""Pages that are compared with each other; a volume has 200 at most."""
_SUSPECT = re.compile(r"(?:犯罪嫌疑人|被讯问人|被告人)(?:姓名)?[:：]?([\u4e00-\u9fff]{2,3})")
OWN: Final = 2
"""Documents that must name a suspect before the volume is taken to be of that case."""


def findings(pages: Sequence[ScannedPage], documents: Sequence[CaseDocument]) -> tuple[VolumeFinding, ...]:
    """All of them, by page."""
    found = [*_missing(pages), *_twice(pages), *_foreign(pages, documents)]
    return tuple(sorted(found, key=lambda one: (one.page, one.kind)))


def _missing(pages: Sequence[ScannedPage]) -> Iterator[VolumeFinding]:
    """Gaps in the stamped numbers; where nothing is stamped, in those that a form counts for itself."""
    stamps = [stamp_of(page) for page in pages]
    places = [place_of(page) for page in pages]
    for n in range(1, len(pages)):
        before, now = stamps[n - 1], stamps[n]
        if before is not None and now is not None:
            if now > before + 1 and _goes_on(stamps, n):
                yield _lacks(pages[n], before + 1, now - 1)
            continue
        mine, theirs = places[n], places[n - 1]
        if mine and theirs and mine.of == theirs.of and mine.number > theirs.number + 1:
            yield _lacks(pages[n], theirs.number + 1, mine.number - 1)


def _goes_on(stamps: Sequence[int | None], n: int) -> bool:
    """Whether the numbers go on after the gap: a single number out of line is misread, or a page out of place."""
    now, later = stamps[n], next((stamp for stamp in stamps[n + 1 :] if stamp is not None), None)
    return now is not None and (later is None or now < later <= now + 2)


def _lacks(page: ScannedPage, first: int, last: int) -> VolumeFinding:
    named = f"第{first}页" if first == last else f"第{first}至{last}页"
    return VolumeFinding(MISSING, page.number, f"本页之前缺{named}")


def _twice(pages: Sequence[ScannedPage]) -> Iterator[VolumeFinding]:
    seen: list[tuple[int, frozenset[str]]] = []
    for page in pages[:MOST_PAGES]:
        runs = _runs(page)
        if not runs:
            continue
        for number, other in seen:
            shared = len(runs & other)
            if shared >= ALIKE * (len(runs) + len(other) - shared):
                yield VolumeFinding(DUPLICATE, page.number, f"与第{number}页内容相同")
                break
        seen.append((page.number, runs))


def _runs(page: ScannedPage) -> frozenset[str]:
    letters = "".join(c for line in page.lines for c in line.text if c.isalnum())
    if len(letters) < LEAST_LETTERS:
        return frozenset()
    return frozenset(letters[n : n + GRAM] for n in range(len(letters) - GRAM + 1))


def _foreign(pages: Sequence[ScannedPage], documents: Sequence[CaseDocument]) -> Iterator[VolumeFinding]:
    """Documents that name a suspect of their own and nobody of this case."""
    texts = {page.number: "".join(line.text.replace(" ", "") for line in page.lines) for page in pages}
    of_document = ["".join(texts[n] for n in range(d.first_page, d.last_page + 1) if n in texts) for d in documents]
    named = [frozenset(_SUSPECT.findall(text)) for text in of_document]
    own = {name for name, count in Counter(name for names in named for name in names).items() if count >= OWN}
    for document, text, names in zip(documents, of_document, named, strict=True):
        if own and names and not names & own and not any(name in text for name in own):
            yield VolumeFinding(FOREIGN, document.first_page, f"所涉{min(names)}不是本案犯罪嫌疑人")
