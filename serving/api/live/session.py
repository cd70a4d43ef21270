"""A live session that is open in this process: three tasks over one dictation, and whoever watches; knows no HTTP.

One task brings sound to the disk, one listens, one has closed lines read again. None waits for another, and all that
blocks runs in threads. A watcher is told that something changed and reads what: nothing queues up for a slow client.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import ParamSpec, TypeVar

import anyio
from anyio import to_thread

from cases.records import JsonObject
from models.errors import Unavailable
from pipelines.speech.live.dictation import Dictation, News
from pipelines.speech.live.opus import OpusPackets
from pipelines.speech.live.quick import Partial
from serving.api.live.protocol import error_event
from serving.api.live.wire import LiveNote, LiveShown

log = logging.getLogger(__name__)

T = TypeVar("T")
P = ParamSpec("P")

SYNC_S = 0.4
"""How long sound may be written and not yet brought to the disk: what the loss of power costs, and an ack's delay."""
STEP_S = 0.03
"""The least sound that is listened to at once: a window of voice activity. More only makes text wait."""
END_POLL_S = 0.1
"""How often the end of a session looks whether the second readings that are due have come."""
END_TRIES = 3
"""How often the last lines are tried at the end of a session, RETRY_S apart."""
SLOW_S = 3.0
"""A quick pass that is further behind than this is told to the client; the sound is kept all the same."""
RETRY_S = 2.0
"""Wait before what failed for a passing reason is tried again."""
ERRORS_KEPT = 20
"""Errors that wait to be told; a client that makes more in one go learns of the newest."""


@dataclass(slots=True, eq=False)
class Watcher:
    """One socket: `changed` is set when there is something new, `leave` when it has to go (with a closing code)."""

    changed: asyncio.Event = field(default_factory=asyncio.Event)
    leave: int | None = None
    errors: list[JsonObject] = field(default_factory=list)

    def tell(self, error: JsonObject) -> None:
        """Have an error told."""
        self.errors = [*self.errors, error][-ERRORS_KEPT:]
        self.changed.set()

    def dismiss(self, code: int) -> None:
        """Have the socket closed."""
        self.leave = code
        self.changed.set()


