"""Evidence on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field, JsonValue

from cases.records import EvidenceItem
from serving.api.wire import Shown


class EvidenceShown(Shown):
    """A piece of evidence: what came, byte for byte; both digests are over exactly these bytes."""

    id: str
    case: str
    filename: str
    size: int = Field(description="Bytes.")
    sha256: str
    sm3: str
    media_type: str = Field(description="Found from the bytes.")
    facts: dict[str, JsonValue] = Field(description="Duration, pages, width ... as probed.")
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, item: EvidenceItem) -> EvidenceShown:
        """From the value."""
        return cls(
            id=item.id,
            case=item.case_id,
            filename=item.filename,
            size=item.size,
            sha256=item.digest.sha256,
            sm3=item.digest.sm3,
            media_type=item.media_type,
            facts=item.facts,
            created_at=item.created_at,
            created_by=item.created_by,
        )
