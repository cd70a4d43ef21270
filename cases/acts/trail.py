"""Acts on the audit trail: read it, sign its head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert, select

from cases import ledger, schema
from cases.access import Wish
from cases.acts.base import Acts, bounded, require
from cases.audit import GLOBAL_CHAIN, AuditEntry, SignedCheckpoint, sign_checkpoint
from cases.database import Database
from cases.keys import signing_key
from cases.moments import moment_text
from cases.records import Actor
from models.errors import Tampered, Unavailable


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a case, for whoever pushes it outward; `id` grows, gaps are possible."""

    id: int
    at: datetime
    case_id: str
    kind: str
    subject_id: str


class TrailActs(Acts):
    """审计."""

    def __init__(self, database: Database, signing_key_path: Path | None) -> None:
        super().__init__(database)
        self._signing_key_path = signing_key_path

    def audit(self, actor: Actor, case_id: str, *, after: int = 0, limit: int = 200) -> list[AuditEntry]:
        """The entries of a case whose case sequence is beyond `after`, in order; raises NotFound, Forbidden."""
        table = schema.audit_entries
        wanted = select(*ledger.raw(table)).where(table.c.case_id == case_id, table.c.case_sequence > after)
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.AUDIT)
            found = tx.connection.execute(wanted.order_by(table.c.case_sequence).limit(bounded(limit)))
            try:
                return [ledger.entry_of(row) for row in found]
            except ValueError as error:
                raise Tampered("audit.json", "an audit entry cannot be read any more; run anjuan verify") from error

    def checkpoint_audit(self) -> SignedCheckpoint:
        """Sign the global head and keep the signature; keep it off-site too (`audit.checkpoint_json`).

        The same head is not signed twice. Raises Unavailable when the store was opened without a signing key.
        """
        if self._signing_key_path is None:
            raise Unavailable("audit.no_key", "the store was opened without a signing key; give signing_key_path")
        key = signing_key(self._signing_key_path)
        table = schema.audit_checkpoints
        with self._writing() as tx:
            head = ledger.head(tx, GLOBAL_CHAIN, lock=True)
            row = tx.connection.execute(select(*ledger.raw(table)).where(table.c.sequence == head.sequence)).first()
            if row is not None:
                return SignedCheckpoint(row.sequence, row.global_hash, row.at, row.public_key, row.signature)
            made = sign_checkpoint(head, moment_text(tx.now), key)
            tx.connection.execute(
                insert(table).values(
                    sequence=made.sequence,
                    global_hash=made.global_hash,
                    at=tx.now,
                    public_key=made.public_key,
                    signature=made.signature,
                )
            )
            return made

    def events(self, *, after: int = 0, limit: int = 200) -> list[Event]:
        """What happened beyond event `after`, in order, for the process that pushes events outward."""
        table = schema.events
        wanted = select(table).where(table.c.id > after).order_by(table.c.id).limit(bounded(limit))
        with self._reading() as tx:
            return [Event(r.id, r.at, r.case_id, r.kind, r.subject_id) for r in tx.connection.execute(wanted)]
