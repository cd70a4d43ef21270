"""Too fast at a point, and over a section (道交法 article 42; GB/T 21255, GA/T 959)."""

from __future__ import annotations

import numpy as np

from pipelines.traffic.rules.view import Finding, Moment, View, first_crossing, runs
from pipelines.traffic.trajectory import WALKERS


def speeding(view: View) -> list[Finding]:
    """Vehicles whose speed in a lane cleared the limit, tolerance and doubt included, for `speed_s` without a break.

    What is measured is the middle speed of that stretch.
    """
    found = []
    for track in view.tracks:
        if track.label in WALKERS or track.id in view.exempt or not track.known:
            continue
        for index, lane in enumerate(view.street.lanes):
            if lane.limit_kmh is None:
                continue
            bound = lane.limit_kmh * (1 + view.settings.speed_tolerance)
            sure = 3.6 * (track.speed - view.settings.sure * track.speed_sd) > bound
            stretches = runs((track.lane == index) & sure)
            stretches = [(a, b) for a, b in stretches if track.times[b] - track.times[a] >= view.settings.speed_s]
            if stretches:
                first, last = max(stretches, key=lambda r: (r[1] - r[0], -r[0]))
                rows = slice(first, last + 1)
                middle = first + int(np.argsort(track.speed[rows], kind="stable")[(last - first) // 2])
                start, end = float(track.times[first]), float(track.times[last])
                moments = (
                    Moment("panorama", start),
                    Moment("measured", float(track.times[middle])),
                    Moment("panorama", end),
                )
                value, sd = 3.6 * float(track.speed[middle]), 3.6 * float(track.speed_sd[middle])
                found.append(
                    Finding("speeding", track.id, lane.name, start, end, moments, value, sd, lane.limit_kmh, "km/h")
                )
                break
    return found


def section_speeding(view: View) -> list[Finding]:
    """Vehicles whose mean speed between two lines cleared the limit; needs no calibration, only the road's length."""
    found = []
    for track in view.tracks:
        if track.label in WALKERS or track.id in view.exempt or len(track.times) < 2:
            continue
        for section in view.street.sections:
            entry, leave = first_crossing(track, section.entry), first_crossing(track, section.exit)
            if entry is None or leave is None or leave[0] <= entry[0]:
                continue
            taken = leave[0] - entry[0]
            value = 3.6 * section.length_m / taken
            # Each passing is known to half the distance of two frames.
            frame = float(np.median(np.diff(track.times)))
            sd = value * frame / np.sqrt(6) / taken
            if value - view.settings.sure * sd > section.limit_kmh * (1 + view.settings.speed_tolerance):
                moments = (Moment("entry", entry[0]), Moment("exit", leave[0]))
                found.append(
                    Finding(
                        "section_speeding", track.id, section.name, entry[0], leave[0], moments, value, sd,
                        section.limit_kmh, "km/h",
                    )
                )  # fmt: skip
                break
    return found
