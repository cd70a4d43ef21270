"""The worker keeps every part, resumes, gives way when it is fenced off or told to stop, and never dies of a job."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from cases.blobs import LocalBlobs
from cases.records import Actor, BlobRef, EvidenceItem, Job, JobState, JsonObject, ModelUse, Provenance, Role
from cases.store import Store
from models.errors import BadInput, Busy, Unavailable
from pipelines.engine import Engine
from pipelines.inline import InlineEngine
from pipelines.pipeline import DerivedFile, Outcome, Part, Setting
from serving.worker import Worker, WorkerLimits, sweep_scratch

QUICK = WorkerLimits(lease_s=5.0, heartbeat_s=0.5, poll_s=0.01, model_tries=3, backoff_s=0.01, backoff_max_s=0.02)


class PowerCut(BaseException):
    """Ends a worker as `kill -9` would: nothing after it runs."""


@dataclass(frozen=True, slots=True)
class Number:
    """A part of the counting pipeline."""

    value: int


@dataclass(frozen=True, slots=True)
class Sum:
    """A record of the counting pipeline."""

    values: tuple[int, ...]
    provenance: Provenance


@dataclass
class CountingPipeline:
    """Counts to `total`, a part a number; `before` is called with each number before it comes."""

    total: int = 4
    before: Callable[[int], None] = lambda _number: None
    made: list[int] = field(default_factory=list)
    task: str = "transcribe"
    version: str = "1"
    part_type: type[Number] = Number

    def parse(self, params: JsonObject) -> JsonObject:
        return params

    def models(self, params: JsonObject, engine: Engine) -> tuple[ModelUse, ...]:
        return ()

    def run(self, setting: Setting[JsonObject], done: Mapping[int, Number]) -> Iterator[Part[Number]]:
        for number in range(self.total):
            if number in done:
                continue
            self.before(number)
            self.made.append(number)
            yield Part(number, self.total, Number(number * 10))

    def assemble(self, setting: Setting[JsonObject], parts: Sequence[Number], provenance: Provenance) -> Outcome[Sum]:
        file = setting.scratch / "sum.txt"
        file.write_text(str(sum(part.value for part in parts)))
        derived = (DerivedFile(file, "sum.txt", "text/plain"),)
        return Outcome(Sum(tuple(part.value for part in parts), provenance), derived)


@dataclass(frozen=True)
class Desk:
    """A store with a case, its evidence and the officer who owns them."""

    store: Store
    blobs: LocalBlobs
    officer: Actor
    evidence: EvidenceItem
    work: Path

    def submit(self, task: str = "transcribe", **params: str) -> Job:
        """A job on the evidence."""
        return self.store.submit_job(self.officer, self.evidence.case_id, self.evidence.id, task, dict(params), "1")

    def job(self, job: Job) -> Job:
        """The job as it is now."""
        return self.store.job(self.officer, job.id)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A fresh case store in a folder of its own."""
    store = Store.open(f"sqlite:///{tmp_path / 'anjuan.db'}")
    blobs = LocalBlobs(tmp_path / "blobs")
    account = store.accounts.add("officer", Role.OFFICER, None, "承办人")
    officer = Actor(account.id, account.name, account.role)
    case = store.create_case(officer, "测试案件")
    with blobs.receive() as incoming:
        incoming.write(b"some evidence")
        blob = incoming.commit()
    evidence = store.add_evidence(officer, case.id, "evidence.bin", blob, "application/octet-stream", {})
    yield Desk(store, blobs, officer, evidence, tmp_path / "work")
    store.close()


@pytest.fixture
def worker_of(desk: Desk, fake_engine: InlineEngine) -> Callable[..., Worker]:
    """Makes a worker over a pipeline."""

    def make(pipeline: CountingPipeline, limits: WorkerLimits = QUICK) -> Worker:
        return Worker(desk.store, desk.blobs, fake_engine, desk.work, limits, line_of=lambda _task: pipeline)

    return make


def run_until(worker: Worker, done: Callable[[], bool], within_s: float = 5.0) -> None:
    """Run `worker` in a thread until `done`, then stop it."""
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(stop,))
    thread.start()
    deadline = time.monotonic() + within_s
    try:
        while not done():
            assert time.monotonic() < deadline, "the worker took too long"
            time.sleep(0.01)
    finally:
        stop.set()
        thread.join(within_s)
    assert not thread.is_alive()


