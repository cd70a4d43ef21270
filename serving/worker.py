"""Takes jobs from the case database and runs their pipelines, one part at a time; knows no HTTP and no model.

A job is a lease with a fencing token. Each part that a pipeline gives is kept before the next one starts, so that
`kill -9` costs at most one part and a resumed run gives the record that an unbroken one would have given. A worker that
lost its lease, or whose job was cancelled, stops at the next part and writes nothing more. When the service stops, the
lease goes back at once and the job waits for the next worker with all its parts.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cases.blobs import BlobStore, StoredBlob
from cases.codec import from_json, to_json_object
from cases.jobs import Lease
from cases.records import BlobRef, EvidenceItem, JobState, JsonObject
from cases.store import Store
from models.errors import BadInput, Busy, Conflict, Defect, NotFound, Unavailable
from pipelines.engine import Engine
from pipelines.lines import AnyPipeline, pipeline_for, references, run_pipeline, tasks
from pipelines.pipeline import DerivedFile, Outcome, Part, Setting
from pipelines.speech.params import STAFF
from pipelines.speech.staff import handed

log = logging.getLogger(__name__)

LOST = "job.lost"
"""The store's code for a write of a worker whose lease is gone."""


@dataclass(frozen=True, slots=True)
class WorkerLimits:
    """Bounds of a worker, in seconds and tries."""

    lease_s: float = 60.0
    """A job whose worker is silent this long may be taken by another."""
    heartbeat_s: float = 10.0
    """How often the lease is extended; well under half of it, so that one late beat loses nothing."""
    poll_s: float = 0.5
    """How long an idle worker waits before it asks the store again."""
    model_tries: int = 6
    """How often a run is taken up again because models could not serve, before the attempt counts as failed."""
    backoff_s: float = 1.0
    """First wait before such a try; it doubles with each."""
    backoff_max_s: float = 30.0
    """Longest such wait: a replica is back within it."""


class _Stopping(Exception):
    """The service stops: give the lease back."""


class _Lost(Exception):
    """The lease is no longer ours, or the job was cancelled: write nothing more."""


