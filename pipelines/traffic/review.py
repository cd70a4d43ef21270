"""What a person decides on proposed violations: confirmed, rejected with a reason, or open again; a pure function.

Incomplete evidence cannot be confirmed, whoever wishes it: what is missing stays missing. What the machine found stays
as it was; only the review beside it changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cases.traffic import TrafficRecord, Violation, ViolationReview
from models.errors import BadInput

CONFIRMED, REJECTED, OPEN = "confirmed", "rejected", "open"
REASON_CHARS: Final = 500


@dataclass(frozen=True, slots=True)
class Verdict:
    """A decision on the violation with this id; `state` is confirmed, rejected or open."""

    id: str
    state: str
    reason: str = ""


def judged(record: TrafficRecord, verdicts: Sequence[Verdict], by: str, at: str) -> TrafficRecord:
    """The record with the verdicts of account `by` at the moment `at` (ISO 8601).

    Raises BadInput for an id that the record does not have, a confirmation of incomplete evidence, and a rejection
    without a reason.
    """
    wanted = {verdict.id: verdict for verdict in verdicts}
    known = {one.id for one in record.violations if one.id}
    if missing := sorted(set(wanted) - known):
        raise BadInput("review.violation", f"the record has no violation {', '.join(missing)}")
    return replace(
        record,
        violations=tuple(
            replace(one, review=_review(one, wanted[one.id], by, at)) if one.id in wanted else one
            for one in record.violations
        ),
    )


def _review(one: Violation, verdict: Verdict, by: str, at: str) -> ViolationReview | None:
    reason = verdict.reason.strip()
    if verdict.state == OPEN:
        return None
    if verdict.state == CONFIRMED and not one.complete:
        raise BadInput(
            "review.incomplete",
            f"the evidence of {one.id} is incomplete and cannot be confirmed; reject it, or run the job again with "
            "what is missing",
        )
    if verdict.state == REJECTED and not reason:
        raise BadInput("review.reason", f"a rejection needs a reason: {one.id}")
    if verdict.state not in (CONFIRMED, REJECTED):
        raise BadInput("review.state", f"a verdict is {CONFIRMED}, {REJECTED} or {OPEN}, not {verdict.state}")
    return ViolationReview(verdict.state, by, at, reason)


def unchanged(base: TrafficRecord, record: TrafficRecord, by: str) -> None:
    """Raises BadInput where a corrected record claims what its author may not: other evidence than the machine took, or
    a review in another's name or against the rules above."""
    known = {one.id: one for one in base.violations if one.id}
    for one in record.violations:
        before = known.get(one.id)
        if before is None:
            if one.review is not None or one.complete or one.pictures:
                raise BadInput("record.evidence", "only the machine takes evidence; leave out what it did not take")
            continue
        if _evidence(one) != _evidence(before):
            raise BadInput("record.evidence", f"the evidence of {one.id} stays as it was taken")
        if one.review != before.review and one.review is not None:
            if one.review.by != by:
                raise BadInput("record.vouched", "a review names another account than yours")
            _review(one, Verdict(one.id, one.review.state, one.review.reason), by, one.review.at)


def _evidence(one: Violation) -> tuple[object, ...]:
    return one.rule, one.track, one.pictures, one.clip, one.checks, one.complete, one.plate_read, one.signal
