"""When a path crosses a line for good: pure geometry; knows no track, no class and no picture.

A detector's box trembles, and a car that waits with its edge on the line must not count again and again (opendatacam
issue 204) nor backward for one frame of flicker (supervision issue 2598). So a side of the line is taken only once the
path has stayed there for `settle` points, points too near the line belong to neither side, and a path counts at most
once for each direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

Point = tuple[float, float]

SETTLE = 2
"""Points on a side before it is believed: at 12 frames a second a sixth of a second; one trembling box is too few."""


@dataclass(frozen=True, slots=True)
class PathPoint:
    """Where an object stood at `time` seconds, and how far around a line it belongs to neither side, in pixels."""

    time: float
    place: Point
    tremble: float


@dataclass(frozen=True, slots=True)
class Crossing:
    """A line was crossed at `time` seconds; `rightward` from its left to its right, looking from start to end."""

    time: float
    rightward: bool


def side(start: Point, end: Point, place: Point) -> float:
    """Twice the signed area of the triangle: positive right of the line (y grows downward), 0 on it."""
    return (end[0] - start[0]) * (place[1] - start[1]) - (end[1] - start[1]) * (place[0] - start[0])


def segments_meet(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether the segments a-b and c-d share a point; touching counts, also with an end or along the same line."""
    first, second = side(c, d, a), side(c, d, b)
    third, fourth = side(a, b, c), side(a, b, d)
    if first * second < 0 and third * fourth < 0:
        return True
    touching = ((first, c, d, a), (second, c, d, b), (third, a, b, c), (fourth, a, b, d))
    return any(area == 0 and _within(p, q, place) for area, p, q, place in touching)


def _within(p: Point, q: Point, place: Point) -> bool:
    """Whether `place`, which lies on the line through p and q, lies between them."""
    return min(p[0], q[0]) <= place[0] <= max(p[0], q[0]) and min(p[1], q[1]) <= place[1] <= max(p[1], q[1])


def _sides(path: Sequence[PathPoint], start: Point, end: Point) -> list[int]:
    """+1 right, -1 left, 0 too near, for each point."""
    length = ((end[0] - start[0]) ** 2 + (end[1] - start[1]) ** 2) ** 0.5
    distances = [side(start, end, point.place) / length for point in path]
    return [
        0 if abs(d) <= point.tremble or d == 0 else (1 if d > 0 else -1)
        for d, point in zip(distances, path, strict=True)
    ]


def crossings(path: Sequence[PathPoint], start: Point, end: Point, settle: int = SETTLE) -> tuple[Crossing, ...]:
    """The crossings of the segment from `start` to `end`, in time; at most one for each direction.

    A crossing is a change of the settled side during which the path met the segment itself, not only its extension.
    """
    sides = _sides(path, start, end)
    found: dict[bool, Crossing] = {}
    settled, leaving = 0, 0
    run, begun = 0, 0
    for n, now in enumerate(sides):
        if now == 0:
            continue
        previous = next((s for s in reversed(sides[:n]) if s), 0) if run else 0
        run, begun = (run + 1, begun) if now == previous else (1, n)
        if now == settled:
            leaving = n
        if run < settle or now == settled:
            continue
        meeting = _meeting(path[leaving : begun + 1], start, end) if settled else None
        if meeting is not None and (now > 0) not in found:
            found[now > 0] = Crossing(meeting, now > 0)
        settled, leaving = now, n
    return tuple(sorted(found.values(), key=lambda c: c.time))


def _meeting(path: Sequence[PathPoint], start: Point, end: Point) -> float | None:
    """When the path first meets the segment, seconds; None when it passes beside it."""
    for before, after in pairwise(path):
        if segments_meet(before.place, after.place, start, end):
            here, there = abs(side(start, end, before.place)), abs(side(start, end, after.place))
            share = here / (here + there) if here + there else 0.0
            return before.time + share * (after.time - before.time)
    return None
