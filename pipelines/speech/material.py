"""By which sound a voice is known: stretches between its pauses, near the middle of the window, alone if it can be.

The segmentation network takes two persons for one now and then, mostly over a pause, so that each long stretch is known
on its own. Knowing a voice is what telling speakers apart costs: a stretch at the edge of a window is left to the next
window, which has it in its middle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.speech.chunks import RATE, Span

OWN = round(1.2 * RATE)
"""A stretch with this much sound is known on its own."""
PAUSE = RATE // 10
"""A pause of a voice after which somebody else may have gone on: in a quick exchange there is no longer one."""
MOST = 2 * RATE
"""Most sound that a stretch is known by: more costs time and tells little."""
LEAST = RATE // 4
"""Less sound than this is no voice to know."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """What voice number `voice` of a window says between two pauses, and where `others` of the window speak."""

    voice: int
    spans: tuple[Span, ...]
    others: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Material:
    """The sound of a stretch to know it by, and whether the voice is alone in it."""

    pieces: tuple[Span, ...]
    alone: bool

    @property
    def samples(self) -> int:
        """Length of all pieces."""
        return length(self.pieces)


def stretches(voices: Sequence[tuple[Span, ...]]) -> list[Stretch]:
    """The stretches of all voices of a window; what is too short to be known alone goes together, one a voice."""
    found: list[Stretch] = []
    for number, spans in enumerate(voices):
        others = tuple(sorted(span for other in voices if other is not spans for span in other))
        rest: list[Span] = []
        for group in _between_pauses(spans):
            if length(without(group, others)) >= OWN:
                found.append(Stretch(number, tuple(group), others))
            else:
                rest += group
        if rest:
            found.append(Stretch(number, tuple(rest), others))
    return found


def materials(of_window: Sequence[Stretch], window: Span, middle: Span) -> list[Material]:
    """What to know each stretch of a window by; nothing for one outside the middle whose voice has one inside."""
    inner = {one.voice for one in of_window if length(inside(one.spans, middle)) >= LEAST}
    return [
        material(one, window, middle)
        if one.voice not in inner or length(inside(one.spans, middle)) >= LEAST
        else Material((), alone=True)
        for one in of_window
    ]


def material(stretch: Stretch, window: Span, middle: Span) -> Material:
    """Where the voice speaks alone; with others only if it must."""
    alone = without(stretch.spans, stretch.others)
    if length(alone) < LEAST:
        return Material(_most(stretch.spans, window, middle), alone=False)
    return Material(_most(alone, window, middle), alone=True)


def _most(pieces: Sequence[Span], window: Span, middle: Span) -> tuple[Span, ...]:
    """Up to MOST of `pieces`, the longest first: from the middle, and from around it where that is less."""
    first, last = middle
    within = inside(pieces, (first, last))
    while length(within) < min(MOST, length(pieces)) and (first > window[0] or last < window[1]):
        first, last = first - OWN, last + OWN
        within = inside(pieces, (first, last))
    left = MOST
    taken: list[Span] = []
    for start, end in sorted(within, key=lambda piece: piece[0] - piece[1]):
        if left > 0:
            taken.append((start, min(end, start + left)))
            left -= end - start
    return tuple(sorted(taken))


def _between_pauses(spans: Sequence[Span]) -> Iterator[list[Span]]:
    group: list[Span] = []
    for span in spans:
        if group and span[0] - group[-1][1] > PAUSE:
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def without(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """What of `spans` lies in none of `others`; both in order."""
    found: list[Span] = []
    for first, last in spans:
        for start, end in others:
            if end <= first or start >= last:
                continue
            if start > first:
                found.append((first, start))
            first = max(first, end)
        if first < last:
            found.append((first, last))
    return found


def inside(spans: Sequence[Span], limits: Span) -> list[Span]:
    """What of `spans` lies in `limits`."""
    cut = [(max(first, limits[0]), min(last, limits[1])) for first, last in spans]
    return [(first, last) for first, last in cut if last > first]


def common(spans: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """What of `spans` lies in one of `others`."""
    return [cut for limits in others for cut in inside(spans, limits)]


def length(spans: Sequence[Span]) -> int:
    """Samples of all spans."""
    return sum(last - first for first, last in spans)
