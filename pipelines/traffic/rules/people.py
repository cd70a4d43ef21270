"""People on foot and on cycles: not yielding to them on a crossing (道交法 47), and the motorway (道交法 67)."""

from __future__ import annotations

import numpy as np

from pipelines.traffic.layout import Area, AreaKind, inside
from pipelines.traffic.rules.view import Finding, Moment, View, runs
from pipelines.traffic.trajectory import CYCLES, VEHICLES, WALKERS, Trajectory

APPROACH_S = 1.0
"""How long before the crossing the first picture is taken: on it alone a vehicle moves by too little to be seen."""


def not_yielding(view: View) -> list[Finding]:
    """Vehicles that drove over a crossing while a person on it was, or was about to be, in the strip before them."""
    if view.plane is None:
        return []
    found = []
    people = [t for t in view.tracks if t.label in WALKERS]
    for crossing in view.street.of(AreaKind.CROSSING):
        on_it = [(p, inside(p.foot, crossing.polygon)) for p in people]
        for track in view.tracks:
            if track.label in VEHICLES and track.id not in view.exempt:
                finding = _cut_off(view, track, crossing, on_it)
                if finding is not None:
                    found.append(finding)
    return found


def _cut_off(
    view: View, track: Trajectory, crossing: Area, people: list[tuple[Trajectory, np.typing.NDArray[np.bool_]]]
) -> Finding | None:
    """The first person whom a vehicle cut off as it entered the crossing."""
    over = inside(track.foot, crossing.polygon) & (track.speed > view.settings.moving_ms)
    for first, last in runs(over)[:1]:
        at = float(track.times[first])
        along = track.velocity[first] / track.speed[first]
        for person, within in people:
            row = int(np.argmin(np.abs(person.times - at)))
            if not within[row] or abs(person.times[row] - at) > 0.5:
                continue
            apart = person.ground[row] - track.ground[first]
            aside = float(along[0] * apart[1] - along[1] * apart[0])
            walk = float(along[0] * person.velocity[row][1] - along[1] * person.velocity[row][0])
            near = abs(aside) <= view.settings.yield_m
            soon = aside * walk < 0 and abs(aside) - abs(walk) * view.settings.yield_s <= view.settings.yield_m
            if near or soon:
                end = float(track.times[last])
                before = max(float(track.times[0]), at - APPROACH_S)
                moments = (Moment("before_crossing", before), Moment("on_crossing", at), Moment("on_crossing", end))
                return Finding("not_yielding", track.id, crossing.name, at, end, moments, abs(aside), None, None, "m")
    return None


def on_motorway(view: View) -> list[Finding]:
    """People and pedal cycles in a lane of a motorway."""
    if not view.street.motorway:
        return []
    found = []
    for track in view.tracks:
        if track.label not in (WALKERS | CYCLES) - {"motorcycle"} or track.id in view.exempt:
            continue
        for first, last in runs(track.lane >= 0):
            start, end = float(track.times[first]), float(track.times[last])
            if end - start >= view.settings.motorway_s:
                lane = view.street.lanes[int(track.lane[first])].name
                moments = tuple(Moment("on_motorway", t) for t in (start, end))
                found.append(Finding("on_motorway", track.id, lane, start, end, moments))
                break
    return found
