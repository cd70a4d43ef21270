"""Acts on evidence: originals that never change once added."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select

from cases import ledger, schema
from cases.access import Wish
from cases.acts.base import Acts, json_object, json_text, not_found, note, plain_text, require
from cases.blobs import StoredBlob
from cases.database import Transaction
from cases.failpoint import failpoint
from cases.ids import new_id
from cases.records import Actor, Digest, EvidenceItem, JsonObject

_FILENAME_CHARS = 1000
_TYPE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Original:
    """What becomes evidence: a stored blob, the name it came with, its media type and what was probed."""

    filename: str
    blob: StoredBlob
    media_type: str
    facts: JsonObject


class EvidenceActs(Acts):
    """证据材料."""

    def add_evidence(
        self, actor: Actor, case_id: str, filename: str, blob: StoredBlob, media_type: str, facts: JsonObject
    ) -> EvidenceItem:
        """Add a stored blob to a case as an original; raises NotFound, Forbidden, BadInput on a bad name."""
        with self._writing() as tx:
            require(tx, actor, case_id, Wish.WRITE)
            added = keep_evidence(tx, actor, case_id, Original(filename, blob, media_type, facts))
        failpoint("evidence.committed")
        return added

    def evidence(self, actor: Actor, evidence_id: str) -> EvidenceItem:
        """One piece of evidence; raises NotFound outside the actor's scope.

        Reading its bytes is noted by `note_read`.
        """
        with self._reading() as tx:
            item = evidence_item(tx, evidence_id)
            require(tx, actor, item.case_id, Wish.SEE, ("evidence", evidence_id))
            return item

    def evidence_of(self, actor: Actor, case_id: str) -> list[EvidenceItem]:
        """The evidence of a case, oldest first; raises NotFound outside the actor's scope."""
        table = schema.evidence
        wanted = select(table).where(table.c.case_id == case_id).order_by(table.c.created_at, table.c.id)
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.SEE)
            return [_item(row) for row in tx.connection.execute(wanted)]

    def note_read(
        self, actor: Actor, case_id: str, subject: str, subject_id: str, details: JsonObject | None = None
    ) -> None:
        """Write down that content was viewed or streamed, before it is; raises NotFound, Forbidden when it may not be.

        `subject` is the kind (evidence, record, derived, audit), `details` what part was read (a page, a range).
        """
        wish = Wish.AUDIT if subject == "audit" else Wish.READ
        with self._writing() as tx:
            require(tx, actor, case_id, wish, (subject, subject_id))
            note(tx, actor, f"{subject}.read", (subject, subject_id), case_id, details)


def keep_evidence(tx: Transaction, actor: Actor, case_id: str, original: Original) -> EvidenceItem:
    """Write an original down with its audit entry, within this transaction; raises BadInput on a bad name."""
    blob = original.blob
    row = {
        "id": new_id("ev"),
        "case_id": case_id,
        "filename": plain_text(original.filename, "the file name", _FILENAME_CHARS),
        "size": blob.size,
        "sha256": blob.digest.sha256,
        "sm3": blob.digest.sm3,
        "media_type": plain_text(original.media_type, "the media type", _TYPE_CHARS),
        "facts": json_text(original.facts),
        "created_by": actor.id,
        "created_at": tx.now,
    }
    tx.connection.execute(insert(schema.evidence).values(row))
    failpoint("evidence.row")
    details: JsonObject = {
        "filename": str(row["filename"]),
        "size": blob.size,
        "sha256": blob.digest.sha256,
        "sm3": blob.digest.sm3,
        "row": ledger.sealed_digest(schema.evidence, row),
    }
    note(tx, actor, "evidence.added", ("evidence", str(row["id"])), case_id, details)
    failpoint("evidence.audit")
    return evidence_item(tx, str(row["id"]))


def evidence_item(tx: Transaction, evidence_id: str) -> EvidenceItem:
    """The item of that id, whoever asks; raises NotFound when there is none."""
    row = tx.connection.execute(select(schema.evidence).where(schema.evidence.c.id == evidence_id)).first()
    if row is None:
        raise not_found("evidence", evidence_id)
    return _item(row)


def _item(row: Row[Any]) -> EvidenceItem:
    digest = Digest(row.sha256, row.sm3)
    facts = json_object(row.facts)
    return EvidenceItem(
        row.id, row.case_id, row.filename, row.size, digest, row.media_type, facts, row.created_at, row.created_by
    )
