"""Words out of the pieces that a decoder aligns: fragments joined, punctuation attached, times made sane.

Invariants of what comes out: starts never go back, no word ends before it starts or outside the clip, and the words put
together are the pieces put together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.values import Word

PUNCTUATION = frozenset("，。！？；：、,.!?;:…—”’）》】)]}\"'%％")
"""Marks that belong to the word before them."""
OPENING = frozenset("“‘（《【([{")
"""Marks that belong to the word after them."""
CHARACTER_SECONDS = 0.8
"""Longest time for one character: a drawn-out 嗯; what is longer took the silence beside it along."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A token or a few, with the time and probability that the aligner gives them."""

    text: str
    start: float
    end: float
    probability: float


def joined(pieces: Sequence[Piece], duration: float) -> tuple[Word, ...]:
    """The words of a clip of `duration` seconds, in order."""
    groups: list[list[Piece]] = []
    for piece in pieces:
        if not piece.text:
            continue
        if groups and _belongs("".join(p.text for p in groups[-1]), piece.text):
            groups[-1].append(piece)
        else:
            groups.append([piece])
    words: list[Word] = []
    for group in groups:
        words.append(_word(group, words[-1].end if words else 0.0, duration))
    return tuple(words)


def _belongs(before: str, text: str) -> bool:
    """Whether `text` goes on with the word `before`."""
    if not text.strip() or not before.strip():
        return True
    if before[-1] in OPENING:
        return True
    if text[0] in PUNCTUATION:
        return True
    return _latin(before[-1]) and _latin(text[0])


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def _word(group: Sequence[Piece], earliest: float, duration: float) -> Word:
    # Marks have no sound: the time and the certainty are those of what was spoken.
    spoken = [p for p in group if any(c.isalnum() for c in p.text)] or list(group)
    text = "".join(p.text for p in group)
    start, end = spoken[0].start, spoken[-1].end
    longest = CHARACTER_SECONDS * max(1, sum(c.isalnum() for c in text))
    # The aligner gives a pause to the word after it: keep the end.
    start = max(start, end - longest)
    start = min(max(start, earliest, 0.0), duration)
    end = min(max(end, start), duration)
    probability = sum(p.probability for p in spoken) / len(spoken)
    return Word(text, round(start, 3), round(end, 3), round(min(1.0, max(0.0, probability)), 4))
