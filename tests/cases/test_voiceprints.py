"""Voiceprints of staff on both engines: who may enrol, use and delete, what stays, and what never reaches the trail."""

from __future__ import annotations

import base64
import json
import os
import stat
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from cases.blobs import LocalBlobs
from cases.records import Actor, Role
from cases.store import Store
from cases.voiceprints import CONSENT_TEXT, CONSENT_VERSION, UNSETTLED_S, VoiceprintDraft, opened, sealed
from models.errors import Conflict, Forbidden, NotFound, Tampered, Unavailable

if TYPE_CHECKING:
    from tests.cases.conftest import Attacker

VECTOR = np.linspace(-1, 1, 256).astype("<f2").tobytes()
DRAFT = VoiceprintDraft(VECTOR, "a" * 64, 24.5)


@dataclass(frozen=True)
class Staff:
    """Accounts as they act when signed in."""

    wang: Actor
    zhao: Actor
    admin: Actor


@pytest.fixture
def staff(store: Store) -> Staff:
    def person(name: str, role: Role) -> Actor:
        return store.accounts.add(name, role, display_name=f"{name}检察官").actor("session:0123")

    return Staff(person("wang", Role.OFFICER), person("zhao", Role.OFFICER), person("root", Role.ADMIN))


def keys(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "keys" / "voiceprints").glob("*"))


def trail(attacker: Attacker) -> list[tuple[str, str, dict[str, object]]]:
    rows = attacker.rows("SELECT act, subject_id, details FROM audit_entries ORDER BY sequence")
    found = [(str(row["act"]), str(row["subject_id"]), json.loads(str(row["details"]))) for row in rows]
    return [one for one in found if one[0].startswith("voiceprint.")]


def test_a_print_is_used_by_the_cases_of_its_person_and_each_use_is_on_the_trail_of_the_case(
    store: Store, staff: Staff, attacker: Attacker
) -> None:
    kept = store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    assert (kept.account_id, kept.seconds, kept.consent) == (staff.wang.id, 24.5, CONSENT_VERSION)
    assert store.voiceprints.all(staff.wang) == [kept]
    case = store.create_case(staff.wang, "案")
    assert store.voiceprints.of_members(staff.wang, case.id) == [staff.wang.id]
    (used,) = store.voiceprints.use(staff.wang, case.id, [staff.wang.id, staff.zhao.id], "job_1")
    assert (used.account_id, used.name, used.vector, used.model) == (staff.wang.id, "wang检察官", VECTOR, "a" * 64)
    assert [(act, who) for act, who, _ in trail(attacker)] == [
        ("voiceprint.enrolled", staff.wang.id),
        ("voiceprint.used", staff.wang.id),
    ]
    entries = [entry for entry in store.audit(staff.wang, case.id) if entry.act == "voiceprint.used"]
    assert [entry.details for entry in entries] == [{"job": "job_1"}]


def test_a_print_is_not_compared_in_a_case_that_its_person_does_not_work_on(store: Store, staff: Staff) -> None:
    store.voiceprints.enrol(staff.zhao, DRAFT, CONSENT_VERSION)
    case = store.create_case(staff.wang, "案")
    assert store.voiceprints.of_members(staff.wang, case.id) == []
    assert store.voiceprints.use(staff.wang, case.id, [staff.zhao.id], "job_1") == []
    with pytest.raises(NotFound):
        store.voiceprints.use(staff.zhao, case.id, [staff.zhao.id], "job_1")
    with pytest.raises(NotFound):
        store.voiceprints.of_members(staff.zhao, case.id)


def test_nothing_readable_of_the_voice_is_in_the_database_or_on_the_trail(
    store: Store, staff: Staff, attacker: Attacker, tmp_path: Path
) -> None:
    store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    (row,) = attacker.rows("SELECT * FROM voiceprints")
    assert VECTOR[:16] not in base64.b64decode(str(row["sealed"]))
    ((_, _, details),) = trail(attacker)
    assert set(details) == {"consent", "row"}
    (key,) = keys(tmp_path)
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert opened(key.read_bytes(), str(row["sealed"]), staff.wang.id) == VECTOR


def test_deleting_takes_row_and_key_at_once_and_leaves_who_did_it(
    store: Store, staff: Staff, attacker: Attacker, blobs: LocalBlobs, tmp_path: Path
) -> None:
    store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    case = store.create_case(staff.wang, "案")
    assert store.verify(None, blobs) == []
    store.voiceprints.delete(staff.wang, staff.wang.id)
    assert keys(tmp_path) == []
    assert attacker.rows("SELECT * FROM voiceprints") == []
    assert store.voiceprints.all(staff.admin) == []
    assert store.voiceprints.use(staff.wang, case.id, [staff.wang.id], "job_1") == []
    assert [act for act, _, _ in trail(attacker)] == ["voiceprint.enrolled", "voiceprint.deleted"]
    assert store.verify(None, blobs) == []
    with pytest.raises(NotFound):
        store.voiceprints.delete(staff.wang, staff.wang.id)


def test_enrolling_again_replaces_print_and_key(store: Store, staff: Staff, blobs: LocalBlobs, tmp_path: Path) -> None:
    store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    before = keys(tmp_path)
    store.voiceprints.enrol(staff.wang, VoiceprintDraft(VECTOR[::-1], "b" * 64, 30.0), CONSENT_VERSION)
    assert len(keys(tmp_path)) == 1
    assert keys(tmp_path) != before
    assert [one.seconds for one in store.voiceprints.all(staff.wang)] == [30.0]
    assert store.verify(None, blobs) == []


