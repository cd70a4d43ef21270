"""What a case keeps: frozen values of cases, evidence, jobs, records and provenance; knows no database and no model.

Field names of `ScanRecord` and `TrafficRecord` are the JSON names that other programs rely on: add
fields, never rename. Times inside records are seconds of the recording, boxes are pixels of the page or frame as
stored, moments are UTC in ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"
JsonObject: TypeAlias = dict[str, JsonValue]
Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]


# --- who acts, on what -----------------------------------------------------------------------------------------------
class Role(StrEnum):
    """What an account or a key may do at most; membership of a case decides the rest."""

    ADMIN = "admin"
    OFFICER = "officer"
    AUDITOR = "auditor"
    READER = "reader"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does an act: `id` is the account's and stays when names change; `via` names the API key or session used."""

    id: str
    name: str
    role: Role
    via: str | None = None


@dataclass(frozen=True, slots=True)
class Digest:
    """Both digests of one content, lower-case hex (SHA-256: FIPS 180-4; SM3: GB/T 32905-2016)."""

    sha256: str
    sm3: str


@dataclass(frozen=True, slots=True)
class BlobRef:
    """Content by reference: its digest, size, media type and, on this machine, a path to read it from."""

    sha256: str
    size: int
    media_type: str
    path: Path


@dataclass(frozen=True, slots=True)
class Case:
    """案件."""

    id: str
    name: str
    case_no: str | None
    cause: str | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class EvidenceItem:
    """证据材料: an original that never changes; `facts` holds what was probed (duration, pages, width ...)."""

    id: str
    case_id: str
    filename: str
    size: int
    digest: Digest
    media_type: str
    facts: JsonObject
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class DerivedCopy:
    """副本: a file made from evidence (page image, searchable PDF, annotated clip), served beside its record."""

    id: str
    case_id: str
    record_id: str
    name: str
    size: int
    digest: Digest
    media_type: str


# --- jobs ------------------------------------------------------------------------------------------------------------
class JobState(StrEnum):
    """The states that the interface shows."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Job:
    """One task on one piece of evidence; `progress` is 0..1, `record` the record's id once done."""

    id: str
    case_id: str
    task: str
    evidence_id: str
    params: JsonObject
    state: JobState
    progress: float
    attempts: int
    record: str | None
    error_code: str | None
    error_message: str | None
    created_at: datetime
    created_by: str
    updated_at: datetime


# --- provenance ------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class ModelUse:
    """A model that took part: manifest name, task, digest over its weights, licence."""

    name: str
    task: str
    weights_sha256: str
    licence: str


@dataclass(frozen=True, slots=True)
class Provenance:
    """出处: what made a record, from what, so that the run can be repeated."""

    pipeline: str
    pipeline_version: str
    code_version: str
    models: tuple[ModelUse, ...]
    parameters: JsonObject
    device: str
    source_sha256: str
    started_at: str
    finished_at: str


# --- files -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class PageLine:
    """A text line and its place on the page; `confirmed_by` is the account of who compared it with the picture."""

    text: str
    box: Quad
    confidence: float
    kind: str
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class ScannedTable:
    """表格."""

    box: Quad
    html: str
    cells: tuple[JsonObject, ...]


@dataclass(frozen=True, slots=True)
class Seal:
    """印章."""

    box: Quad
    shape: str
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ScannedPage:
    """页: numbered from 1; `image` names the derived copy that the boxes are pixels of; `flags` name doubts.

    `rotation` is by how many degrees clockwise (0, 90, 180, 270) that picture was turned from the original, so that it
    is upright; `skew` is the slight slant that is left.
    """

    number: int
    width: int
    height: int
    rotation: int
    skew: float
    lines: tuple[PageLine, ...]
    tables: tuple[ScannedTable, ...] = ()
    seals: tuple[Seal, ...] = ()
    image: str | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """文书 inside a volume; `confirmed_by` is the account of who decided what it is and which pages it has."""

    type: str
    title: str
    number: str | None
    date: str | None
    author: str | None
    first_page: int
    last_page: int
    confidence: float
    confirmed_by: str | None = None


@dataclass(frozen=True, slots=True)
class VolumeFinding:
    """What is wrong with a volume at a page, for a person to look at: `kind` is missing, duplicate,
    foreign, swapped (with the next page) or turned (laid on its head or side in the scan)."""

    kind: str
    page: int
    explanation: str


@dataclass(frozen=True, slots=True)
class ScanRecord:
    """The read volume: its pages, the documents that they make, and what is wrong with it."""

    pages: tuple[ScannedPage, ...]
    documents: tuple[CaseDocument, ...]
    text: str
    provenance: Provenance
    findings: tuple[VolumeFinding, ...] = ()


# --- traffic ---------------------------------------------------------------------------------------------------------
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
