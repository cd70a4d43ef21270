"""Jobs on both engines: idempotent submission, leases, fencing, poison, cancelling, parts; and their pure policy."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from cases import jobs
from cases.blobs import LocalBlobs, StoredBlob
from cases.records import Actor, JobState
from cases.store import Lease, Store
from models.errors import BadInput, Conflict, NotFound

if TYPE_CHECKING:
    from tests.cases.conftest import Attacker, Scene, TurnedClock

TASKS = ["transcribe"]


def claimed(store: Store, worker: str = "w1", lease_s: float = 30) -> Lease:
    """A lease, since the test has a job that waits."""
    lease = store.claim(worker, TASKS, lease_s)
    assert lease is not None
    return lease


def submit(store: Store, scene: Scene, actor: Actor, version: str = "1") -> str:
    """The id of a job on the scene's evidence."""
    return store.submit_job(actor, scene.case.id, scene.evidence.id, "transcribe", {"language": "zh"}, version).id


def test_the_same_work_is_not_queued_twice(store: Store, scene: Scene, officer: Actor) -> None:
    assert submit(store, scene, officer) == scene.job.id
    lease = claimed(store)
    assert submit(store, scene, officer) == scene.job.id
    store.finish(lease, "transcript", {}, [])
    assert submit(store, scene, officer) == scene.job.id
    assert submit(store, scene, officer, version="2") != scene.job.id


def test_failed_and_cancelled_work_starts_again(store: Store, scene: Scene, officer: Actor) -> None:
    store.cancel_job(officer, scene.job.id)
    second = submit(store, scene, officer)
    assert second != scene.job.id
    store.fail(claimed(store), "audio.broken", "cannot be decoded", retry=False)
    failed = store.job(officer, second)
    assert (failed.state, failed.error_code) == (JobState.FAILED, "audio.broken")
    assert submit(store, scene, officer) not in (scene.job.id, second)


def test_a_job_needs_evidence_of_its_own_case(store: Store, scene: Scene, officer: Actor) -> None:
    other = store.create_case(officer, "another")
    with pytest.raises(NotFound):
        store.submit_job(officer, other.id, scene.evidence.id, "transcribe", {}, "1")


def test_a_claim_carries_all_that_a_worker_needs(store: Store, scene: Scene, officer: Actor) -> None:
    lease = claimed(store)
    assert lease.evidence == scene.evidence
    assert lease.actor == officer
    assert (lease.job.id, lease.job.state, lease.job.attempts) == (scene.job.id, JobState.RUNNING, 1)
    assert store.claim("w2", TASKS, 30) is None


def test_a_worker_claims_only_its_tasks_oldest_first(store: Store, scene: Scene, officer: Actor) -> None:
    second = submit(store, scene, officer, version="2")
    assert store.claim("w", ["scan"], 30) is None
    assert store.claim("w", [], 30) is None
    assert claimed(store).job.id == scene.job.id
    assert claimed(store).job.id == second


def test_an_expired_lease_is_claimed_by_another_and_the_first_is_fenced_off(
    store: Store, scene: Scene, clock: TurnedClock, officer: Actor, blobs: LocalBlobs
) -> None:
    old = claimed(store, "old", 10)
    store.checkpoint(old, 0, 3, {"page": 0})
    clock.turn(11)
    new = claimed(store, "new", 10)
    assert new.fence > old.fence
    assert not store.heartbeat(old, 10)
    with pytest.raises(Conflict):
        store.checkpoint(old, 1, 3, {"page": 1})
    with pytest.raises(Conflict):
        store.finish(old, "transcript", {"text": "old"}, [])
    store.fail(old, "late", "late", retry=False)
    store.release(old)
    assert store.checkpoints(new) == {0: {"page": 0}}
    record = store.finish(new, "transcript", {"text": "new"}, [])
    assert [r.record_id for r in store.records_of(officer, scene.case.id)] == [record.record_id]
    assert [(a.worker, a.outcome) for a in store.attempts_of(officer, scene.job.id)] == [
        ("old", "lost"),
        ("new", "done"),
    ]
    assert store.verify(None, blobs) == []


