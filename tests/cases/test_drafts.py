"""Records made of records: one transaction, one record for the same making, and a trail that verifies."""

from __future__ import annotations

import pytest

from cases.acts.drafts import Draft
from cases.blobs import LocalBlobs
from cases.records import Actor, JobState
from cases.store import Store
from models.errors import NotFound
from tests.cases.conftest import Scene

DRAFT = Draft("interrogation", {"turns": []}, "1", {"transcript": "x"})


@pytest.fixture
def source(store: Store, scene: Scene):
    lease = store.claim("w", ["transcribe"], 60.0)
    assert lease is not None
    return store.finish(lease, "transcribe", {"text": "x"}, [])


def test_a_draft_is_a_record_with_a_job_that_is_done(store: Store, blobs: LocalBlobs, officer: Actor, source) -> None:
    made = store.add_draft(officer, source, DRAFT)
    assert (made.kind, made.version, made.author, made.evidence_id) == (
        "interrogation",
        1,
        "machine",
        source.evidence_id,
    )
    job = store.job(officer, made.job_id)
    assert (job.state, job.record, job.task, job.progress) == (JobState.DONE, made.record_id, "interrogation", 1.0)
    assert store.claim("w", ["interrogation"], 60.0) is None
    assert store.verify(None, blobs) == []


def test_the_same_making_is_answered_with_the_record_as_it_stands(store: Store, officer: Actor, source) -> None:
    made = store.add_draft(officer, source, DRAFT)
    store.add_version(officer, made.record_id, 1, {"turns": [1]}, "to_check")
    again = store.add_draft(officer, source, DRAFT)
    assert (again.record_id, again.version) == (made.record_id, 2)
    acts = [entry.act for entry in store.audit(officer, source.case_id)]
    assert acts.count("record.created") == 2
    assert acts[-1] == "record.to_check"


def test_a_stranger_can_draft_nothing(store: Store, officer: Actor, stranger: Actor, source) -> None:
    with pytest.raises(NotFound):
        store.add_draft(stranger, source, DRAFT)
    assert [one.kind for one in store.records_of(officer, source.case_id)] == ["transcribe"]
