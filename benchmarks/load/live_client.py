"""A client of the live interface as a careful one would be: keeps what is not acknowledged, resumes where the server
stands, notes when each event came; reaches the server over the wire alone.
"""

from __future__ import annotations

import asyncio
import json
import struct
import time
from dataclasses import dataclass, field
from typing import cast

import websockets
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.faults.service import Service
from cases.records import JsonObject
from models.errors import Unavailable

RATE = 16000
SAMPLE_BYTES = 2
OPEN_S = 20.0
END_S = 300.0
"""Longest time from the last sample to the record."""
TRIES = 50
"""How often a dropped socket is opened again."""


@dataclass(frozen=True, slots=True)
class Came:
    """An event and when it came, in seconds of `time.perf_counter`."""

    at: float
    event: JsonObject

    @property
    def kind(self) -> str:
        """Its type."""
        return str(self.event["type"])

    def number(self, name: str) -> float:
        """One of its numbers."""
        return float(cast(float, self.event[name]))


@dataclass(slots=True)
class LiveClient:
    """One session of one speaker; `sound` is all that was said so far (16 kHz, 16 bit)."""

    service: Service
    case: str
    session: str = ""
    came: list[Came] = field(default_factory=list)
    sound: bytearray = field(default_factory=bytearray)
    sent: int = 0
    newest: int = 0
    drops: int = 0
    _socket: ClientConnection | None = None
    _listener: asyncio.Task[None] | None = None
    _stands: asyncio.Event = field(default_factory=asyncio.Event)
    _over: asyncio.Event = field(default_factory=asyncio.Event)
    _said: bool = False

    async def begin(self) -> None:
        """A new session, its socket open."""
        made = await self._ask("POST", f"/api/v1/cases/{self.case}/live", {"rate": RATE})
        self.session = str(made["id"])
        await self._open(str(cast(JsonObject, made["ticket"])["ticket"]))

    async def say(self, data: bytes) -> None:
        """Send more sound; after a drop, all that the server does not have."""
        self.sound += data
        await self._catch_up()

    async def drop(self) -> None:
        """Lose the connection without a word, as a cut cable does."""
        self.drops += 1
        if self._socket is not None:
            self._socket.transport.abort()
        await self._ended_listening()
        self._socket = None

    async def end(self) -> Came:
        """All is said: wait for the record; answers the last event."""
        deadline = time.monotonic() + END_S
        self._said = True
        while not self._over.is_set():
            await self._catch_up()
            if self._socket is not None and not self._over.is_set():
                await self._send(json.dumps({"type": "end"}))
            try:
                await asyncio.wait_for(self._over.wait(), 30.0)
            except TimeoutError:
                if time.monotonic() > deadline:
                    raise Unavailable("live.end", f"session {self.session} did not end") from None
        await self._ended_listening()
        return self.came[-1]

    # --- inside
    async def _catch_up(self) -> None:
        for _ in range(TRIES):
            if self._over.is_set():
                return
            if self._socket is None:
                made = await self._ask("POST", f"/api/v1/live/{self.session}/tickets", None)
                await self._open(str(made["ticket"]))
            total = len(self.sound) // SAMPLE_BYTES
            while self._socket is not None and self.sent < total:
                last = min(total, self.sent + RATE)
                await self._send(struct.pack(">Q", self.sent) + self.sound[2 * self.sent : 2 * last])
                self.sent = last
            if self._socket is not None:
                return
        raise Unavailable("live.socket", f"session {self.session} could not be resumed")

    async def _open(self, ticket: str) -> None:
        url = str(self.service.client.base_url).rstrip("/").replace("http", "ws", 1)
        address = f"{url}/api/v1/live/{self.session}"
        names = [websockets.Subprotocol(name) for name in ("anjuan.live.v1", f"ticket.{ticket}")]
        self._stands.clear()
        self._socket = await connect(address, subprotocols=names, open_timeout=OPEN_S, compression=None)
        await self._socket.send(json.dumps({"type": "hello", "after": self.newest}))
        self._listener = asyncio.create_task(self._listen(self._socket))
        await asyncio.wait_for(self._stands.wait(), OPEN_S)

    async def _listen(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self._heard(Came(time.perf_counter(), cast(JsonObject, json.loads(text))))
        except websockets.ConnectionClosed:
            pass
        if self._socket is socket:
            self._socket = None

    def _heard(self, came: Came) -> None:
        self.came.append(came)
        if came.kind in ("final", "rewrite"):
            self.newest = int(came.number("event"))
        if came.kind == "state":
            self.sent = int(came.number("next")) if not self._stands.is_set() else self.sent
            self._stands.set()
            if came.event["state"] in ("ended", "empty"):
                self._over.set()

    async def _send(self, message: str | bytes) -> None:
        if self._socket is None:
            return
        try:
            await self._socket.send(message)
        except websockets.ConnectionClosed:
            self._socket = None

    async def _ended_listening(self) -> None:
        if self._listener is not None:
            await asyncio.wait([self._listener], timeout=OPEN_S)

    async def _ask(self, method: str, path: str, body: object) -> JsonObject:
        answer = await asyncio.to_thread(self.service.client.request, method, path, json=body)
        if answer.status_code >= 400:
            raise Unavailable("live.answer", f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        return cast(JsonObject, answer.json())
