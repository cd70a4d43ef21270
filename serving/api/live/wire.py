"""Live sessions on the wire, and as the small file that remembers one over a restart."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from cases.records import Actor, JsonObject, Role
from serving.api.wire import Line, Shown, Wire

State = Literal["open", "closing", "ended", "empty"]


class NewLive(Wire):
    """How a session will speak; the sound is mono, 16 bit."""

    title: Line | None = Field(None, description="What the recording is called; the time is added.")
    rate: Literal[8000, 16000, 48000] = Field(16000, description="Sampling rate of the frames, in hertz.")
    language: str | None = Field(
        "zh", max_length=20, description="Language of the second reading; null: let it decide."
    )
    hotwords: list[str] | None = Field(
        None, description="Names and terms for the second reading, beside those of the case; []: none at all."
    )
    model: str | None = Field(None, max_length=100, description="Model of the second reading; null: the default.")


class TicketShown(Shown):
    """Opens the socket once: connect with the subprotocols `anjuan.live.v1` and `ticket.<ticket>`."""

    ticket: str
    expires_s: float
    socket: str = Field(description="Path of the socket.")


class LiveShown(Shown):
    """A session as it stands."""

    id: str
    case: str
    state: State
    title: str
    rate: int
    seconds: float = Field(description="Sound that is on disk.")
    next: int = Field(description="Number of the sample that is expected next.")
    lines: int
    created_at: datetime
    evidence: str | None = Field(description="The sound in the case, once the session has ended.")
    record: str | None = Field(description="The transcript, once the session has ended.")


class LiveBegun(LiveShown):
    """A new session with its first ticket."""

    ticket: TicketShown


class LiveNote(BaseModel):
    """What is remembered of a session between sockets and over restarts."""

    id: str
    case_id: str
    account_id: str
    account_name: str
    role: Role
    via: str | None
    title: str
    rate: int
    language: str | None
    hotwords: list[str]
    model: str | None
    created_at: datetime
    state: State = "open"
    evidence: str | None = None
    record: str | None = None
    opus: bool = False
    """Whether any of the sound came as Opus: what is kept of it was decoded."""

    @property
    def actor(self) -> Actor:
        """Who began it: in their name it becomes evidence."""
        return Actor(self.account_id, self.account_name, self.role, self.via)

    @property
    def params(self) -> JsonObject:
        """What provenance and the audit trail keep of how it was asked for."""
        return {
            "session": self.id,
            "rate": self.rate,
            "language": self.language,
            "hotwords": list(self.hotwords),
            "model": self.model,
        }
