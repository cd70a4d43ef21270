"""Solid lines, the lane for a movement, and lanes kept for others (道交法 37, 38; 实施条例 51, 82; GB 5768.3)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from pipelines.traffic.crossing import PathPoint, crossings
from pipelines.traffic.layout import Lane, LaneKind, Movement
from pipelines.traffic.rules.view import Finding, Moment, View, runs, taken_exit
from pipelines.traffic.trajectory import CYCLES, WALKERS, Trajectory

MARGIN_S = 1.0
"""How long before and after a line is crossed the other two pictures are taken."""


def solid_line(view: View) -> list[Finding]:
    """Vehicles whose middle settled on one side of a solid line and then on the other."""
    found = []
    for track in view.tracks:
        if track.label in WALKERS or track.id in view.exempt or len(track.times) < 2:
            continue
        path = _path(view, track)
        for line in view.street.solid_lines:
            hits = [c for a, b in pairwise(line.points) for c in crossings(path, a, b)]
            hits = [c for c in hits if (line.from_left if c.rightward else line.from_right)]
            if hits:
                at = min(c.time for c in hits)
                first, last = float(track.times[0]), float(track.times[-1])
                times = (max(first, at - MARGIN_S), at, min(last, at + MARGIN_S))
                lane = view.lane(int(track.lane[np.searchsorted(track.times, times[0])]))
                moments = tuple(Moment("crossing", t) for t in times)
                name = lane.name if lane else None
                found.append(Finding("solid_line", track.id, name, times[0], times[2], moments))
                break
    return found


def _path(view: View, track: Trajectory) -> list[PathPoint]:
    """Foot points that must settle `solid_m` metres beside a line (uncalibrated: a tenth of the box's width)."""
    if view.plane is None:
        trembles = 0.1 * (track.boxes[:, 2] - track.boxes[:, 0])
    else:
        across = np.hypot(*view.plane.slopes(track.foot)[:, :, 0].T)
        trembles = view.settings.solid_m / np.maximum(across, 1e-9)
    rows = zip(track.times.tolist(), track.foot.tolist(), trembles.tolist(), strict=True)
    return [PathPoint(time, (x, y), tremble) for time, (x, y), tremble in rows]


def wrong_lane(view: View) -> list[Finding]:
    """Vehicles that left the junction by a movement that their lane does not allow; U-turns have their own rule."""
    found = []
    for track in view.tracks:
        taken = taken_exit(view, track) if track.id not in view.exempt and track.label not in WALKERS else None
        if taken is None or taken[0].movement is Movement.U_TURN:
            continue
        way, lane, at = taken
        if lane.movements and way.movement not in lane.movements:
            left = float(track.times[track.lane == view.street.lanes.index(lane)][-1])
            moments = (Moment("in_lane", left), Moment("turning", (left + at) / 2), Moment("left", at))
            found.append(Finding("wrong_lane", track.id, lane.name, left, at, moments))
    return found


def _may_use(lane: Lane, label: str) -> bool:
    if lane.kind is LaneKind.BUS:
        return label == "bus"
    if lane.kind is LaneKind.CYCLE:
        return label in CYCLES
    return lane.kind is not LaneKind.EMERGENCY


def reserved_lane(view: View) -> list[Finding]:
    """Vehicles that drove in a bus, cycle or emergency lane for `reserved_s` and `reserved_m`, their middle in it."""
    found = []
    for track in view.tracks:
        if track.label in WALKERS or track.id in view.exempt:
            continue
        for index, lane in enumerate(view.street.lanes):
            if _may_use(lane, track.label):
                continue
            for first, last in runs(track.lane == index):
                start, end = float(track.times[first]), float(track.times[last])
                way = float(np.hypot(*(track.ground[last] - track.ground[first]))) if track.known else float("inf")
                if end - start >= view.settings.reserved_s and way >= view.settings.reserved_m:
                    rule = "emergency_lane" if lane.kind is LaneKind.EMERGENCY else "reserved_lane"
                    moments = tuple(Moment("in_lane", t) for t in (start, (start + end) / 2, end))
                    found.append(Finding(rule, track.id, lane.name, start, end, moments))
                    break
    return found
