"""Decisions of people: incomplete evidence is never confirmed, a rejection has a reason, the machine's work stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.records import Provenance
from cases.traffic import TrafficRecord, ViolationReview
from models.errors import BadInput
from pipelines.traffic.review import Verdict, judged, unchanged
from tests.pipelines.traffic.evidence.conftest import make_violation

NOW = "2026-03-09T09:00:00+00:00"
MADE = Provenance("traffic", "3", "0", (), {}, "cpu", "0" * 64, NOW, NOW)
WHOLE = make_violation(id="a", complete=True)
PART = make_violation(id="b", complete=False)
RECORD = TrafficRecord(10.0, 25.0, 250, 2, (), (), (WHOLE, PART), MADE)


def test_a_verdict_names_who_and_when() -> None:
    found = judged(RECORD, [Verdict("a", "confirmed"), Verdict("b", "rejected", " 拍不清 ")], "acc1", NOW)
    assert found.violations[0].review == ViolationReview("confirmed", "acc1", NOW)
    assert found.violations[1].review == ViolationReview("rejected", "acc1", NOW, "拍不清")
    assert judged(found, [Verdict("a", "open")], "acc1", NOW).violations[0].review is None


@pytest.mark.parametrize(
    ("verdict", "message"),
    [
        (Verdict("b", "confirmed"), "incomplete"),
        (Verdict("a", "rejected", "  "), "needs a reason"),
        (Verdict("a", "perhaps"), "a verdict is"),
        (Verdict("z", "confirmed"), "no violation z"),
    ],
)
def test_what_cannot_be_decided_is_refused(verdict: Verdict, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        judged(RECORD, [verdict], "acc1", NOW)


def test_a_whole_body_may_not_complete_evidence_or_vouch_for_others() -> None:
    def changed(**one: object) -> TrafficRecord:
        return replace(RECORD, violations=(replace(WHOLE, **one), PART))  # type: ignore[arg-type]  # fields by name

    unchanged(RECORD, RECORD, "acc1")
    unchanged(RECORD, changed(review=ViolationReview("confirmed", "acc1", NOW)), "acc1")
    for body in (
        changed(complete=False),
        changed(review=ViolationReview("confirmed", "other", NOW)),
        changed(review=ViolationReview("rejected", "acc1", NOW)),
        replace(RECORD, violations=(replace(WHOLE, id="new"), PART)),
        replace(RECORD, violations=(WHOLE, replace(PART, review=ViolationReview("confirmed", "acc1", NOW)))),
    ):
        with pytest.raises(BadInput):
            unchanged(RECORD, body, "acc1")
