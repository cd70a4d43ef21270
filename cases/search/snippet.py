"""The stretch of a text that shows why it was found, with the found characters marked, and the place it leads to.

Knows texts and terms alone.
"""

from __future__ import annotations

import bisect
from collections.abc import Sequence
from dataclasses import dataclass

from cases.search.document import Piece
from cases.search.folding import PAGE_BREAK, Folded, fold_with_origins

WIDTH = 120
"""Characters that a snippet shows; about two lines of a page."""
LEAD = 24
"""Of these before the first found character."""
MAX_SPANS = 2000
"""Found places looked at in one text; beyond them a better stretch is not looked for."""


@dataclass(frozen=True, slots=True)
class Part:
    """Characters of a snippet; `hit`: they were asked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Snippet:
    """`pieces` are the places of the source that the found characters of the snippet stand in, in order."""

    parts: tuple[Part, ...]
    pieces: tuple[Piece, ...]
    cut_before: bool = False
    cut_after: bool = False


def snippet(text: str, pieces: Sequence[Piece], wanted: Sequence[str]) -> Snippet:
    """The stretch of `text` with the most different ones of `wanted` (folded), the earliest of equals."""
    folded = fold_with_origins(text)
    spans = _spans(folded, wanted)
    start = _best(spans)
    begin = max(0, start - LEAD) if spans else 0
    end = min(len(text), begin + WIDTH)
    shown = _merged([(a, b) for a, b, _ in spans if begin <= a and b <= end])
    places = [_piece_at(pieces, a) for a, _ in shown]
    if not places and pieces:
        places = [pieces[0]]
    distinct = tuple(dict.fromkeys(place for place in places if place is not None))
    return Snippet(_parts(text, begin, end, shown), distinct, begin > 0, end < len(text))


def _spans(folded: Folded, wanted: Sequence[str]) -> list[tuple[int, int, int]]:
    """(first character, the one after the last, number of the term) of found places, by place."""
    found: list[tuple[int, int, int]] = []
    for number, term in enumerate(wanted):
        at = folded.text.find(term)
        while at >= 0 and len(found) < MAX_SPANS:
            found.append((int(folded.origins[at]), int(folded.origins[at + len(term) - 1]) + 1, number))
            at = folded.text.find(term, at + len(term))
    return sorted(found)


def _best(spans: Sequence[tuple[int, int, int]]) -> int:
    """Where the stretch begins that holds the most different terms."""
    best, most, first = 0, 0, 0
    counts: dict[int, int] = {}
    for start, end, number in spans:
        counts[number] = counts.get(number, 0) + 1
        while first < len(spans) and spans[first][0] < start and end - spans[first][0] > WIDTH - LEAD:
            left = spans[first][2]
            counts[left] -= 1
            if not counts[left]:
                del counts[left]
            first += 1
        if len(counts) > most:
            best, most = spans[first][0], len(counts)
    return best


def _merged(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _parts(text: str, begin: int, end: int, shown: Sequence[tuple[int, int]]) -> tuple[Part, ...]:
    parts, at = [], begin
    for start, stop in [*shown, (end, end)]:
        parts.append(Part(_plain(text[at:start]), hit=False))
        parts.append(Part(_plain(text[start:stop]), hit=True))
        at = stop
    return tuple(part for part in parts if part.text)


def _plain(text: str) -> str:
    return text.replace(PAGE_BREAK, " ").replace("\n", " ")


def _piece_at(pieces: Sequence[Piece], at: int) -> Piece | None:
    place = bisect.bisect_right(pieces, at, key=lambda piece: piece.start) - 1
    return pieces[place] if place >= 0 else None
