"""Who said each word: turns of speakers laid over sentences, sentences cut where the speaker changes; pure.

A word belongs to whoever speaks for most of it. Word times are less exact than turns, so a change of speaker near a
mark of punctuation is moved to it, and a lone word between two of somebody else's goes to them. No word is lost.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from cases.transcript import SpeakerTurn, TranscriptSegment, TranscriptWord
from models.speech.doubts import OVERLAP
from pipelines.speech.sentences import COMMAS, STOPS

LOOK_BACK = 8
"""Turns before a moment that may still go on in it: more than can overlap."""
SNAP_SECONDS = 0.6
SNAP_WORDS = 3
"""How far a change of speaker is moved to a mark of punctuation: aligners err by some hundred milliseconds."""
LONE_SECONDS = 0.4
"""A shorter stretch of one sentence between two of somebody else is a slip of the aligner."""
SPEAKER_UNSURE = "speaker-unsure"
"""Flag: the voice changes in the midst of words without a pause; a word or two may be the other speaker's."""
CHANGE_PAUSE_SECONDS = 0.15
"""A shorter gap between two words is no pause: aligners leave as much inside a phrase."""
OVERLAP_SECONDS = 0.4
"""From here on a sentence is marked: its words may be a mixture of two."""


class Turns:
    """The turns of a recording, asked by time."""

    def __init__(self, turns: Sequence[SpeakerTurn]) -> None:
        self._turns = sorted(turns, key=lambda turn: turn.start)
        self._starts = [turn.start for turn in self._turns]
        # The latest end of all turns up to each one: where the search backwards may stop.
        self._reach: list[float] = []
        for turn in self._turns:
            self._reach.append(max(turn.end, self._reach[-1] if self._reach else 0.0))

    def between(self, start: float, end: float) -> list[SpeakerTurn]:
        """The turns that have something of `start` to `end`."""
        found: list[SpeakerTurn] = []
        number = bisect_left(self._starts, end) - 1
        while number >= 0 and self._reach[number] > start:
            if self._turns[number].end > start:
                found.append(self._turns[number])
            number -= 1
        return found[::-1]

    def speaker(self, start: float, end: float, before: str | None) -> str | None:
        """Who speaks for most of `start` to `end`, `before` first among equals; else whoever is nearest in time."""
        shares: dict[str, float] = {}
        for turn in self.between(start, max(end, start + 0.01)):
            shares[turn.speaker] = shares.get(turn.speaker, 0.0) + min(turn.end, end) - max(turn.start, start)
        if shares:
            return max(shares, key=lambda name: (round(shares[name], 2), name == before))
        return self._nearest(start, end)

    def overlap(self, start: float, end: float) -> float:
        """Seconds of `start` to `end` in which more than one speaks."""
        edges: list[tuple[float, int]] = []
        for turn in self.between(start, end):
            edges += [(max(turn.start, start), 1), (min(turn.end, end), -1)]
        seconds, speaking, last = 0.0, 0, start
        for moment, change in sorted(edges):
            if speaking > 1:
                seconds += moment - last
            speaking, last = speaking + change, moment
        return seconds

    def _nearest(self, start: float, end: float) -> str | None:
        number = bisect_left(self._starts, end)
        after = self._turns[number] if number < len(self._turns) else None
        before = max(self._turns[max(0, number - LOOK_BACK) : number], key=lambda turn: turn.end, default=None)
        if before is None or after is None:
            return (before or after or SpeakerTurn("", 0, 0)).speaker or None
        return before.speaker if start - before.end <= after.start - end else after.speaker


def attributed(segments: Sequence[TranscriptSegment], turns: Sequence[SpeakerTurn]) -> list[TranscriptSegment]:
    """Sentences of one speaker each, in order; every sentence has one, S1 where nobody was made out at all."""
    known = Turns(turns)
    found: list[TranscriptSegment] = []
    before: str | None = None
    for segment in segments:
        pieces = list(_pieces(segment, known, before))
        before = pieces[-1].speaker
        found += pieces
    return found


