"""Records and transcripts of a few lines, for every test of the comparison."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from cases.records import Provenance
from cases.transcript import Transcript, TranscriptSegment, TranscriptWord
from pipelines.speech.compare.comparison import Comparison, compare
from pipelines.speech.compare.heard import read_transcript
from pipelines.speech.compare.written import WrittenLine, WrittenRecord, read_turns

NOTHING = Provenance("transcribe", "1", "0", (), {}, "cpu", "ab" * 32, "", "")
SECONDS_A_CHARACTER = 0.2


def record(*lines: str) -> WrittenRecord:
    """A record of one paragraph a line, all on page 1."""
    return read_turns([WrittenLine(1, n, line, whole=True) for n, line in enumerate(lines, start=1)])


def transcript(*lines: str, speakers: bool = True) -> Transcript:
    """A transcript of lines such as "问：…", one segment each, a fifth of a second a character."""
    clock = 0.0
    segments = []
    for number, line in enumerate(lines):
        who, text = line[0], line[2:]
        words = tuple(
            TranscriptWord(clock + n * SECONDS_A_CHARACTER, clock + (n + 1) * SECONDS_A_CHARACTER, c, 0.9)
            for n, c in enumerate(text)
        )
        end = clock + len(text) * SECONDS_A_CHARACTER
        speaker = {"问": "S1", "答": "S2"}[who] if speakers else None
        segments.append(TranscriptSegment(number, clock, end, speaker, None, text, 0.9, (), words))
        clock = end + 0.5
    return Transcript("zh", clock, ("S1", "S2"), tuple(segments), "", NOTHING)


@pytest.fixture
def compared() -> Callable[[Sequence[str], Sequence[str]], Comparison]:
    """Compares a record with what was said, both as lines that begin with 问： or 答：."""
    return lambda written, said: compare(record(*written), read_transcript(transcript(*said)))
