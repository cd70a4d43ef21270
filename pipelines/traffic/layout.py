"""The street as it lies in the picture: lanes, lines, lamps and areas as plain values; knows no file and no track.

Points are pixels of the upright picture once `in_pixels` was called. A lane's `heading` is an arrow from where its
traffic enters to where it leaves (at a stop line: up to the line).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from cases.traffic import Site

Point = tuple[float, float]
Polygon = tuple[Point, ...]
Arrow = tuple[Point, Point]


class LaneKind(StrEnum):
    """Who a lane is for."""

    NORMAL = "normal"
    BUS = "bus"
    EMERGENCY = "emergency"
    CYCLE = "cycle"
    MOTORWAY = "motorway"


class Movement(StrEnum):
    """Where a vehicle goes at a junction."""

    LEFT = "left"
    STRAIGHT = "straight"
    RIGHT = "right"
    U_TURN = "u_turn"


class AreaKind(StrEnum):
    """What an area means for whoever stands in it."""

    NO_STOPPING = "no_stopping"
    NO_PARKING = "no_parking"
    BAY = "bay"
    JUNCTION = "junction"
    CROSSING = "crossing"
    MASK = "mask"


@dataclass(frozen=True, slots=True)
class Lane:
    """One lane; `limit_kmh` None: no limit is checked; `movements` empty: all are allowed."""

    name: str
    polygon: Polygon
    heading: Arrow
    kind: LaneKind = LaneKind.NORMAL
    limit_kmh: float | None = None
    movements: frozenset[Movement] = frozenset()


@dataclass(frozen=True, slots=True)
class StopLine:
    """停止线 of the lanes named; `signals` maps a movement to the signal group that rules it."""

    name: str
    line: Arrow
    lanes: tuple[str, ...]
    signals: tuple[tuple[Movement, str], ...] = ()

    def signal(self, movement: Movement) -> str | None:
        """The group that rules a movement, or None."""
        return dict(self.signals).get(movement)


@dataclass(frozen=True, slots=True)
class SignalGroup:
    """Lamps that change together: boxes of (colour, left, top, right, bottom) in the picture, or none where a feed
    tells the state."""

    name: str
    lamps: tuple[tuple[str, float, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon with a meaning; `stay_s` is how long one may stand in it, None: the rule's own time."""

    name: str
    kind: AreaKind
    polygon: Polygon
    stay_s: float | None = None


@dataclass(frozen=True, slots=True)
class SolidLine:
    """A line that must not be crossed; `from_left` and `from_right` say from which side (seen along it) it is solid."""

    name: str
    points: tuple[Point, ...]
    from_left: bool = True
    from_right: bool = True


@dataclass(frozen=True, slots=True)
class Exit:
    """Where a movement leaves the junction: a segment that a vehicle of that movement crosses, from one approach."""

    line: Arrow
    movement: Movement
    lanes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpeedSection:
    """Two lines whose distance along the road is known, for the mean speed between them (区间测速)."""

    name: str
    entry: Arrow
    exit: Arrow
    length_m: float
    limit_kmh: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Picture points and the metres that they stand for; `noise_px` is how far a click is off."""

    picture: tuple[Point, ...]
    ground: tuple[Point, ...]
    noise_px: float = 1.0


@dataclass(frozen=True, slots=True)
class Street:
    """Everything that was drawn besides counting lines."""

    lanes: tuple[Lane, ...] = ()
    stop_lines: tuple[StopLine, ...] = ()
    signals: tuple[SignalGroup, ...] = ()
    areas: tuple[Area, ...] = ()
    solid_lines: tuple[SolidLine, ...] = ()
    exits: tuple[Exit, ...] = ()
    sections: tuple[SpeedSection, ...] = ()
    calibration: Calibration | None = None
    motorway: bool = False
    codes: tuple[tuple[str, str], ...] = field(default=())
    site: Site | None = None

    def of(self, kind: AreaKind) -> tuple[Area, ...]:
        """The areas of one kind."""
        return tuple(area for area in self.areas if area.kind is kind)

    def in_pixels(self, width: int, height: int) -> Street:
        """The same street, from shares of the picture to pixels."""

        def at(point: Point) -> Point:
            return point[0] * width, point[1] * height

        def along(points: Polygon) -> Polygon:
            return tuple(at(p) for p in points)

        def arrow(line: Arrow) -> Arrow:
            return at(line[0]), at(line[1])

        known = self.calibration
        return replace(
            self,
            lanes=tuple(replace(n, polygon=along(n.polygon), heading=arrow(n.heading)) for n in self.lanes),
            stop_lines=tuple(replace(n, line=arrow(n.line)) for n in self.stop_lines),
            signals=tuple(
                replace(n, lamps=tuple((c, *at((a, b)), *at((d, e))) for c, a, b, d, e in n.lamps))
                for n in self.signals
            ),
            areas=tuple(replace(n, polygon=along(n.polygon)) for n in self.areas),
            solid_lines=tuple(replace(n, points=along(n.points)) for n in self.solid_lines),
            exits=tuple(replace(n, line=arrow(n.line)) for n in self.exits),
            sections=tuple(replace(n, entry=arrow(n.entry), exit=arrow(n.exit)) for n in self.sections),
            calibration=replace(known, picture=along(known.picture)) if known else None,
        )


def inside(points: NDArray[np.float64], polygon: Polygon) -> NDArray[np.bool_]:
    """Which of `points` [n, 2] lie in a polygon, by the number of edges to their right (even-odd rule)."""
    x, y = points[:, 0], points[:, 1]
    within = np.zeros(len(points), dtype=bool)
    for (ax, ay), (bx, by) in zip(polygon, (*polygon[1:], polygon[0]), strict=True):
        if ay == by:
            continue
        spans = (ay > y) != (by > y)
        within ^= spans & (x < ax + (y - ay) * (bx - ax) / (by - ay))
    return within