def _pieces(segment: TranscriptSegment, turns: Turns, before: str | None) -> Iterator[TranscriptSegment]:
    labels: list[str] = []
    for word in segment.words:
        labels.append(turns.speaker(word.start, word.end, labels[-1] if labels else before) or "S1")
    if not labels:
        yield marked(replace(segment, speaker=turns.speaker(segment.start, segment.end, before) or "S1"), turns)
        return
    labels = snapped(segment.words, settled(segment.words, labels))
    for first, last in _runs(labels):
        piece = _cut(segment, first, last, labels[first])
        unsure = any(_runs_on(segment.words, place) for place in (first, last))
        yield marked(replace(piece, flags=(*piece.flags, SPEAKER_UNSURE)) if unsure else piece, turns)


def _runs_on(words: Sequence[TranscriptWord], place: int) -> bool:
    """Whether the words go on across `place` without a pause and without a mark: no end of anybody's turn."""
    if not 0 < place < len(words) or words[place - 1].text.endswith(STOPS + COMMAS):
        return False
    return words[place].start - words[place - 1].end < CHANGE_PAUSE_SECONDS


def _runs(labels: Sequence[str]) -> list[tuple[int, int]]:
    """First and last (exclusive) place of each run of equal labels."""
    edges = [0, *(n for n in range(1, len(labels)) if labels[n] != labels[n - 1]), len(labels)]
    return list(pairwise(edges))


def settled(words: Sequence[TranscriptWord], labels: Sequence[str]) -> list[str]:
    """Labels without lone stretches between two of one other speaker, unless punctuation sets them apart."""
    kept = list(labels)
    runs = _runs(labels)
    for number in range(1, len(runs) - 1):
        first, last = runs[number]
        short = words[last - 1].end - words[first].start < LONE_SECONDS
        apart = words[first - 1].text.endswith(STOPS + COMMAS)
        if short and not apart and kept[first - 1] == labels[last]:
            kept[first:last] = [kept[first - 1]] * (last - first)
    return kept


def snapped(words: Sequence[TranscriptWord], labels: Sequence[str]) -> list[str]:
    """Labels whose changes lie at marks of punctuation, where one is near enough."""
    kept = list(labels)
    for first, _ in _runs(labels)[1:]:
        mark = _mark_near(words, first)
        if mark is None:
            continue
        low, high = min(mark, first), max(mark, first)
        kept[low:high] = [kept[low - 1] if mark > first else labels[first]] * (high - low)
    return kept


def _mark_near(words: Sequence[TranscriptWord], change: int) -> int | None:
    """The place nearest to `change` that a word with a mark stands before; None where there is none near."""
    near = range(max(1, change - SNAP_WORDS), min(len(words) - 1, change + SNAP_WORDS) + 1)
    moment = words[change].start
    marks = [
        place
        for place in near
        if words[place - 1].text.endswith(STOPS + COMMAS) and abs(words[place].start - moment) <= SNAP_SECONDS
    ]
    return min(marks, key=lambda place: abs(place - change), default=None)


def _cut(segment: TranscriptSegment, first: int, last: int, speaker: str) -> TranscriptSegment:
    """Words `first` to `last` of a sentence as a sentence of their own, the text cut where they stand in it."""
    if (first, last) == (0, len(segment.words)):
        return replace(segment, speaker=speaker)
    words = segment.words[first:last]
    places = _places(segment)
    text = segment.text[places[first] : places[last]].strip()
    confidence = sum(word.probability for word in words) / len(words)
    return replace(
        segment,
        start=words[0].start,
        end=words[-1].end,
        speaker=speaker,
        text=text,
        confidence=round(confidence, 4),
        words=words,
    )


def _places(segment: TranscriptSegment) -> list[int]:
    """Where in the text each word begins, and the end of the text."""
    places: list[int] = []
    place = 0
    for word in segment.words:
        found = segment.text.find(word.text, place)
        places.append(place if found < 0 else found)
        place = places[-1] + len(word.text)
    return [0, *places[1:], len(segment.text)]


def marked(segment: TranscriptSegment, turns: Turns) -> TranscriptSegment:
    """The sentence, flagged where more than one of `turns` is in it for long."""
    if turns.overlap(segment.start, segment.end) < OVERLAP_SECONDS:
        return segment
    return replace(segment, flags=tuple(dict.fromkeys([*segment.flags, OVERLAP])))
