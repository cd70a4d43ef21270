"""What a search has found, how grave it is, and how it is told to a person; knows no alignment.

检察院刑诉规则 264 tells a 重大实质性差异 (the record cannot be relied on) from what can be corrected or explained. Here
`major` is a key fact that differs, or a confession that nobody said; `substantive` what a prosecutor must ask about;
`listen` is claimed by nobody: the machine may have heard wrongly what matters, and a person listens before it counts;
`minor` what a summary may leave out or put together; `wording` what sounds the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipelines.speech.compare.facts import FactKind


class Kind(StrEnum):
    """What kind of difference it is."""

    CHANGED_FACT = "changed-fact"
    ADDED_FACT = "added-fact"
    OMITTED_FACT = "omitted-fact"
    FLIPPED_NEGATION = "flipped-negation"
    CHANGED_INTENT = "changed-intent"
    ADDED = "added"
    MISSING = "missing"
    QUESTION_IN_ANSWER = "question-in-answer"
    MERGED_TURNS = "merged-turns"


class Severity(StrEnum):
    """How grave, gravest first."""

    MAJOR = "major"
    SUBSTANTIVE = "substantive"
    LISTEN = "listen"
    MINOR = "minor"
    WORDING = "wording"


ORDER = tuple(Severity)
MISHEARD = "maybe-misheard"
"""Both sides sound alike: probably the machine's ear. Listen."""
UNSURE_WORDS = "unsure-words"
"""The machine was unsure of the words that it heard here."""
SAID_ELSEWHERE = "said-elsewhere"
"""The recording says it, at another place than the one that the turn stands for."""
UNSURE_BELOW = 0.5

FACT_NAMES = {
    FactKind.AMOUNT: "金额",
    FactKind.DATE: "日期",
    FactKind.TIME: "时间",
    FactKind.DURATION: "时长",
    FactKind.COUNT: "数量",
    FactKind.MEASURE: "重量或长度",
    FactKind.NUMBER: "号码或年龄",
    FactKind.PLACE: "地点",
    FactKind.PERSON: "人员",
    FactKind.TOOL: "工具",
    FactKind.MEANS: "手段",
    FactKind.PROPERTY: "财物",
    FactKind.INTENT: "主观心态",
    FactKind.NEGATION: "肯定或否定",
}
GRAVE = frozenset(
    {
        FactKind.AMOUNT,
        FactKind.DATE,
        FactKind.TIME,
        FactKind.PLACE,
        FactKind.PERSON,
        FactKind.TOOL,
        FactKind.MEANS,
        FactKind.MEASURE,
        FactKind.INTENT,
        FactKind.NEGATION,
    }
)
"""Facts whose change is a major difference (公通字〔2014〕33号: time, place, means, tool, victim, state of mind)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference before it is put into the list.

    `turn` and `start`, `end` name the words of the record (equal: the place where words are missing), `first` and
    `last` the characters of the heard text, `said` whether they are the other form or only the place to listen to.
    """

    kind: Kind
    severity: Severity
    fact: FactKind | None
    turn: int
    start: int
    end: int
    first: int
    last: int
    explanation: str
    confidence: float
    flags: tuple[str, ...] = ()
    said: bool = True


def milder(severity: Severity, steps: int = 1) -> Severity:
    """The severity so many steps below; what one must listen to is no step, it is a doubt of its own."""
    steps_down: list[Severity] = [one for one in ORDER if one is not Severity.LISTEN]
    return steps_down[min(len(steps_down) - 1, steps_down.index(severity) + steps)]


def doubted(severity: Severity) -> Severity:
    """What a grave difference is where the machine's hearing is unsure: something to listen to."""
    return Severity.LISTEN if severity in (Severity.MAJOR, Severity.SUBSTANTIVE) else severity


def gravity(kind: Kind, fact: FactKind | None) -> Severity:
    """The severity of a difference of `kind` in `fact`, before any doubt."""
    grave = fact in GRAVE
    if kind in (Kind.FLIPPED_NEGATION, Kind.CHANGED_INTENT):
        return Severity.MAJOR
    if kind is Kind.CHANGED_FACT:
        return Severity.MAJOR if grave else Severity.SUBSTANTIVE
    if kind in (Kind.QUESTION_IN_ANSWER, Kind.ADDED):
        return Severity.MAJOR if grave else Severity.SUBSTANTIVE
    if kind is Kind.ADDED_FACT:
        return Severity.SUBSTANTIVE if grave else Severity.MINOR
    if kind is Kind.MISSING:
        return Severity.SUBSTANTIVE if fact is not None else Severity.MINOR
    return Severity.MINOR


def fact_name(fact: FactKind | None) -> str:
    """The Chinese name of a kind of fact."""
    return FACT_NAMES.get(fact, "内容") if fact is not None else "内容"


def quoted(text: str) -> str:
    """A short quotation: forty characters at most."""
    bare = " ".join(text.split())
    return f"“{bare[:40]}…”" if len(bare) > 40 else f"“{bare}”"
