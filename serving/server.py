"""One server, from its port to its last process: store, gateway, models, worker, in this order, and back.

The main thread starts everything and then waits: Ray's processes die with the thread that started them, and signals
arrive here. Whatever happens, what was started is ended in reverse, within a bound.
"""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from types import FrameType
from typing import TYPE_CHECKING

from models.errors import AnjuanError, Unavailable
from models.progress import Progress
from models.speech.stream_process import ProcessBounds
from serving.api.live.models import LiveModels
from serving.ending import Ending, signals
from serving.first_account import ADMIN, first_password
from serving.gateway import Gateway, address_of, bind
from serving.model_source import ModelSource
from serving.pending_engine import PendingEngine
from serving.run_folder import RunFolder
from serving.runtime import runtime_for
from serving.settings import Settings
from serving.storage import open_blobs, open_store
from serving.worker import Worker, WorkerLimits, sweep_scratch

if TYPE_CHECKING:
    from cases.blobs import BlobStore
    from cases.store import Store

log = logging.getLogger(__name__)

DRAIN_S = 3.0
"""What open connections get of the end: progress streams never end by themselves."""
JOIN_S = 4.0
"""What jobs get of it to give back their leases; a job that does not is taken up again when its lease expires."""
WATCH_S = 0.5
"""How often the main thread looks whether the gateway still runs."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What a server is made of; `say` tells people one line on stdout."""

    settings: Settings
    source: ModelSource
    progress: Progress
    say: Callable[[str], None]


class Server:
    """A server; `run` returns when it was told to stop. Make and run it in the main thread."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._settings = parts.settings
        self._stop = threading.Event()
        self._starting = True
        self._ending = Ending()
        bounds = ProcessBounds.of(parts.settings.live_sessions_max_concurrent)
        self._live = LiveModels(parts.source.build, parts.source.names, bounds)

    def run(self) -> None:
        """Serve until SIGTERM, SIGINT or SIGHUP; raises AnjuanError when a part cannot start or the gateway ends."""
        held = bind(self._settings.host, self._settings.port)
        stack = ExitStack()
        stack.callback(held.close)
        with signals(self._on_signal, self._heard):
            try:
                gateway = self._start(stack, held)
                self._starting = False
                self._wait(gateway)
            except SystemExit:
                log.info("stopped while starting")
            finally:
                self._starting = False
                self._heard()
                stack.close()
                self._ending.done()

    def _heard(self) -> None:
        """The end is asked for: by a signal, in a thread of its own, or by this server's own fault."""
        self._stop.set()
        self._ending.begin()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        """Takes no lock: the main thread may hold it. What has to be said is said by `_heard`."""
        if self._starting:
            # Ray and downloads block for long; nothing that is started now is worth waiting for.
            raise SystemExit(0)

    def _start(self, stack: ExitStack, held: socket.socket) -> Gateway:
        settings, say = self._settings, self._parts.say
        log.info("settings: %s", json.dumps(settings.redacted(), ensure_ascii=False))
        run = stack.enter_context(RunFolder(settings.data_dir))
        self._ending.mark = run.mark
        store = open_store(settings)
        stack.callback(store.close)
        if run.predecessor is not None:
            store.expire_leases(_worker_name(run.predecessor))
        store.voiceprints.sweep_keys()
        blobs = open_blobs(settings)
        blobs.sweep(settings.upload_ttl_s)
        sweep_scratch(settings.work_dir, settings.upload_ttl_s)
        runtime = runtime_for(settings, self._parts.source, run.note_temporary)
        stack.callback(runtime.stop)
        stack.callback(self._live.close)
        engine = PendingEngine()
        gateway = self._open_gateway(stack, held, (engine, store, blobs))
        _greet(say, address_of(held), first_password(store))
        self._parts.source.ensure(self._parts.progress)
        stack.callback(engine.close)
        engine.settle(runtime.start())
        _warm(self._live)
        self._start_following(stack, store)
        self._start_workers(stack, Worker(store, blobs, engine, settings.work_dir, _worker_limits(settings)))
        say(f"ready: models are loaded ({engine.device})")
        return gateway

    def _open_gateway(
        self, stack: ExitStack, held: socket.socket, parts: tuple[PendingEngine, Store, BlobStore]
    ) -> Gateway:
        from serving.app import create_app

        gateway = Gateway(create_app(self._settings, *parts, self._live), held, DRAIN_S)
        stack.callback(gateway.stop)
        gateway.start()
        return gateway

    def _start_workers(self, stack: ExitStack, worker: Worker) -> None:
        name = _worker_name(self._ending.mark)
        threads = [
            threading.Thread(target=worker.run, args=(self._stop, f"{name}{n}"), name=f"worker-{n}", daemon=True)
            for n in range(self._settings.worker_threads)
        ]
        stack.callback(_join, threads)
        for thread in threads:
            thread.start()

    def _start_following(self, stack: ExitStack, store: Store) -> None:
        from serving.search_follower import follow

        poll_s, data_dir = self._settings.search_poll_s, self._settings.data_dir
        thread = threading.Thread(
            target=follow, args=(store, data_dir, poll_s, self._stop), name="search-follower", daemon=True
        )
        stack.callback(_join, [thread])
        thread.start()

    def _wait(self, gateway: Gateway) -> None:
        while not self._stop.wait(WATCH_S):
            if not gateway.alive:
                raise Unavailable("serve.gateway", "the gateway ended by itself; its messages on stderr say why")


def _warm(live: LiveModels) -> None:
    """Load what the first person who dictates would wait for; a server without it serves everything else."""
    try:
        live.load()
    except AnjuanError as error:
        log.warning("nobody can dictate here: %s", error.message)


def _worker_name(mark: str) -> str:
    """What the names of a server's workers begin with: its machine for people, its mark to tell it from every other."""
    return f"{socket.gethostname()}-{mark[:12]}-"


def _greet(say: Callable[[str], None], address: str, password: str | None) -> None:
    say(f"Anjuan: {address}")
    if password is not None:
        say(f"first sign-in: account {ADMIN}, password {password}")
        say("this password is shown once; change it with: anjuan users passwd admin --data DIR")
    say("models are loading; evidence can be uploaded meanwhile")


def _worker_limits(settings: Settings) -> WorkerLimits:
    return WorkerLimits(
        lease_s=settings.worker_lease_s, heartbeat_s=settings.worker_heartbeat_s, poll_s=settings.worker_poll_s
    )


def _join(threads: list[threading.Thread]) -> None:
    """Wait for the workers, all of them together at most JOIN_S; the stop event is set already."""
    deadline = time.monotonic() + JOIN_S
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
