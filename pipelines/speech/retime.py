"""Times for words that a person wrote: what was not changed keeps its seconds, the rest is interpolated; pure.

It knows words and texts, no sentence's flags and no record. Old and new text are compared by their sounding characters
(letters, digits, Han), because a comma has no second of its own: punctuation goes with the word before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

from cases.transcript import TranscriptWord

WRITTEN_PROBABILITY = 1.0
"""Of a word that a person wrote: no model gave it one."""
_TOKEN = re.compile(r"[A-Za-z0-9]+(?:['.\-][A-Za-z0-9]+)*|\w")
"""What a gap is divided into: a Han character, a Latin word or a number."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """An old word, and where its characters stand in the new text."""

    word: TranscriptWord
    first: int
    last: int
    number: int


def retimed(words: Sequence[TranscriptWord], text: str, start: float, end: float) -> tuple[TranscriptWord, ...]:
    """The words of `text`, spoken between `start` and `end` seconds, where `words` were heard before.

    Texts joined are `text` without its outer spaces; times never fall, and lie between `start` and `end` as far as
    those of `words` do. An insertion between two words that touch gets no length of its own.
    """
    kept = list(_kept(words, text))
    found: list[TranscriptWord] = []
    at, time, number = 0, start, 0
    for one in kept:
        room = _room(words[number : one.number], min(time, one.word.start), one.word.start)
        found += _written(text, at, one.first, room)
        found.append(replace(one.word, text=text[one.first : one.last]))
        at, time, number = one.last, max(time, one.word.end), one.number + 1
    found += _written(text, at, len(text), _room(words[number:], time, max(time, end)))
    return tuple(_punctuated(found, text))


def joined(words: Sequence[TranscriptWord]) -> str:
    """What the words say, without spaces: to compare with a sentence's text."""
    return bare("".join(word.text for word in words))


def bare(text: str) -> str:
    """`text` without its spaces."""
    return "".join(text.split())


def divided(word: TranscriptWord, at: int) -> tuple[TranscriptWord, TranscriptWord]:
    """A word cut before its character `at`: its time is shared by the characters."""
    middle = round(word.start + (word.end - word.start) * at / len(word.text), 3)
    middle = min(max(middle, word.start), word.end)
    return replace(word, end=middle, text=word.text[:at]), replace(word, start=middle, text=word.text[at:])


def _kept(words: Sequence[TranscriptWord], text: str) -> Iterator[_Kept]:
    """The old words all of whose sounding characters are in the new text, side by side."""
    old = [(character, n) for n, word in enumerate(words) for character in word.text if character.isalnum()]
    new = [(character, place) for place, character in enumerate(text) if character.isalnum()]
    match = SequenceMatcher(None, [c for c, _ in old], [c for c, _ in new], autojunk=False)
    to = {a + n: b + n for a, b, size in match.get_matching_blocks() for n in range(size)}
    matched = {new[b][1] for b in to.values()}
    at = 0
    for number, word in enumerate(words):
        size = sum(character.isalnum() for character in word.text)
        places = [to[n] for n in range(at, at + size) if n in to]
        at += size
        if size and len(places) == size and places[-1] - places[0] == size - 1:
            first, last = new[places[0]][1], new[places[-1]][1] + 1
            if not _grown(text, first, last, matched):
                yield _Kept(word, first, last, number)


def _grown(text: str, first: int, last: int, matched: set[int]) -> bool:
    """Whether letters were written onto an end of the Latin word at `first` to `last`: then it is another word."""

    def glued(inside: int, outside: int) -> bool:
        both = 0 <= outside < len(text) and outside not in matched
        return both and all(text[n].isascii() and text[n].isalnum() for n in (inside, outside))

    return glued(first, first - 1) or glued(last - 1, last)


def _room(gone: Sequence[TranscriptWord], start: float, end: float) -> tuple[float, float]:
    """Where a gap's words were spoken: where the words that it replaces were, else all that lies between."""
    if not gone:
        return start, end
    first = min(max(min(word.start for word in gone), start), end)
    return first, min(max(max(word.end for word in gone), first), end)


def _written(text: str, first: int, last: int, room: tuple[float, float]) -> list[TranscriptWord]:
    """The words of `text[first:last]`, spread evenly by their characters."""
    tokens = list(_TOKEN.finditer(text, first, last))
    total = sum(len(token.group()) for token in tokens)
    found, done = [], 0
    for token in tokens:
        begin = room[0] + (room[1] - room[0]) * done / total
        done += len(token.group())
        finish = room[0] + (room[1] - room[0]) * done / total
        word = TranscriptWord(round(begin, 3), round(finish, 3), token.group(), WRITTEN_PROBABILITY, human=True)
        found.append(word)
    return found


def _punctuated(words: Sequence[TranscriptWord], text: str) -> Iterator[TranscriptWord]:
    """Each word with what stands between it and the next one; the first takes what stands before it, too."""
    at, starts = 0, []
    for word in words:
        at = text.index(word.text, at)
        starts.append(at)
        at += len(word.text)
    for n, word in enumerate(words):
        first = 0 if n == 0 else starts[n]
        last = starts[n + 1] if n + 1 < len(words) else len(text)
        yield replace(word, text=text[first:last].strip())
