"""Acts on records: read a version, add a person's version, find the derived copies."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, func, insert, select

from cases import ledger, schema
from cases.access import Wish
from cases.acts.base import Acts, json_object, json_text, not_found, note, plain_text, require
from cases.audit import hash_of
from cases.blobs import StoredBlob
from cases.database import DUPLICATE, Transaction
from cases.ids import new_id
from cases.records import Actor, DerivedCopy, Digest, JsonObject, JsonValue
from cases.versions import Author, RecordSummary, RecordVersion
from models.errors import Conflict

_NAME_CHARS = 500


class RecordActs(Acts):
    """记录, with their versions and 副本."""

    def record(self, actor: Actor, record_id: str, version: int | None = None) -> RecordVersion:
        """A version of a record (None: the latest); raises NotFound outside the scope, Forbidden for auditors."""
        with self._reading() as tx:
            require(tx, actor, _case_of(tx, record_id), Wish.READ, ("record", record_id))
            return record_version(tx, record_id, version)

    def records_of(self, actor: Actor, case_id: str) -> list[RecordSummary]:
        """The latest version of each record of a case, newest record first, without bodies."""
        table, versions = schema.records, schema.record_versions
        others = schema.record_versions.alias()
        latest = select(func.max(others.c.version)).where(others.c.record_id == table.c.id).scalar_subquery()
        wanted = _summaries().where(table.c.case_id == case_id, versions.c.version == latest)
        with self._reading() as tx:
            require(tx, actor, case_id, Wish.SEE)
            found = tx.connection.execute(wanted.order_by(table.c.created_at.desc(), table.c.id))
            return [_summary(row) for row in found]

    def versions_of(self, actor: Actor, record_id: str) -> list[RecordSummary]:
        """Every version of a record, oldest first, without bodies."""
        wanted = _summaries().where(schema.records.c.id == record_id).order_by(schema.record_versions.c.version)
        with self._reading() as tx:
            require(tx, actor, _case_of(tx, record_id), Wish.SEE, ("record", record_id))
            return [_summary(row) for row in tx.connection.execute(wanted)]

    def add_version(
        self, actor: Actor, record_id: str, base_version: int, body: JsonObject, step: str | None = None
    ) -> RecordVersion:
        """Add a person's version on top of `base_version`; the versions before stay.

        `step` names what the version brings about (checked, signed): an entry of its own on the trail.

        Raises NotFound, Forbidden, and Conflict when another version was added since `base_version`.
        """
        spelled = json_text(body)
        conflict = Conflict("record.version", f"record {record_id} was changed since version {base_version}; reload it")
        try:
            with self._writing() as tx:
                case_id = _case_of(tx, record_id)
                require(tx, actor, case_id, Wish.WRITE, ("record", record_id))
                if _latest(tx, record_id) != base_version:
                    raise conflict
                row = _keep_version(tx, record_id, base_version + 1, ("human", actor.id), spelled)
                note(tx, actor, "record.edited", ("record", record_id), case_id, row)
                if step is not None:
                    told: JsonObject = {"version": base_version + 1}
                    note(tx, actor, f"record.{step}", ("record", record_id), case_id, told)
                return record_version(tx, record_id, base_version + 1)
        except Conflict as error:
            raise (conflict if error.code == DUPLICATE else error) from error

    def derived(self, actor: Actor, derived_id: str) -> DerivedCopy:
        """One derived copy; raises NotFound outside the scope, Forbidden for auditors."""
        table = schema.derived
        with self._reading() as tx:
            row = tx.connection.execute(select(table).where(table.c.id == derived_id)).first()
            if row is None:
                raise not_found("derived", derived_id)
            require(tx, actor, row.case_id, Wish.READ, ("derived", derived_id))
            return _copy(row)

    def derived_of(self, actor: Actor, record_id: str) -> list[DerivedCopy]:
        """The derived copies of a record by name; raises NotFound outside the actor's scope."""
        table = schema.derived
        wanted = select(table).where(table.c.record_id == record_id).order_by(table.c.name)
        with self._reading() as tx:
            require(tx, actor, _case_of(tx, record_id), Wish.SEE, ("record", record_id))
            return [_copy(row) for row in tx.connection.execute(wanted)]


