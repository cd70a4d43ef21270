"""A client of the live interface for tests: begins sessions, speaks, listens, all over the app's own socket."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from starlette.testclient import WebSocketTestSession

RATE = 16000


def pcm(*seconds: tuple[float, int], rate: int = RATE) -> bytes:
    """Stretches of (length in seconds, loudness), a square wave of 250 Hz."""
    sign = np.where(np.arange(rate // 250) < rate // 500, 1, -1)
    return np.concatenate([np.resize(sign * loud, round(s * rate)) for s, loud in seconds]).astype("<i2").tobytes()


TWO_LINES = pcm((0.5, 0), (2, 9000), (1, 0), (1.5, 9000), (1, 0))
"""Two sentences in 6 seconds."""


def frame(first: int, data: bytes) -> bytes:
    """A binary message."""
    return struct.pack(">Q", first) + data


class Speaker:
    """One account at one gateway."""

    def __init__(self, gateway: Any, name: str = "wang") -> None:
        self.gateway = gateway
        self.headers = gateway.key(name)
        self.case = gateway.case(self.headers)

    def begin(self, **wanted: object) -> dict[str, Any]:
        """A new session; its answer."""
        answer = self.gateway.client.post(f"/api/v1/cases/{self.case}/live", headers=self.headers, json=wanted)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def ticket(self, session: str) -> str:
        """Another ticket."""
        answer = self.gateway.client.post(f"/api/v1/live/{session}/tickets", headers=self.headers)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["ticket"])

    def shown(self, session: str) -> dict[str, Any]:
        """The session as it stands."""
        return dict(self.gateway.client.get(f"/api/v1/live/{session}", headers=self.headers).json())

    def end(self, session: str) -> dict[str, Any]:
        """The session's end, over REST."""
        answer = self.gateway.client.post(f"/api/v1/live/{session}/end", headers=self.headers)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def record(self, record: str) -> dict[str, Any]:
        """A record's JSON."""
        return dict(self.gateway.client.get(f"/api/v1/records/{record}", headers=self.headers).json())

    def content(self, evidence: str) -> bytes:
        """The bytes of evidence."""
        return bytes(self.gateway.client.get(f"/api/v1/evidence/{evidence}/content", headers=self.headers).content)

    @contextmanager
    def socket(self, session: str, ticket: str | None = None, after: int = 0) -> Iterator[WebSocketTestSession]:
        """An open socket that has said hello."""
        shown = ticket or self.ticket(session)
        with connect(self.gateway, session, shown) as socket:
            socket.send_json({"type": "hello", "after": after})
            yield socket


def connect(gateway: Any, session: str, ticket: str) -> WebSocketTestSession:
    """A socket with a ticket."""
    made: WebSocketTestSession = gateway.client.websocket_connect(
        f"/api/v1/live/{session}", subprotocols=["anjuan.live.v1", f"ticket.{ticket}"]
    )
    return made


def until(socket: WebSocketTestSession, kind: str, **fields: object) -> list[dict[str, Any]]:
    """Events up to the first of `kind` with these fields, which is the last."""
    events: list[dict[str, Any]] = []
    for _ in range(1000):
        events.append(socket.receive_json())
        last = events[-1]
        if last["type"] == kind and all(last.get(name) == value for name, value in fields.items()):
            return events
    raise AssertionError(f"no {kind} came")


def speak(socket: WebSocketTestSession, sound: bytes, first: int = 0, step: int = 3200) -> None:
    """Send all of `sound` from sample `first` on."""
    for at in range(2 * first, len(sound), step):
        socket.send_bytes(frame(at // 2, sound[at : at + step]))


@pytest.fixture
def speaker(gateway: Any) -> Speaker:
    """An officer with a case."""
    return Speaker(gateway)
