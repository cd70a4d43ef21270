"""Acts of people on jobs: submit, look, cancel."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, insert, select, update

from cases import schema
from cases.access import Wish
from cases.acts.base import Acts, json_object, json_text, not_found, note, plain_text, require
from cases.acts.evidence import evidence_item
from cases.audit import hash_of
from cases.database import DUPLICATE, Transaction
from cases.ids import new_id
from cases.jobs import LIVE_STATES, Attempt, idempotency_key
from cases.records import Actor, EvidenceItem, Job, JobState, JsonObject
from models.errors import Conflict

_TASK_CHARS = 100


class QueueActs(Acts):
    """Jobs as those who ask for them see them."""

    def submit_job(
        self, actor: Actor, case_id: str, evidence_id: str, task: str, params: JsonObject, version: str
    ) -> Job:
        """Queue `task` on evidence; the same work that is queued, running or done is answered instead of doubled.

        Work that failed or was cancelled starts again as a new job. Raises NotFound, Forbidden, BadInput.
        """
        named, release = plain_text(task, "the task", _TASK_CHARS), plain_text(version, "the version", _TASK_CHARS)
        for _ in range(2):
            try:
                with self._writing() as tx:
                    require(tx, actor, case_id, Wish.WRITE)
                    item = evidence_item(tx, evidence_id)
                    if item.case_id != case_id:
                        raise not_found("evidence", evidence_id)
                    key = idempotency_key(case_id, item.digest.sha256, named, release, params)
                    return live_job(tx, key) or queue_job(tx, actor, item, (named, release, key), params)
            except Conflict as error:
                if error.code != DUPLICATE:
                    raise
                # Another process queued the same work between our look and our insert: answer that one.
        raise Conflict("job.race", "the same job is being submitted elsewhere; ask for the case's jobs")

    def job(self, actor: Actor, job_id: str) -> Job:
        """One job; raises NotFound outside the actor's scope."""
        with self._reading() as tx:
            job = job_of(job_row(tx, job_id))
            require(tx, actor, job.case_id, Wish.SEE, ("job", job_id))
            return job

    def jobs_of(self, actor: Actor, case_id: str) -> list[Job]:
        """The jobs of a case, newest first; raises NotFound outside the actor's scope."""
        table = schema.jobs
        wanted = select(table).where(table.c.case_id == case_id).order_by(table.c.created_at.desc(), table.c.id)
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.SEE)
            return [job_of(row) for row in tx.connection.execute(wanted)]

    def attempts_of(self, actor: Actor, job_id: str) -> list[Attempt]:
        """Every claim of a job, oldest first, and how it ended; raises NotFound outside the actor's scope."""
        table = schema.job_attempts
        with self._reading() as tx:
            require(tx, actor, job_row(tx, job_id).case_id, Wish.SEE, ("job", job_id))
            wanted = select(table).where(table.c.job_id == job_id).order_by(table.c.fence)
            return [Attempt(r.fence, r.worker, r.outcome, r.reason) for r in tx.connection.execute(wanted)]

    def cancel_job(self, actor: Actor, job_id: str) -> Job:
        """Cancel a job; a running worker learns of it at its next heartbeat or checkpoint, and can commit nothing more.

        Raises Conflict when the job is done or failed; cancelling twice is once.
        """
        table = schema.jobs
        with self._writing() as tx:
            row = job_row(tx, job_id, lock=True)
            require(tx, actor, row.case_id, Wish.WRITE, ("job", job_id))
            if row.state == JobState.CANCELLED:
                return job_of(row)
            if row.state in (JobState.DONE, JobState.FAILED):
                raise Conflict("job.ended", f"job {job_id} is {row.state} already; nothing is left to cancel")
            ended = {"state": JobState.CANCELLED.value, "lease_until": None, "updated_at": tx.now}
            tx.connection.execute(update(table).where(table.c.id == job_id).values(**ended, fence=row.fence + 1))
            end_attempt(tx, row, "cancelled", None)
            drop_payloads(tx, job_id)
            note(tx, actor, "job.cancelled", ("job", job_id), row.case_id)
            return job_of(job_row(tx, job_id))


def live_job(tx: Transaction, key: str) -> Job | None:
    """The job of that idempotency key that is queued, running or done."""
    table = schema.jobs
    wanted = select(table).where(table.c.key == key, table.c.state.in_([s.value for s in LIVE_STATES]))
    row = tx.connection.execute(wanted).first()
    return None if row is None else job_of(row)


def queue_job(
    tx: Transaction, actor: Actor, item: EvidenceItem, named: tuple[str, str, str], params: JsonObject
) -> Job:
    """Write a job down (`named`: task, version, idempotency key) with its audit entry."""
    task, version, key = named
    job_id = new_id("job")
    tx.connection.execute(
        insert(schema.jobs).values(
            id=job_id,
            case_id=item.case_id,
            evidence_id=item.id,
            task=task,
            params=json_text(params),
            version=version,
            key=key,
            state=JobState.QUEUED.value,
            progress=0.0,
            attempts=0,
            barren=0,
            fence=0,
            available_at=tx.now,
            created_at=tx.now,
            created_by=actor.id,
            creator_name=actor.name,
            creator_role=actor.role.value,
            creator_via=actor.via,
            updated_at=tx.now,
        )
    )
    details: JsonObject = {"task": task, "version": version, "evidence": item.id, "params_sha256": hash_of(params)}
    note(tx, actor, "job.submitted", ("job", job_id), item.case_id, details)
    return job_of(job_row(tx, job_id))


def end_at_once(tx: Transaction, actor: Actor, job: Job, record_id: str) -> None:
    """Note a job done whose record was made before it was written down: no worker claims it."""
    done = {"state": JobState.DONE.value, "progress": 1.0, "record_id": record_id, "updated_at": tx.now}
    tx.connection.execute(update(schema.jobs).where(schema.jobs.c.id == job.id).values(**done))
    note(tx, actor, "job.done", ("job", job.id), job.case_id, {"record": record_id})


# --- shared with the worker's acts ------------------------------------------------------------------------------------
def job_row(tx: Transaction, job_id: str, *, lock: bool = False) -> Row[Any]:
    """The row of a job, locked until the end of the transaction when asked; raises NotFound when there is none."""
    wanted = select(schema.jobs).where(schema.jobs.c.id == job_id)
    row = tx.connection.execute(wanted.with_for_update() if lock else wanted).first()
    if row is None:
        raise not_found("job", job_id)
    return row


def job_of(row: Row[Any]) -> Job:
    """The job that a row holds."""
    return Job(
        id=row.id,
        case_id=row.case_id,
        task=row.task,
        evidence_id=row.evidence_id,
        params=json_object(row.params),
        state=JobState(row.state),
        progress=row.progress,
        attempts=row.attempts,
        record=row.record_id,
        error_code=row.error_code,
        error_message=row.error_message,
        created_at=row.created_at,
        created_by=row.created_by,
        updated_at=row.updated_at,
    )


def end_attempt(tx: Transaction, row: Row[Any], outcome: str, reason: str | None) -> None:
    """Close the attempt that holds the job's present fence, when one does."""
    table = schema.job_attempts
    held = (table.c.job_id == row.id) & (table.c.fence == row.fence) & table.c.outcome.is_(None)
    tx.connection.execute(update(table).where(held).values(ended_at=tx.now, outcome=outcome, reason=reason))


def drop_payloads(tx: Transaction, job_id: str) -> None:
    """Forget what the checkpoints of an ended job held; who made which part, and its digest, stay."""
    table = schema.job_checkpoints
    tx.connection.execute(update(table).where(table.c.job_id == job_id).values(payload=None))
