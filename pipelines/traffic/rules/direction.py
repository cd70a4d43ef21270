"""Against the traffic (道交法 article 35), and turning back where it is not allowed (实施条例 article 49)."""

from __future__ import annotations

import numpy as np

from pipelines.traffic.layout import Movement
from pipelines.traffic.rules.view import Finding, Moment, View, runs, taken_exit
from pipelines.traffic.trajectory import WALKERS

AGAINST = -0.7
"""Cosine of the angle to the lane's heading from which on a vehicle goes against it: more than 135 degrees."""


def wrong_way(view: View) -> list[Finding]:
    """Vehicles that went against a lane's heading for long and far enough, without a break."""
    if view.plane is None:
        return []
    found = []
    headings = []
    for lane in view.street.lanes:
        ends = view.plane.metres(np.array(lane.heading, dtype=np.float64))
        headings.append((ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0])))
    for track in view.tracks:
        if track.label in WALKERS or track.id in view.exempt or not headings:
            continue
        ways = np.array(headings)[np.maximum(track.lane, 0)]
        cosine = np.einsum("nd,nd->n", track.velocity, ways) / np.maximum(track.speed, 1e-9)
        against = (track.lane >= 0) & (track.speed > view.settings.moving_ms) & (cosine < AGAINST)
        for first, last in runs(against):
            start, end = float(track.times[first]), float(track.times[last])
            way = float((track.ground[first] - track.ground[last]) @ ways[first])
            if end - start >= view.settings.wrong_way_s and way >= view.settings.wrong_way_m:
                name = view.street.lanes[int(track.lane[first])].name
                moments = tuple(Moment("against", t) for t in (start, (start + end) / 2, end))
                found.append(Finding("wrong_way", track.id, name, start, end, moments, way, None, 0.0, "m against"))
                break
    return found


def illegal_u_turn(view: View) -> list[Finding]:
    """Vehicles that left by an exit of turning back, from a lane whose movements do not hold it."""
    found = []
    for track in view.tracks:
        taken = taken_exit(view, track) if track.id not in view.exempt and track.label not in WALKERS else None
        if taken is None or taken[0].movement is not Movement.U_TURN:
            continue
        _, lane, at = taken
        if lane.movements and Movement.U_TURN not in lane.movements:
            begun = float(track.times[track.lane == view.street.lanes.index(lane)][-1])
            moments = tuple(Moment("turning", t) for t in (begun, (begun + at) / 2, at))
            found.append(Finding("illegal_u_turn", track.id, lane.name, begun, at, moments))
    return found
