"""Writes audit entries inside the transaction of the act they tell of, and reads them back; decides nothing.

Appending locks the head of the global chain until the commit, so that entries stand in the order in which they were
committed; an act whose entry cannot be written does not happen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, String, Table, insert, select, type_coerce, update

from cases import schema
from cases.audit import GLOBAL_CHAIN, Act, AuditEntry, Head, canonical, chain_of, chained, row_digest
from cases.database import Transaction
from cases.moments import moment_text
from cases.records import JsonObject, JsonValue

SEALED: dict[str, tuple[str, ...]] = {
    "accounts": ("id", "name", "display_name", "role", "password_hash", "created_at"),
    "api_keys": ("id", "account_id", "name", "prefix", "key_hash", "role", "created_at", "revoked_at"),
    "voiceprints": ("account_id", "id", "sealed", "model", "seconds", "consent", "enrolled_at"),
    "cases": ("id", "name", "case_no", "cause", "created_at", "created_by"),
    "case_members": ("case_id", "account_id", "role", "granted_at", "granted_by"),
    "case_hotwords": ("case_id", "words", "set_at", "set_by"),
    "alarm_answers": ("id", "case_id", "alarm", "rule", "state", "reason", "answered_at", "answered_by"),
    "evidence": (
        "id",
        "case_id",
        "filename",
        "size",
        "sha256",
        "sm3",
        "media_type",
        "facts",
        "created_at",
        "created_by",
    ),
    "records": ("id", "case_id", "evidence_id", "job_id", "kind", "created_at"),
    "record_versions": ("record_id", "version", "author", "body", "created_at", "created_by"),
    "derived": ("id", "case_id", "record_id", "name", "size", "sha256", "sm3", "media_type"),
}
"""The columns that a row's digest covers; a column that a later schema adds needs a new digest beside the old one."""

_EVENTS = ("case.created", "evidence.added", "record.created", "record.edited", "job.")
"""Acts that are told to whoever pushes events outward."""


def sealed_digest(table: Table, values: Mapping[Any, object]) -> str:
    """The digest of a row as it is stored, for the audit entry that vouches for it."""
    return row_digest(table.name, {name: _as_stored(values[name]) for name in SEALED[table.name]})


def _as_stored(value: object) -> JsonValue:
    return moment_text(value) if isinstance(value, datetime) else cast(JsonValue, value)


def raw(table: Table) -> list[ColumnElement[Any]]:
    """The columns of `table` as stored, with moments as text, so that a row with nonsense in it can still be read."""
    return [type_coerce(c, String).label(c.name) if isinstance(c.type, schema.Moment) else c for c in table.c]


def append(tx: Transaction, act: Act) -> AuditEntry:
    """Write `act` down behind the heads of its two chains."""
    world = head(tx, GLOBAL_CHAIN, lock=True)
    own = head(tx, chain_of(act.case_id))
    entry = chained(act, moment_text(tx.now), own, world)
    tx.connection.execute(
        insert(schema.audit_entries).values(
            sequence=entry.sequence,
            case_id=entry.case_id,
            case_sequence=entry.case_sequence,
            at=tx.now,
            actor_id=entry.actor_id,
            actor_name=entry.actor_name,
            via=entry.via,
            act=entry.act,
            subject=entry.subject,
            subject_id=entry.subject_id,
            details=canonical(entry.details),
            previous_hash=entry.previous_hash,
            hash=entry.hash,
            global_previous=entry.global_previous,
            global_hash=entry.global_hash,
        )
    )
    _move_head(tx, GLOBAL_CHAIN, Head(entry.sequence, entry.global_hash))
    _move_head(tx, chain_of(act.case_id), Head(entry.case_sequence, entry.hash))
    if act.case_id is not None and act.act.startswith(_EVENTS):
        tx.connection.execute(
            insert(schema.events).values(at=tx.now, case_id=act.case_id, kind=act.act, subject_id=act.subject_id)
        )
    return entry


def head(tx: Transaction, chain: str, *, lock: bool = False) -> Head:
    """The head of a chain (that of nothing when it has no entry), locked until the transaction ends when asked."""
    wanted = select(schema.audit_heads).where(schema.audit_heads.c.chain == chain)
    row = tx.connection.execute(wanted.with_for_update() if lock else wanted).first()
    return Head() if row is None else Head(row.sequence, row.hash)


def _move_head(tx: Transaction, chain: str, to: Head) -> None:
    """Write the new head; the first of a chain lays its row (the global head is locked by then, so none can meet)."""
    heads = schema.audit_heads
    moved = update(heads).where(heads.c.chain == chain).values(sequence=to.sequence, hash=to.hash)
    if tx.connection.execute(moved).rowcount == 0:
        tx.connection.execute(insert(heads).values(chain=chain, sequence=to.sequence, hash=to.hash))


def entry_of(row: Row[Any]) -> AuditEntry:
    """The entry of a row read with `raw` columns; raises ValueError when its details are no JSON object."""
    details = json.loads(row.details)
    if not isinstance(details, dict):
        raise ValueError("details are no JSON object")
    return AuditEntry(
        sequence=row.sequence,
        case_sequence=row.case_sequence,
        case_id=row.case_id,
        at=row.at,
        actor_id=row.actor_id,
        actor_name=row.actor_name,
        via=row.via,
        act=row.act,
        subject=row.subject,
        subject_id=row.subject_id,
        details=cast(JsonObject, details),
        previous_hash=row.previous_hash,
        hash=row.hash,
        global_previous=row.global_previous,
        global_hash=row.global_hash,
    )
