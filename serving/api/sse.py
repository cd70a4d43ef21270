"""Server-sent events (WHATWG HTML, 9.2): their spelling, and a response that always gives its place back; knows no
noun.
"""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Callable

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from cases.records import JsonObject

HEARTBEAT = b": alive\n\n"


def event(data: JsonObject, name: str | None = None) -> bytes:
    """One event; JSON has no raw line breaks, so one data line carries it."""
    named = f"event: {name}\n" if name else ""
    return f"{named}data: {json.dumps(data, ensure_ascii=False, allow_nan=False)}\n\n".encode()


class EventStream(StreamingResponse):
    """A stream of events; `done` is called once it is over, whoever ended it."""

    def __init__(self, chunks: AsyncGenerator[bytes], *, done: Callable[[], None]) -> None:
        super().__init__(chunks, media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        self._chunks = chunks
        self._done = done

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send until the end or until the client is gone."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._done()
            await self._chunks.aclose()
