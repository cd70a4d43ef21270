"""The truth about a made recording: who said what when, in which role, and the key facts; plain values for JSON.

Seconds from the start of the recording.  `start` and `end` of a phrase are where it is heard (to 10 ms); the times of
characters come from the synthesiser's own lengths (frames of 25 ms).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.voices.dialogue import Fact, Line, Wish
from benchmarks.voices.mixing import Placed, Room, SpokenTurn
from benchmarks.voices.phrases import SAMPLE_RATE
from benchmarks.voices.reading import spoken


@dataclass(frozen=True, slots=True)
class CharacterTruth:
    """A character as said."""

    text: str
    start: float
    end: float


@dataclass(frozen=True, slots=True)
class PhraseTruth:
    """What is said between two full stops: speech without a pause worth the name."""

    text: str
    spoken: str
    start: float
    end: float
    characters: tuple[CharacterTruth, ...]


@dataclass(frozen=True, slots=True)
class TurnTruth:
    """One turn; `overlaps` when it begins before the turn before it ended."""

    id: int
    speaker: str
    part: str
    role: str | None
    text: str
    spoken: str
    start: float
    end: float
    overlaps: bool
    facts: tuple[Fact, ...]
    phrases: tuple[PhraseTruth, ...]


@dataclass(frozen=True, slots=True)
class SpeakerTruth:
    """Who is who; `channel` where each speaker has one."""

    name: str
    part: str
    role: str | None
    voice: str
    speed: float
    channel: int | None


@dataclass(frozen=True, slots=True)
class DialogueTruth:
    """Everything about one recording."""

    wish: Wish
    room: Room
    synthesiser: str
    duration: float
    speakers: tuple[SpeakerTruth, ...]
    turns: tuple[TurnTruth, ...]


def turn_truths(lines: Sequence[Line], turns: Sequence[SpokenTurn], placed: Sequence[Placed]) -> tuple[TurnTruth, ...]:
    """The turns with their times; lines, turns and places belong together one by one."""
    found: list[TurnTruth] = []
    for line, turn, one in zip(lines, turns, placed, strict=True):
        phrases = _phrase_truths(turn, one)
        start = phrases[0].start
        found.append(
            TurnTruth(
                id=len(found),
                speaker=turn.speaker,
                part=line.part,
                role=line.role,
                text=line.text,
                spoken=spoken(line.text),
                start=start,
                end=phrases[-1].end,
                overlaps=bool(found) and start < found[-1].end,
                facts=line.facts,
                phrases=phrases,
            )
        )
    return tuple(found)


def _phrase_truths(turn: SpokenTurn, placed: Placed) -> tuple[PhraseTruth, ...]:
    found: list[PhraseTruth] = []
    for begin, phrase in zip(placed.begins, turn.phrases, strict=True):
        offset = begin / SAMPLE_RATE
        characters = tuple(
            CharacterTruth(one.text, round(one.start + offset, 3), round(one.end + offset, 3))
            for one in phrase.characters
        )
        start, end = round(phrase.start + offset, 3), round(phrase.end + offset, 3)
        found.append(PhraseTruth(phrase.text, spoken(phrase.text), start, end, characters))
    return tuple(found)
