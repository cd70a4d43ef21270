"""What a case keeps: frozen values of cases, evidence, jobs, records and provenance; knows no database and no model.

Field names of `ScanRecord` are the JSON names that other programs rely on: add fields, never rename. Times inside
records are seconds of the recording, boxes are pixels of the page or frame as stored, moments are UTC in ISO 8601.
"""

from __future__ import annotations

from dataclasses import dataclass
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
