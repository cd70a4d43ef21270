"""Speech that was heard and not written down: where voice activity and words disagree; pure, knows no engine.

Whisper now and then stops in the middle of a clip and leaves the sentences after it out, with nothing in its answer to
tell. What it skipped is found here by time alone, so that it can be asked for again or shown as a gap.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.values import Transcription
from pipelines.speech.chunks import RATE, Chunk, Span, around
from pipelines.speech.timing import span_in_recording

REACH = int(0.4 * RATE)
"""How far around a word its sound may reach: aligners are that exact."""
LEAST = int(0.6 * RATE)
"""Shorter speech without words is breath, laughter or the tail of a word."""
PAD = RATE // 5
"""Silence kept around what is asked for again, where no word stands."""


def missed(heard: Transcription, chunk: Chunk) -> list[Chunk]:
    """The stretches of `chunk` where somebody speaks and no word is; the whole chunk when there is no word at all."""
    words = _words(heard, chunk)
    runs: list[list[Span]] = []
    for span in chunk.speech:
        for piece in _without(span, words):
            if runs and not any(runs[-1][-1][1] <= first < piece[0] for first, _ in words):
                runs[-1].append(piece)
            else:
                runs.append([piece])
    return [_chunk(run, words, chunk) for run in runs if sum(last - first for first, last in run) >= LEAST]


def _words(heard: Transcription, chunk: Chunk) -> list[Span]:
    """Where words are, in samples of the recording; a segment without words counts as one."""
    found: list[Span] = []
    for segment in heard.segments:
        for timed in segment.words or (segment,):
            found.append(span_in_recording(timed.start, timed.end, chunk))
    return sorted(found)


def _without(span: Span, words: Sequence[Span]) -> list[Span]:
    """The pieces of `span` that no word reaches."""
    pieces: list[Span] = []
    first = span[0]
    for start, end in words:
        if start - REACH > first:
            pieces.append((first, min(span[1], start - REACH)))
        first = max(first, end + REACH)
        if first >= span[1]:
            break
    if first < span[1]:
        pieces.append((first, span[1]))
    return [piece for piece in pieces if piece[1] > piece[0]]


def _chunk(run: Sequence[Span], words: Sequence[Span], chunk: Chunk) -> Chunk:
    """What to ask for again: the run with some silence, but nothing of the words beside it."""
    before = max((end for _, end in words if end <= run[0][0]), default=chunk.first)
    after = min((start for start, _ in words if start >= run[-1][1]), default=chunk.last)
    # Speech that the reach of a word took away belongs to what is missing when no word is near it.
    first, last = max(before, run[0][0] - REACH - PAD), min(after, run[-1][1] + REACH + PAD)
    return around(run, max(chunk.first, first), min(chunk.last, last))
