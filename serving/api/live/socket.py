"""One live socket, from its first message to its end: a reader that writes sound to disk and a writer that tells; knows
no store.

The reader takes the next frame only when the last one is on its way to the disk, so that a client which sends faster
than the disk writes is slowed by the connection itself. It never waits for a recogniser. Pings are answered beneath it.
"""

from __future__ import annotations

import contextlib
from collections.abc import Awaitable

import anyio
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from cases.records import JsonObject
from models.errors import BadInput, Conflict, Unavailable
from pipelines.speech.live.opus import OPUS_RATE, OpusPackets
from serving.api.evidence.intake import require_room
from serving.api.live.desk import LiveDesk
from serving.api.live.protocol import (
    BAD_FRAME,
    IDLE,
    NORMAL,
    PROTOCOL,
    TAKEN_OVER,
    TRY_LATER,
    End,
    Hello,
    entry_event,
    error_event,
    frame,
    packet,
    partial_event,
    said,
)
from serving.api.live.session import LiveSession, Watcher
from serving.api.services import Services

HELLO_S = 10.0
"""How long the first message may take."""
SEND_S = 20.0
"""How long a client may take to accept an event; one that is dead frees its place."""


class Conversation:
    """A socket over a session that is open at the desk."""

    def __init__(self, socket: WebSocket, session: LiveSession, services: Services, desk: LiveDesk) -> None:
        self._socket = socket
        self._session = session
        self._services = services
        self._desk = desk
        self._gap: int | None = None
        self._opus: OpusPackets | None = None

    async def run(self) -> None:
        """Until either side ends it."""
        await self._socket.accept(subprotocol=PROTOCOL)
        watcher = self._session.watch(TAKEN_OVER)
        try:
            hello = await self._hello()
            if hello is not None:
                await self._both(watcher, hello.after)
        except WebSocketDisconnect:
            return
        finally:
            self._session.unwatch(watcher)

    async def _hello(self) -> Hello | None:
        try:
            with anyio.fail_after(HELLO_S):
                message = await self._socket.receive()
            found = said(message["text"]) if message.get("text") is not None else None
        except (TimeoutError, BadInput):
            found = None
        if not isinstance(found, Hello):
            await self._close(BAD_FRAME, 'begin with {"type": "hello", "after": N}')
            return None
        if found.codec == "opus" and not await self._takes_opus():
            return None
        return found

    async def _takes_opus(self) -> bool:
        rate = self._session.note.rate
        if rate != OPUS_RATE:
            await self._close(BAD_FRAME, f"Opus comes into sessions of {OPUS_RATE} Hz, not of {rate} Hz")
            return False
        try:
            await self._desk.comes_as_opus(self._session)
        except Unavailable as error:
            await self._close(TRY_LATER, error.message)
            return False
        self._opus = OpusPackets()
        return True

    async def _both(self, watcher: Watcher, after: int) -> None:
        """Read and tell at once; the end of either is the end of both."""
        async with anyio.create_task_group() as both:

            async def until_over(part: Awaitable[None]) -> None:
                # A client that is gone, or takes nothing any more.
                with contextlib.suppress(WebSocketDisconnect, TimeoutError):
                    await part
                both.cancel_scope.cancel()

            both.start_soon(until_over, self._read(watcher))
            both.start_soon(until_over, self._write(watcher, after))

    # --- reading -----------------------------------------------------------------------------------------------------
    async def _read(self, watcher: Watcher) -> None:
        settings = self._services.settings
        while True:
            try:
                with anyio.fail_after(settings.live_idle_s):
                    message = await self._socket.receive()
            except TimeoutError:
                await self._close(IDLE, "nothing came for too long")
                return
            if message["type"] == "websocket.disconnect":
                return
            try:
                if message.get("bytes") is not None:
                    await self._take(watcher, message["bytes"])
                elif isinstance(said(message["text"]), End):
                    self._desk.end_soon(self._session)
            except Conflict as error:
                self._tell_gap(watcher, error)
            except BadInput as error:
                await self._close(BAD_FRAME, error.message)
                return
            except Unavailable as error:
                watcher.tell(error_event(error.code, error.message))
                watcher.dismiss(TRY_LATER)

    async def _take(self, watcher: Watcher, data: bytes) -> None:
        session, settings = self._session, self._services.settings
        if watcher.leave is not None:
            return  # on its way out: the session listens to another socket
        came = frame(data, settings.live_frame_max_bytes) if self._opus is None else packet(data)
        if session.note.state != "open":
            raise Conflict("live.closing", "the session is being closed and takes no more sound")
        require_room(self._services, len(came.data))
        await session.append(came.first, came.data, self._opus)
        self._gap = None
        if session.dictation.sound.seconds >= settings.live_session_max_s:
            watcher.tell(error_event("live.too_long", "the session is as long as one may be; begin another"))
            self._desk.end_soon(self._session)

    def _tell_gap(self, watcher: Watcher, error: Conflict) -> None:
        """Once for each gap: all frames until it is filled are answered by the same."""
        expected = self._session.dictation.sound.samples
        if self._gap != expected:
            self._gap = expected
            watcher.tell(error_event(error.code, error.message, next=expected))

    # --- telling -----------------------------------------------------------------------------------------------------
    async def _write(self, watcher: Watcher, after: int) -> None:
        session, journal = self._session, self._session.dictation.journal
        told, partial, acknowledged, slow, state = min(after, journal.last), None, -1, 0, ""
        while True:
            watcher.changed.clear()
            if session.note.state != state:
                state = session.note.state
                if state in ("ended", "empty"):
                    # Nothing may come after the last event.
                    await self._rest(told)
                    await self._send(self._state_event())
                    await self._close(NORMAL, state)
                    return
                await self._send(self._state_event())
            told = await self._rest(told)
            if session.partial is not None and session.partial is not partial:
                partial = session.partial
                await self._send(partial_event(partial, journal.lines, told))
            if session.acknowledged != acknowledged:
                acknowledged = session.acknowledged
                await self._send({"type": "ack", "event": told, "next": acknowledged})
            if session.slow_s != slow:
                slow = session.slow_s
                await self._send({"type": "slow", "event": told, "behind_s": slow})
            await self._tell_errors(watcher)
            if watcher.leave is not None:
                await self._close(watcher.leave, "")
                return
            await watcher.changed.wait()

    async def _tell_errors(self, watcher: Watcher) -> None:
        errors, watcher.errors = watcher.errors, []
        for error in errors:
            await self._send(error)

    async def _rest(self, told: int) -> int:
        """Closed lines and second readings after event `told`; answers the newest number."""
        for entry in self._session.dictation.journal.after(told):
            await self._send(entry_event(entry))
            told = entry.event
        return told

    def _state_event(self) -> JsonObject:
        shown = self._session.shown
        return {
            "type": "state",
            "event": self._session.dictation.journal.last,
            "state": shown.state,
            "next": shown.next,
            "seconds": shown.seconds,
            "evidence": shown.evidence,
            "record": shown.record,
        }

    async def _send(self, event: JsonObject) -> None:
        with anyio.fail_after(SEND_S):
            await self._socket.send_json(event)

    async def _close(self, code: int, reason: str) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            with contextlib.suppress(RuntimeError, WebSocketDisconnect):
                await self._socket.close(code, reason[:100])
