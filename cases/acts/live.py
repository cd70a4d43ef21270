"""The acts of a live session: it began; its sound became evidence and its lines a record, at once or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select

from cases import schema
from cases.access import Wish
from cases.acts.base import Acts, json_text, note, require
from cases.acts.evidence import Original, keep_evidence
from cases.acts.queue import end_at_once, job_row, live_job, queue_job
from cases.acts.records import keep_record, record_version
from cases.audit import hash_of
from cases.blobs import StoredBlob
from cases.database import Transaction
from cases.failpoint import failpoint
from cases.jobs import idempotency_key
from cases.records import Actor, JsonObject
from cases.versions import RecordVersion

BEGAN = "live.began"


@dataclass(frozen=True, slots=True)
class LiveOutcome:
    """What a session leaves: its sound, the work that was done on it, the record and the copies beside it.

    `params` names the session too, so that one session is kept once; `derived` are name, media type and blob of each
    copy.
    """

    session_id: str
    original: Original
    task: str
    version: str
    params: JsonObject
    kind: str
    body: JsonObject
    derived: Sequence[tuple[str, str, StoredBlob]] = ()


class LiveActs(Acts):
    """Live sessions: that one began, and what it left; between the two nothing of it is in the store."""

    def begin_session(self, actor: Actor, case_id: str, session_id: str, params: JsonObject) -> None:
        """Write down that `actor` began to record in the case; raises NotFound, Forbidden when they may not."""
        with self._writing() as tx:
            require(tx, actor, case_id, Wish.WRITE)
            note(tx, actor, BEGAN, ("live", session_id), case_id, {"params_sha256": hash_of(params)})

    def keep_session(self, actor: Actor, case_id: str, outcome: LiveOutcome) -> RecordVersion:
        """Evidence, a job that is done, and the machine's record in one transaction.

        A session that was kept already (the answer was lost in a crash) is answered, not doubled. Whoever began it in
        this case may have it kept even when they may write there no more: what was recorded with leave belongs to the
        case, and nobody else could bring it in. Raises NotFound, Forbidden for all others, BadInput.
        """
        sha256 = outcome.original.blob.digest.sha256
        key = idempotency_key(case_id, sha256, outcome.task, outcome.version, outcome.params)
        spelled = json_text(outcome.body)
        with self._writing() as tx:
            if not _began(tx, actor, case_id, outcome.session_id):
                require(tx, actor, case_id, Wish.WRITE)
            earlier = live_job(tx, key)
            if earlier is not None and earlier.record is not None:
                return record_version(tx, earlier.record, 1)
            item = keep_evidence(tx, actor, case_id, outcome.original)
            job = queue_job(tx, actor, item, (outcome.task, outcome.version, key), outcome.params)
            record_id = keep_record(tx, actor, job_row(tx, job.id), (outcome.kind, spelled), outcome.derived)
            failpoint("live.record")
            end_at_once(tx, actor, job, record_id)
            kept = record_version(tx, record_id, 1)
        failpoint("live.committed")
        return kept


def _began(tx: Transaction, actor: Actor, case_id: str, session_id: str) -> bool:
    """Whether the trail says that `actor` began this session in this case."""
    entries = schema.audit_entries.c
    written = (entries.act == BEGAN) & (entries.subject_id == session_id)
    asked = exists().where(written & (entries.case_id == case_id) & (entries.actor_id == actor.id))
    return bool(tx.connection.execute(select(asked)).scalar())
