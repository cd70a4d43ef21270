"""Examines the audit trail: both chains of every entry, the heads, the signed checkpoints, the triggers.

Changes nothing.

Reads in pages of short transactions, so that it can run beside a working server: entries beyond the newest one at the
start are left for the next time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Row, func, select, text

from cases import ledger, schema
from cases.audit import (
    GENESIS,
    GLOBAL_CHAIN,
    SYSTEM_CHAIN,
    AuditEntry,
    Head,
    SignedCheckpoint,
    canonical,
    chain_of,
    check_signature,
    entry_faults,
)
from cases.database import Database, Transaction
from cases.faults import Findings, Vouched
from models.errors import AnjuanError, Tampered

_TELLS_OF = {
    "account.added": "accounts",
    "account.role": "accounts",
    "account.password": "accounts",
    "key.added": "api_keys",
    "key.revoked": "api_keys",
    "voiceprint.enrolled": "voiceprints",
    "case.created": "cases",
    "member.set": "case_members",
    "hotwords.set": "case_hotwords",
    "alarm.answered": "alarm_answers",
    "evidence.added": "evidence",
    "record.created": "record_versions",
    "record.edited": "record_versions",
}
"""Which table's row an act's `row` digest vouches for."""
_PAGE = 500
"""Entries read in one transaction: some milliseconds, so that no writer waits long."""


def examine_trail(database: Database, case_id: str | None, findings: Findings) -> Vouched:
    """Check the chain of one case (None: every chain and the global one); answers what the trail says of rows."""
    table = schema.audit_entries
    with database.read() as tx:
        heads = {r.chain: Head(r.sequence, r.hash) for r in tx.connection.execute(select(schema.audit_heads))}
        last = tx.connection.execute(select(func.max(table.c.sequence))).scalar() or 0
    vouched = Vouched(last=last)
    ends: dict[str, Head] = {}
    world: Head | None = Head() if case_id is None else None
    for row in _entries(database, case_id, last):
        findings.entries += 1
        entry = _read(row, findings)
        if entry is None:
            # Its stored hashes still tell where the chains go on.
            ends[chain_of(row.case_id)] = Head(row.case_sequence, row.hash)
            world = None if world is None else Head(row.sequence, row.global_hash)
            continue
        chain = chain_of(entry.case_id)
        for what in entry_faults(entry, ends.get(chain, Head()), world):
            findings.fault(_place(entry), what)
        ends[chain] = Head(entry.case_sequence, entry.hash)
        if world is not None:
            world = Head(entry.sequence, entry.global_hash)
        _vouch(entry, vouched)
    if world is not None:
        ends[GLOBAL_CHAIN] = world
    _compare_heads(heads if case_id is None else {case_id: heads.get(case_id, Head())}, ends, findings)
    return vouched


def _entries(database: Database, case_id: str | None, last: int) -> Iterator[Row[Any]]:
    table = schema.audit_entries
    wanted = select(*ledger.raw(table)).where(table.c.sequence <= last).order_by(table.c.sequence).limit(_PAGE)
    if case_id is not None:
        wanted = wanted.where(table.c.case_id == case_id)
    after: int | None = None
    while True:
        with database.read() as tx:
            page = tx.connection.execute(wanted if after is None else wanted.where(table.c.sequence > after)).all()
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].sequence


def _read(row: Row[Any], findings: Findings) -> AuditEntry | None:
    try:
        entry = ledger.entry_of(row)
        if canonical(entry.details) == row.details:
            return entry
        what = "details are not spelled as they were written: the entry was edited"
    except (ValueError, TypeError, AnjuanError):
        what = "details cannot be read: the entry was edited"
    findings.fault(_named(row.sequence, row.case_id, row.case_sequence), what)
    return None


def _place(entry: AuditEntry) -> str:
    return _named(entry.sequence, entry.case_id, entry.case_sequence)


def _named(sequence: int, case_id: str | None, case_sequence: int) -> str:
    place = f"case {case_id}" if case_id is not None else "no case"
    return f"audit entry {sequence} ({place}, number {case_sequence})"


def _compare_heads(heads: dict[str, Head], ends: dict[str, Head], findings: Findings) -> None:
    for chain in sorted(heads.keys() | ends.keys()):
        head, end = heads.get(chain), ends.get(chain, Head())
        if head == end or (head is None and end == Head()):
            continue
        kept = "no head" if head is None else f"{head.sequence} entries"
        names = {GLOBAL_CHAIN: "global audit chain", SYSTEM_CHAIN: "audit chain of acts outside cases"}
        findings.fault(
            names.get(chain, f"audit chain of case {chain}"),
            f"the kept head tells of {kept}, the chain ends at {end.sequence}: "
            "its end was cut off or replaced, or the head was edited",
        )


def _vouch(entry: AuditEntry, vouched: Vouched) -> None:
    """Remember what `entry` says of rows; a later entry on the same row replaces it."""
    found = entry.details
    if entry.act == "voiceprint.deleted":
        vouched.rows.pop(("voiceprints", entry.subject_id), None)
    table = _TELLS_OF.get(entry.act)
    if table is None:
        return
    key = entry.subject_id
    if table == "case_members":
        key = f"{entry.case_id}/{entry.subject_id}"
    elif table == "record_versions":
        key = f"{entry.subject_id}/{found.get('version')}"
    vouched.rows[table, key] = str(found.get("row"))
    if entry.act == "record.created":
        vouched.rows["records", entry.subject_id] = str(found.get("record"))
        vouched.derived[entry.subject_id] = str(found.get("derived"))


# --- checkpoints ------------------------------------------------------------------------------------------------------
def examine_checkpoints(
    database: Database, trusted: str | None, exported: Sequence[tuple[str, SignedCheckpoint]], findings: Findings
) -> None:
    """Check every kept checkpoint, and `exported` ones by name, against the trail.

    `trusted` is the store's public key.
    """
    table = schema.audit_checkpoints
    with database.read() as tx:
        kept = tx.connection.execute(select(*ledger.raw(table)).order_by(table.c.sequence)).all()
    checkpoints = [
        (
            f"audit checkpoint at entry {row.sequence}",
            SignedCheckpoint(row.sequence, row.global_hash, row.at, row.public_key, row.signature),
        )
        for row in kept
    ]
    for where, checkpoint in [*checkpoints, *exported]:
        try:
            check_signature(checkpoint, trusted)
        except Tampered as error:
            findings.fault(where, error.message)
            continue
        with database.read() as tx:
            what = _against_trail(tx, checkpoint)
        if what is not None:
            findings.fault(where, what)


def _against_trail(tx: Transaction, checkpoint: SignedCheckpoint) -> str | None:
    table = schema.audit_entries
    if checkpoint.sequence == 0:
        return None if checkpoint.global_hash == GENESIS else "signs no entry, yet names a hash"
    wanted = select(table.c.global_hash).where(table.c.sequence == checkpoint.sequence)
    found = tx.connection.execute(wanted).scalar()
    if found is None:
        return f"signs audit entry {checkpoint.sequence}, which is not there: the trail was cut off"
    if found != checkpoint.global_hash:
        return f"signs another audit entry {checkpoint.sequence} than the one there: the trail was rewritten"
    return None


# --- triggers ---------------------------------------------------------------------------------------------------------
def examine_triggers(database: Database, findings: Findings) -> None:
    """Check that the triggers which refuse changes are in place: whoever edits rows drops them first."""
    with database.read() as tx:
        if tx.on_postgres:
            asked = text("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled = 'O'")
            wanted = ("change", "truncate")
        else:
            asked = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
            wanted = ("update", "delete")
        found = {str(name) for name in tx.connection.execute(asked).scalars()}
    for table in schema.APPEND_ONLY:
        for act in wanted:
            if f"{table}_refuse_{act}" not in found:
                findings.fault(f"table {table}", f"the trigger that refuses {act} is gone")
