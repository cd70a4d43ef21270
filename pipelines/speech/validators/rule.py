"""What a rule of the record is, and what it says when it does not hold; knows no single rule."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from cases.conversation import ConversationRecord, Organ, RecordState, TimeSpan
from pipelines.speech.forms import Form
from pipelines.speech.statute import Citation, Law


class Severity(StrEnum):
    """An error keeps a record from being checked and signed; a warning is shown."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Engagement:
    """When an officer was busy with another record: from `started_at` to `ended_at` (ISO 8601)."""

    record: str
    officers: frozenset[str]
    started_at: str | None
    ended_at: str | None


@dataclass(frozen=True, slots=True)
class Matter:
    """What rules look at: the record, its form, and what its officers did elsewhere."""

    record: ConversationRecord
    form: Form
    elsewhere: tuple[Engagement, ...] = ()


@dataclass(frozen=True, slots=True)
class Breach:
    """One place where a rule does not hold.

    `field` is the path of the value (`header.ended_at`), `turn` the turn's id, `at` the place in the recording.
    `severity` differs from the rule's where the law does not go as far; `citation` is the one article that asks for
    just this.
    """

    message: str
    field: str
    turn: str | None = None
    at: TimeSpan | None = None
    severity: Severity | None = None
    citation: Citation | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: id (A1...), articles that bear it out, and `basis` for what no article here says.

    `due` is the state that a record cannot reach while the rule is broken.
    """

    id: str
    title: str
    explanation: str
    severity: Severity
    due: RecordState
    check: Callable[[Matter], Iterator[Breach]]
    citations: tuple[Citation, ...] = ()
    basis: str = ""

    def citations_for(self, matter: Matter) -> tuple[Citation, ...]:
        """The articles that bind this record: not the other organ's, nor those on another kind of conversation."""
        other = Law.PROCURATORATE if matter.record.organ is Organ.POLICE else Law.POLICE
        kinds = (None, matter.form.kind)
        return tuple(one for one in self.citations if one.law is not other and one.kind in kinds)


@dataclass(frozen=True, slots=True)
class Finding:
    """A breach as people and programs see it."""

    rule: str
    title: str
    severity: Severity
    message: str
    articles: tuple[str, ...]
    basis: str
    field: str
    turn: str | None = None
    at: TimeSpan | None = None
