"""Transcripts of recordings whose channels are seats: who speaks is who sits there; pure, knows no sound.

Every channel was written down by itself. Here the sentences come together in the order of their beginning, on the one
clock that all channels share; where two speak at once both stay, whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from cases.transcript import SpeakerTurn, TranscriptSegment
from pipelines.speech.attribution import Turns, marked
from pipelines.speech.chunks import RATE, Chunk
from pipelines.speech.diarize import JOIN_SECONDS


def turns_of(chunks: Sequence[Chunk], speaker: str) -> tuple[SpeakerTurn, ...]:
    """Where the speaker of one channel speaks, in seconds."""
    spans = [span for chunk in chunks for span in chunk.speech]
    return tuple(SpeakerTurn(speaker, round(first / RATE, 3), round(last / RATE, 3)) for first, last in spans)


def joined(turns: Sequence[SpeakerTurn]) -> tuple[SpeakerTurn, ...]:
    """The turns of all channels by their beginning, what a breath or the end of a part divides made one."""
    last: dict[str, int] = {}
    found: list[SpeakerTurn] = []
    for turn in sorted(turns, key=lambda one: (one.start, one.speaker)):
        before = last.get(turn.speaker)
        if before is not None and turn.start - found[before].end <= JOIN_SECONDS:
            found[before] = replace(found[before], end=max(found[before].end, turn.end))
        else:
            last[turn.speaker] = len(found)
            found.append(turn)
    return tuple(found)


def in_order(segments: Sequence[TranscriptSegment], turns: Sequence[SpeakerTurn]) -> list[TranscriptSegment]:
    """The sentences of all channels by their beginning, flagged where others speak at the same time."""
    known = Turns(turns)
    return [marked(one, known) for one in sorted(segments, key=lambda one: (one.start, one.end))]


def seated_roles(segments: Sequence[TranscriptSegment], seats: Mapping[str, str]) -> list[TranscriptSegment]:
    """Each sentence with the role of its seat, where that is known: whose microphone it is leaves no doubt."""
    return [replace(one, role=seats.get(one.speaker or "", one.role)) if one.text.strip() else one for one in segments]
