"""What every route needs, made once for each app: settings, engine, store, blobs and the bounds between them; knows no
noun.

The store and the blobs block, so they are asked in threads, of which there is a bounded number.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, ParamSpec, TypeVar, cast

import anyio
from anyio import to_thread
from fastapi import Depends
from starlette.requests import HTTPConnection

from cases.blobs import BlobStore
from cases.records import Actor
from cases.search.asking import CaseSearch
from cases.search.index import SearchIndex
from cases.store import Store
from pipelines.engine import Engine
from serving.api.gate import Gate
from serving.api.metrics import Metrics
from serving.security.limits import SignInBackOff
from serving.settings import Settings

T = TypeVar("T")
P = ParamSpec("P")

READS_REMEMBERED = 10_000
"""Recent reads held in memory, so that a player's hundreds of ranges are one audit entry."""


class RecentReads:
    """Which reads were noted within the last `window_s` seconds."""

    def __init__(self, window_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._window_s = window_s
        self._clock = clock
        self._noted: OrderedDict[tuple[str, str], float] = OrderedDict()

    def is_noted(self, actor: Actor, subject_id: str) -> bool:
        """Whether this read is covered by an entry that was written a moment ago."""
        at = self._noted.get((actor.id + (actor.via or ""), subject_id))
        return at is not None and self._clock() - at < self._window_s

    def note(self, actor: Actor, subject_id: str) -> None:
        """Remember that the entry was written."""
        key = (actor.id + (actor.via or ""), subject_id)
        self._noted[key] = self._clock()
        self._noted.move_to_end(key)
        if len(self._noted) > READS_REMEMBERED:
            self._noted.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Services:
    """The app's parts; found in `app.state.services`."""

    settings: Settings
    engine: Engine
    store: Store
    blobs: BlobStore
    metrics: Metrics
    store_threads: anyio.CapacityLimiter
    media_threads: anyio.CapacityLimiter
    probe_threads: anyio.CapacityLimiter
    uploads: Gate
    live: Gate
    streams: Gate
    sign_in: SignInBackOff
    reads: RecentReads
    search: CaseSearch

    @classmethod
    def of(cls, settings: Settings, engine: Engine, store: Store, blobs: BlobStore) -> Services:
        """The parts with their bounds from the settings."""
        retry_s = settings.live_retry_after_s
        services = cls(
            settings=settings,
            engine=engine,
            store=store,
            blobs=blobs,
            metrics=Metrics(),
            store_threads=anyio.CapacityLimiter(settings.store_threads),
            # Receiving and sending content: one thread for each body on its way in, and as many on their way out.
            media_threads=anyio.CapacityLimiter(2 * settings.uploads_max_concurrent),
            probe_threads=anyio.CapacityLimiter(settings.probe_max_concurrent),
            uploads=Gate(settings.uploads_max_concurrent, "upload.busy", "too many uploads at once", retry_s),
            live=Gate(
                settings.live_max_concurrent, "live.busy", "all live places are taken; try again shortly", retry_s
            ),
            streams=Gate(settings.events_max_streams, "events.busy", "too many progress streams are open", retry_s),
            sign_in=SignInBackOff(settings.sign_in_failures, settings.sign_in_wait_s, settings.sign_in_wait_max_s),
            reads=RecentReads(settings.read_note_s),
            search=CaseSearch(store, SearchIndex(settings.data_dir)),
        )
        for name in ("uploads", "live", "streams"):
            gate: Gate = getattr(services, name)
            services.metrics.watch(name, lambda gate=gate: float(gate.inside))  # type: ignore[misc]
        return services

    async def ask(self, act: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the store (or another part that blocks briefly) in a thread; an act that began is never cut off."""
        return await to_thread.run_sync(lambda: act(*args, **kwargs), limiter=self.store_threads)

    async def note_read(self, actor: Actor, case_id: str, subject: str, subject_id: str) -> None:
        """Write the audit entry of a read before the content leaves; no entry, no content."""
        if not self.reads.is_noted(actor, subject_id):
            await self.ask(self.store.note_read, actor, case_id, subject, subject_id)
            self.reads.note(actor, subject_id)


def current_services(connection: HTTPConnection) -> Services:
    """The services of the app that answers."""
    return cast(Services, connection.app.state.services)


CurrentServices = Annotated[Services, Depends(current_services)]
