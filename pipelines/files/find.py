"""Where words stand in a read volume, for a box like a browser's own search; pure, knows no index and no console.

What a scan puts apart is one word here: blanks count for nothing (讯 问 笔 录), a phrase may run on into the page's
next line, wide and narrow forms and upper and lower case are alike (Unicode NFKC and case folding). Matches do not
overlap.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from cases.records import PageLine, ScannedPage
from models.errors import BadInput

QUERY_CHARS: Final = 100
"""Characters of what is looked for at most."""
MOST: Final = 500
"""Hits that are told one by one; more are counted. Nobody steps through so many."""
AROUND: Final = 14
"""Characters of the line shown before and after a hit."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Characters `start` up to `end` of line `line` (from 0) of a page."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A match: its page, its pieces (one a line), and what stands around it in its first and last line."""

    page: int
    pieces: tuple[Piece, ...]
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Hits:
    """The first `MOST` matches in reading order, and how many there are in all."""

    hits: tuple[Hit, ...]
    total: int


def found(pages: Sequence[ScannedPage], query: str, *, most: int = MOST) -> Hits:
    """Every place of `query` in the pages; raises BadInput for an empty or overlong one."""
    wanted = "".join(_folded(character) for character in query)
    if not wanted or len(query) > QUERY_CHARS:
        raise BadInput("find.query", f"write 1 to {QUERY_CHARS} characters to look for")
    hits: list[Hit] = []
    total = 0
    for page in pages:
        for pieces in _matches(page.lines, wanted):
            total += 1
            if len(hits) < most:
                hits.append(_hit(page, pieces))
    return Hits(tuple(hits), total)


def _folded(character: str) -> str:
    """The character as it is compared: none for a blank, several for some (㎡ is m2)."""
    return "".join(unicodedata.normalize("NFKC", character).casefold().split())


def _matches(lines: Sequence[PageLine], wanted: str) -> Iterator[tuple[Piece, ...]]:
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    for number, line in enumerate(lines):
        for offset, character in enumerate(line.text):
            folded = _folded(character)
            letters.append(folded)
            places += [(number, offset)] * len(folded)
    text = "".join(letters)
    at = text.find(wanted)
    while at >= 0:
        yield _pieces(places[at : at + len(wanted)])
        at = text.find(wanted, at + len(wanted))


def _pieces(places: Sequence[tuple[int, int]]) -> tuple[Piece, ...]:
    offsets: dict[int, list[int]] = {}
    for line, offset in places:
        offsets.setdefault(line, []).append(offset)
    return tuple(Piece(line, held[0], held[-1] + 1) for line, held in offsets.items())


def _hit(page: ScannedPage, pieces: tuple[Piece, ...]) -> Hit:
    first, last = pieces[0], pieces[-1]
    head, tail = page.lines[first.line].text[: first.start], page.lines[last.line].text[last.end :]
    text = "".join(page.lines[one.line].text[one.start : one.end] for one in pieces)
    before = f"…{head[-AROUND:]}" if len(head) > AROUND else head
    after = f"{tail[:AROUND]}…" if len(tail) > AROUND else tail
    return Hit(page.number, pieces, before, text, after)
