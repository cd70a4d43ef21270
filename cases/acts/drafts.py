"""Acts that make a record out of a record, at once and without a worker: a 笔录 drafted from a transcript."""

from __future__ import annotations

from dataclasses import dataclass

from cases.access import Wish
from cases.acts.base import Acts, json_text, require
from cases.acts.evidence import evidence_item
from cases.acts.queue import end_at_once, job_row, live_job, queue_job
from cases.acts.records import keep_record, record_version
from cases.database import DUPLICATE
from cases.jobs import idempotency_key
from cases.records import Actor, JsonObject
from cases.versions import RecordVersion
from models.errors import Conflict


@dataclass(frozen=True, slots=True)
class Draft:
    """A record that the machine made of another: its kind and body, and the `version` and `params` of the making."""

    kind: str
    body: JsonObject
    version: str
    params: JsonObject


class DraftActs(Acts):
    """记录 drafted from other 记录."""

    def add_draft(self, actor: Actor, source: RecordVersion, draft: Draft) -> RecordVersion:
        """Keep `draft` as a new record on the evidence of `source`, with a job that is done: one transaction.

        The same making asked for twice is one record, answered as it stands. Raises NotFound, Forbidden.
        """
        spelled = json_text(draft.body)
        try:
            return self._add(actor, source, draft, spelled)
        except Conflict as error:
            if error.code != DUPLICATE:
                raise
            # Another process drafted the same between our look and our insert: answer that one.
            return self._add(actor, source, draft, spelled)

    def _add(self, actor: Actor, source: RecordVersion, draft: Draft, spelled: str) -> RecordVersion:
        with self._writing() as tx:
            require(tx, actor, source.case_id, Wish.WRITE, ("record", source.record_id))
            item = evidence_item(tx, source.evidence_id)
            key = idempotency_key(source.case_id, item.digest.sha256, draft.kind, draft.version, draft.params)
            known = live_job(tx, key)
            if known is not None and known.record is not None:
                return record_version(tx, known.record, None)
            job = queue_job(tx, actor, item, (draft.kind, draft.version, key), draft.params)
            record_id = keep_record(tx, actor, job_row(tx, job.id), (draft.kind, spelled), ())
            end_at_once(tx, actor, job, record_id)
            return record_version(tx, record_id, 1)
