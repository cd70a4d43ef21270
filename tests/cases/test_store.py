"""Acts of the store, on both engines: cases, scope, evidence, records, audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cases.blobs import LocalBlobs, StoredBlob
from cases.records import Actor, Role
from cases.store import Store
from models.errors import BadInput, Conflict, Forbidden, NotFound

if TYPE_CHECKING:
    from tests.cases.conftest import Scene, TurnedClock


def test_a_case_is_found_again_as_it_was_opened(store: Store, officer: Actor) -> None:
    made = store.create_case(officer, "  张三盗窃案 ", case_no="2026-001", cause="盗窃")
    assert made.name == "张三盗窃案"
    assert made.id.startswith("case_")
    assert made.created_at.tzinfo == UTC
    assert store.case(officer, made.id) == made
    assert store.cases(officer) == [made]


@pytest.mark.parametrize("name", ["", "   ", "a\nb", "x" * 501, "nul\x00", "half \ud800"])
def test_a_case_needs_a_plain_name(store: Store, officer: Actor, name: str) -> None:
    with pytest.raises(BadInput):
        store.create_case(officer, name)
    assert store.cases(officer) == []


def test_cases_come_newest_first_page_by_page(store: Store, officer: Actor) -> None:
    made = [store.create_case(officer, f"case {n}") for n in range(5)]
    first = store.cases(officer, limit=2)
    second = store.cases(officer, limit=2, before=first[-1].id)
    third = store.cases(officer, limit=2, before=second[-1].id)
    assert [c.name for c in [*first, *second, *third]] == [c.name for c in reversed(made)]


def test_a_case_outside_the_scope_does_not_exist(store: Store, scene: Scene, stranger: Actor) -> None:
    for act in (
        lambda: store.case(stranger, scene.case.id),
        lambda: store.members(stranger, scene.case.id),
        lambda: store.hotwords(stranger, scene.case.id),
        lambda: store.set_hotwords(stranger, scene.case.id, ["张三"]),
        lambda: store.evidence(stranger, scene.evidence.id),
        lambda: store.evidence_of(stranger, scene.case.id),
        lambda: store.job(stranger, scene.job.id),
        lambda: store.jobs_of(stranger, scene.case.id),
        lambda: store.cancel_job(stranger, scene.job.id),
        lambda: store.records_of(stranger, scene.case.id),
        lambda: store.audit(stranger, scene.case.id),
        lambda: store.note_read(stranger, scene.case.id, "evidence", scene.evidence.id),
        lambda: store.submit_job(stranger, scene.case.id, scene.evidence.id, "scan", {}, "1"),
        lambda: store.add_member(stranger, scene.case.id, stranger.id, Role.OFFICER),
    ):
        with pytest.raises(NotFound):
            act()
    assert store.cases(stranger) == []


def test_what_is_hidden_and_what_is_not_there_answer_alike(store: Store, scene: Scene, stranger: Actor) -> None:
    with pytest.raises(NotFound) as hidden:
        store.evidence(stranger, scene.evidence.id)
    with pytest.raises(NotFound) as absent:
        store.evidence(stranger, "ev_none")
    assert hidden.value.code == absent.value.code
    assert hidden.value.message.replace(scene.evidence.id, "ev_none") == absent.value.message


def test_a_hidden_case_writes_the_attempt_down(store: Store, scene: Scene, officer: Actor, stranger: Actor) -> None:
    with pytest.raises(NotFound):
        store.evidence(stranger, scene.evidence.id)
    last = store.audit(officer, scene.case.id)[-1]
    assert (last.act, last.actor_id, last.subject_id) == ("access.denied", stranger.id, scene.evidence.id)


def test_an_administrator_sees_every_case(store: Store, scene: Scene) -> None:
    admin = Actor("acc_root", "root", Role.ADMIN)
    assert store.cases(admin) == [scene.case]
    assert store.evidence(admin, scene.evidence.id) == scene.evidence


def test_a_reader_of_the_team_reads_and_does_not_write(store: Store, scene: Scene, officer: Actor) -> None:
    reader = Actor("acc_zhao", "zhao", Role.OFFICER)
    store.add_member(officer, scene.case.id, reader.id, Role.READER)
    assert store.evidence(reader, scene.evidence.id) == scene.evidence
    with pytest.raises(Forbidden):
        store.submit_job(reader, scene.case.id, scene.evidence.id, "scan", {}, "1")
    with pytest.raises(Forbidden):
        store.add_member(reader, scene.case.id, reader.id, Role.OFFICER)
    assert store.audit(officer, scene.case.id)[-1].act == "access.denied"


def test_a_key_with_a_lesser_role_is_bound_by_it(store: Store, scene: Scene, officer: Actor) -> None:
    weak = Actor(officer.id, officer.name, Role.READER, "key:weak")
    assert store.case(weak, scene.case.id) == scene.case
    with pytest.raises(Forbidden):
        store.cancel_job(weak, scene.job.id)
    with pytest.raises(Forbidden):
        store.create_case(weak, "another")


def test_an_auditor_reads_the_trail_and_not_the_content(store: Store, scene: Scene, officer: Actor) -> None:
    auditor = Actor("acc_sun", "sun", Role.AUDITOR)
    store.add_member(officer, scene.case.id, auditor.id, Role.AUDITOR)
    assert store.audit(auditor, scene.case.id)
    with pytest.raises(Forbidden):
        store.note_read(auditor, scene.case.id, "evidence", scene.evidence.id)


def test_a_members_role_is_replaced(store: Store, scene: Scene, officer: Actor, blobs: LocalBlobs) -> None:
    store.add_member(officer, scene.case.id, "acc_zhao", Role.READER)
    store.add_member(officer, scene.case.id, "acc_zhao", Role.OFFICER)
    assert [(m.account_id, m.role) for m in store.members(officer, scene.case.id)] == [
        (officer.id, Role.OFFICER),
        ("acc_zhao", Role.OFFICER),
    ]
    assert store.verify(None, blobs) == []


def test_evidence_keeps_both_digests_and_its_facts(store: Store, scene: Scene, officer: Actor) -> None:
    item = store.evidence(officer, scene.evidence.id)
    assert item == scene.evidence
    assert item.filename == "讯问.wav"
    assert item.facts == {"duration": 1.5}
    assert len(item.digest.sha256) == len(item.digest.sm3) == 64
    assert store.evidence_of(officer, scene.case.id) == [item]


def test_the_hotwords_of_a_case_are_kept_in_order_and_replaced_as_a_whole(
    store: Store, scene: Scene, officer: Actor, blobs: LocalBlobs
) -> None:
    assert store.hotwords(officer, scene.case.id) == ()
    assert store.set_hotwords(officer, scene.case.id, [" 张三 ", "三里屯", "张三", ""]) == ("张三", "三里屯")
    store.set_hotwords(officer, scene.case.id, ["李四"])
    assert store.hotwords(officer, scene.case.id) == ("李四",)
    entries = [entry for entry in store.audit(officer, scene.case.id) if entry.act == "hotwords.set"]
    assert [entry.details["count"] for entry in entries] == [2, 1]
    assert store.verify(scene.case.id, blobs) == []


@pytest.mark.parametrize("words", [["长" * 51], [str(n) for n in range(1001)], ["a\x00b"], ["half \ud800"]])
def test_a_list_of_hotwords_that_cannot_be_kept_is_refused(
    store: Store, scene: Scene, officer: Actor, words: list[str]
) -> None:
    with pytest.raises(BadInput):
        store.set_hotwords(officer, scene.case.id, words)
    assert store.hotwords(officer, scene.case.id) == ()


def test_a_reader_of_a_case_sees_its_hotwords_and_may_not_change_them(
    store: Store, scene: Scene, officer: Actor
) -> None:
    reader = Actor("acc_reader", "读者", Role.READER)
    store.add_member(officer, scene.case.id, reader.id, Role.READER)
    assert store.hotwords(reader, scene.case.id) == ()
    with pytest.raises(Forbidden):
        store.set_hotwords(reader, scene.case.id, ["张三"])


def test_facts_that_are_no_json_are_refused(
    store: Store, scene: Scene, officer: Actor, kept: Callable[[bytes], StoredBlob]
) -> None:
    with pytest.raises(BadInput):
        store.add_evidence(officer, scene.case.id, "a.wav", kept(b"a"), "audio/wav", {"duration": float("nan")})
    assert len(store.evidence_of(officer, scene.case.id)) == 1


def test_every_act_stands_in_the_trail_with_who_and_when(store: Store, scene: Scene, officer: Actor) -> None:
    store.note_read(officer, scene.case.id, "evidence", scene.evidence.id, {"range": "0-4"})
    entries = store.audit(officer, scene.case.id)
    assert [e.act for e in entries] == [
        "case.created",
        "member.set",
        "evidence.added",
        "job.submitted",
        "evidence.read",
    ]
    assert [e.case_sequence for e in entries] == [1, 2, 3, 4, 5]
    assert {e.actor_id for e in entries} == {officer.id}
    assert {e.via for e in entries} == {"key:test"}
    assert entries[-1].details == {"range": "0-4"}
    assert store.audit(officer, scene.case.id, after=3, limit=1) == [entries[3]]


def test_a_person_edits_a_new_version_and_the_machines_stays(
    store: Store, scene: Scene, officer: Actor, kept: Callable[[bytes], StoredBlob]
) -> None:
    lease = store.claim("w", ["transcribe"], 30)
    assert lease is not None
    first = store.finish(lease, "transcript", {"text": "你好"}, [("page.png", "image/png", kept(b"png"))])
    second = store.add_version(officer, first.record_id, 1, {"text": "您好"})
    assert (first.version, first.author, second.version, second.author) == (1, "machine", 2, "human")
    assert store.record(officer, first.record_id) == second
    assert store.record(officer, first.record_id, 1) == first
    assert [s.version for s in store.records_of(officer, scene.case.id)] == [2]
    assert [s.author for s in store.versions_of(officer, first.record_id)] == ["machine", "human"]
    with pytest.raises(Conflict):
        store.add_version(officer, first.record_id, 1, {"text": "late"})
    with pytest.raises(NotFound):
        store.record(officer, first.record_id, 3)


def test_derived_copies_are_found_by_record(
    store: Store, scene: Scene, officer: Actor, stranger: Actor, kept: Callable[[bytes], StoredBlob]
) -> None:
    lease = store.claim("w", ["transcribe"], 30)
    assert lease is not None
    record = store.finish(
        lease, "scan", {}, [("b.png", "image/png", kept(b"b")), ("a.pdf", "application/pdf", kept(b"a"))]
    )
    copies = store.derived_of(officer, record.record_id)
    assert [c.name for c in copies] == ["a.pdf", "b.png"]
    assert store.derived(officer, copies[0].id) == copies[0]
    with pytest.raises(NotFound):
        store.derived(stranger, copies[0].id)


def test_events_tell_what_happened_in_order(store: Store, scene: Scene) -> None:
    events = store.events()
    assert [e.kind for e in events] == ["case.created", "evidence.added", "job.submitted"]
    assert store.events(after=events[1].id) == [events[2]]


def test_a_checkpoint_signs_the_head_once(store: Store, scene: Scene, tmp_path: Path, blobs: LocalBlobs) -> None:
    first = store.checkpoint_audit()
    assert store.checkpoint_audit() == first
    store.create_case(Actor("acc_li", "li", Role.OFFICER), "another")
    assert store.checkpoint_audit().sequence > first.sequence
    assert (tmp_path / "keys" / "audit.ed25519").stat().st_mode & 0o777 == 0o600
    assert store.verify(None, blobs) == []


def test_two_stores_on_one_database_go_on_in_one_chain(
    store: Store, scene: Scene, database_url: str, officer: Actor, blobs: LocalBlobs
) -> None:
    other = Store.open(database_url)
    other.note_read(officer, scene.case.id, "evidence", scene.evidence.id)
    store.note_read(officer, scene.case.id, "evidence", scene.evidence.id)
    other.close()
    assert [e.case_sequence for e in store.audit(officer, scene.case.id)] == [1, 2, 3, 4, 5, 6]
    assert store.verify(scene.case.id, blobs) == []


def test_accounts_keys_and_sessions_are_kept(store: Store, blobs: LocalBlobs, clock: TurnedClock) -> None:
    account = store.accounts.add("li", Role.OFFICER, "hash", "李检察官")
    assert store.accounts.by_name("li") == account == store.accounts.by_id(account.id)
    assert store.accounts.list() == [account]
    with pytest.raises(Conflict):
        store.accounts.add("li", Role.READER)
    key = store.accounts.add_key(account.id, "scanner", "abc", "keyhash", Role.READER)
    assert store.accounts.key("abc") == (key, account)
    store.accounts.revoke_key("abc")
    found = store.accounts.key("abc")
    assert found is not None
    assert found[0].revoked
    store.accounts.add_session("token", account.id, clock() + timedelta(seconds=60))
    assert store.accounts.session("token") == account
    clock.turn(61)
    assert store.accounts.session("token") is None
    assert store.verify(None, blobs) == []


def test_a_new_password_ends_the_accounts_sessions(store: Store, clock: TurnedClock) -> None:
    account = store.accounts.add("li", Role.OFFICER, "hash")
    store.accounts.add_session("token", account.id, clock() + timedelta(seconds=60))
    store.accounts.set_password(account.id, "other")
    assert store.accounts.session("token") is None
    found = store.accounts.by_name("li")
    assert found is not None
    assert found.password_hash == "other"
