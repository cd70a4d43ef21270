"""Examines a whole store, or one case of it: trail, rows, blobs, both directions; changes nothing and needs no server.

What it can tell: an edited, moved, removed or slipped-in audit entry, row or blob, each by name. What it cannot: a
rewrite of everything by somebody who also holds the signing key, unless a checkpoint that was kept elsewhere is
given.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from cases import schema
from cases.acts.base import not_found
from cases.audit import SignedCheckpoint
from cases.blobs import BlobStore
from cases.database import Database
from cases.faults import Fault, Findings, Report
from cases.verify_rows import BlobUses, examine_rows
from cases.verify_trail import examine_checkpoints, examine_trail, examine_triggers
from models.errors import NotFound, Tampered, Unavailable

__all__ = ["Fault", "Report", "examine"]


def examine(
    database: Database,
    case_id: str | None,
    blobs: BlobStore,
    *,
    trusted: str | None = None,
    exported: Sequence[tuple[str, SignedCheckpoint]] = (),
) -> Report:
    """Check everything of a case (None: of the store).

    Raises NotFound for a case that nothing tells of. `trusted` is the store's public signing key; `exported` are
    checkpoints kept elsewhere, with what to call them.
    """
    if case_id is not None and not _known(database, case_id):
        raise not_found("case", case_id)
    findings = Findings()
    try:
        vouched = examine_trail(database, case_id, findings)
        examine_checkpoints(database, trusted, exported, findings)
        examine_triggers(database, findings)
        uses = examine_rows(database, case_id, vouched, findings)
    except Tampered as error:
        findings.fault("case store", error.message)
        return findings.report()
    _examine_blobs(blobs, uses, findings)
    if case_id is None:
        for sha256 in blobs.all():
            if sha256 not in uses.rows:
                findings.notes.append(
                    Fault(f"blob {sha256}", "no row names it: an upload that was never added leaves one")
                )
    return findings.report()


def _known(database: Database, case_id: str) -> bool:
    """Whether anything tells of the case: a case whose own row was removed is still examined."""
    with database.read() as tx:
        row = select(schema.cases.c.id).where(schema.cases.c.id == case_id)
        entry = select(schema.audit_entries.c.sequence).where(schema.audit_entries.c.case_id == case_id).limit(1)
        return tx.connection.execute(row).first() is not None or tx.connection.execute(entry).first() is not None


def _examine_blobs(blobs: BlobStore, uses: BlobUses, findings: Findings) -> None:
    for sha256, rows in sorted(uses.rows.items()):
        findings.blobs += 1
        users = ", ".join(name for _, _, name in rows)
        try:
            blobs.verify(sha256, rows[0][0].sm3)
        except NotFound:
            findings.fault(f"blob {sha256}", f"the content is not in the store; named by {users}")
        except (Tampered, Unavailable, OSError) as error:
            findings.fault(f"blob {sha256}", f"{error}; named by {users}")
