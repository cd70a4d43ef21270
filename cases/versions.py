"""What the store hands out of a record: one version of it, whole or in summary; knows no table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from cases.records import JsonObject

Author = Literal["machine", "human"]
"""Who made a version: the machine proposes, a person confirms, both stay."""


@dataclass(frozen=True, slots=True)
class RecordSummary:
    """A record's latest version without its body."""

    record_id: str
    case_id: str
    evidence_id: str
    job_id: str
    kind: str
    version: int
    author: Author
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class RecordVersion:
    """One version of a record, from 1 (the machine's); `body` is the record as JSON."""

    record_id: str
    case_id: str
    evidence_id: str
    job_id: str
    kind: str
    version: int
    author: Author
    body: JsonObject
    created_at: datetime
    created_by: str
