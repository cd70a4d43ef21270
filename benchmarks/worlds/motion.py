"""How actors of a world move: along a path of points, at a speed that braking and stops shape; knows no camera.

Places are metres, times seconds, exact to the step of the integration (20 ms).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Point = tuple[float, float]

STEP_S = 0.02
BRAKE = 3.0
"""m/s2, as people brake for a lamp."""
LONGEST_S = 400.0

SIZES = {
    "car": (4.6, 1.8, 1.5),
    "bus": (11.0, 2.5, 3.2),
    "truck": (9.0, 2.4, 3.2),
    "person": (0.4, 0.5, 1.7),
    "bicycle": (1.8, 0.6, 1.7),
}
"""Length, width and height in metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Actor:
    """One road user; `times` [n], `places` [n, 2] of its middle, `headings` [n] radians from the y axis, `speeds` [n]
    m/s, and the rules that it breaks."""

    label: str
    times: Floats
    places: Floats
    headings: Floats
    speeds: Floats
    breaks: frozenset[str]

    def at(self, time: float) -> tuple[float, float, float, float] | None:
        """x, y, heading and speed at a time; None when it is not there."""
        if not self.times[0] <= time <= self.times[-1]:
            return None
        row = min(round((time - self.times[0]) / STEP_S), len(self.times) - 1)
        x, y = self.places[row]
        return float(x), float(y), float(self.headings[row]), float(self.speeds[row])


@dataclass(frozen=True, slots=True)
class Drive:
    """How fast: `speed` in m/s; `stops` are (metres along the path of the middle, seconds to wait until, absolute)."""

    start: float
    speed: float
    stops: tuple[tuple[float, float], ...] = ()


def arc(start: Point, through: Point, end: Point, pieces: int = 24) -> list[Point]:
    """A smooth bend from start to end, drawn to the corner `through` (a quadratic Bezier curve)."""
    share = np.linspace(0, 1, pieces + 1)[:, None]
    a, b, c = (np.array(p) for p in (start, through, end))
    curve = (1 - share) ** 2 * a + 2 * share * (1 - share) * b + share**2 * c
    return [(float(x), float(y)) for x, y in curve]


def actor(label: str, path: Sequence[Point], drive: Drive, breaks: Sequence[str] = ()) -> Actor:
    """An actor that drives a path from its first point to its last."""
    points = np.array(path)
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    way = _ways(drive, float(lengths[-1]))
    places = np.stack([np.interp(way, lengths, points[:, axis]) for axis in (0, 1)], axis=1)
    ahead = np.stack([np.interp(way + 0.3, lengths, points[:, axis]) for axis in (0, 1)], axis=1)
    behind = np.stack([np.interp(way - 0.3, lengths, points[:, axis]) for axis in (0, 1)], axis=1)
    headings = np.arctan2(*(ahead - behind).T)
    times = drive.start + STEP_S * np.arange(len(way), dtype=np.float64)
    return Actor(
        label, times, places, headings, np.asarray(np.gradient(way, STEP_S), dtype=np.float64), frozenset(breaks)
    )


def _ways(drive: Drive, length: float) -> Floats:
    """Metres along the path at every step until its end."""
    way, speed, time = 0.0, drive.speed, drive.start
    stops = list(drive.stops)
    found = [0.0]
    while way < length and len(found) * STEP_S < LONGEST_S:
        wanted = drive.speed
        if stops:
            left = stops[0][0] - way
            if left <= 0.02 and time >= stops[0][1]:
                stops.pop(0)
            else:
                wanted = min(wanted, float(np.sqrt(2 * BRAKE * max(left, 0.0))))
        speed = min(wanted, speed + BRAKE * STEP_S)
        way, time = way + speed * STEP_S, time + STEP_S
        found.append(way)
    return np.array(found)
