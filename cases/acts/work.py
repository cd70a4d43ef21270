"""Acts of workers on jobs: claim, renew, keep parts, finish, fail, hand back.

Every write names the lease's fence in its condition, so that a worker that was taken for dead cannot commit over the
one that took its place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, func, insert, select, update

from cases import schema
from cases.acts.base import Acts, json_object, json_text, note
from cases.acts.evidence import evidence_item
from cases.acts.queue import drop_payloads, end_attempt, job_of, job_row
from cases.acts.records import keep_record, record_version
from cases.blobs import StoredBlob
from cases.database import Transaction
from cases.failpoint import failpoint
from cases.jobs import POISON_CODE, Lease, is_poison, poison_message, retry_delay_s
from cases.records import Actor, JobState, JsonObject, Role
from cases.versions import RecordVersion
from models.errors import BadInput, Conflict

_POISON_AT_ONCE = 20
"""Poison jobs that one claim buries before it answers that there is nothing to do."""
_REASON_CHARS = 2000


class WorkActs(Acts):
    """Jobs as workers see them."""

    def claim(self, worker: str, tasks: Sequence[str], lease_s: float) -> Lease | None:
        """The oldest job of `tasks` that waits, or whose lease ran out; None when there is none.

        `lease_s` is for how many seconds the job is this worker's unless it renews. A job that used up its attempts
        without progress is failed on the way.
        """
        for _ in range(_POISON_AT_ONCE):
            with self._reading() as tx:
                if _next(tx, tasks) is None:
                    return None
            with self._writing() as tx:
                row = _next(tx, tasks, lock=True)
                if row is None:
                    return None
                end_attempt(tx, row, "lost", "its lease ran out")
                if is_poison(row.barren):
                    _give_up(tx, row, POISON_CODE, poison_message(row.barren, row.error_message))
                    continue
                lease = _take(tx, row, worker, lease_s)
            failpoint("claim.committed")
            return lease
        return None

    def heartbeat(self, lease: Lease, lease_s: float) -> bool:
        """Hold the lease for `lease_s` more seconds; False when it is lost or the job is cancelled: stop working."""
        table = schema.jobs
        with self._writing() as tx:
            until = tx.now + timedelta(seconds=lease_s)
            return tx.connection.execute(update(table).where(_held(lease)).values(lease_until=until)).rowcount == 1

    def expire_leases(self, worker_prefix: str) -> int:
        """End the leases of workers that are known to be dead, by the start of their names; gives how many.

        Their jobs can be claimed at once instead of when the leases run out. A worker that was alive after all is
        fenced off by the next claim, as if it had been silent.
        """
        if not worker_prefix:
            raise BadInput("job.worker", "name the dead workers")
        table = schema.jobs
        dead = table.c.worker.startswith(worker_prefix, autoescape=True) & (table.c.state == JobState.RUNNING.value)
        with self._writing() as tx:
            over = tx.now - timedelta(microseconds=1)
            return int(tx.connection.execute(update(table).where(dead).values(lease_until=over)).rowcount)

    def checkpoint(self, lease: Lease, index: int, total: int, payload: JsonObject) -> None:
        """Keep part `index` (from 0) of `total` and the progress, in one transaction.

        Keeping the same part again is no fault (the answer may have been lost); another content for it is. Raises
        Conflict when the lease is lost, the job cancelled, or the part kept with other content.
        """
        if not 0 <= index < total:
            raise BadInput("job.part", f"part {index} of {total} does not exist")
        spelled = json_text(payload)
        digest = hashlib.sha256(spelled.encode()).hexdigest()
        table = schema.job_checkpoints
        with self._writing() as tx:
            _hold(tx, lease)
            kept = select(table.c.sha256).where(table.c.job_id == lease.job.id, table.c.part == index)
            earlier = tx.connection.execute(kept).scalar()
            if earlier is not None and earlier != digest:
                raise Conflict("job.part_kept", f"part {index} of job {lease.job.id} is kept with other content")
            if earlier is None:
                part = {"job_id": lease.job.id, "part": index, "total": total, "fence": lease.fence}
                row = {**part, "sha256": digest, "payload": spelled, "created_at": tx.now}
                tx.connection.execute(insert(table).values(row))
            failpoint("checkpoint.row")
            done = tx.connection.execute(select(func.count()).where(table.c.job_id == lease.job.id)).scalar_one()
            progress = {"progress": min(1.0, done / total), "barren": 0, "updated_at": tx.now}
            tx.connection.execute(update(schema.jobs).where(_held(lease)).values(**progress))
        failpoint("checkpoint.committed")

    def checkpoints(self, lease: Lease) -> dict[int, JsonObject]:
        """The parts that this and earlier attempts kept, by index."""
        table = schema.job_checkpoints
        wanted = select(table.c.part, table.c.payload).where(table.c.job_id == lease.job.id).order_by(table.c.part)
        with self._reading() as tx:
            found = tx.connection.execute(wanted).all()
        return {row.part: json_object(row.payload) for row in found if row.payload is not None}

    def finish(
        self, lease: Lease, kind: str, body: JsonObject, derived: Sequence[tuple[str, str, StoredBlob]]
    ) -> RecordVersion:
        """End a job well: record with version 1, derived copies (name, media type, blob), audit and state at once.

        Raises Conflict when the lease is lost or the job cancelled: then nothing was kept.
        """
        spelled = json_text(body)
        names = [name for name, _, _ in derived]
        if len(set(names)) != len(names):
            raise BadInput("record.derived", "two derived copies of one record bear the same name")
        with self._writing() as tx:
            row = _hold(tx, lease)
            record_id = keep_record(tx, _worker(lease, row.worker), row, (kind, spelled), derived)
            failpoint("finish.record")
            ended = {"state": JobState.DONE.value, "progress": 1.0, "record_id": record_id, "lease_until": None}
            changed = {**ended, "error_code": None, "error_message": None, "updated_at": tx.now}
            tx.connection.execute(update(schema.jobs).where(_held(lease)).values(**changed))
            end_attempt(tx, row, "done", None)
            drop_payloads(tx, lease.job.id)
            note(tx, _worker(lease, row.worker), "job.done", ("job", lease.job.id), row.case_id, {"record": record_id})
            failpoint("finish.audit")
            kept = record_version(tx, record_id, 1)
        failpoint("finish.committed")
        return kept

    def fail(self, lease: Lease, code: str, message: str, *, retry: bool) -> None:
        """End an attempt badly: with `retry` the job is tried again later until it counts as poison, else it failed.

        Does nothing when the lease is lost already.
        """
        reason = message[:_REASON_CHARS]
        with self._writing() as tx:
            row = job_row(tx, lease.job.id, lock=True)
            if not _is_held(row, lease):
                return
            if not retry:
                _give_up(tx, row, code, reason)
            elif is_poison(row.barren):
                _give_up(tx, row, POISON_CODE, poison_message(row.barren, f"{code}: {reason}")[:_REASON_CHARS])
            else:
                again = tx.now + timedelta(seconds=retry_delay_s(row.barren))
                _requeue(tx, row, available_at=again, error_code=code, error_message=reason)
                end_attempt(tx, row, "retried", f"{code}: {reason}")
                details: JsonObject = {"code": code, "attempt": row.attempts}
                note(tx, _worker(lease, row.worker), "job.retried", ("job", row.id), row.case_id, details)

    def release(self, lease: Lease) -> None:
        """Hand a job back unharmed (the worker must stop): it can be claimed at once, no attempt is counted."""
        with self._writing() as tx:
            row = job_row(tx, lease.job.id, lock=True)
            if not _is_held(row, lease):
                return
            fewer = {"attempts": max(0, row.attempts - 1), "barren": max(0, row.barren - 1)}
            _requeue(tx, row, available_at=tx.now, **fewer)
            end_attempt(tx, row, "released", None)
            note(tx, _worker(lease, row.worker), "job.released", ("job", row.id), row.case_id)


def _next(tx: Transaction, tasks: Sequence[str], *, lock: bool = False) -> Row[Any] | None:
    table = schema.jobs
    waiting = (table.c.state == JobState.QUEUED.value) & (table.c.available_at <= tx.now)
    expired = (table.c.state == JobState.RUNNING.value) & (table.c.lease_until < tx.now)
    wanted = select(table).where(table.c.task.in_(tasks), waiting | expired)
    wanted = wanted.order_by(table.c.created_at, table.c.id).limit(1)
    return tx.connection.execute(wanted.with_for_update(skip_locked=True) if lock else wanted).first()


def _take(tx: Transaction, row: Row[Any], worker: str, lease_s: float) -> Lease:
    fence = row.fence + 1
    claimed = {"state": JobState.RUNNING.value, "fence": fence, "attempts": row.attempts + 1, "barren": row.barren + 1}
    held = {"worker": worker, "lease_until": tx.now + timedelta(seconds=lease_s), "updated_at": tx.now}
    tx.connection.execute(update(schema.jobs).where(schema.jobs.c.id == row.id).values(**claimed, **held))
    attempt = {"job_id": row.id, "fence": fence, "worker": worker, "started_at": tx.now}
    tx.connection.execute(insert(schema.job_attempts).values(attempt))
    actor = Actor(row.created_by, row.creator_name, Role(row.creator_role), row.creator_via)
    lease = Lease(job_of(job_row(tx, row.id)), fence, evidence_item(tx, row.evidence_id), actor)
    details: JsonObject = {"attempt": lease.job.attempts, "fence": fence}
    note(tx, _worker(lease, worker), "job.started", ("job", row.id), row.case_id, details)
    return lease


def _held(lease: Lease) -> ColumnElement[bool]:
    table = schema.jobs
    running = table.c.state == JobState.RUNNING.value
    return (table.c.id == lease.job.id) & (table.c.fence == lease.fence) & running


def _is_held(row: Row[Any], lease: Lease) -> bool:
    return bool(row.fence == lease.fence and row.state == JobState.RUNNING)


def _hold(tx: Transaction, lease: Lease) -> Row[Any]:
    row = job_row(tx, lease.job.id, lock=True)
    if not _is_held(row, lease):
        state = "was cancelled" if row.state == JobState.CANCELLED else "is no longer this worker's"
        raise Conflict("job.lost", f"job {lease.job.id} {state}; nothing of this attempt is kept any more")
    return row


def _requeue(tx: Transaction, row: Row[Any], **changed: object) -> None:
    waiting = {"state": JobState.QUEUED.value, "lease_until": None, "worker": None, "updated_at": tx.now}
    tx.connection.execute(update(schema.jobs).where(schema.jobs.c.id == row.id).values({**waiting, **changed}))


def _give_up(tx: Transaction, row: Row[Any], code: str, reason: str) -> None:
    ended = {"state": JobState.FAILED.value, "lease_until": None, "error_code": code, "error_message": reason}
    tx.connection.execute(update(schema.jobs).where(schema.jobs.c.id == row.id).values(**ended, updated_at=tx.now))
    end_attempt(tx, row, "failed", f"{code}: {reason}")
    drop_payloads(tx, row.id)
    actor = Actor(row.created_by, row.creator_name, Role(row.creator_role), f"worker:{row.worker}")
    note(tx, actor, "job.failed", ("job", row.id), row.case_id, {"code": code, "attempts": row.attempts})


def _worker(lease: Lease, worker: str | None) -> Actor:
    """Who acts when a worker does: the one who asked for the job, by way of the worker."""
    return Actor(lease.actor.id, lease.actor.name, lease.actor.role, f"worker:{worker}")
