"""How many road users of each class were in view over time, as bars; pure, knows no page and no video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cases.traffic import TrackSummary

BARS = 240
"""Bars across the timeline: three pixels each at the width that a 1366 px screen leaves."""
HEIGHT = 26
TICKS = 7


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar in units of the drawing: 1 across a bar, HEIGHT down."""

    x: int
    y: float
    width: int
    height: float


@dataclass(frozen=True, slots=True)
class Lane:
    """One class over time: `tracks` in all, `most` in view at once."""

    label: str
    tracks: int
    most: int
    bars: tuple[Bar, ...]
    width: int = BARS


def lanes(paths: Sequence[TrackSummary], duration: float) -> tuple[Lane, ...]:
    """A lane for each class, the class with most tracks first; heights compare across classes."""
    if duration <= 0:
        return ()
    counts: dict[str, list[int]] = {}
    totals: dict[str, int] = {}
    for path in paths:
        totals[path.class_] = totals.get(path.class_, 0) + 1
        bins = counts.setdefault(path.class_, [0] * BARS)
        first, last = (min(BARS - 1, max(0, int(at / duration * BARS))) for at in (path.start, path.end))
        for place in range(first, last + 1):
            bins[place] += 1
    most = max((max(bins) for bins in counts.values()), default=0)
    order = sorted(totals, key=lambda label: (-totals[label], label))
    return tuple(Lane(label, totals[label], max(counts[label]), _bars(counts[label], most)) for label in order)


def _bars(bins: Sequence[int], most: int) -> tuple[Bar, ...]:
    """Neighbouring bins of one height are one bar."""
    found: list[Bar] = []
    start = 0
    for place in range(1, len(bins) + 1):
        if place < len(bins) and bins[place] == bins[start]:
            continue
        if bins[start]:
            height = round((HEIGHT - 2) * bins[start] / most, 2)
            found.append(Bar(start, round(HEIGHT - height, 2), place - start, height))
        start = place
    return tuple(found)


def ticks(duration: float) -> tuple[float, ...]:
    """Evenly spaced seconds for the scale under the lanes."""
    return tuple(duration * step / (TICKS - 1) for step in range(TICKS))
