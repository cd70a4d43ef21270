"""Places in a transcript that sound like a hotword of the case and are written otherwise; suggests, never replaces.

Every character of the hotwords is indexed by how it sounds, so that a text is compared only with what it may be: a
thousand hotwords cost little more than ten. Hotwords of two or more Chinese characters take part. A text of other
length than the hotword, a syllable more or less, is not found.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from cases.transcript import HotwordSuggestion, TranscriptSegment
from pipelines.speech.pinyin import HAN, Syllable, characters_apart, readings

LEAST_CHARACTERS = 2
"""A single character sounds like dozens of others."""
NEAR = {2: 0.3, 3: 0.6}
NEAR_LONG = 1.0
"""Farthest that a place may be from a hotword of two, three, more characters: benchmarks/accuracy/hotwords.py."""
SHARED = 0.1
"""How much farther where a character is the hotword's own."""
PER_PLACE = 3
"""Hotwords suggested for one place at most: a clerk reads them at a glance."""


@dataclass(frozen=True, slots=True)
class _Entry:
    hotword: str
    sounds: tuple[tuple[Syllable, ...], ...]


class HotwordIndex:
    """The hotwords of a case by their sounds."""

    def __init__(self, hotwords: Iterable[str]) -> None:
        self._entries = tuple(_entries(hotwords))
        self._exact = {entry.hotword for entry in self._entries}
        self._lengths = sorted({len(word) for word in self._exact}, reverse=True)
        self._by_sound: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for number, entry in enumerate(self._entries):
            for place, sounds in enumerate(entry.sounds):
                for sound in {one.sound_class for one in sounds}:
                    self._by_sound[sound].append((number, place))

    def suggestions(self, text: str) -> tuple[HotwordSuggestion, ...]:
        """What each place of `text` may have been, in order of the text, the nearest first at each place."""
        if not self._entries:
            return ()
        found = [one for run in HAN.finditer(text) for one in self._in_run(run[0], run.start())]
        return tuple(_chosen(found))

    def _in_run(self, run: str, offset: int) -> Iterator[HotwordSuggestion]:
        heard = readings(run)
        right = self._right(run)
        for number, start in self._candidates(heard):
            entry = self._entries[number]
            end = start + len(entry.sounds)
            if any(right[start:end]):
                continue
            distance = round(sum(map(characters_apart, heard[start:end], entry.sounds)), 2)
            if distance <= _reach(run[start:end], entry.hotword):
                yield HotwordSuggestion(offset + start, offset + end, run[start:end], entry.hotword, distance)

    def _candidates(self, heard: Sequence[Sequence[Syllable]]) -> Iterator[tuple[int, int]]:
        """Entries and places that share all syllables but one, by class; all of two."""
        votes: dict[tuple[int, int], int] = defaultdict(int)
        for place, sounds in enumerate(heard):
            here = {entry for one in sounds for entry in self._by_sound.get(one.sound_class, ())}
            for number, position in here:
                votes[number, place - position] += 1
        for (number, start), count in votes.items():
            length = len(self._entries[number].sounds)
            if start >= 0 and start + length <= len(heard) and count >= length - (length > LEAST_CHARACTERS):
                yield number, start

    def _right(self, run: str) -> list[bool]:
        """Which characters belong to a hotword that is written as it should be."""
        right = [False] * len(run)
        for length in self._lengths:
            for start in range(len(run) - length + 1):
                if run[start : start + length] in self._exact:
                    right[start : start + length] = [True] * length
        return right


def with_suggestions(segments: Iterable[TranscriptSegment], hotwords: Iterable[str]) -> tuple[TranscriptSegment, ...]:
    """The segments with what their places may have been."""
    index = HotwordIndex(hotwords)
    return tuple(replace(segment, suggestions=index.suggestions(segment.text)) for segment in segments)


def _entries(hotwords: Iterable[str]) -> Iterator[_Entry]:
    for word in dict.fromkeys(hotwords):
        if len(word) >= LEAST_CHARACTERS and HAN.fullmatch(word):
            yield _Entry(word, tuple(readings(word)))


def _reach(heard: str, hotword: str) -> float:
    """How far `heard` may be from the hotword."""
    shared = any(one == other for one, other in zip(heard, hotword, strict=True))
    return round(NEAR.get(len(hotword), NEAR_LONG) + (SHARED if shared else 0.0), 2)


def _chosen(found: Iterable[HotwordSuggestion]) -> list[HotwordSuggestion]:
    """The nearest at each place; places do not overlap."""
    kept: list[HotwordSuggestion] = []
    for one in sorted(found, key=lambda s: (s.distance, s.start - s.end, s.start, s.hotword)):
        same = [other for other in kept if (other.start, other.end) == (one.start, one.end)]
        crossed = any(other.start < one.end and one.start < other.end for other in kept)
        if (not crossed or same) and len(same) < PER_PLACE:
            kept.append(one)
    return sorted(kept, key=lambda s: (s.start, s.distance))
