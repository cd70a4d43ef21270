"""Reviews cases of the store: reads their records, holds them against the rules, joins what people answered.

Knows no request and no screen. Whoever may not read a case learns nothing of it; each review is on the audit trail.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from cases.alarms import AlarmAnswer, AlarmState
from cases.records import Actor, Case
from cases.store import Store
from models.errors import NotFound, TooLarge
from pipelines.intelligence.review.board import Entry, newest
from pipelines.intelligence.review.engine import Review, review
from pipelines.intelligence.review.stored import READ_KINDS, casefile_of_records

MOST_RECORDS: Final = 200
"""Records that one review reads: more volumes than any case has; their bodies are held in memory together."""
MOST_ANSWERS: Final = 1000
"""Newest answers that a review looks at."""


@dataclass(frozen=True, slots=True)
class Reviewed:
    """A case, what its review found, and its alarms with their states."""

    case: Case
    found: Review
    entries: tuple[Entry, ...]


def review_case(store: Store, actor: Actor, case_id: str) -> Reviewed:
    """Review the latest versions of a case's records; raises NotFound, Forbidden, TooLarge."""
    case = store.case(actor, case_id)
    wanted = [one.record_id for one in store.records_of(actor, case_id) if one.kind in READ_KINDS]
    if len(wanted) > MOST_RECORDS:
        raise TooLarge("review.records", f"the case has {len(wanted)} records to review; {MOST_RECORDS} are the limit")
    found = review(casefile_of_records(store.record(actor, record_id) for record_id in reversed(wanted)))
    store.note_review(actor, case_id, found.rules, len(found.alarms))
    answers = newest(store.alarm_answers(actor, case_id, MOST_ANSWERS))
    entries = tuple(Entry(case.id, case.name, alarm, answers.get(alarm.id)) for alarm in found.alarms)
    return Reviewed(case, found, entries)


def answer_alarm(store: Store, actor: Actor, where: tuple[str, str], state: str, reason: str) -> AlarmAnswer:
    """Keep an answer to an alarm (`where`: case and alarm) that the review gives now; NotFound for any other."""
    case_id, alarm_id = where
    known = next((one.alarm for one in review_case(store, actor, case_id).entries if one.alarm.id == alarm_id), None)
    if known is None:
        raise NotFound("alarm.not_found", f"the review of this case gives no alarm {alarm_id}")
    return store.answer_alarm(actor, case_id, alarm_id, known.rule, AlarmState(state), reason)
