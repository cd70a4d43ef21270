"""What lanes carry: flow, speeds, occupancy, density, headway, queue and turning counts; knows no video and no rule.

Flow, density and space mean speed are Edie's: distance travelled and time spent in the lane's area, by its length and
the time looked at, so that q = k v holds exactly. Time mean speed, headway and occupancy are taken at the lane's
section, half-way along its heading; without a calibration occupancy is the part of the time in which anybody is in
the lane. A vehicle queues below `QUEUE_KMH`; a queue reaches back from the lane's end as
far as gaps stay under `QUEUE_GAP_M`. Without a calibration speeds, density and queue
are unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from cases.traffic import LaneInterval
from pipelines.traffic.ground import GroundPlane
from pipelines.traffic.layout import Lane
from pipelines.traffic.trajectory import LENGTHS_M, WALKERS, Trajectory, approaching

Floats = NDArray[np.float64]

QUEUE_KMH = 5.0
"""Slower is queueing (the E2 detector of SUMO uses the same 1.39 m/s)."""
QUEUE_GAP_M = 10.0
"""Standing vehicles further apart than this, bumper to bumper, are no longer one queue."""
QUEUE_STEP_S = 1.0
"""How often the queue is looked at."""
LEVELS = (("A", 7.0), ("B", 11.0), ("C", 16.0), ("D", 22.0), ("E", 28.0))
"""Level of service: the greatest density of each, vehicles a km and lane (Highway Capacity Manual, freeways)."""


@dataclass(frozen=True, slots=True, eq=False)
class Passage:
    """One vehicle's passage of one lane: times, and where its middle is along it, in metres (shares of the lane without
    a calibration)."""

    label: str
    times: Floats
    way: Floats
    speed: Floats
    speed_sd: Floats

    def at(self, place: float) -> float | None:
        """When it first passed `place`, in either direction, between two points on either side of it."""
        beyond = self.way >= place
        rows = np.flatnonzero(beyond[:-1] != beyond[1:])
        if rows.size == 0:
            return None
        row = int(rows[0])
        share = (place - self.way[row]) / (self.way[row + 1] - self.way[row])
        return float(self.times[row] + share * (self.times[row + 1] - self.times[row]))

    @property
    def length(self) -> float:
        return LENGTHS_M.get(self.label, LENGTHS_M["car"])


def passages(index: int, lane: Lane, tracks: Sequence[Trajectory], plane: GroundPlane | None) -> list[Passage]:
    arrow = np.array(lane.heading, dtype=np.float64)
    ends = plane.metres(arrow) if plane is not None else arrow
    direction = ends[1] - ends[0]
    length = float(np.hypot(*direction))
    # Of a vehicle that comes towards the camera the box ends at the front bumper, of one that leaves at the rear.
    side = -0.5 if approaching(lane) else 0.5
    found = []
    for track in tracks:
        rows = np.flatnonzero(track.lane == index)
        if track.label in WALKERS or rows.size < 2:
            continue
        if plane is None:
            way = (track.foot[rows] - ends[0]) @ direction / length**2
        else:
            body = LENGTHS_M.get(track.label, LENGTHS_M["car"])
            way = (track.ground[rows] - ends[0]) @ direction / length + side * body
        found.append(Passage(track.label, track.times[rows], way, track.speed[rows], track.speed_sd[rows]))
    return found


def lane_length(lane: Lane, plane: GroundPlane | None) -> float:
    """Metres along the heading; 1 without a calibration."""
    if plane is None:
        return 1.0
    start, end = plane.metres(np.array(lane.heading, dtype=np.float64))
    return float(np.hypot(*(end - start)))


def lane_windows(
    lanes: Sequence[Lane],
    tracks: Sequence[Trajectory],
    plane: GroundPlane | None,
    span: tuple[float, float],
    step: float,
) -> tuple[LaneInterval, ...]:
    """Every lane in every stretch of `step` seconds from `span`'s start to its end; the last may be shorter."""
    edges = [*np.arange(span[0], span[1], step).tolist(), span[1]]
    if len(edges) > 2 and edges[-1] - edges[-2] < 0.1 * step:
        del edges[-2]
    found = []
    for index, lane in enumerate(lanes):
        inside = passages(index, lane, tracks, plane)
        length = lane_length(lane, plane)
        queues = queue_series(inside, length, span) if plane is not None else None
        for start, end in pairwise(edges):
            found.append(_window(lane.name, inside, length, (start, end), queues))
    return tuple(found)


