"""Standing where one must not: stopping, parking, a blocked junction (道交法 53, 56; 实施条例 63; GA/T 1426)."""

from __future__ import annotations

import numpy as np

from pipelines.traffic.layout import Area, AreaKind, inside
from pipelines.traffic.rules.view import Finding, Floats, Moment, View
from pipelines.traffic.trajectory import CYCLES, WALKERS, Trajectory

STEADY_POINTS = 9
"""About two thirds of a second at the usual rate: a car that drives off has moved half a metre by then."""

ANCHOR_POINTS = 25
"""About two seconds: the middle of them is where a stay is."""


def illegal_stop(view: View) -> list[Finding]:
    """Vehicles that stood in an area of no stopping, or too long in one of no parking or in a bay with a limit."""
    found: list[Finding] = []
    for kind, usual in ((AreaKind.NO_STOPPING, view.settings.stop_s), (AreaKind.NO_PARKING, view.settings.parking_s)):
        rule = "illegal_stop" if kind is AreaKind.NO_STOPPING else "illegal_parking"
        for area in view.street.of(kind):
            found += _stays(view, rule, area, area.stay_s or usual)
    for bay in view.street.of(AreaKind.BAY):
        if bay.stay_s is not None:
            found += _stays(view, "illegal_parking", bay, bay.stay_s)
    return found


def blocked_junction(view: View) -> list[Finding]:
    """Vehicles that came to stand within a junction: they had entered although it was not free beyond."""
    found: list[Finding] = []
    for area in view.street.of(AreaKind.JUNCTION):
        found += _stays(view, "blocked_junction", area, area.stay_s or view.settings.blocked_s)
    return found


def _stays(view: View, rule: str, area: Area, limit_s: float) -> list[Finding]:
    if view.plane is None:
        return []
    found = []
    for track in view.tracks:
        if track.label in WALKERS | CYCLES or track.id in view.exempt:
            continue
        stay = _longest_stay(track, inside(track.foot, area.polygon), view.settings.drift_m)
        if stay is not None and stay[1] - stay[0] >= limit_s:
            start, end = stay
            # Three pictures, the outer two further apart than the time that is allowed.
            moments = tuple(Moment("standing", t) for t in (start, (start + end) / 2, end))
            found.append(Finding(rule, track.id, area.name, start, end, moments, end - start, None, limit_s, "s"))
    return found


def _longest_stay(track: Trajectory, within: np.typing.NDArray[np.bool_], drift_m: float) -> tuple[float, float] | None:
    """The longest time within `drift_m` metres of where it began; points that tremble out of the area do not end it."""
    best: tuple[float, float] | None = None
    places = _steady(track.ground)
    row = 0
    while row < len(within):
        if not within[row]:
            row += 1
            continue
        # The place where it comes to stand, not that of the last metre of braking.
        anchor = np.median(places[row : row + ANCHOR_POINTS], axis=0)
        gone = np.flatnonzero(np.hypot(*(places[row:] - anchor).T) > drift_m)
        if gone.size and gone[0] == 0:
            row += 1
            continue
        last = row + int(gone[0]) - 1 if gone.size else len(within) - 1
        if np.mean(within[row : last + 1]) > 0.5:
            stay = float(track.times[row]), float(track.times[last])
            best = stay if best is None or stay[1] - stay[0] > best[1] - best[0] else best
            row = max(last, row) + 1
        else:
            row += 1
    return best


def _steady(places: Floats) -> Floats:
    """The middle of `STEADY_POINTS` places around each, so that no single bad box makes a standing car drive off."""
    half = STEADY_POINTS // 2
    padded = np.concatenate([np.repeat(places[:1], half, axis=0), places, np.repeat(places[-1:], half, axis=0)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, STEADY_POINTS, axis=0)
    middles: Floats = np.median(windows, axis=2)
    return middles
