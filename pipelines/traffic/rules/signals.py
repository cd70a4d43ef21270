"""Red light with its three positions, and stopping past the line, which is not running it; knows no other family.

GA/T 496 and GA/T 832 (道交法 article 38): (1) the front before the stop line under red, (2) the whole body past it
in the same red phase, (3) the vehicle moving on into the junction in that phase. Two of three are no violation.
"""

from __future__ import annotations

import numpy as np

from pipelines.traffic.ground import GroundPlane
from pipelines.traffic.layout import Lane, StopLine
from pipelines.traffic.rules.view import Finding, Moment, View, ahead_of, passing, runs, taken_exit
from pipelines.traffic.signal import Colour, Phase
from pipelines.traffic.trajectory import CYCLES, VEHICLES, Trajectory

BEFORE_S = 0.5
"""How long before the front reaches the line the first picture is taken: seen from behind, a car hides some metres."""


def red_light(view: View) -> list[Finding]:
    """Vehicles that showed all three positions in one red phase of the group that rules their movement."""
    found: list[Finding] = []
    plane = view.plane
    if plane is None:
        return found
    for track, line, lane in _at_lines(view):
        front, rear = ahead_of(plane, track, line.line, lane)
        crossed, whole = passing(track.times, front), passing(track.times, rear)
        moved = passing(track.times, rear, view.settings.beyond_m)
        if crossed is None or whole is None or moved is None:
            continue
        group = _group(view, track, line, lane)
        phase = view.signals.phase(group, crossed) if group is not None else None
        if phase is None or phase.colour is not Colour.RED or moved >= phase.end:
            continue
        doubt = view.settings.sure * _seconds_off(view, plane, track, lane, crossed)
        since = crossed - phase.start
        if since <= doubt:
            continue
        far = _far_side(view, track, moved, phase)
        moments = (
            Moment("before_line", max(crossed - BEFORE_S, phase.start)),
            Moment("past_line", whole),
            Moment("in_junction", far),
        )
        sd = doubt / view.settings.sure
        found.append(
            Finding(
                "red_light", track.id, lane.name, crossed, far, moments, since, sd, 0.0, "s of red", group
            )
        )  # fmt: skip
    return found


def stop_line(view: View) -> list[Finding]:
    """Vehicles that stood with the front past the line under red, and did not go on into the junction in that phase."""
    found: list[Finding] = []
    settings, plane = view.settings, view.plane
    if plane is None:
        return found
    for track, line, lane in _at_lines(view):
        front, rear = ahead_of(plane, track, line.line, lane)
        standing = (front > 0) & (rear < settings.beyond_m) & (track.speed < settings.moving_ms)
        for first, last in runs(standing):
            start, end = float(track.times[first]), float(track.times[last])
            group = _group(view, track, line, lane)
            phase = view.signals.phase(group, start) if group is not None else None
            if phase is None or phase.colour is not Colour.RED:
                continue
            end = min(end, phase.end)
            moved = passing(track.times, rear, settings.beyond_m)
            if end - start < settings.overrun_s or (moved is not None and moved < phase.end):
                continue
            beyond, sd = float(np.median(front[first : last + 1])), _metres_off(view, plane, track, lane, first)
            if beyond - settings.sure * sd <= settings.overrun_m / 2 or beyond <= settings.overrun_m:
                continue
            moments = (Moment("past_line", start), Moment("past_line", end))
            found.append(Finding("stop_line", track.id, lane.name, start, end, moments, beyond, sd, 0.0, "m", group))
            break
    return found


def _at_lines(view: View) -> list[tuple[Trajectory, StopLine, Lane]]:
    """Vehicles with places in metres that came by a lane of a stop line, each with that lane."""
    found = []
    for track in view.tracks:
        if track.label not in VEHICLES | CYCLES or track.id in view.exempt or len(track.times) < 2:
            continue
        for line in view.street.stop_lines:
            indices = [n for n, lane in enumerate(view.street.lanes) if lane.name in line.lanes]
            rows = np.flatnonzero(np.isin(track.lane, indices))
            if rows.size:
                found.append((track, line, view.street.lanes[int(track.lane[rows[-1]])]))
    return found


def _far_side(view: View, track: Trajectory, moved: float, phase: Phase) -> float:
    """When the third picture is taken: as the vehicle leaves the junction, while it is seen to under the same red; else
    as soon as it has moved on far enough."""
    taken = taken_exit(view, track)
    return taken[2] if taken is not None and moved <= taken[2] < phase.end else moved


def _group(view: View, track: Trajectory, line: StopLine, lane: Lane) -> str | None:
    """The group that rules the vehicle's movement; None when the movement is unknown or no group rules it.

    A vehicle that has not left the junction yet is ruled only where all movements that its lane allows share one group.
    """
    taken = taken_exit(view, track)
    if taken is not None:
        return line.signal(taken[0].movement)
    groups = {line.signal(m) for m in lane.movements} if lane.movements else {group for _, group in line.signals}
    return groups.pop() if len(groups) == 1 else None


def _metres_off(view: View, plane: GroundPlane, track: Trajectory, lane: Lane, row: int) -> float:
    """One standard deviation of where the front is, metres, along the lane."""
    height = float(track.boxes[row, 3] - track.boxes[row, 1])
    x, y = track.foot[row]
    xx, xy, yy = plane.place((float(x), float(y)), 0.02 * height).covariance
    ends = plane.metres(np.array(lane.heading, dtype=np.float64))
    along = (ends[1] - ends[0]) / np.hypot(*(ends[1] - ends[0]))
    variance = along[0] ** 2 * xx + 2 * along[0] * along[1] * xy + along[1] ** 2 * yy
    receding = lane.heading[1][1] <= lane.heading[0][1]
    return float(np.hypot(np.sqrt(variance), view.settings.body_sd_m if receding else 0.0))


def _seconds_off(view: View, plane: GroundPlane, track: Trajectory, lane: Lane, at: float) -> float:
    """One standard deviation of when the front was at the line."""
    row = int(np.argmin(np.abs(track.times - at)))
    speed = float(track.speed[row])
    return _metres_off(view, plane, track, lane, row) / max(speed, 0.5) if np.isfinite(speed) else float("inf")