def test_a_job_becomes_a_record_with_its_derived_copies_and_leaves_no_scratch(
    desk: Desk, worker_of: Callable[..., Worker]
) -> None:
    job = desk.submit()
    run_until(worker_of(CountingPipeline()), lambda: desk.job(job).state is JobState.DONE)
    record_id = desk.job(job).record
    assert record_id is not None
    record = desk.store.record(desk.officer, record_id)
    assert record.body["values"] == [0, 10, 20, 30]
    (copy,) = desk.store.derived_of(desk.officer, record_id)
    assert desk.blobs.local(copy.digest.sha256).read_text() == "60"
    assert list(desk.work.iterdir()) == []


def test_a_killed_worker_costs_one_part_and_the_resumed_record_is_the_unbroken_one(
    desk: Desk, worker_of: Callable[..., Worker]
) -> None:
    job = desk.submit()

    def cut(number: int) -> None:
        if number == 2:
            raise PowerCut

    first = CountingPipeline(before=cut)
    with pytest.raises(PowerCut):
        worker_of(first, WorkerLimits(lease_s=0.2, heartbeat_s=0.1)).run(threading.Event())
    assert first.made == [0, 1]
    second = CountingPipeline()
    run_until(worker_of(second), lambda: desk.job(job).state is JobState.DONE)
    assert second.made == [2, 3]
    record_id = desk.job(job).record
    assert record_id is not None
    assert desk.store.record(desk.officer, record_id).body["values"] == [0, 10, 20, 30]


def test_a_worker_that_slept_through_its_lease_commits_nothing(desk: Desk, worker_of: Callable[..., Worker]) -> None:
    job = desk.submit()
    asleep, wake = threading.Event(), threading.Event()

    def sleep(number: int) -> None:
        if number == 1:
            asleep.set()
            wake.wait(5)

    sleeper = CountingPipeline(before=sleep)
    deaf = WorkerLimits(lease_s=0.2, heartbeat_s=60.0, poll_s=0.01)
    stop = threading.Event()
    thread = threading.Thread(target=worker_of(sleeper, deaf).run, args=(stop,))
    thread.start()
    assert asleep.wait(5)
    run_until(worker_of(CountingPipeline()), lambda: desk.job(job).state is JobState.DONE)
    stop.set()
    wake.set()
    thread.join(65)
    assert len(desk.store.records_of(desk.officer, desk.evidence.case_id)) == 1
    assert sleeper.made == [0, 1]


def test_a_cancelled_job_stops_at_its_next_part_and_leaves_no_scratch(
    desk: Desk, worker_of: Callable[..., Worker]
) -> None:
    job = desk.submit()

    def cancel(number: int) -> None:
        if number == 1:
            desk.store.cancel_job(desk.officer, job.id)

    pipeline = CountingPipeline(before=cancel)
    run_until(worker_of(pipeline), lambda: pipeline.made == [0, 1] and list(desk.work.iterdir()) == [])
    assert desk.job(job).state is JobState.CANCELLED
    assert desk.store.records_of(desk.officer, desk.evidence.case_id) == []


@pytest.mark.parametrize("error", [Unavailable("engine.lost", "away"), Busy("engine.busy", "full", 0.01)])
def test_models_that_are_away_for_a_moment_cost_no_attempt(
    desk: Desk, worker_of: Callable[..., Worker], error: Unavailable
) -> None:
    job = desk.submit()
    left = [error, error]

    def away(number: int) -> None:
        if number == 1 and left:
            raise left.pop()

    pipeline = CountingPipeline(before=away)
    run_until(worker_of(pipeline), lambda: desk.job(job).state is JobState.DONE)
    assert desk.job(job).attempts == 1
    assert pipeline.made == [0, 1, 2, 3]


def test_models_that_stay_away_give_the_job_back_with_the_reason(desk: Desk, worker_of: Callable[..., Worker]) -> None:
    job = desk.submit()

    def away(_number: int) -> None:
        raise Unavailable("engine.lost", "Ray does not answer")

    run_until(worker_of(CountingPipeline(before=away)), lambda: desk.job(job).error_code == "engine.lost")
    assert desk.job(job).state is JobState.QUEUED


def test_evidence_that_cannot_be_used_fails_at_once_with_its_message(
    desk: Desk, worker_of: Callable[..., Worker]
) -> None:
    job = desk.submit()

    def refuse(_number: int) -> None:
        raise BadInput("audio.broken", "the recording cannot be decoded")

    run_until(worker_of(CountingPipeline(before=refuse)), lambda: desk.job(job).state is JobState.FAILED)
    failed = desk.job(job)
    assert (failed.error_code, failed.error_message) == ("audio.broken", "the recording cannot be decoded")


