"""All rules in one list, and what they find in a record; knows no store and no screen."""

from __future__ import annotations

from cases.conversation import ConversationRecord, RecordState
from pipelines.speech.forms import form_of
from pipelines.speech.validators import integrity, notices, persons, review, sources, times
from pipelines.speech.validators.rule import Breach, Engagement, Finding, Matter, Rule, Severity

_ORDER = tuple(RecordState)
RULES: tuple[Rule, ...] = tuple(
    sorted(
        (*persons.RULES, *times.RULES, *notices.RULES, *sources.RULES, *review.RULES, *integrity.RULES),
        key=lambda rule: int(rule.id[1:]),
    )
)


def findings(
    record: ConversationRecord,
    elsewhere: tuple[Engagement, ...] = (),
    *,
    wanted: RecordState = RecordState.SIGNED,
) -> tuple[Finding, ...]:
    """What stands between `record` and the state `wanted`: errors forbid it, warnings do not.

    Raises BadInput when the record's template is not known here.
    """
    matter = Matter(record, form_of(record.template), elsewhere)
    due = [rule for rule in RULES if _ORDER.index(rule.due) <= _ORDER.index(wanted)]
    return tuple(_finding(rule, matter, breach) for rule in due for breach in rule.check(matter))


def errors(found: tuple[Finding, ...]) -> tuple[Finding, ...]:
    """Those that forbid."""
    return tuple(finding for finding in found if finding.severity is Severity.ERROR)


def _finding(rule: Rule, matter: Matter, breach: Breach) -> Finding:
    citations = (breach.citation,) if breach.citation is not None else rule.citations_for(matter)
    return Finding(
        rule.id,
        rule.title,
        breach.severity or rule.severity,
        breach.message,
        tuple(str(citation) for citation in citations),
        rule.basis,
        breach.field,
        breach.turn,
        breach.at,
    )
