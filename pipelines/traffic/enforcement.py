"""From tracks to what a street's record says: lanes, turning counts and violations; knows no video and no store.

A pure function of tracks, scene, signal changes and settings, so that a stored track stream replays to the same
violations, byte for byte. Each violation names its frames by role, with the box of the vehicle in them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from cases.records import JsonObject
from cases.traffic import LaneInterval, LaneMeasure, SignalPhase, TurningCount, Violation
from models.values import Track
from pipelines.traffic.ground import GroundPlane, fit_ground
from pipelines.traffic.layout import Street
from pipelines.traffic.measure import lane_windows, turning_counts
from pipelines.traffic.rules.catalogue import OFFENCES, code_of, findings
from pipelines.traffic.rules.view import Finding, RuleSettings, View
from pipelines.traffic.signal import Colour, SignalLog
from pipelines.traffic.trajectory import Trajectory, trajectories

INTERVALS_S = (60.0, 300.0)
"""Stretches of the series: a minute and five."""


@dataclass(frozen=True, slots=True)
class StreetResults:
    """What a street's record adds to counts."""

    lanes: tuple[LaneMeasure, ...] = ()
    intervals: tuple[LaneInterval, ...] = ()
    turns: tuple[TurningCount, ...] = ()
    violations: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """The time that tracks were looked for, seconds, and frames a second of the video (not of those looked at)."""

    start: float
    end: float
    fps: float


@dataclass(frozen=True, slots=True)
class Enforcement:
    """What rules need beside tracks and scene."""

    signals: SignalLog = field(default_factory=SignalLog)
    settings: RuleSettings = field(default_factory=RuleSettings)
    exempt: frozenset[int] = frozenset()


def ground_of(street: Street) -> GroundPlane | None:
    """The plane of a street in pixels; raises BadInput when its points do not fit one."""
    known = street.calibration
    return fit_ground(np.array(known.picture), np.array(known.ground), known.noise_px) if known else None


def street_results(
    tracks: Sequence[Track], street: Street, looked: Span, enforcement: Enforcement | None = None
) -> StreetResults:
    """Measures and violations of one street, `street` in pixels."""
    if street == Street():
        return StreetResults()
    chosen, plane = enforcement or Enforcement(), ground_of(street)
    ways = trajectories(tracks, street.lanes, plane)
    view = View(street, ways, plane, chosen.signals, chosen.settings, chosen.exempt)
    span = (looked.start, looked.end)
    whole = lane_windows(street.lanes, ways, plane, span, max(span[1] - span[0], 1e-6))
    series = [w for step in INTERVALS_S for w in lane_windows(street.lanes, ways, plane, span, step)]
    turns = (TurningCount(*turn) for turn in turning_counts(street.lanes, ways))
    by_id = {track.id: way for track, way in zip(tracks, ways, strict=True)}
    violations = (violation(f, by_id[f.track], view, looked.fps) for f in findings(view))
    return StreetResults(
        lanes=tuple(
            LaneMeasure(
                w.lane,
                _rounded(w.flow_per_hour, 1) or 0.0,
                _rounded(w.space_mean_speed_kmh, 2),
                round(w.occupancy, 4),
                _rounded(w.queue_m, 1),
            )
            for w in whole
        ),
        intervals=tuple(_kept(w) for w in series),
        turns=tuple(turns),
        violations=tuple(violations),
    )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)


def _kept(exact: LaneInterval) -> LaneInterval:
    """As the record keeps it: no more digits than are meant."""
    return replace(
        exact,
        start=round(exact.start, 3),
        end=round(exact.end, 3),
        flow_per_hour=round(exact.flow_per_hour, 1),
        time_mean_speed_kmh=_rounded(exact.time_mean_speed_kmh, 2),
        space_mean_speed_kmh=_rounded(exact.space_mean_speed_kmh, 2),
        occupancy=round(exact.occupancy, 4),
        density_per_km=_rounded(exact.density_per_km, 2),
        headway_s=_rounded(exact.headway_s, 2),
        queue_m=_rounded(exact.queue_m, 1),
    )


def violation(finding: Finding, track: Trajectory, view: View, fps: float) -> Violation:
    """A finding as the record keeps it; each picture is the track's own point nearest to the moment it is to show."""
    evidence: list[JsonObject] = []
    for moment in finding.moments:
        row = int(np.argmin(np.abs(track.times - moment.time)))
        time = float(track.times[row])
        box: list[float] = [round(v, 1) for v in track.boxes[row].tolist()]
        evidence.append({"role": moment.role, "time": round(time, 3), "frame": round(time * fps), "box": list(box)})
    return Violation(
        rule=finding.rule,
        code=code_of(finding.rule, view),
        track=finding.track,
        lane=finding.lane,
        start=round(finding.start, 3),
        end=round(finding.end, 3),
        plate=None,
        measured=_rounded(finding.measured, 2),
        limit=_rounded(finding.limit, 2),
        evidence=tuple(evidence),
        measured_sd=_rounded(finding.measured_sd, 2),
        unit=finding.unit,
        law=OFFENCES[finding.rule].law,
        vehicle=track.label,
        signal=_signal(finding, view.signals),
    )


def _signal(finding: Finding, log: SignalLog) -> SignalPhase | None:
    """The phase in which a finding of a signal's rule began."""
    if finding.group is None:
        return None
    phase = log.phase(finding.group, finding.start)
    end = round(phase.end, 3) if math.isfinite(phase.end) else None
    return SignalPhase(finding.group, phase.colour.value, round(phase.start, 3), end, log.source(finding.group))


def signal_phases(log: SignalLog) -> tuple[SignalPhase, ...]:
    """Every known phase of a log, by group and time."""
    found = []
    for group, changes in sorted(log.changes.items()):
        ends = [*(time for time, _ in changes[1:]), None]
        for (start, colour), end in zip(changes, ends, strict=True):
            if colour is not Colour.UNKNOWN:
                later = round(end, 3) if end is not None else None
                found.append(SignalPhase(group, colour.value, round(start, 3), later, log.source(group)))
    return tuple(found)
