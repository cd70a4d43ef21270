"""Unfinished uploads held open between two requests, so that what has come is not hashed again each time.

A handle is borrowed by one request at a time; a second request for the same upload finds it locked (Conflict). After a
restart, or on another gateway, the store hashes the bytes again up to where they end.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from functools import partial

from anyio import CapacityLimiter, to_thread

from cases.blobs import BlobStore, Incoming

HELD = 16
"""Handles held at once; beyond, the one unused for longest is closed and costs a second hashing at most."""
HELD_S = 30.0
"""Seconds that an unused handle is held: a client that is alive sends its next piece well within."""


class Handles:
    """The open uploads of this process; use from the event loop."""

    def __init__(self, blobs: BlobStore, threads: CapacityLimiter) -> None:
        self._blobs = blobs
        self._threads = threads
        self._held: OrderedDict[str, Incoming] = OrderedDict()

    async def start(self) -> Incoming:
        """A new upload that stays when it is left."""
        return await to_thread.run_sync(partial(self._blobs.receive, keep=True), limiter=self._threads)

    async def borrow(self, upload_id: str) -> Incoming:
        """The upload, for this request alone; raises NotFound when its bytes are gone, Conflict while it is lent."""
        held = self._held.pop(upload_id, None)
        if held is not None:
            return held
        return await to_thread.run_sync(self._blobs.resume, upload_id, limiter=self._threads)

    def give_back(self, incoming: Incoming) -> None:
        """Hold the upload for its next request."""
        self._held[incoming.upload_id] = incoming
        asyncio.get_running_loop().call_later(HELD_S, self._let_go, incoming)
        while len(self._held) > HELD:
            _close(self._held.popitem(last=False)[1])

    def close(self) -> None:
        """Close what is held; nothing is lost by it."""
        while self._held:
            _close(self._held.popitem()[1])

    def _let_go(self, incoming: Incoming) -> None:
        if self._held.get(incoming.upload_id) is incoming:
            _close(self._held.pop(incoming.upload_id))


def _close(incoming: Incoming) -> None:
    incoming.__exit__(None, None, None)
