"""Acts of search: which cases a caller may search, that a search was made and shown, and what the index follows.

The rights are those of `cases.access`; they are read anew for every search and again in the transaction that writes
it down, before anything is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from cases import ledger, schema
from cases.access import Verdict, Wish, decide
from cases.acts.base import Acts, note, require
from cases.acts.records import record_version
from cases.audit import GLOBAL_CHAIN
from cases.records import Actor, JsonObject, Role
from cases.versions import RecordVersion
from models.errors import Forbidden

_CHANGES = ("record.created", "record.edited")
_STATUTES = "statute.imported"
MAX_CHANGES = 10_000
"""Audit entries that one look at what changed reads."""


@dataclass(frozen=True, slots=True)
class SearchedCase:
    """A case of a scope, with what it is called by."""

    id: str
    name: str
    case_no: str | None
    cause: str | None


@dataclass(frozen=True, slots=True)
class Scope:
    """The cases whose content a caller may read; `everything`: there is none beside them."""

    cases: tuple[SearchedCase, ...]
    everything: bool


@dataclass(frozen=True, slots=True)
class Changes:
    """Records that have a new version, up to audit entry `reached`; `more`: there are further ones.

    `statutes`: some were imported.
    """

    records: tuple[str, ...]
    reached: int
    more: bool
    statutes: bool = False


@dataclass(frozen=True, slots=True)
class Indexed:
    """A record as the index takes it: its latest version and the file that it was made from."""

    record: RecordVersion
    filename: str
    stored_at: datetime


class SearchActs(Acts):
    """检索."""

    def search_scope(self, actor: Actor) -> Scope:
        """The cases whose content `actor` may read, by `cases.access`."""
        table, members = schema.cases, schema.case_members
        joined = table.outerjoin(members, (members.c.case_id == table.c.id) & (members.c.account_id == actor.id))
        wanted = select(table.c.id, table.c.name, table.c.case_no, table.c.cause, members.c.role).select_from(joined)
        everything = decide(actor.role, None, Wish.READ) is Verdict.ALLOW
        if not everything:
            wanted = wanted.where(members.c.role.is_not(None))
        with self._reading() as tx:
            rows = tx.connection.execute(wanted).all()
        allowed = [r for r in rows if decide(actor.role, Role(r.role) if r.role else None, Wish.READ) is Verdict.ALLOW]
        return Scope(tuple(SearchedCase(r.id, r.name, r.case_no, r.cause) for r in allowed), everything)

    def note_search(self, actor: Actor, details: JsonObject, shown: Mapping[str, Sequence[str]]) -> None:
        """Write a search down, and in each case what of it is shown (case id -> record ids), before it is shown.

        What was asked stands on the trail of the installation alone: on a case's trail it could tell its team about
        another case. Raises NotFound or Forbidden where a case is no longer the caller's to read: show nothing then.
        """
        with self._writing() as tx:
            for case_id in shown:
                require(tx, actor, case_id, Wish.READ)
            note(tx, actor, "search.asked", ("search", "all"), None, details)
            for case_id, records in shown.items():
                note(tx, actor, "search.shown", ("case", case_id), case_id, {"records": [*records]})

    def require_search(self, actor: Actor) -> None:
        """Raise Forbidden for a role that reads no content anywhere."""
        if decide(actor.role, Role.OFFICER, Wish.READ) is not Verdict.ALLOW:
            raise Forbidden("access.forbidden", f"{actor.name} may not read content; its role is {actor.role.value}")

    # --- what the index follows ---------------------------------------------------------------------------------------
    def latest_versions(self) -> tuple[dict[str, int], int]:
        """Record id -> its latest version, by case; and the audit entry that this is as of."""
        records, versions = schema.records, schema.record_versions
        wanted = (
            select(records.c.id, func.max(versions.c.version))
            .join(versions, versions.c.record_id == records.c.id)
            .group_by(records.c.case_id, records.c.id)
            .order_by(records.c.case_id, records.c.id)
        )
        with self._reading() as tx:
            reached = ledger.head(tx, GLOBAL_CHAIN, lock=False).sequence
            return {str(row[0]): int(row[1]) for row in tx.connection.execute(wanted)}, reached

    def changed_records(self, after: int) -> Changes | None:
        """What changed beyond audit entry `after`; None when the trail ends before it (the store was restored)."""
        table = schema.audit_entries
        wanted = select(table.c.sequence, table.c.act, table.c.subject_id).where(table.c.sequence > after)
        with self._reading() as tx:
            if ledger.head(tx, GLOBAL_CHAIN, lock=False).sequence < after:
                return None
            rows = tx.connection.execute(wanted.order_by(table.c.sequence).limit(MAX_CHANGES)).all()
        changed = dict.fromkeys(str(row.subject_id) for row in rows if row.act in _CHANGES)
        reached, statutes = rows[-1].sequence if rows else after, any(row.act == _STATUTES for row in rows)
        return Changes(tuple(changed), reached, len(rows) == MAX_CHANGES, statutes)

    def record_to_index(self, record_id: str) -> Indexed:
        """The latest version of a record, for the index, which parts it by case; raises NotFound."""
        records, evidence = schema.records, schema.evidence
        latest = select(func.max(schema.record_versions.c.version)).where(
            schema.record_versions.c.record_id == record_id
        )
        named = select(evidence.c.filename, records.c.created_at).join(records, records.c.evidence_id == evidence.c.id)
        with self._reading() as tx:
            found = record_version(tx, record_id, tx.connection.execute(latest).scalar() or 0)
            row = tx.connection.execute(named.where(records.c.id == record_id)).one()
        return Indexed(found, row.filename, row.created_at)