class Worker:
    """Runs jobs from `store` on `engine`; one instance may run on several threads at once."""

    def __init__(
        self,
        store: Store,
        blobs: BlobStore,
        engine: Engine,
        work_root: Path,
        limits: WorkerLimits | None = None,
        *,
        line_of: Callable[[str], AnyPipeline] = pipeline_for,
    ) -> None:
        self._store = store
        self._blobs = blobs
        self._engine = engine
        self._work_root = work_root
        self._limits = limits or WorkerLimits()
        self._line_of = line_of

    def run(self, stop: threading.Event, name: str = "worker") -> None:
        """Take and run jobs until `stop` is set; returns at the next part's end at the latest."""
        while not stop.is_set():
            if not self._run_next(stop, name):
                stop.wait(self._limits.poll_s)

    def _run_next(self, stop: threading.Event, name: str) -> bool:
        """Run one job if there is one; the job border: whatever happens is recorded and never ends the worker."""
        try:
            lease = self._store.claim(name, tasks(), self._limits.lease_s)
        except Exception:  # job border: a database that is away for a moment must not end the worker
            log.exception("worker %s could not ask for a job", name)
            return False
        if lease is None:
            return False
        log.info("job %s: %s, attempt %d", lease.job.id, lease.job.task, lease.job.attempts)
        with self._heartbeat(lease) as lost:
            try:
                self._run_job(lease, stop, lost)
            except Exception:  # job border: not even the outcome could be written; the lease will expire
                log.exception("job %s: its outcome could not be stored; it will be taken up again", lease.job.id)
        return True

    def _run_job(self, lease: Lease, stop: threading.Event, lost: threading.Event) -> None:
        scratch = self._work_root / lease.job.id
        keep = False
        try:
            self._until_models_serve(lease, scratch, stop, lost)
        except _Stopping:
            self._store.release(lease)
            keep = True
        except _Lost:
            log.info("job %s: cancelled or taken by another worker", lease.job.id)
            keep = not self._ended(lease)
        except BadInput as error:
            self._store.fail(lease, error.code, error.message, retry=False)
        except Unavailable as error:
            self._store.fail(lease, error.code, error.message, retry=True)
            keep = True
        except Exception as error:  # job border: a defect of ours must be seen on the job, and never end the worker
            log.exception("job %s failed", lease.job.id)
            code, message = _describe(error)
            self._store.fail(lease, code, message, retry=True)
            keep = True
        if not keep:
            shutil.rmtree(scratch, ignore_errors=True)

    def _ended(self, lease: Lease) -> bool:
        """Whether nobody will run the job again, so that its scratch folder can go."""
        try:
            state = self._store.job(lease.actor, lease.job.id).state
        except NotFound:
            return True
        return state not in (JobState.QUEUED, JobState.RUNNING)

    def _until_models_serve(self, lease: Lease, scratch: Path, stop: threading.Event, lost: threading.Event) -> None:
        """Run the job; when models cannot serve, wait and go on from the kept parts, a bounded number of times."""
        for attempt in range(self._limits.model_tries):
            try:
                self._attempt(lease, scratch, stop, lost)
                return
            except Unavailable as error:
                if stop.is_set():
                    raise _Stopping from error
                if attempt + 1 == self._limits.model_tries:
                    raise
                pause = min(self._limits.backoff_s * 2**attempt, self._limits.backoff_max_s)
                if isinstance(error, Busy):
                    pause = min(max(pause, error.retry_after_s), self._limits.backoff_max_s)
                log.warning("job %s: %s; trying again in %.1f s", lease.job.id, error.code, pause)
                self._wait(pause, stop, lost)

    def _wait(self, pause_s: float, stop: threading.Event, lost: threading.Event) -> None:
        if stop.wait(pause_s):
            raise _Stopping
        if lost.is_set():
            raise _Lost

    def _attempt(self, lease: Lease, scratch: Path, stop: threading.Event, lost: threading.Event) -> None:
        job = lease.job
        pipeline = self._line_of(job.task)
        params = pipeline.parse(job.params)
        setting = Setting(
            source=self._source(lease.evidence),
            params=params,
            engine=self._engine,
            scratch=scratch,
            others=self._others(lease),
        )
        scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        done = self._kept(lease, pipeline)
        if done:
            log.info("job %s: goes on after %d kept parts", job.id, len(done))

        def keep(part: Part[object]) -> None:
            with _losing():
                self._store.checkpoint(lease, part.index, part.total, to_json_object(part.payload))
            if lost.is_set():
                raise _Lost
            if stop.is_set():
                raise _Stopping

        outcome = run_pipeline(pipeline, setting, parameters=job.params, done=done, on_part=keep)
        if lost.is_set():
            raise _Lost
        self._finish(lease, pipeline, outcome)

    def _others(self, lease: Lease) -> dict[str, BlobRef | JsonObject]:
        """What the job names beside its evidence, as far as who asked for it may see it."""
        found: dict[str, BlobRef | JsonObject] = {}
        for reference, named in references(lease.job.task, lease.job.params):
            if reference.kind == "evidence":
                item = self._store.evidence(lease.actor, named)
                require_same_case(item.case_id, lease.job.case_id, reference.param)
                found[reference.param] = self._source(item)
            else:
                version = lease.job.params.get(f"{reference.param}_version")
                record = self._store.record(lease.actor, named, version if isinstance(version, int) else None)
                require_same_case(record.case_id, lease.job.case_id, reference.param)
                found[reference.param] = record.body
        staff = lease.job.params.get(STAFF)
        if isinstance(staff, list) and staff:
            ids = [str(one) for one in staff]
            found[STAFF] = handed(self._store.voiceprints.use(lease.actor, lease.job.case_id, ids, lease.job.id))
        return found

    def _source(self, evidence: EvidenceItem) -> BlobRef:
        path = self._blobs.local(evidence.digest.sha256)
        return BlobRef(evidence.digest.sha256, evidence.size, evidence.media_type, path)

    def _kept(self, lease: Lease, pipeline: AnyPipeline) -> dict[int, object]:
        kept = self._store.checkpoints(lease)
        try:
            return {index: from_json(pipeline.part_type, payload) for index, payload in kept.items()}
        except BadInput as error:
            # A part of ours that we cannot read again is our fault, not that of whoever sent the evidence.
            raise Defect("job.checkpoint", f"a kept part of the job cannot be read: {error.message}") from error

    def _finish(self, lease: Lease, pipeline: AnyPipeline, outcome: Outcome[object]) -> None:
        derived = [self._keep_file(file) for file in outcome.derived]
        with _losing():
            record = self._store.finish(lease, pipeline.task, to_json_object(outcome.record), derived)
        log.info("job %s: done, record %s", lease.job.id, record.record_id)

    def _keep_file(self, file: DerivedFile) -> tuple[str, str, StoredBlob]:
        return file.name, file.media_type, self._blobs.add_file(file.path)

    @contextmanager
    def _heartbeat(self, lease: Lease) -> Iterator[threading.Event]:
        """Extend the lease until the block ends; the event given is set when the lease is lost or the job cancelled."""
        lost, over = threading.Event(), threading.Event()

        def beat() -> None:
            while not over.wait(self._limits.heartbeat_s):
                try:
                    if not self._store.heartbeat(lease, self._limits.lease_s):
                        lost.set()
                        return
                except Exception:  # thread border: a missed beat is made up by the next, or the lease expires
                    log.exception("job %s: heartbeat failed", lease.job.id)

        thread = threading.Thread(target=beat, name=f"heartbeat-{lease.job.id}", daemon=True)
        thread.start()
        try:
            yield lost
        finally:
            over.set()
            thread.join(self._limits.heartbeat_s)


def require_same_case(found: str, case_id: str, param: str) -> None:
    """Raises NotFound where a job names something of another case, also when its owner may see that one."""
    if found != case_id:
        raise NotFound("job.reference", f"{param} names nothing of this case")


@contextmanager
def _losing() -> Iterator[None]:
    """What the store says to a worker that was fenced off or cancelled, as `_Lost`."""
    try:
        yield
    except Conflict as error:
        if error.code != LOST:
            raise Defect(error.code, error.message) from error
        raise _Lost from error


def sweep_scratch(work_root: Path, older_than_s: float) -> int:
    """Remove scratch folders that nothing was written to for `older_than_s`; how many there were.

    A job that still wants one makes it again from its evidence and its kept parts.
    """
    limit = time.time() - older_than_s
    old = [f for f in work_root.glob("job*") if f.is_dir() and f.stat().st_mtime < limit]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)


def _describe(error: Exception) -> tuple[str, str]:
    """Code and message of an error that is nobody's input: nothing of the traceback reaches the case."""
    if isinstance(error, Defect):
        return error.code, error.message
    return "job.defect", f"the job failed by a fault of the service ({type(error).__name__}); its log tells more"
