"""What a case keeps of traffic: frozen values of counts, measures, violations and their evidence; values only.

Field names are the JSON names that other programs rely on: add fields, never rename. Times are seconds of the
recording, boxes are pixels of the frame as stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cases.records import JsonObject, Provenance, Quad


@dataclass(frozen=True, slots=True)
class Count:
    """How many objects of a class crossed a line (`line` None: were seen at all), in a direction."""

    line: str | None
    direction: str | None
    class_: str = field(metadata={"json": "class"})
    count: int


@dataclass(frozen=True, slots=True)
class LaneMeasure:
    """What one lane carried."""

    lane: str
    flow_per_hour: float
    mean_speed_kmh: float | None
    occupancy: float
    queue_m: float | None


@dataclass(frozen=True, slots=True)
class Site:
    """Where a camera stands and looks, as it is written over evidence; `device` is its number (GA/T 1400: 20 digits),
    `region` the six digits of GB/T 2260."""

    device: str = ""
    place: str = ""
    direction: str = ""
    region: str = ""


@dataclass(frozen=True, slots=True)
class ClockState:
    """When the first frame was taken (ISO 8601 with its zone) and how far that clock may be off Beijing time, seconds;
    None is not known."""

    started_at: str | None = None
    error_s: float | None = None


@dataclass(frozen=True, slots=True)
class SignalPhase:
    """What a signal group showed from `start` to `end` (None: to the last frame), told by `feed` or read in
    `pixels`."""

    group: str
    colour: str
    start: float
    end: float | None
    source: str


@dataclass(frozen=True, slots=True)
class PlateSeen:
    """A plate on which reads of several frames agree; `frame`, `time`, `box` and `characters` are of the surest of
    them,
    which is the one that is shown."""

    text: str
    colour: str
    kind: str
    confidence: float
    characters: tuple[float, ...]
    reads: int
    agreeing: int
    frame: int
    time: float
    box: Quad


@dataclass(frozen=True, slots=True)
class EvidencePicture:
    """A derived copy that shows a violation: `box` is the vehicle's in a panorama, and the part of the frame that a
    close-up shows."""

    role: str
    name: str
    frame: int
    time: float
    width: int
    height: int
    sha256: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class EvidenceClip:
    """A stretch of the original's own packets, in seconds of the recording; `name` is the derived copy's."""

    name: str
    start: float
    end: float
    sha256: str


@dataclass(frozen=True, slots=True)
class EvidenceCheck:
    """One thing that evidence must have: by which standard, what was found, what is asked, and whether it suffices."""

    name: str
    passed: bool
    basis: str
    found: str
    asked: str


@dataclass(frozen=True, slots=True)
class ViolationReview:
    """What a person decided on a proposal: `state` is confirmed or rejected."""

    state: str
    by: str
    at: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    """违法行为, proposed by the machine, to be confirmed by a person.

    `plate_state` is read, unsure (reads that do not agree), no plate (none was found) or not asked. `complete` says
    that every one of `checks` passed; evidence that was not taken is never complete.
    """

    rule: str
    code: str
    track: int
    lane: str | None
    start: float
    end: float
    plate: str | None
    measured: float | None
    limit: float | None
    evidence: tuple[JsonObject, ...]
    measured_sd: float | None = None
    unit: str | None = None
    law: str | None = None
    id: str = ""
    vehicle: str | None = None
    signal: SignalPhase | None = None
    plate_state: str = "not asked"
    plate_read: PlateSeen | None = None
    pictures: tuple[EvidencePicture, ...] = ()
    clip: EvidenceClip | None = None
    clip_left_out: str | None = None
    checks: tuple[EvidenceCheck, ...] = ()
    complete: bool = False
    review: ViolationReview | None = None


@dataclass(frozen=True, slots=True)
class LaneInterval:
    """What one lane carried in a minute or five; seconds, km/h, vehicles a km, metres; occupancy 0..1."""

    lane: str
    start: float
    end: float
    counts: dict[str, int]
    flow_per_hour: float
    time_mean_speed_kmh: float | None
    space_mean_speed_kmh: float | None
    occupancy: float
    density_per_km: float | None
    headway_s: float | None
    queue_m: float | None
    queue_vehicles: int | None
    level_of_service: str | None


@dataclass(frozen=True, slots=True)
class TurningCount:
    """How many of a class went from one lane into another."""

    origin: str = field(metadata={"json": "from"})
    target: str = field(metadata={"json": "to"})
    class_: str = field(metadata={"json": "class"})
    count: int


@dataclass(frozen=True, slots=True)
class TrackSummary:
    """One road user: class, first and last second, and its path as (time, left, top, right, bottom), thinned."""

    id: int
    class_: str = field(metadata={"json": "class"})
    start: float
    end: float
    path: tuple[tuple[float, float, float, float, float], ...]


@dataclass(frozen=True, slots=True)
class TrafficRecord:
    """What a stretch of video showed; `tracks` counts unique tracks, `paths` holds them."""

    duration: float
    fps: float
    frames: int
    tracks: int
    counts: tuple[Count, ...]
    lanes: tuple[LaneMeasure, ...]
    violations: tuple[Violation, ...]
    provenance: Provenance
    width: int = 0
    height: int = 0
    paths: tuple[TrackSummary, ...] = ()
    lane_intervals: tuple[LaneInterval, ...] = ()
    turns: tuple[TurningCount, ...] = ()
    signals: tuple[SignalPhase, ...] = ()
    site: Site | None = None
    clock: ClockState | None = None
