"""Which frames show a violation: those that its rule named, as the track has them; knows no picture and no store.

Every shot is a point of the vehicle's own track, so that the frame that is shown is the frame that was decided on.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, cast

import numpy as np

from cases.traffic import Violation
from models.values import Track, TrackPoint

Box = tuple[float, float, float, float]

STANDING: Final = frozenset({"illegal_stop", "illegal_parking", "blocked_junction"})
"""Rules of something that stands: pictures are apart in time, not in place."""
STOPPED: Final = frozenset({"stop_line"})
"""Stands too, but what counts is where and under which lamp, not for how long."""
LAMP: Final = frozenset({"red_light", "stop_line"})
PLATED: Final = frozenset({"car", "bus", "truck", "motorcycle", "object"})
"""Classes that bear plates; people and pedal cycles do not."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame to be shown, by number and second, with the vehicle's box in it."""

    role: str
    index: int
    time: float
    box: Box


def box_of(point: TrackPoint) -> Box:
    """Left, top, right, bottom."""
    d = point.detection
    return d.left, d.top, d.right, d.bottom


def shots_of(found: Violation, track: Track) -> tuple[Shot, ...]:
    """The frames that the rule named, each frame once, in order of time."""
    times = np.array([point.time for point in track.points])
    shots: dict[int, Shot] = {}
    for moment in found.evidence:
        point = track.points[int(np.argmin(np.abs(times - cast(float, moment["time"]))))]
        shots.setdefault(point.index, Shot(str(moment["role"]), point.index, point.time, box_of(point)))
    return tuple(shots[index] for index in sorted(shots))


def comes_nearer(track: Track) -> bool:
    """Whether a vehicle drives towards the camera, so that its windscreen is seen."""
    return track.points[-1].detection.bottom > track.points[0].detection.bottom


def shift(first: Shot, second: Shot) -> float:
    """How far the middle of the box or its size changed, in parts of the larger box's diagonal."""
    a, b = np.array(first.box), np.array(second.box)
    middles = np.hypot(*((a[:2] + a[2:]) / 2 - (b[:2] + b[2:]) / 2))
    sizes = abs(np.hypot(*(a[2:] - a[:2])) - np.hypot(*(b[2:] - b[:2])))
    return float(max(middles, sizes) / max(np.hypot(*(a[2:] - a[:2])), np.hypot(*(b[2:] - b[:2])), 1e-6))


def least_shift(shots: Sequence[Shot]) -> float:
    """The smallest shift between two shots in a row; 0 for fewer than two."""
    return min((shift(a, b) for a, b in itertools.pairwise(shots)), default=0.0)
