"""Which stretches of a recording go to the transcriber: speech spans joined over windows, packed into chunks, chunks
grouped into parts. Pure functions over sample numbers; knows no file, no engine and no text.

What holds for every packing: each sample of speech lies in exactly one chunk, chunks are in order and do not overlap,
none is longer than the limit, and a chunk ends in a pause unless somebody speaks on without one. Of a long pause inside
a chunk only its ends are heard: a model takes 30 s at once, and silence costs as much as speech.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from models.values import SpeechSpan

RATE = 16000
CHUNK = 30 * RATE
"""Longest chunk: what Whisper hears at once."""
PAD = RATE // 2
"""Silence kept around speech, where there is some: without it first and last words suffer. What is left between, in a
pause inside a chunk, is not heard: models write there what nobody said."""
GAP = 30 * RATE
"""Longest pause inside a chunk: what is said after a longer one is another matter."""
WINDOW = 60 * RATE
"""What goes to voice activity detection at once."""
LEAD = 2 * RATE
"""What a window hears beyond its edges, so that a word across an edge is judged as a whole."""
PART_SAMPLES = 120 * RATE
PART_CHUNKS = 6
"""Bounds of a part: what a crash may cost."""

Span = tuple[int, int]
"""First sample and the one after the last."""
Quietest = Callable[[int, int], int]
"""The best sample for a cut between two samples."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """What the transcriber hears as one clip: the stretches `heard`, one after another, and where in them is speech.

    Sample numbers of the recording.
    """

    heard: tuple[Span, ...]
    speech: tuple[Span, ...]

    @property
    def first(self) -> int:
        """Where it begins."""
        return self.heard[0][0]

    @property
    def last(self) -> int:
        """Where it ends."""
        return self.heard[-1][1]

    @property
    def samples(self) -> int:
        """How long the clip is."""
        return sum(last - first for first, last in self.heard)


@dataclass(frozen=True, slots=True)
class Window:
    """Samples `first` to `last` as heard, of which `start` to `end` count."""

    first: int
    last: int
    start: int
    end: int


def windows(samples: int) -> list[Window]:
    """Windows that count each of `samples` samples once."""
    return [
        Window(max(0, start - LEAD), min(samples, start + WINDOW + LEAD), start, min(samples, start + WINDOW))
        for start in range(0, samples, WINDOW)
    ]


def speech_of(found: Iterable[tuple[Window, Sequence[SpeechSpan]]]) -> list[Span]:
    """Speech of the whole recording, from the spans that each window gave in its own seconds."""
    joined: list[Span] = []
    for window, spans in found:
        for span in spans:
            first = max(window.start, window.first + round(span.start * RATE))
            last = min(window.end, window.first + round(span.end * RATE))
            if last <= first:
                continue
            if joined and first <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], last))
            else:
                joined.append((first, last))
    return joined


def pack(speech: Sequence[Span], samples: int, quietest: Quietest) -> list[Chunk]:
    """Chunks over ordered, disjoint `speech` in a recording of `samples`; `quietest` is asked where no pause is."""
    pieces = [piece for span in speech for piece in _cut(span, quietest)]
    groups = list(_groups(pieces))
    chunks: list[Chunk] = []
    for number, group in enumerate(groups):
        before = groups[number - 1][-1][1] if number else 0
        after = groups[number + 1][0][0] if number + 1 < len(groups) else samples
        # Half of a pause belongs to each side, so that chunks never overlap; the ends of the recording belong to one.
        lead = (group[0][0] - before) // (2 if number else 1)
        tail = (after - group[-1][1]) // (2 if number + 1 < len(groups) else 1)
        chunks.append(around(group, group[0][0] - min(PAD, lead), group[-1][1] + min(PAD, tail)))
    return chunks


def around(speech: Sequence[Span], first: int, last: int) -> Chunk:
    """The chunk from `first` to `last` that holds `speech`, without the middle of its long pauses."""
    heard: list[Span] = []
    for (_, end), (start, _) in pairwise(speech):
        if start - end > 2 * PAD:
            heard.append((first, end + PAD))
            first = start - PAD
    return Chunk((*heard, (first, last)), tuple(speech))


def _cut(span: Span, quietest: Quietest) -> Iterator[Span]:
    """Speech without a pause that is too long for one chunk, cut where it is quietest."""
    first, last = span
    limit = CHUNK - 2 * PAD
    while last - first > limit:
        at = min(max(quietest(first + limit * 2 // 3, first + limit), first + 1), first + limit)
        yield (first, at)
        first = at
    yield (first, last)


def _groups(pieces: Sequence[Span]) -> Iterator[list[Span]]:
    limit = CHUNK - 2 * PAD
    group: list[Span] = []
    for piece in pieces:
        if group and piece[0] - group[-1][1] > GAP:
            yield group
            group = []
        while group and _length([*group, piece]) > limit:
            keep = _best_end([*group, piece], limit)
            yield group[:keep]
            group = group[keep:]
        group.append(piece)
    if group:
        yield group


def _length(group: Sequence[Span]) -> int:
    """How long a clip of these spans is, without the silence around it."""
    return around(group, group[0][0], group[-1][1]).samples


def _best_end(group: Sequence[Span], limit: int) -> int:
    """How many spans to keep: up to a pause in the second half, the last clear one, else the widest; or all but one."""
    gaps = [(group[n][0] - group[n - 1][1], n) for n in range(1, len(group)) if _length(group[:n]) > limit // 2]
    clear = [n for gap, n in gaps if gap >= PAD]
    return clear[-1] if clear else max(gaps)[1] if gaps else len(group) - 1


def parts_of(chunks: Sequence[Chunk]) -> list[tuple[Chunk, ...]]:
    """Chunks in groups of about a minute; a silent recording has one empty part."""
    parts: list[tuple[Chunk, ...]] = []
    waiting: list[Chunk] = []
    for chunk in chunks:
        length = sum(one.samples for one in waiting) + chunk.samples
        if waiting and (length > PART_SAMPLES or len(waiting) == PART_CHUNKS):
            parts.append(tuple(waiting))
            waiting = []
        waiting.append(chunk)
    return [*parts, tuple(waiting)] if waiting or not parts else parts
