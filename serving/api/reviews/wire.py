"""Shapes of reviews on the wire: alarms with places and states, what could not be checked, answers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from cases.alarms import AlarmAnswer
from pipelines.intelligence.review.board import Entry
from pipelines.intelligence.review.casefile import Place
from pipelines.intelligence.review.rule import Rule
from serving.api.wire import Shown, Wire, plain
from serving.reviewing import Reviewed

REASON_CHARS = 1000


class PlaceShown(Shown):
    """Where to look: a record with a page and a box of its picture, or with a second of its recording."""

    record: str
    page: int | None
    box: list[tuple[float, float]] | None
    second: float | None

    @classmethod
    def of(cls, place: Place) -> PlaceShown:
        """From the value."""
        box = None if place.box is None else list(place.box)
        return cls(record=place.record, page=place.page, box=box, second=place.second)


class AnswerShown(Shown):
    """What a person said of an alarm."""

    state: Literal["open", "explained", "corrected", "dismissed"]
    reason: str
    answered_at: datetime
    answered_by: str

    @classmethod
    def of(cls, answer: AlarmAnswer) -> AnswerShown:
        """From the value."""
        return cls(
            state=answer.state.value,
            reason=answer.reason,
            answered_at=answer.answered_at,
            answered_by=answer.answered_by,
        )


class AlarmShown(Shown):
    """An alarm: the machine's proposal, with rule, statutes and places; `answer` is the newest."""

    id: str
    rule: str
    family: str
    severity: Literal["error", "warning", "notice"]
    title: str
    title_en: str
    explanation: str
    explanation_en: str
    statutes: list[str]
    basis: str
    unit: str
    document: str
    place: PlaceShown
    others: list[PlaceShown]
    state: Literal["open", "explained", "corrected", "dismissed"]
    answer: AnswerShown | None

    @classmethod
    def of(cls, entry: Entry) -> AlarmShown:
        """From the value."""
        alarm = entry.alarm
        return cls(
            id=alarm.id,
            rule=alarm.rule,
            family=alarm.family,
            severity=alarm.severity,  # type: ignore[arg-type]  # rules name no other
            title=alarm.title,
            title_en=alarm.title_en,
            explanation=alarm.explanation,
            explanation_en=alarm.explanation_en,
            statutes=list(alarm.statutes),
            basis=alarm.basis,
            unit=alarm.unit,
            document=alarm.paper,
            place=PlaceShown.of(alarm.place),
            others=[PlaceShown.of(place) for place in alarm.others],
            state=entry.state.value,
            answer=AnswerShown.of(entry.answer) if entry.answer is not None else None,
        )


class UncheckedShown(Shown):
    """A rule that could not be checked, and what it missed."""

    rule: str
    title: str
    missing: list[str]
    count: int


class ReviewShown(Shown):
    """The review of a case as it stands now."""

    case: str
    rules: int
    alarms: list[AlarmShown]
    unchecked: list[UncheckedShown]

    @classmethod
    def of(cls, one: Reviewed) -> ReviewShown:
        """From the value."""
        return cls(
            case=one.case.id,
            rules=one.found.rules,
            alarms=[AlarmShown.of(entry) for entry in one.entries],
            unchecked=[
                UncheckedShown(rule=gap.rule, title=gap.title, missing=list(gap.missing), count=gap.count)
                for gap in one.found.unchecked
            ],
        )


class RuleShown(Shown):
    """A rule: what it is called and what it rests on."""

    id: str
    family: str
    severity: Literal["error", "warning", "notice"]
    title: str
    title_en: str
    statutes: list[str]
    basis: str
    needs: list[str]

    @classmethod
    def of(cls, rule: Rule) -> RuleShown:
        """From the value."""
        return cls(
            id=rule.id,
            family=rule.family,
            severity=rule.severity.value,
            title=rule.title,
            title_en=rule.title_en,
            statutes=list(rule.citations),
            basis=rule.basis,
            needs=list(rule.needs),
        )


class NewAnswer(Wire):
    """An answer to an alarm."""

    state: Literal["open", "explained", "corrected", "dismissed"]
    reason: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=REASON_CHARS), AfterValidator(plain)
    ] = Field(description="Why; it is kept and audited.")
