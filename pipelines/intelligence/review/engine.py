"""Holds a case against the rules: alarms with their places, and what could not be checked; knows no store.

An alarm's id is a digest of its rule, its paper's record and first page, and what it is about: a later run over the
same record gives the same alarm the same id, so that a person's answer stays with it. Officers are named in places
and explanations where the law asks who was there, and are never counted, scored or ranked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from pipelines.intelligence.review.casefile import CaseFile, Place
from pipelines.intelligence.review.predicates import PREDICATES
from pipelines.intelligence.review.rule import Gap, Hit, Rule, rules

SURE: Final = 0.9
"""What was read with less confidence accuses nobody: a person confirms the line first, which makes it sure."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """预警: a rule that does not hold at `place`; `others` are places to compare. The machine proposes it."""

    id: str
    rule: str
    family: str
    severity: str
    title: str
    title_en: str
    explanation: str
    explanation_en: str
    statutes: tuple[str, ...]
    basis: str
    unit: str
    paper: str
    place: Place
    others: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Unchecked:
    """A rule that had a paper to look at and not the facts: how often, and which were not found."""

    rule: str
    title: str
    missing: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True)
class Review:
    """What a review of one case found."""

    alarms: tuple[Alarm, ...]
    unchecked: tuple[Unchecked, ...]
    rules: int


class _Told(dict[str, str]):
    """What an explanation is filled with; what nobody told is left open."""

    def __missing__(self, key: str) -> str:
        return "……"


def review(case: CaseFile, chosen: Sequence[Rule] | None = None) -> Review:
    """All alarms of a case, by rule and place; the same case gives the same alarms."""
    asked = rules() if chosen is None else tuple(chosen)
    alarms: dict[str, Alarm] = {}
    unchecked: list[Unchecked] = []
    for rule in asked:
        gaps: list[Gap] = []
        for one in PREDICATES[rule.predicate](case, rule.arguments):
            if isinstance(one, Gap):
                gaps.append(one)
            elif min(place.confidence for place in (one.place, *one.others)) < SURE:
                gaps.append(Gap("文字识别把握不足", one.place))
            else:
                alarm = _alarm(rule, one, case)
                alarms.setdefault(alarm.id, alarm)
        if gaps:
            missing = tuple(sorted({gap.missing for gap in gaps}))
            unchecked.append(Unchecked(rule.id, rule.title, missing, len(gaps)))
    return Review(tuple(alarms.values()), tuple(unchecked), len(asked))


def _alarm(rule: Rule, hit: Hit, case: CaseFile) -> Alarm:
    key = hit.paper.key if hit.paper is not None else hit.place.record
    told = _Told(hit.told)
    return Alarm(
        id=alarm_id((rule.id, key, hit.about)),
        rule=rule.id,
        family=rule.family,
        severity=rule.severity.value,
        title=rule.title,
        title_en=rule.title_en,
        explanation=rule.explanation.format_map(told),
        explanation_en=rule.explanation_en.format_map(told),
        statutes=rule.citations,
        basis=rule.basis,
        unit=hit.paper.unit if hit.paper is not None else _unit(case, hit.place.record),
        paper=hit.paper.title if hit.paper is not None else "",
        place=hit.place,
        others=hit.others,
    )


def alarm_id(parts: Iterable[str]) -> str:
    """16 hex digits that stay the same from run to run."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:16]


def _unit(case: CaseFile, record: str) -> str:
    return next((paper.unit for paper in case.papers if paper.volume == record and paper.unit), "")