def test_a_heartbeat_holds_the_lease(store: Store, scene: Scene, clock: TurnedClock) -> None:
    lease = claimed(store, lease_s=10)
    clock.turn(8)
    assert store.heartbeat(lease, 10)
    clock.turn(8)
    assert store.claim("w2", TASKS, 10) is None


def test_parts_and_progress_are_kept_together_and_no_part_twice(
    store: Store, scene: Scene, officer: Actor, attacker: Attacker
) -> None:
    lease = claimed(store)
    store.checkpoint(lease, 0, 4, {"text": "一"})
    store.checkpoint(lease, 1, 4, {"text": "二"})
    store.checkpoint(lease, 1, 4, {"text": "二"})
    assert store.job(officer, scene.job.id).progress == 0.5
    with pytest.raises(Conflict):
        store.checkpoint(lease, 1, 4, {"text": "other"})
    with pytest.raises(BadInput):
        store.checkpoint(lease, 4, 4, {})
    assert store.checkpoints(lease) == {0: {"text": "一"}, 1: {"text": "二"}}
    assert [row["part"] for row in attacker.rows("SELECT part FROM job_checkpoints ORDER BY part")] == [0, 1]


def test_a_record_is_kept_with_its_job_or_not_at_all(
    store: Store, scene: Scene, officer: Actor, kept: Callable[[bytes], StoredBlob], blobs: LocalBlobs
) -> None:
    lease = claimed(store)
    twice = [("page.png", "image/png", kept(b"a")), ("page.png", "image/png", kept(b"b"))]
    with pytest.raises(BadInput):
        store.finish(lease, "transcript", {}, twice)
    with pytest.raises(BadInput):
        store.finish(lease, "transcript", {"x": float("inf")}, [])
    assert store.records_of(officer, scene.case.id) == []
    record = store.finish(lease, "transcript", {"text": "好"}, twice[:1])
    job = store.job(officer, scene.job.id)
    assert (job.state, job.progress, job.record) == (JobState.DONE, 1.0, record.record_id)
    with pytest.raises(Conflict):
        store.finish(lease, "transcript", {"text": "again"}, [])
    assert store.verify(None, blobs) == []


def test_cancelling_a_running_job_stops_its_worker(store: Store, scene: Scene, officer: Actor) -> None:
    lease = claimed(store)
    assert store.cancel_job(officer, scene.job.id).state is JobState.CANCELLED
    assert not store.heartbeat(lease, 30)
    with pytest.raises(Conflict, match="cancelled"):
        store.checkpoint(lease, 0, 1, {})
    with pytest.raises(Conflict, match="cancelled"):
        store.finish(lease, "transcript", {}, [])
    assert store.cancel_job(officer, scene.job.id).state is JobState.CANCELLED
    assert store.claim("w", TASKS, 30) is None


def test_what_is_done_cannot_be_cancelled(store: Store, scene: Scene, officer: Actor) -> None:
    store.finish(claimed(store), "transcript", {}, [])
    with pytest.raises(Conflict):
        store.cancel_job(officer, scene.job.id)


def test_a_failure_that_may_pass_is_tried_again_later(
    store: Store, scene: Scene, clock: TurnedClock, officer: Actor
) -> None:
    store.fail(claimed(store), "engine.busy", "try later", retry=True)
    assert store.claim("w", TASKS, 30) is None
    assert store.job(officer, scene.job.id).state is JobState.QUEUED
    clock.turn(jobs.retry_delay_s(1) + 0.1)
    assert claimed(store).job.attempts == 2


def test_a_job_that_only_kills_its_workers_is_given_up_with_a_reason(
    store: Store, scene: Scene, clock: TurnedClock, officer: Actor, blobs: LocalBlobs
) -> None:
    for _ in range(jobs.MAX_BARREN_ATTEMPTS):
        claimed(store, lease_s=5)
        clock.turn(6)
    assert store.claim("w", TASKS, 5) is None
    job = store.job(officer, scene.job.id)
    assert (job.state, job.error_code) == (JobState.FAILED, jobs.POISON_CODE)
    assert job.error_message is not None
    assert "without progress" in job.error_message
    assert store.audit(officer, scene.case.id)[-1].act == "job.failed"
    assert store.verify(None, blobs) == []


