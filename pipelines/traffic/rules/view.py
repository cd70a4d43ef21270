"""What a rule looks at and what it finds; knows no single rule.

A finding is a proposal for a person to confirm. Its moments name the frames that must be shown, by role and time.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pipelines.traffic.crossing import PathPoint, crossings
from pipelines.traffic.ground import GroundPlane
from pipelines.traffic.layout import Arrow, Exit, Lane, Street
from pipelines.traffic.signal import SignalLog
from pipelines.traffic.trajectory import Trajectory, approaching

Floats = NDArray[np.float64]

TREMBLE = 0.05
"""Part of a box's height by which its foot may tremble without having crossed a line."""


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Thresholds, with their units; `sure` is how many standard deviations a measured value must clear its limit by."""

    sure: float = 2.0
    moving_ms: float = 1.0
    """Slower counts as standing, m/s."""
    body_sd_m: float = 0.5
    """How far a vehicle's real length is off its class's usual one, one standard deviation."""
    beyond_m: float = 2.0
    """How far the rear must be past the stop line for the third position: displacement that a picture shows."""
    overrun_m: float = 0.4
    """How far the front must stand past the stop line."""
    overrun_s: float = 1.0
    wrong_way_m: float = 8.0
    """Less against the traffic is manoeuvring."""
    wrong_way_s: float = 1.0
    stop_s: float = 10.0
    """GA/T 832: two pictures of something that stands are 10 s apart."""
    parking_s: float = 180.0
    blocked_s: float = 10.0
    drift_m: float = 1.5
    """What has moved less than this is standing."""
    reserved_s: float = 2.0
    reserved_m: float = 15.0
    solid_m: float = 0.4
    """How far the middle of the vehicle must settle on each side of a solid line."""
    speed_tolerance: float = 0.1
    """Part of the limit that is let pass: below it the law warns."""
    speed_s: float = 0.8
    yield_m: float = 2.0
    """Half the width of the strip before a vehicle in which a person must not be cut off."""
    yield_s: float = 2.0
    """How soon a person who walks towards the strip would be in it."""
    motorway_s: float = 2.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame to be shown: `role` in the evidence, and its time in seconds."""

    role: str
    time: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found; `measured` with one standard deviation and `limit` are in `unit`."""

    rule: str
    track: int
    lane: str | None
    start: float
    end: float
    moments: tuple[Moment, ...]
    measured: float | None = None
    measured_sd: float | None = None
    limit: float | None = None
    unit: str | None = None
    group: str | None = None
    """The signal group that ruled it."""


@dataclass(frozen=True, slots=True)
class View:
    """One stretch of time at one place; `exempt` are tracks of vehicles on duty (道交法 article 53)."""

    street: Street
    tracks: tuple[Trajectory, ...]
    plane: GroundPlane | None = None
    signals: SignalLog = field(default_factory=SignalLog)
    settings: RuleSettings = field(default_factory=RuleSettings)
    exempt: frozenset[int] = frozenset()

    def lane(self, index: int) -> Lane | None:
        """The lane of a trajectory's `lane` value."""
        return self.street.lanes[index] if index >= 0 else None


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """The stretches of true values as (first, last), both included."""
    padded = np.concatenate([[False], flags, [False]]).astype(np.int8)
    steps = np.diff(padded)
    return list(zip(np.flatnonzero(steps == 1).tolist(), (np.flatnonzero(steps == -1) - 1).tolist(), strict=True))


def first_crossing(track: Trajectory, line: Arrow) -> tuple[float, bool] | None:
    """When the foot first crosses a segment for good, and whether to its right; None when it does not."""
    heights = track.boxes[:, 3] - track.boxes[:, 1]
    path = [
        PathPoint(time, (x, y), TREMBLE * height)
        for time, (x, y), height in zip(track.times.tolist(), track.foot.tolist(), heights.tolist(), strict=True)
    ]
    found = crossings(path, line[0], line[1])
    return (found[0].time, found[0].rightward) if found else None


def taken_exit(view: View, track: Trajectory) -> tuple[Exit, Lane, float] | None:
    """The exit that a vehicle left the junction by, the lane that it came from, and when it crossed it."""
    best: tuple[Exit, Lane, float] | None = None
    for way in view.street.exits:
        crossed = first_crossing(track, way.line)
        if crossed is None:
            continue
        before = track.lane[(track.times < crossed[0]) & (track.lane >= 0)]
        names = [view.street.lanes[index] for index in before.tolist()]
        lanes = [lane for lane in names if lane.name in way.lanes]
        if lanes and (best is None or crossed[0] < best[2]):
            best = (way, lanes[-1], crossed[0])
    return best


def ahead_of(plane: GroundPlane, track: Trajectory, line: Arrow, lane: Lane) -> tuple[Floats, Floats]:
    """How far the front and the rear of a vehicle are past a line along a lane's heading, metres, [n] each.

    Of a vehicle that comes towards the camera the box's lower edge is the front, of one that leaves the rear.
    """
    ends = plane.metres(np.array(line, dtype=np.float64))
    way = plane.metres(np.array(lane.heading, dtype=np.float64))
    across = ends[1] - ends[0]
    normal = np.array([-across[1], across[0]]) / np.hypot(*across)
    normal *= np.sign(normal @ (way[1] - way[0]))
    past = (track.ground - ends[0]) @ normal
    return (past, past - track.length) if approaching(lane) else (past + track.length, past)


def passing(times: Floats, past: Floats, place: float = 0.0) -> float | None:
    """When `past` goes through `place` for the last time upward, so that trembling before it does not count."""
    below = np.flatnonzero(past < place)
    if below.size == 0 or below[-1] + 1 >= len(past):
        return None
    row = int(below[-1])
    share = (place - past[row]) / (past[row + 1] - past[row])
    return float(times[row] + share * (times[row + 1] - times[row]))