def _window(
    name: str, passages: Sequence[Passage], length: float, span: tuple[float, float], queues: QueueSeries | None
) -> LaneInterval:
    start, end = span
    hours = (end - start) / 3600
    passed = sorted((at, p) for p in passages if (at := p.at(length / 2)) is not None and start <= at < end)
    counts = Counter(p.label for _, p in passed)
    headway = float(np.mean(np.diff([at for at, _ in passed]))) if len(passed) > 1 else None
    bare = LaneInterval(
        lane=name,
        start=start,
        end=end,
        counts=dict(sorted(counts.items())),
        flow_per_hour=len(passed) / hours,
        time_mean_speed_kmh=None,
        space_mean_speed_kmh=None,
        occupancy=0.0,
        density_per_km=None,
        headway_s=headway,
        queue_m=None,
        queue_vehicles=None,
        level_of_service=None,
    )
    if queues is None:
        return replace(bare, occupancy=_union([(float(p.times[0]), float(p.times[-1])) for p in passages], span))
    spent, travelled = _edie(passages, span)
    spots = [float(np.interp(at, p.times, p.speed)) * 3.6 for at, p in passed]
    spots = [v for v in spots if np.isfinite(v)]
    density = spent / (length / 1000 * (end - start))
    within = (queues.times >= start) & (queues.times < end)
    return replace(
        bare,
        time_mean_speed_kmh=float(np.mean(spots)) if spots else None,
        space_mean_speed_kmh=3.6 * travelled / spent if spent > 0 else None,
        occupancy=_occupancy(passages, length / 2, span),
        density_per_km=density,
        queue_m=float(queues.metres[within].max()) if within.any() else None,
        queue_vehicles=int(queues.vehicles[within].max()) if within.any() else None,
        level_of_service=next((letter for letter, most in LEVELS if density <= most), "F"),
    )


def _edie(passages: Sequence[Passage], span: tuple[float, float]) -> tuple[float, float]:
    """Seconds spent and metres travelled in the lane within `span`, over all vehicles."""
    spent, travelled = 0.0, 0.0
    for p in passages:
        first, last = max(span[0], float(p.times[0])), min(span[1], float(p.times[-1]))
        if last > first:
            spent += last - first
            travelled += float(np.interp(last, p.times, p.way) - np.interp(first, p.times, p.way))
    return spent, max(travelled, 0.0)


def _occupancy(passages: Sequence[Passage], section: float, span: tuple[float, float]) -> float:
    """The part of `span` in which some vehicle's body lies over the section."""
    covered: list[tuple[float, float]] = []
    for p in passages:
        over = np.abs(p.way - section) <= p.length / 2
        if over.any():
            rows = np.flatnonzero(over)
            covered.append((_edge(p, section, int(rows[0]), -1), _edge(p, section, int(rows[-1]), 1)))
    return _union(covered, span)


def _union(stretches: Sequence[tuple[float, float]], span: tuple[float, float]) -> float:
    """The part of `span` that the stretches of time cover together."""
    total, reached = 0.0, span[0]
    for begin, finish in sorted(stretches):
        first, last = max(begin, reached), min(finish, span[1])
        if last > first:
            total += last - first
            reached = last
    return total / (span[1] - span[0])


def _edge(p: Passage, section: float, row: int, side: int) -> float:
    """When the body began (side -1) or ceased (1) to cover the section, between the two points around that."""
    other = row + side
    if not 0 <= other < len(p.way):
        return float(p.times[row])
    edge = section + side * p.length / 2
    gap = p.way[other] - p.way[row]
    share = min(max((edge - p.way[row]) / gap, 0.0), 1.0) if gap else 0.0
    return float(p.times[row] + share * (p.times[other] - p.times[row]))


@dataclass(frozen=True, slots=True, eq=False)
class QueueSeries:
    """A queue every `QUEUE_STEP_S`: metres from the lane's end to the last bumper, and vehicles."""

    times: Floats
    metres: Floats
    vehicles: NDArray[np.intp]


def queue_series(passages: Sequence[Passage], length: float, span: tuple[float, float]) -> QueueSeries:
    """The queue of a lane whose end is at `length` metres."""
    times: Floats = np.arange(span[0], span[1], QUEUE_STEP_S, dtype=np.float64)
    metres, vehicles = np.zeros(len(times)), np.zeros(len(times), dtype=np.intp)
    for row, at in enumerate(times):
        standing = []
        for p in passages:
            if p.times[0] <= at <= p.times[-1] and float(np.interp(at, p.times, p.speed)) * 3.6 < QUEUE_KMH:
                standing.append((float(np.interp(at, p.times, p.way)), p.length))
        metres[row], vehicles[row] = _queue(standing, length)
    return QueueSeries(times, metres, vehicles)


def _queue(standing: Sequence[tuple[float, float]], length: float) -> tuple[float, int]:
    """Metres and vehicles of the queue that begins at the lane's end, from (middle, length) of those that stand."""
    tail, members = length, 0
    for middle, size in sorted(standing, reverse=True):
        if tail - (middle + size / 2) > QUEUE_GAP_M:
            break
        tail, members = min(tail, middle - size / 2), members + 1
    return (max(0.0, length - tail), members) if members else (0.0, 0)


def turning_counts(lanes: Sequence[Lane], tracks: Sequence[Trajectory]) -> tuple[tuple[str, str, str, int], ...]:
    """How many went from one lane into another: (first lane, last lane, class, count), where the two differ."""
    tally: Counter[tuple[str, str, str]] = Counter()
    for track in tracks:
        rows = track.lane[track.lane >= 0]
        if track.label not in WALKERS and rows.size and rows[0] != rows[-1]:
            tally[lanes[rows[0]].name, lanes[rows[-1]].name, track.label] += 1
    return tuple((*key, tally[key]) for key in sorted(tally))