def test_retries_that_bring_nothing_end_as_poison_with_the_last_reason(
    store: Store, scene: Scene, clock: TurnedClock, officer: Actor
) -> None:
    for _ in range(jobs.MAX_BARREN_ATTEMPTS):
        store.fail(claimed(store), "engine.lost", "the replica died", retry=True)
        clock.turn(jobs.LONGEST_RETRY_S + 1)
    job = store.job(officer, scene.job.id)
    assert (job.state, job.error_code) == (JobState.FAILED, jobs.POISON_CODE)
    assert "the replica died" in str(job.error_message)


def test_a_job_that_makes_progress_is_never_given_up(
    store: Store, scene: Scene, clock: TurnedClock, officer: Actor
) -> None:
    total = jobs.MAX_BARREN_ATTEMPTS * 2
    for part in range(total):
        store.checkpoint(claimed(store, lease_s=5), part, total, {"part": part})
        clock.turn(6)
    store.finish(claimed(store), "transcript", {}, [])
    assert store.job(officer, scene.job.id).state is JobState.DONE


def test_a_released_job_is_claimed_at_once_and_counts_no_attempt(store: Store, scene: Scene, officer: Actor) -> None:
    store.release(claimed(store))
    assert store.job(officer, scene.job.id).attempts == 0
    assert claimed(store, "w2").job.attempts == 1
    assert [a.outcome for a in store.attempts_of(officer, scene.job.id)] == ["released", None]


def test_the_leases_of_a_dead_server_end_at_once_and_those_of_others_stay(
    store: Store, scene: Scene, officer: Actor
) -> None:
    other = submit(store, scene, officer, version="2")
    dead, alive = claimed(store, "node-a%b_-0"), claimed(store, "node-axb1-0")
    assert alive.job.id == other
    assert store.expire_leases("node-a%b_-") == 1
    assert claimed(store, "node-new-0").job.id == dead.job.id
    assert store.heartbeat(alive, 30)
    assert not store.heartbeat(dead, 30)
    with pytest.raises(BadInput):
        store.expire_leases("")


def test_eight_workers_claim_each_job_once(store: Store, scene: Scene, officer: Actor, blobs: LocalBlobs) -> None:
    wanted = {scene.job.id} | {submit(store, scene, officer, version=f"v{n}") for n in range(23)}
    found: list[str] = []

    def work(name: str) -> None:
        while (lease := store.claim(name, TASKS, 60)) is not None:
            found.append(lease.job.id)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(work, f"w{n}") for n in range(8)]:
            done.result(60)
    # SKIP LOCKED may show a worker nothing while others hold rows: what is left is claimed now.
    while (lease := store.claim("last", TASKS, 60)) is not None:
        found.append(lease.job.id)
    assert len(found) == len(wanted)
    assert set(found) == wanted
    assert store.verify(None, blobs) == []


def test_eight_people_who_submit_the_same_work_get_one_job(store: Store, scene: Scene, officer: Actor) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = [pool.submit(submit, store, scene, officer, "same") for _ in range(8)]
        assert len({done.result(60) for done in found}) == 1


def test_retries_wait_longer_each_time_up_to_a_bound() -> None:
    delays = [jobs.retry_delay_s(n) for n in range(1, 60)]
    assert delays == sorted(delays)
    assert delays[0] == jobs.FIRST_RETRY_S
    assert delays[-1] == jobs.LONGEST_RETRY_S


def test_the_idempotency_key_depends_on_everything_that_may_change_the_record() -> None:
    base = ("case_1", "aa", "scan", "1")
    keys = {
        jobs.idempotency_key(*base, {}),
        jobs.idempotency_key(*base, {"language": "zh"}),
        jobs.idempotency_key("case_2", "aa", "scan", "1", {}),
        jobs.idempotency_key("case_1", "bb", "scan", "1", {}),
        jobs.idempotency_key("case_1", "aa", "transcribe", "1", {}),
        jobs.idempotency_key("case_1", "aa", "scan", "2", {}),
    }
    assert len(keys) == 6
    assert jobs.idempotency_key(*base, {"a": 1, "b": 2}) == jobs.idempotency_key(*base, {"b": 2, "a": 1})