def test_a_fault_of_ours_is_told_without_its_content_and_the_worker_goes_on(
    desk: Desk, worker_of: Callable[..., Worker]
) -> None:
    poisoned, healthy = desk.submit(), desk.submit(second="yes")

    def crash(_number: int) -> None:
        if desk.job(poisoned).error_code is None:
            raise RuntimeError("张三的住址")

    run_until(worker_of(CountingPipeline(before=crash)), lambda: desk.job(healthy).state is JobState.DONE)
    failed = desk.job(poisoned)
    assert failed.error_code == "job.defect"
    assert "张三" not in (failed.error_message or "")


def test_a_stopping_worker_gives_its_lease_back_with_all_parts(desk: Desk, worker_of: Callable[..., Worker]) -> None:
    job = desk.submit()
    stop = threading.Event()

    def halt(number: int) -> None:
        if number == 1:
            stop.set()

    worker_of(CountingPipeline(before=halt)).run(stop)
    released = desk.job(job)
    assert (released.state, released.attempts) == (JobState.QUEUED, 0)
    rest = CountingPipeline()
    run_until(worker_of(rest), lambda: desk.job(job).state is JobState.DONE)
    assert rest.made == [2, 3]


def test_an_engine_that_closes_while_the_service_stops_costs_no_attempt(
    desk: Desk, worker_of: Callable[..., Worker]
) -> None:
    job = desk.submit()
    stop = threading.Event()

    def closed(_number: int) -> None:
        stop.set()
        raise Unavailable("engine.closed", "the service is shutting down")

    worker_of(CountingPipeline(before=closed)).run(stop)
    assert (desk.job(job).state, desk.job(job).attempts) == (JobState.QUEUED, 0)


def test_heartbeats_hold_a_lease_through_a_part_that_is_longer_than_it(
    desk: Desk, worker_of: Callable[..., Worker]
) -> None:
    job = desk.submit()
    stolen: list[object] = []

    def slow(number: int) -> None:
        if number == 0:
            time.sleep(0.6)
            stolen.append(desk.store.claim("thief", ["transcribe"], 5.0))

    limits = WorkerLimits(lease_s=0.4, heartbeat_s=0.1, poll_s=0.01)
    run_until(worker_of(CountingPipeline(before=slow), limits), lambda: desk.job(job).state is JobState.DONE)
    assert stolen == [None]


def test_scratch_folders_that_nobody_wrote_to_for_long_are_removed(tmp_path: Path) -> None:
    (tmp_path / "job_old").mkdir()
    (tmp_path / "uploads").mkdir()
    assert sweep_scratch(tmp_path, older_than_s=3600) == 0
    assert sweep_scratch(tmp_path, older_than_s=-1) == 1
    assert [folder.name for folder in tmp_path.iterdir()] == ["uploads"]


@dataclass
class LookingPipeline(CountingPipeline):
    """Keeps what it was handed beside the evidence."""

    handed: list[Mapping[str, object]] = field(default_factory=list)

    def run(self, setting: Setting[JsonObject], done: Mapping[int, Number]) -> Iterator[Part[Number]]:
        self.handed.append(setting.others)
        yield Part(0, 1, Number(0))


def test_what_the_parameters_name_is_handed_over(desk: Desk, worker_of: Callable[..., Worker]) -> None:
    first = desk.submit()
    run_until(worker_of(CountingPipeline(total=1)), lambda: desk.job(first).state is JobState.DONE)
    record = str(desk.job(first).record)
    pipeline = LookingPipeline(task="compare")
    job = desk.submit("compare", recording=desk.evidence.id, transcript=record)
    run_until(worker_of(pipeline), lambda: desk.job(job).state is JobState.DONE)
    (handed,) = pipeline.handed
    assert handed["transcript"] == desk.store.record(desk.officer, record).body
    recording = handed["recording"]
    assert isinstance(recording, BlobRef)
    assert recording.path.read_bytes() == b"some evidence"


def test_what_belongs_to_another_case_is_handed_to_nobody(desk: Desk, worker_of: Callable[..., Worker]) -> None:
    other = desk.store.create_case(desk.officer, "另一案件")
    with desk.blobs.receive() as incoming:
        incoming.write(b"other evidence")
        blob = incoming.commit()
    item = desk.store.add_evidence(desk.officer, other.id, "x.bin", blob, "application/octet-stream", {})
    pipeline = LookingPipeline(task="compare")
    job = desk.submit("compare", recording=item.id)
    run_until(worker_of(pipeline), lambda: desk.job(job).state is JobState.FAILED)
    assert desk.job(job).error_code == "job.reference"
    assert pipeline.handed == []