def test_enrolling_again_whose_commit_fails_leaves_the_earlier_print_as_it_was(
    store: Store, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    case = store.create_case(staff.wang, "案")

    def lost(_connection: Connection) -> None:
        raise OperationalError("COMMIT", None, Exception("disk I/O error"))

    with monkeypatch.context() as broken:
        broken.setattr(Connection, "commit", lost)
        with pytest.raises(Unavailable):
            store.voiceprints.enrol(staff.wang, VoiceprintDraft(VECTOR[::-1], "b" * 64, 30.0), CONSENT_VERSION)
    (used,) = store.voiceprints.use(staff.wang, case.id, [staff.wang.id], "job_1")
    assert used.vector == VECTOR


def grown_old(path: Path) -> Path:
    moment = time.time() - UNSETTLED_S - 60
    os.utime(path, (moment, moment))
    return path


def test_a_key_that_no_print_has_is_swept_once_no_enrolment_can_be_waiting_for_it(
    store: Store, staff: Staff, tmp_path: Path
) -> None:
    assert store.voiceprints.sweep_keys() == 0
    store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    (own,) = keys(tmp_path)
    orphan = own.with_name("vpr_orphan.key")
    orphan.write_bytes(bytes(32))
    grown_old(own)
    assert store.voiceprints.sweep_keys() == 0
    grown_old(orphan)
    assert store.voiceprints.sweep_keys() == 1
    assert keys(tmp_path) == [own]


def test_a_database_in_which_nobody_enrolled_sweeps_no_key(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "keys" / "voiceprints"
    folder.mkdir(parents=True)
    (folder / "vpr_of_another_database.key").write_bytes(bytes(32))
    of_another = grown_old(folder / "vpr_of_another_database.key")
    assert store.voiceprints.sweep_keys() == 0
    assert keys(tmp_path) == [of_another]


def test_an_administrator_deletes_and_lists_but_cannot_enrol_anybody_else(
    store: Store, staff: Staff, tmp_path: Path
) -> None:
    store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    assert [one.account_id for one in store.voiceprints.all(staff.admin)] == [staff.wang.id]
    assert store.voiceprints.all(staff.zhao) == []
    with pytest.raises(NotFound):
        store.voiceprints.delete(staff.zhao, staff.wang.id)
    assert len(keys(tmp_path)) == 1
    store.voiceprints.delete(staff.admin, staff.wang.id)
    assert keys(tmp_path) == []


@pytest.mark.parametrize("via", [None, "key:abc", "cli"])
def test_whoever_is_not_there_in_person_cannot_consent_and_the_try_is_on_the_trail(
    store: Store, staff: Staff, attacker: Attacker, via: str | None
) -> None:
    absent = Actor(staff.wang.id, "wang", Role.OFFICER, via)
    with pytest.raises(Forbidden):
        store.voiceprints.enrol(absent, DRAFT, CONSENT_VERSION)
    assert attacker.rows("SELECT * FROM voiceprints") == []
    assert attacker.rows("SELECT act FROM audit_entries ORDER BY sequence")[-1]["act"] == "access.denied"


def test_agreeing_to_another_text_is_no_consent(store: Store, staff: Staff) -> None:
    with pytest.raises(Conflict):
        store.voiceprints.enrol(staff.wang, DRAFT, "1-000000000000")
    assert store.voiceprints.all(staff.wang) == []
    assert "生物识别信息" in CONSENT_TEXT


def test_nobody_who_has_no_account_is_enrolled(store: Store, tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        store.voiceprints.enrol(Actor("acc_none", "x", Role.OFFICER, "session:1"), DRAFT, CONSENT_VERSION)
    assert keys(tmp_path) == []


def test_a_print_whose_key_is_gone_is_left_out(store: Store, staff: Staff, tmp_path: Path) -> None:
    store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    case = store.create_case(staff.wang, "案")
    keys(tmp_path)[0].unlink()
    assert store.voiceprints.use(staff.wang, case.id, [staff.wang.id], "job_1") == []


def test_a_row_that_was_moved_to_somebody_else_is_left_out_and_named_by_verify(
    store: Store, staff: Staff, attacker: Attacker, blobs: LocalBlobs
) -> None:
    store.voiceprints.enrol(staff.wang, DRAFT, CONSENT_VERSION)
    case = store.create_case(staff.zhao, "案")
    attacker.do("UPDATE voiceprints SET account_id = :to", to=staff.zhao.id)
    assert store.voiceprints.use(staff.zhao, case.id, [staff.zhao.id], "job_1") == []
    named = [fault.where for fault in store.verify(None, blobs)]
    assert any(staff.zhao.id in where for where in named)
    assert any(staff.wang.id in where for where in named)


def test_a_store_without_a_folder_for_keys_takes_no_print(database_url: str) -> None:
    store = Store.open(database_url)
    try:
        wang = store.accounts.add("wang", Role.OFFICER).actor("session:1")
        with pytest.raises(Unavailable):
            store.voiceprints.enrol(wang, DRAFT, CONSENT_VERSION)
        assert store.voiceprints.all(wang) == []
    finally:
        store.close()


def test_what_was_sealed_opens_with_its_key_for_its_owner_alone() -> None:
    key, other = bytes(32), bytes([1]) * 32
    text = sealed(key, VECTOR, "acc_a")
    assert opened(key, text, "acc_a") == VECTOR
    assert sealed(key, VECTOR, "acc_a") != text
    for wrong in (
        (other, text, "acc_a"),
        (key, text, "acc_b"),
        (key, text[:-8] + "AAAAAAA=", "acc_a"),
        (key, "?", "a"),
    ):
        with pytest.raises(Tampered):
            opened(*wrong)
