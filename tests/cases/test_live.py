"""The end of a live session in the store: all of it, once, by who may."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cases.acts.evidence import Original
from cases.acts.live import LiveOutcome
from cases.blobs import LocalBlobs
from cases.records import Actor, JobState, Role
from cases.store import Store
from models.errors import BadInput, Forbidden, NotFound
from tests.cases.conftest import keep

if TYPE_CHECKING:
    from tests.cases.conftest import Scene


@pytest.fixture
def outcome(blobs: LocalBlobs) -> LiveOutcome:
    return LiveOutcome(
        session_id="live_1",
        original=Original("讯问.wav", keep(blobs, b"live sound"), "audio/wav", {"duration": 3.0}),
        task="live",
        version="1",
        params={"session": "live_1"},
        kind="transcribe",
        body={"text": "今天。"},
        derived=[("lines.jsonl", "application/jsonl", keep(blobs, b"{}"))],
    )


def test_sound_work_and_record_are_there_at_once_and_whole(
    store: Store, scene: Scene, officer: Actor, blobs: LocalBlobs, outcome: LiveOutcome
) -> None:
    kept = store.keep_session(officer, scene.case.id, outcome)
    assert (kept.kind, kept.version, kept.author, kept.body) == ("transcribe", 1, "machine", {"text": "今天。"})
    item = store.evidence(officer, kept.evidence_id)
    assert (item.filename, item.digest.sha256) == ("讯问.wav", outcome.original.blob.digest.sha256)
    job = store.job(officer, kept.job_id)
    assert (job.task, job.state, job.record, job.progress) == ("live", JobState.DONE, kept.record_id, 1.0)
    assert [copy.name for copy in store.derived_of(officer, kept.record_id)] == ["lines.jsonl"]
    acts = [entry.act for entry in store.audit(officer, scene.case.id)][-4:]
    assert acts == ["evidence.added", "job.submitted", "record.created", "job.done"]
    assert store.verify(None, blobs) == []
    assert store.claim("worker", ["live"], 60) is None


def test_a_session_is_kept_once_however_often_its_end_is_asked_for(
    store: Store, scene: Scene, officer: Actor, outcome: LiveOutcome
) -> None:
    first = store.keep_session(officer, scene.case.id, outcome)
    assert store.keep_session(officer, scene.case.id, outcome) == first
    assert len(store.evidence_of(officer, scene.case.id)) == 2, "the scene's and the session's"


def test_a_stranger_keeps_nothing(store: Store, scene: Scene, officer: Actor, stranger: Actor, outcome) -> None:
    with pytest.raises(NotFound):
        store.keep_session(stranger, scene.case.id, outcome)
    assert len(store.evidence_of(officer, scene.case.id)) == 1


def test_what_cannot_be_kept_leaves_nothing(store: Store, scene: Scene, officer: Actor, outcome: LiveOutcome) -> None:
    bad = replace(outcome, original=replace(outcome.original, filename="a\nb"))
    with pytest.raises(BadInput):
        store.keep_session(officer, scene.case.id, bad)
    assert len(store.evidence_of(officer, scene.case.id)) == 1
    assert len(store.jobs_of(officer, scene.case.id)) == 1


def test_that_a_session_began_is_on_the_trail_for_those_who_may_write(
    store: Store, scene: Scene, officer: Actor, stranger: Actor
) -> None:
    store.begin_session(officer, scene.case.id, "live_1", {"rate": 16000})
    last = list(store.audit(officer, scene.case.id))[-1]
    assert (last.act, last.subject_id) == ("live.began", "live_1")
    with pytest.raises(NotFound):
        store.begin_session(stranger, scene.case.id, "live_2", {})


def test_who_began_a_session_has_it_kept_though_they_may_only_read_by_now(
    store: Store, scene: Scene, officer: Actor, outcome: LiveOutcome
) -> None:
    store.begin_session(officer, scene.case.id, "live_1", {})
    store.add_member(officer, scene.case.id, officer.id, Role.READER)
    with pytest.raises(Forbidden):
        store.begin_session(officer, scene.case.id, "live_2", {})
    kept = store.keep_session(officer, scene.case.id, outcome)
    assert kept.evidence_id in [item.id for item in store.evidence_of(officer, scene.case.id)]
    with pytest.raises(Forbidden):
        store.keep_session(officer, scene.case.id, replace(outcome, session_id="live_2"))


def test_a_session_that_another_began_or_that_began_in_another_case_gives_no_leave(
    store: Store, scene: Scene, officer: Actor, stranger: Actor, outcome: LiveOutcome
) -> None:
    store.begin_session(officer, scene.case.id, "live_1", {})
    own = store.create_case(stranger, "另一案")
    store.begin_session(stranger, own.id, "live_2", {})
    for session in ("live_1", "live_2"):
        with pytest.raises(NotFound):
            store.keep_session(stranger, scene.case.id, replace(outcome, session_id=session))