class LiveSession:
    """Use from the event loop; `note` is what is remembered of the session."""

    def __init__(self, note: LiveNote, dictation: Dictation, threads: anyio.CapacityLimiter) -> None:
        self.note = note
        self.dictation = dictation
        self.partial: Partial | None = None
        self.acknowledged = 0
        self.slow_s = 0
        self.watcher: Watcher | None = None
        self.unwatched_since = time.monotonic()
        self.ending = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._closed = False
        self._threads = threads
        self._came, self._dirty, self._closed_line = asyncio.Event(), asyncio.Event(), asyncio.Event()
        for event in (self._came, self._dirty, self._closed_line):
            event.set()  # an earlier process may have left sound and lines
        self._tasks = [asyncio.create_task(self._bordered(task)) for task in (self._sync, self._listen, self._rewrite)]

    @property
    def shown(self) -> LiveShown:
        """The session as it stands."""
        return shown_of(self.note, self.dictation.sound.samples, self.dictation.journal.lines)

    def watch(self, take_over: int) -> Watcher:
        """Be the one who watches; whoever did before is sent away with the code `take_over`."""
        if self.watcher is not None:
            self.watcher.dismiss(take_over)
        self.watcher = Watcher()
        return self.watcher

    def unwatch(self, watcher: Watcher) -> None:
        """Stop watching."""
        if self.watcher is watcher:
            self.watcher = None
            self.touch()

    def touch(self) -> None:
        """Somebody is on the way to watch: the session is not to be let go meanwhile."""
        self.unwatched_since = time.monotonic()

    async def append(self, first: int, data: bytes, opus: OpusPackets | None = None) -> None:
        """Sound to disk, as `SoundFile.append`, decoded before where it comes as Opus.

        Raises BadInput for a packet that is none, Unavailable once the session was let go.
        """
        # Two sockets may send at once while one takes over from the other; a file has one writer.
        async with self._writing:
            if self._closed:
                raise Unavailable("live.let_go", "the session was put aside meanwhile; connect again to go on")
            await self._in_thread(self._written, first, data, opus)
        self._came.set()
        self._dirty.set()

    def _written(self, first: int, data: bytes, opus: OpusPackets | None) -> None:
        self.dictation.append(first, data if opus is None else opus.decode(first, data))

    async def finish(self, rewrite_wait_s: float) -> None:
        """Listen to the rest, and wait a while for the second readings that are due; the session takes no more sound.

        Whatever fails here fails for the lines alone: the sound is whole.
        """
        sync, listen, rewrite = self._tasks
        await _stop(sync, listen)
        await self._bordered(self._last_lines)
        self.acknowledged = self.dictation.sound.synced
        self._changed()
        with anyio.move_on_after(rewrite_wait_s):
            while self.dictation.waiting() and not rewrite.done():
                self._closed_line.set()
                await asyncio.sleep(END_POLL_S)
        await _stop(rewrite)

    async def _last_lines(self) -> None:
        for left in reversed(range(END_TRIES)):
            try:
                self._tell(await self._in_thread(self.dictation.finish))
                await self._in_thread(self.dictation.sound.sync)
                return
            except Unavailable as error:
                if not left:
                    raise
                log.warning("session %s: the last lines wait: %s", self.note.id, error.code)
                await asyncio.sleep(RETRY_S)

    def become(self, note: LiveNote) -> None:
        """The session is remembered differently from now on."""
        self.note = note
        self._changed()

    async def close(self) -> None:
        """Let go of the session; its folder stays as it is."""
        await _stop(*self._tasks)
        # A socket may still hold the session, and a closed file's number soon belongs to another file.
        async with self._writing:
            if not self._closed:
                self._closed = True
                await self._in_thread(self.dictation.close)

    # --- tasks -------------------------------------------------------------------------------------------------------
    async def _bordered(self, task: Callable[[], Awaitable[None]]) -> None:
        try:
            await task()
        except Exception:  # task border: the others go on, the sound becomes evidence, and people are told
            log.exception("session %s: a task failed", self.note.id)
            self._say("live.failed", "the text has stopped by a fault of the server; the sound is still being kept")

    async def _sync(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            try:
                self.acknowledged = await self._in_thread(self.dictation.sound.sync)
            except Unavailable as error:
                self._say(error.code, error.message)
                self._dirty.set()
                await asyncio.sleep(RETRY_S)
            self._changed()
            await asyncio.sleep(SYNC_S)

    async def _listen(self) -> None:
        while True:
            await self._came.wait()
            self._came.clear()
            await asyncio.sleep(max(0.0, STEP_S - self.dictation.lag_s))
            while self.dictation.lag_s:
                try:
                    self._tell(await self._in_thread(self.dictation.listen))
                except Unavailable as error:
                    self._say(error.code, error.message)
                    await asyncio.sleep(RETRY_S)

    async def _rewrite(self) -> None:
        while True:
            await self._closed_line.wait()
            self._closed_line.clear()
            while self.dictation.waiting():
                try:
                    await self._in_thread(self.dictation.rewrite)
                except Unavailable as error:
                    log.info("session %s: a second reading waits: %s", self.note.id, error.code)
                    await asyncio.sleep(RETRY_S)
                self._changed()

    # --- telling -----------------------------------------------------------------------------------------------------
    def _tell(self, news: Sequence[News]) -> None:
        for one in news:
            if isinstance(one, Partial):
                self.partial = one
            else:
                self.partial = None
                self._closed_line.set()
        lag = self.dictation.lag_s
        self.slow_s = int(lag) if lag >= SLOW_S else 0
        self._changed()

    def _say(self, code: str, message: str) -> None:
        if self.watcher is not None:
            self.watcher.tell(error_event(code, message))

    def _changed(self) -> None:
        if self.watcher is not None:
            self.watcher.changed.set()

    async def _in_thread(self, act: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await whole_in_thread(self._threads, partial(act, *args, **kwargs))


async def whole_in_thread(threads: anyio.CapacityLimiter, act: Callable[[], T]) -> T:
    """Run what blocks in a thread, to its end even when the caller is cancelled: nobody else may touch what it holds.

    `to_thread` alone is let go of by a plain `Task.cancel`, and its thread works on.
    """
    work = asyncio.ensure_future(to_thread.run_sync(act, limiter=threads))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        # A scope that was cancelled cancels again and again until its task is gone.
        with anyio.CancelScope(shield=True):
            await asyncio.wait([work])
        raise


async def _stop(*tasks: asyncio.Task[None]) -> None:
    """End tasks; one that waits for a thread ends once the thread has."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def shown_of(note: LiveNote, samples: int, lines: int) -> LiveShown:
    """A session with so many samples and closed lines on disk."""
    return LiveShown(
        id=note.id,
        case=note.case_id,
        state=note.state,
        title=note.title,
        rate=note.rate,
        seconds=round(samples / note.rate, 3),
        next=samples,
        lines=lines,
        created_at=note.created_at,
        evidence=note.evidence,
        record=note.record,
    )
