"""The tamper matrix: whatever an attacker with the database or the disk changes, verify names it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine, text

from cases import audit, schema
from cases.alarms import AlarmState
from cases.blobs import LocalBlobs, StoredBlob
from cases.records import Actor, Case, EvidenceItem, Role
from cases.store import Fault, RecordVersion, Store
from models.errors import Defect, NotFound, Tampered

if TYPE_CHECKING:
    from tests.cases.conftest import Attacker, Scene

VICTIM = 4
"""The audit entry that is tampered with: in the middle of both chains."""


@pytest.fixture
def record(store: Store, scene: Scene, kept: Callable[[bytes], StoredBlob], officer: Actor) -> RecordVersion:
    """A finished job's record with a derived copy and a person's version, signed by a checkpoint."""
    store.set_hotwords(officer, scene.case.id, ["张三", "三里屯"])
    store.answer_alarm(officer, scene.case.id, "0" * 16, "DL-01", AlarmState.EXPLAINED, "路途时间不计入")
    lease = store.claim("w", ["transcribe"], 30)
    assert lease is not None
    first = store.finish(lease, "transcript", {"text": "你好"}, [("page.png", "image/png", kept(b"png"))])
    second = store.add_version(officer, first.record_id, 1, {"text": "您好"})
    store.checkpoint_audit()
    return second


def named(faults: list[Fault]) -> list[str]:
    """Where the faults are, without the triggers that the attacker had to drop."""
    return [fault.where for fault in faults if not fault.where.startswith("table ")]


def test_an_untouched_store_has_no_fault(store: Store, record: RecordVersion, blobs: LocalBlobs) -> None:
    assert store.verify(None, blobs) == []
    assert store.verify(record.case_id, blobs) == []
    report = store.examine(None, blobs)
    assert (report.entries, report.rows, report.blobs, report.notes) == (10, 9, 2, ())


def test_a_case_that_nothing_tells_of_is_not_found(store: Store, blobs: LocalBlobs) -> None:
    with pytest.raises(NotFound):
        store.verify("case_none", blobs)


# --- the trail --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("column", [column.name for column in schema.audit_entries.columns])
def test_an_edit_of_any_column_of_an_audit_row_is_named(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker, column: str
) -> None:
    number = column in ("sequence", "case_sequence")
    value: object = 77 if number else '{"edited":true}' if column == "details" else "edited"
    attacker.do(f"UPDATE audit_entries SET {column} = :value WHERE sequence = {VICTIM}", value=value)
    faults = named(store.verify(None, blobs))
    expected = "audit entry 5 " if column == "sequence" else f"audit entry {VICTIM} "
    assert faults[0].startswith(expected)
    if column not in ("case_id", "sequence"):
        assert any(where.startswith(expected) for where in named(store.verify(record.case_id, blobs)))


@pytest.mark.parametrize("details", ["", "[]", "{", '{"a": 1}', "null"])
def test_details_that_are_no_canonical_json_are_named(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker, details: str
) -> None:
    attacker.do(f"UPDATE audit_entries SET details = :value WHERE sequence = {VICTIM}", value=details)
    assert named(store.verify(None, blobs))[0].startswith(f"audit entry {VICTIM} ")


def test_a_removed_audit_row_is_named_by_the_next(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker
) -> None:
    attacker.do(f"DELETE FROM audit_entries WHERE sequence = {VICTIM}")
    faults = store.verify(None, blobs)
    assert named(faults)[0].startswith(f"audit entry {VICTIM + 1} ")
    assert f"follows {VICTIM - 1}" in next(f for f in faults if f.where.startswith("audit")).what


def test_audit_rows_that_changed_places_are_named(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker
) -> None:
    attacker.do(
        f"UPDATE audit_entries SET sequence = 1000 WHERE sequence = {VICTIM}",
        f"UPDATE audit_entries SET sequence = {VICTIM} WHERE sequence = {VICTIM + 1}",
        f"UPDATE audit_entries SET sequence = {VICTIM + 1} WHERE sequence = 1000",
    )
    assert named(store.verify(None, blobs))[0].startswith(f"audit entry {VICTIM} ")


def test_a_trail_cut_off_at_its_end_is_named(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker
) -> None:
    attacker.do("DELETE FROM audit_entries WHERE sequence > 6")
    faults = named(store.verify(None, blobs))
    assert "global audit chain" in faults
    assert f"audit chain of case {record.case_id}" in faults
    assert named(store.verify(record.case_id, blobs))[0] == f"audit chain of case {record.case_id}"


def test_a_trail_cut_off_with_its_heads_is_named_by_the_checkpoint(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker
) -> None:
    last = attacker.rows("SELECT * FROM audit_entries WHERE sequence = 7")[0]
    attacker.do(
        "DELETE FROM audit_entries WHERE sequence > 7",
        "UPDATE audit_heads SET sequence = 7, hash = :world WHERE chain = '*'",
        "UPDATE audit_heads SET sequence = :own_sequence, hash = :own WHERE chain != '*'",
        world=last["global_hash"],
        own=last["hash"],
        own_sequence=last["case_sequence"],
    )
    assert "audit checkpoint at entry 10" in named(store.verify(None, blobs))


@pytest.mark.parametrize("change", ["sequence = sequence - 1", "sequence = sequence + 1", "hash = 'edited'"])
def test_an_edited_head_is_named(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker, change: str
) -> None:
    attacker.do(f"UPDATE audit_heads SET {change} WHERE chain = '*'")
    assert named(store.verify(None, blobs)) == ["global audit chain"]


def test_removed_heads_are_named(store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker) -> None:
    attacker.do("DELETE FROM audit_heads")
    assert "global audit chain" in named(store.verify(None, blobs))


def rewrite(url: str, actor_name: str) -> None:
    """Recompute every hash and head after an edit, as somebody with the program and the database can."""
    engine = create_engine(url)
    world = audit.Head()
    own: dict[str, audit.Head] = {}
    from cases import ledger

    with engine.begin() as connection:
        rows = connection.execute(
            schema.audit_entries.select()
            .with_only_columns(*ledger.raw(schema.audit_entries))
            .order_by(text("sequence"))
        ).all()
        for row in rows:
            entry = ledger.entry_of(row)
            chain = audit.chain_of(entry.case_id)
            actor = Actor(entry.actor_id, actor_name, "officer", entry.via)  # type: ignore[arg-type]
            act = audit.Act(actor, entry.act, entry.subject, entry.subject_id, entry.case_id, entry.details)
            new = audit.chained(act, entry.at, own.get(chain, audit.Head()), world)
            own[chain] = audit.Head(new.case_sequence, new.hash)
            world = audit.Head(new.sequence, new.global_hash)
            connection.execute(
                schema.audit_entries.update()
                .where(schema.audit_entries.c.sequence == new.sequence)
                .values(
                    actor_name=actor_name,
                    previous_hash=new.previous_hash,
                    hash=new.hash,
                    global_previous=new.global_previous,
                    global_hash=new.global_hash,
                )
            )
        for chain, head in {**own, audit.GLOBAL_CHAIN: world}.items():
            connection.execute(
                schema.audit_heads.update().where(schema.audit_heads.c.chain == chain).values(hash=head.hash)
            )
    engine.dispose()


def test_a_trail_rewritten_whole_is_named_by_the_signed_checkpoint(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker
) -> None:
    exported = store.checkpoint_audit()
    attacker.do()
    rewrite(attacker.url, "somebody else")
    assert named(store.verify(None, blobs)) == ["audit checkpoint at entry 10"]
    attacker.do("DELETE FROM audit_checkpoints")
    assert named(store.verify(None, blobs)) == []
    kept_elsewhere = audit.checkpoint_from_json(audit.checkpoint_json(exported))
    report = store.examine(None, blobs, exported=[("the copy in the safe", kept_elsewhere)])
    assert named(list(report.faults)) == ["the copy in the safe"]


@pytest.mark.parametrize("column", [column.name for column in schema.audit_checkpoints.columns])
def test_an_edited_checkpoint_is_named(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker, column: str
) -> None:
    value: object = 3 if column == "sequence" else "ab"
    attacker.do(f"UPDATE audit_checkpoints SET {column} = :value", value=value)
    assert named(store.verify(None, blobs))[0].startswith("audit checkpoint at entry ")


def test_dropped_triggers_are_named(store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker) -> None:
    attacker.do()
    assert {fault.where for fault in store.verify(None, blobs)} == {f"table {name}" for name in schema.APPEND_ONLY}


@pytest.mark.parametrize("table", schema.APPEND_ONLY)
def test_the_database_refuses_to_change_what_is_append_only(store: Store, record: RecordVersion, table: str) -> None:
    column = schema.metadata.tables[table].columns.keys()[0]
    statements = [f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"]
    if store._database._engine.dialect.name == "postgresql":
        statements.append(f"TRUNCATE {table} CASCADE")
    else:
        statements.append(f"REPLACE INTO {table} SELECT * FROM {table}")
    for statement in statements:
        with pytest.raises(Defect, match="append-only"), store._database.write() as tx:
            tx.connection.execute(text(statement))


# --- rows -------------------------------------------------------------------------------------------------------------
EDITS = [
    ("cases", "name", "case "),
    ("cases", "case_no", "case "),
    ("cases", "created_at", "case "),
    ("case_members", "role", "membership "),
    ("case_hotwords", "words", "hotwords of case "),
    ("case_hotwords", "set_by", "hotwords of case "),
    ("alarm_answers", "reason", "answer to an alarm "),
    ("alarm_answers", "state", "answer to an alarm "),
    ("evidence", "filename", "evidence "),
    ("evidence", "size", "evidence "),
    ("evidence", "sm3", "evidence "),
    ("evidence", "sha256", "evidence "),
    ("evidence", "facts", "evidence "),
    ("evidence", "created_at", "evidence "),
    ("evidence", "created_by", "evidence "),
    ("records", "kind", "record "),
    ("record_versions", "body", "record version "),
    ("record_versions", "author", "record version "),
    ("derived", "name", "derived copies of record "),
    ("derived", "sha256", "derived copies of record "),
]


@pytest.mark.parametrize(("table", "column", "expected"), EDITS)
def test_an_edited_row_is_named(
    store: Store,
    record: RecordVersion,
    blobs: LocalBlobs,
    attacker: Attacker,
    table: str,
    column: str,
    expected: str,
) -> None:
    attacker.do(f"UPDATE {table} SET {column} = :value", value=77 if column == "size" else "edited")
    assert any(where.startswith(expected) for where in named(store.verify(None, blobs)))
    assert any(where.startswith(expected) for where in named(store.verify(record.case_id, blobs)))


@pytest.mark.parametrize(
    ("table", "column"), [("evidence", "facts"), ("evidence", "created_at"), ("audit_entries", "details")]
)
def test_a_row_that_cannot_be_read_any_more_is_tampered_with_not_a_crash(
    store: Store, scene: Scene, officer: Actor, attacker: Attacker, table: str, column: str
) -> None:
    attacker.do(f"UPDATE {table} SET {column} = 'edited'")
    with pytest.raises(Tampered):
        store.evidence(officer, scene.evidence.id) if table == "evidence" else store.audit(officer, scene.case.id)


def test_removed_rows_are_named(store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker) -> None:
    attacker.do("DELETE FROM derived", "DELETE FROM record_versions WHERE version = 1", "DELETE FROM case_members")
    faults = named(store.verify(None, blobs))
    assert f"derived copies of record {record.record_id}" in faults
    assert f"record version {record.record_id}/1" in faults
    assert f"membership {record.case_id}/acc_li" in faults


def test_a_member_slipped_in_is_named(
    store: Store, record: RecordVersion, blobs: LocalBlobs, attacker: Attacker
) -> None:
    attacker.do(
        "INSERT INTO case_members (case_id, account_id, role, granted_at, granted_by) "
        "SELECT id, 'acc_evil', 'officer', created_at, created_by FROM cases"
    )
    assert named(store.verify(None, blobs)) == [f"membership {record.case_id}/acc_evil"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ("UPDATE accounts SET role = 'admin'", "account "),
        ("UPDATE accounts SET password_hash = 'known'", "account "),
        ("UPDATE api_keys SET key_hash = 'known'", "API key "),
        ("UPDATE api_keys SET revoked_at = NULL", "API key "),
        ("DELETE FROM api_keys", "API key "),
        (
            "INSERT INTO api_keys (id, account_id, name, prefix, key_hash, created_at) "
            "SELECT 'key_evil', id, 'evil', 'evil', 'known', created_at FROM accounts",
            "API key key_evil",
        ),
    ],
)
def test_people_and_keys_changed_past_the_store_are_named(
    store: Store, blobs: LocalBlobs, attacker: Attacker, change: str, expected: str
) -> None:
    account = store.accounts.add("li", Role.OFFICER, "hash")
    store.accounts.add_key(account.id, "scanner", "abc", "keyhash")
    store.accounts.set_role(account.id, Role.READER)
    store.accounts.set_password(account.id, "other")
    store.accounts.revoke_key("abc")
    assert store.verify(None, blobs) == []
    attacker.do(change)
    assert [where.startswith(expected) for where in named(store.verify(None, blobs))] == [True]


def test_a_done_job_without_its_record_is_named(
    store: Store, scene: Scene, blobs: LocalBlobs, attacker: Attacker
) -> None:
    attacker.do("UPDATE jobs SET state = 'done'")
    assert named(store.verify(None, blobs)) == [f"job {scene.job.id}"]


# --- blobs ------------------------------------------------------------------------------------------------------------
def test_a_flipped_byte_is_named_with_the_evidence_that_it_belongs_to(
    store: Store, scene: Scene, blobs: LocalBlobs
) -> None:
    path = blobs.local(scene.evidence.digest.sha256)
    path.chmod(0o600)
    path.write_bytes(b"Sound")
    faults = store.verify(None, blobs)
    assert [fault.where for fault in faults] == [f"blob {scene.evidence.digest.sha256}"]
    assert scene.evidence.id in faults[0].what
    assert [fault.where for fault in store.verify(scene.case.id, blobs)] == [faults[0].where]


@pytest.mark.parametrize("damage", ["truncated", "grown", "emptied", "gone", "a folder"])
def test_a_damaged_blob_is_named(store: Store, scene: Scene, blobs: LocalBlobs, damage: str) -> None:
    path = blobs.local(scene.evidence.digest.sha256)
    path.chmod(0o600)
    if damage in ("gone", "a folder"):
        path.unlink()
    else:
        path.write_bytes({"truncated": b"soun", "grown": b"sound!", "emptied": b""}[damage])
    if damage == "a folder":
        path.mkdir()
    faults = store.verify(None, blobs)
    assert [fault.where for fault in faults] == [f"blob {scene.evidence.digest.sha256}"]
    assert scene.evidence.id in faults[0].what


def test_a_blob_that_no_row_names_is_a_note(
    store: Store, scene: Scene, blobs: LocalBlobs, kept: Callable[[bytes], StoredBlob]
) -> None:
    orphan = kept(b"never added")
    report = store.examine(None, blobs)
    assert report.faults == ()
    assert [note.where for note in report.notes] == [f"blob {orphan.digest.sha256}"]


def test_a_case_is_checked_without_the_faults_of_another(
    store: Store, scene: Scene, blobs: LocalBlobs, officer: Actor, kept: Callable[[bytes], StoredBlob]
) -> None:
    other: Case = store.create_case(officer, "another")
    item: EvidenceItem = store.add_evidence(officer, other.id, "b.wav", kept(b"other"), "audio/wav", {})
    blobs.local(item.digest.sha256).unlink()
    assert store.verify(scene.case.id, blobs) == []
    assert len(store.verify(other.id, blobs)) == 1


def test_a_store_that_is_written_to_meanwhile_is_checked_without_false_faults(
    store: Store, scene: Scene, blobs: LocalBlobs, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cases import verify, verify_rows

    examine_rows = verify_rows.examine_rows

    def late(*args: object) -> object:
        store.create_case(officer, "opened meanwhile")
        store.add_member(officer, scene.case.id, officer.id, replace(officer).role)
        return examine_rows(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(verify, "examine_rows", late)
    assert store.verify(None, blobs) == []
