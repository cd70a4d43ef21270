"""From the seconds of a clip to those of its recording, where a clip leaves out the middle of long pauses; pure."""

from __future__ import annotations

from dataclasses import replace

from models.values import Segment, Transcription, Word
from pipelines.speech.chunks import RATE, Chunk, Span

LATER_SHARE = 0.5
"""How much of what a word has in one stretch it must have in the next one to belong there."""


def in_recording(heard: Transcription, chunk: Chunk) -> Transcription:
    """`heard` with the seconds of the recording; a word over a cut lies on one side of it."""
    return replace(heard, segments=tuple(_segment(segment, chunk) for segment in heard.segments))


def span_in_recording(start: float, end: float, chunk: Chunk) -> Span:
    """The samples of the recording from one second of the clip to another, with the pauses between that were left out.

    A number said with a pause in it is one word over a cut, and all of it was heard.
    """
    return round(_moved(start, chunk, at_end=False) * RATE), round(_moved(end, chunk, at_end=True) * RATE)


def _segment(segment: Segment, chunk: Chunk) -> Segment:
    words = tuple(_word(word, chunk) for word in segment.words)
    start, end = _moved(segment.start, chunk, at_end=False), _moved(segment.end, chunk, at_end=True)
    return replace(segment, start=start, end=end, words=words)


def _word(word: Word, chunk: Chunk) -> Word:
    """Aligners begin a word early, in the pause before it: of two stretches that it touches alike, the later has it."""
    whole = chunk.samples / RATE
    start, end = min(word.start, whole), min(word.end, whole)
    begins, best = 0.0, 0.0
    kept = (start, end)
    for first, last in chunk.heard:
        ends = begins + (last - first) / RATE
        inside = (max(start, begins), min(end, ends))
        if inside[1] - inside[0] >= best * LATER_SHARE:
            best = max(best, inside[1] - inside[0])
            kept = (inside[0] - begins + first / RATE, inside[1] - begins + first / RATE)
        begins = ends
    return replace(word, start=kept[0], end=kept[1])


def _moved(seconds: float, chunk: Chunk, *, at_end: bool) -> float:
    """One moment; at a cut the end of what is before it, or the start of what follows."""
    begins = 0.0
    for first, last in chunk.heard[:-1]:
        ends = begins + (last - first) / RATE
        if seconds < ends or (at_end and seconds <= ends):
            return seconds - begins + first / RATE
        begins = ends
    return seconds - begins + chunk.heard[-1][0] / RATE
