"""Cases on the wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field

from cases.hotwords import MAX_HOTWORDS
from cases.records import Role
from serving.api.wire import Line, Shown, Wire


class NewCase(Wire):
    """What opens a case."""

    name: Line = Field(description="案件名称.")
    case_no: Line | None = Field(None, description="案号.")
    cause: Line | None = Field(None, description="案由.")


class CaseShown(Shown):
    """A case."""

    id: str
    name: str
    case_no: str | None
    cause: str | None
    created_at: datetime
    created_by: str


class Hotwords(Wire):
    """Names and terms of a case: persons, places, firms, exhibits."""

    words: list[Line] = Field(
        max_length=MAX_HOTWORDS, description="In order of importance; at most 50 characters each."
    )


class NewMember(Wire):
    """Who joins a case, and what they may do there at most."""

    account: Line = Field(description="The account's sign-in name.")
    role: Role


class MemberShown(Shown):
    """A member of a case."""

    account_id: str
    role: Role
    granted_at: datetime
    granted_by: str
