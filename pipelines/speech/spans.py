"""Numbers and hotword suggestions that lie over a text, moved along when a person edits it; pure.

A span whose characters all still stand side by side in one sentence goes with them; one that was written over is gone,
since a person has decided there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import accumulate, pairwise
from typing import TypeVar

from cases.transcript import HotwordSuggestion, NumberSpan, TranscriptSegment

Span = TypeVar("Span", NumberSpan, HotwordSuggestion)


@dataclass(frozen=True, slots=True)
class Spans:
    """What lies over one sentence."""

    numbers: tuple[NumberSpan, ...]
    suggestions: tuple[HotwordSuggestion, ...]


def moved(run: Sequence[TranscriptSegment], texts: Sequence[str]) -> list[Spans]:
    """The spans of the sentences `run` over the `texts` that take their place, by text."""
    if not any(segment.numbers or segment.suggestions for segment in run):
        return [Spans((), ()) for _ in texts]
    to = _places("".join(segment.text for segment in run), "".join(texts))
    offsets = list(accumulate((len(segment.text) for segment in run), initial=0))
    numbers = [(span, offsets[n]) for n, segment in enumerate(run) for span in segment.numbers]
    suggestions = [(span, offsets[n]) for n, segment in enumerate(run) for span in segment.suggestions]
    begins = list(accumulate((len(text) for text in texts), initial=0))
    rooms = list(pairwise(begins))
    return [Spans(_inside(numbers, to, room), _inside(suggestions, to, room)) for room in rooms]


def _places(old: str, new: str) -> dict[int, int]:
    """Where each character of `old` that is still there stands in `new`."""
    match = SequenceMatcher(None, old, new, autojunk=False)
    return {a + n: b + n for a, b, size in match.get_matching_blocks() for n in range(size)}


def _inside(spans: Sequence[tuple[Span, int]], to: dict[int, int], room: tuple[int, int]) -> tuple[Span, ...]:
    found = []
    for span, offset in spans:
        places = [to[n] for n in range(offset + span.start, offset + span.end) if n in to]
        whole = len(places) == span.end - span.start and places and places[-1] - places[0] == len(places) - 1
        if whole and room[0] <= places[0] and places[-1] < room[1]:
            found.append(replace(span, start=places[0] - room[0], end=places[-1] + 1 - room[0]))
    return tuple(found)
