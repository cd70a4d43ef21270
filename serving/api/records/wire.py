"""Records on the wire: the record's own JSON, with what the store knows of it beside it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import ConfigDict, Field

from cases.records import DerivedCopy, JsonObject
from cases.versions import RecordSummary, RecordVersion
from serving.api.wire import FreeJson, Shown, Wire


class DerivedShown(Shown):
    """A copy made on the way: page picture, searchable PDF, annotated clip."""

    id: str
    record: str
    name: str
    media_type: str
    size: int
    sha256: str
    sm3: str

    @classmethod
    def of(cls, copy: DerivedCopy) -> DerivedShown:
        """From the value."""
        return cls(
            id=copy.id,
            record=copy.record_id,
            name=copy.name,
            media_type=copy.media_type,
            size=copy.size,
            sha256=copy.digest.sha256,
            sm3=copy.digest.sm3,
        )


class SummaryShown(Shown):
    """Which record, which version, whose."""

    id: str
    case: str
    evidence: str
    job: str
    kind: str = Field(description="The task that made it: transcribe, scan, traffic.")
    version: int
    author: Literal["machine", "human"]
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, record: RecordSummary | RecordVersion) -> SummaryShown:
        """From the value."""
        return cls(
            id=record.record_id,
            case=record.case_id,
            evidence=record.evidence_id,
            job=record.job_id,
            kind=record.kind,
            version=record.version,
            author=record.author,
            created_at=record.created_at,
            created_by=record.created_by,
        )


class AboutRecord(SummaryShown):
    """A version of a record and its copies."""

    derived: list[DerivedShown]


class RecordShown(Shown):
    """The record's own fields (`segments`, `pages`, `counts` ..., by its kind), and `record`, which says what it is."""

    model_config = ConfigDict(extra="allow")

    record: AboutRecord


class NewVersion(Wire):
    """A person's version."""

    base_version: int = Field(ge=1, lt=2**31, description="The version that was corrected.")
    body: FreeJson = Field(description="The whole record, in the shape of its kind.")


def shown(record: RecordVersion, copies: list[DerivedCopy]) -> JsonObject:
    """The answer: the body as it is kept, and what it is."""
    summary = SummaryShown.of(record).model_dump(mode="json")
    summary["derived"] = [DerivedShown.of(copy).model_dump(mode="json") for copy in copies]
    return {**record.body, "record": summary}
