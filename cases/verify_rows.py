"""Examines rows against what the audit trail vouches for, both ways: edited, vanished, and slipped in.

Changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Row, Table, func, select, tuple_

from cases import ledger, schema
from cases.acts.records import derived_digest
from cases.database import Database
from cases.faults import Findings, Vouched
from cases.records import Digest, JobState, JsonValue

_PAGE = 200
_BODY_PAGE = 10
"""Rows read in one transaction; record bodies may have many MiB each."""

_OF_PEOPLE = ((schema.accounts, ("id",)), (schema.api_keys, ("id",)), (schema.voiceprints, ("account_id",)))
_OF_CASES = (
    (schema.cases, ("id",)),
    (schema.case_members, ("case_id", "account_id")),
    (schema.case_hotwords, ("case_id",)),
    (schema.alarm_answers, ("id",)),
    (schema.evidence, ("id",)),
    (schema.records, ("id",)),
    (schema.record_versions, ("record_id", "version")),
)
"""Sealed tables with the columns that name a row."""
_KINDS = {
    "accounts": "account",
    "api_keys": "API key",
    "voiceprints": "voiceprint of account",
    "cases": "case",
    "case_members": "membership",
    "case_hotwords": "hotwords of case",
    "alarm_answers": "answer to an alarm",
    "evidence": "evidence",
    "records": "record",
    "record_versions": "record version",
    "derived": "derived copy",
}


@dataclass(slots=True)
class BlobUses:
    """Which rows name which content: by SHA-256, the digests and sizes that rows give it and the rows' names."""

    rows: dict[str, list[tuple[Digest, int, str]]] = field(default_factory=dict)

    def add(self, row: Row[Any], name: str) -> None:
        """Remember that `row` names a blob."""
        self.rows.setdefault(row.sha256, []).append((Digest(row.sha256, row.sm3), row.size, name))


def examine_rows(database: Database, case_id: str | None, vouched: Vouched, findings: Findings) -> BlobUses:
    """Check every sealed row of a case (None: of all); answers which blobs they name."""
    uses = BlobUses()
    expected = dict(vouched.rows)
    for table, key in _OF_CASES if case_id is not None else (*_OF_PEOPLE, *_OF_CASES):
        for row in _rows(database, table, key, case_id):
            findings.rows += 1
            name = "/".join(str(row._mapping[column]) for column in key)
            if table is schema.evidence:
                uses.add(row, f"evidence {row.id} of case {row.case_id}")
            said = expected.pop((table.name, name), None)
            what = _difference(table, row, said)
            subject = row._mapping["account_id" if table is schema.case_members else key[0]]
            if what is not None and not _newer(database, subject, vouched.last):
                findings.fault(f"{_KINDS[table.name]} {name}", what)
    for table_name, name in expected:
        findings.fault(f"{_KINDS[table_name]} {name}", "the row is gone, although the audit trail tells of it")
    _examine_derived(database, case_id, vouched, findings, uses)
    _examine_jobs(database, case_id, findings)
    return uses


def _rows(database: Database, table: Table, key: tuple[str, ...], case_id: str | None) -> Iterator[Row[Any]]:
    size = _BODY_PAGE if table is schema.record_versions else _PAGE
    columns = [table.c[name] for name in key]
    wanted = select(*ledger.raw(table)).order_by(*columns).limit(size)
    if case_id is not None:
        wanted = wanted.where(_belongs(table, case_id))
    after: tuple[Any, ...] | None = None
    while True:
        with database.read() as tx:
            page = tx.connection.execute(wanted if after is None else wanted.where(tuple_(*columns) > after)).all()
        yield from page
        if len(page) < size:
            return
        after = tuple(page[-1]._mapping[name] for name in key)


def _belongs(table: Table, case_id: str) -> Any:
    if table is schema.cases:
        return table.c.id == case_id
    if table is schema.record_versions:
        return table.c.record_id.in_(select(schema.records.c.id).where(schema.records.c.case_id == case_id))
    return table.c.case_id == case_id


def _difference(table: Table, row: Row[Any], said: str | None) -> str | None:
    if said is None:
        return "no audit entry tells of this row: it was slipped in"
    if ledger.sealed_digest(table, row._mapping) != said:
        return "the row does not match the digest in the audit trail: it was edited"
    return None


def _newer(database: Database, subject_id: str, last: int) -> bool:
    """Whether an entry written since the examination began tells of this row: then it is left for the next time."""
    entries = schema.audit_entries
    wanted = select(func.count()).where(entries.c.subject_id == subject_id, entries.c.sequence > last)
    with database.read() as tx:
        return bool(tx.connection.execute(wanted).scalar())


def _examine_derived(
    database: Database, case_id: str | None, vouched: Vouched, findings: Findings, uses: BlobUses
) -> None:
    found: dict[str, list[dict[str, JsonValue]]] = {}
    for row in _rows(database, schema.derived, ("id",), case_id):
        findings.rows += 1
        uses.add(row, f"derived copy {row.id} ({row.name}) of record {row.record_id}")
        found.setdefault(row.record_id, []).append(dict(row._mapping))
    for record_id in sorted(found.keys() | vouched.derived.keys()):
        said = vouched.derived.get(record_id)
        if said == derived_digest(found.get(record_id, [])):
            continue
        if not _newer(database, record_id, vouched.last):
            findings.fault(
                f"derived copies of record {record_id}",
                "they do not match the digest in the audit trail: one was edited, removed or slipped in",
            )


def _examine_jobs(database: Database, case_id: str | None, findings: Findings) -> None:
    """A job that is done has its record."""
    jobs, records = schema.jobs, schema.records
    wanted = select(jobs.c.id).outerjoin(records, records.c.id == jobs.c.record_id)
    wanted = wanted.where(jobs.c.state == JobState.DONE.value, records.c.id.is_(None))
    if case_id is not None:
        wanted = wanted.where(jobs.c.case_id == case_id)
    with database.read() as tx:
        for job_id in tx.connection.execute(wanted).scalars():
            findings.fault(f"job {job_id}", "it is done, and its record is not there")
