"""Resumable uploads on the wire, and as the small file that remembers one over a restart."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, JsonValue, StringConstraints

from serving.api.wire import Shown, Wire

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]


class NewUpload(Wire):
    """What will be sent; the digest, when given, is checked at the end."""

    filename: str = Field(min_length=1, max_length=4096)
    size: int = Field(ge=1, lt=2**62, description="Bytes of the whole file.")
    sha256: Sha256 | None = None
    cut_short: bool = Field(False, description="The recording really broke off; take it as it is.")


class UploadShown(Shown):
    """An upload and how far it came; go on with PATCH from `offset`."""

    id: str
    case: str
    filename: str
    size: int
    offset: int


class KeptBlob(BaseModel):
    """What an upload has become once all of it is stored: digests, and what the probe found."""

    sha256: str
    sm3: str
    size: int
    media_type: str
    facts: dict[str, JsonValue]


class UploadNote(BaseModel):
    """What is remembered of an upload between requests and over restarts; `evidence` is the end of it."""

    id: str
    case_id: str
    account_id: str
    filename: str
    size: int
    sha256: str | None
    cut_short: bool
    created_at: datetime
    blob: KeptBlob | None = None
    evidence: str | None = None