def keep_record(
    tx: Transaction,
    actor: Actor,
    job: Row[Any],
    content: tuple[str, str],
    derived: Sequence[tuple[str, str, StoredBlob]],
) -> str:
    """Write a job's record (`content` is kind and body text), version 1 and derived copies down; answers its id."""
    kind, body = content
    record_id = new_id("rec")
    row = {
        "id": record_id,
        "case_id": job.case_id,
        "evidence_id": job.evidence_id,
        "job_id": job.id,
        "kind": plain_text(kind, "the record's kind", 100),
        "created_at": tx.now,
    }
    tx.connection.execute(insert(schema.records).values(row))
    details = _keep_version(tx, record_id, 1, ("machine", actor.id), body)
    copies = [_derived_row(job.case_id, record_id, one) for one in derived]
    if copies:
        tx.connection.execute(insert(schema.derived), copies)
    details["record"] = ledger.sealed_digest(schema.records, row)
    details["derived"] = derived_digest(copies)
    details["derived_count"] = len(copies)
    note(tx, actor, "record.created", ("record", record_id), job.case_id, details)
    return record_id


def _keep_version(tx: Transaction, record_id: str, version: int, by: tuple[Author, str], body: str) -> JsonObject:
    """Write one version down; answers what the audit trail says of it."""
    row = {
        "record_id": record_id,
        "version": version,
        "author": by[0],
        "body": body,
        "created_at": tx.now,
        "created_by": by[1],
    }
    tx.connection.execute(insert(schema.record_versions).values(row))
    body_sha256 = hashlib.sha256(body.encode()).hexdigest()
    sealed = ledger.sealed_digest(schema.record_versions, row)
    return {"version": version, "author": by[0], "body_sha256": body_sha256, "row": sealed}


def _derived_row(case_id: str, record_id: str, one: tuple[str, str, StoredBlob]) -> dict[str, JsonValue]:
    name, media_type, blob = one
    return {
        "id": new_id("drv"),
        "case_id": case_id,
        "record_id": record_id,
        "name": plain_text(name, "the derived copy's name", _NAME_CHARS),
        "size": blob.size,
        "sha256": blob.digest.sha256,
        "sm3": blob.digest.sm3,
        "media_type": media_type,
    }


def derived_digest(rows: Sequence[dict[str, JsonValue]]) -> str:
    """One digest over all derived copies of a record, in the order of their names."""
    ordered = sorted(rows, key=lambda row: str(row["name"]))
    return hash_of([ledger.sealed_digest(schema.derived, row) for row in ordered])


def record_version(tx: Transaction, record_id: str, version: int | None) -> RecordVersion:
    """A version of a record, whoever asks; raises NotFound when there is none."""
    wanted = _summaries().add_columns(schema.record_versions.c.body).where(schema.records.c.id == record_id)
    chosen = version if version is not None else _latest(tx, record_id)
    row = tx.connection.execute(wanted.where(schema.record_versions.c.version == chosen)).first()
    if row is None:
        raise not_found("record", f"{record_id} version {chosen}")
    return RecordVersion(
        record_id=row.id,
        case_id=row.case_id,
        evidence_id=row.evidence_id,
        job_id=row.job_id,
        kind=row.kind,
        version=row.version,
        author=row.author,
        body=json_object(row.body),
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _case_of(tx: Transaction, record_id: str) -> str:
    found = tx.connection.execute(select(schema.records.c.case_id).where(schema.records.c.id == record_id)).scalar()
    if found is None:
        raise not_found("record", record_id)
    return str(found)


def _latest(tx: Transaction, record_id: str) -> int:
    versions = schema.record_versions
    wanted = select(func.max(versions.c.version)).where(versions.c.record_id == record_id)
    return int(tx.connection.execute(wanted).scalar() or 0)


def _summaries() -> Select[Any]:
    table, versions = schema.records, schema.record_versions
    own = (table.c.id, table.c.case_id, table.c.evidence_id, table.c.job_id, table.c.kind)
    theirs = (versions.c.version, versions.c.author, versions.c.created_at, versions.c.created_by)
    return select(*own, *theirs).join(versions, versions.c.record_id == table.c.id)


def _summary(row: Row[Any]) -> RecordSummary:
    return RecordSummary(
        row.id,
        row.case_id,
        row.evidence_id,
        row.job_id,
        row.kind,
        row.version,
        row.author,
        row.created_at,
        row.created_by,
    )


def _copy(row: Row[Any]) -> DerivedCopy:
    digest = Digest(row.sha256, row.sm3)
    return DerivedCopy(row.id, row.case_id, row.record_id, row.name, row.size, digest, row.media_type)
