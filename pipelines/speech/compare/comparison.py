"""The list of differences between a written record and a heard text: runs the searches, drops doubles, orders; pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from cases.discrepancy import ComparedTurn, Discrepancy
from models.language.characters import character_vectors
from pipelines.speech.compare.contradiction import contradictions, mean_alike, minds
from pipelines.speech.compare.evidence import evidence
from pipelines.speech.compare.findings import ORDER, Finding, Kind, Severity, doubted
from pipelines.speech.compare.heard import LEAD_S, HeardText
from pipelines.speech.compare.judge import Judge, Likely, shipped_judge, suspected, weighed
from pipelines.speech.compare.key_facts import changed, omitted
from pipelines.speech.compare.polarity import denials
from pipelines.speech.compare.sides import Sides, sides_of
from pipelines.speech.compare.stance import agreed, stances
from pipelines.speech.compare.support import added, missing
from pipelines.speech.compare.turn_shape import led, merged
from pipelines.speech.compare.written import WrittenRecord

UNRELATED = "maybe-unrelated"
"""So little of the record is in the recording that they may not belong together."""
UNRELATED_BELOW = 0.25


_FACTS = frozenset({Kind.ADDED_FACT, Kind.CHANGED_FACT})
_SWALLOWED: dict[Severity, frozenset[Kind]] = {
    Severity.MAJOR: _FACTS,
    Severity.SUBSTANTIVE: _FACTS,
    Severity.LISTEN: frozenset({Kind.ADDED_FACT}),
    Severity.MINOR: frozenset(),
    Severity.WORDING: frozenset(),
}
"""Facts that are told with the addition over them, by its severity: a fact said otherwise outweighs a doubt."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences in the order of the record, what became of its turns, and doubts about the whole."""

    discrepancies: tuple[Discrepancy, ...]
    turns: tuple[ComparedTurn, ...]
    flags: tuple[str, ...]


def compare(record: WrittenRecord, heard: HeardText, judge: Judge | None = None) -> Comparison:
    """Every difference, weighed by the judge that ships with the product unless another is given.

    Nothing is compared against a recording without words.
    """
    if not heard.units:
        return Comparison((), tuple(_turn_alone(record, n) for n in range(len(record.turns))), (UNRELATED,))
    sides = sides_of(record, heard)
    found = _searched(sides, judge or shipped_judge())
    found.sort(key=lambda f: (f.turn, f.start, ORDER.index(f.severity), f.first))
    flags = (UNRELATED,) if mean_alike(sides) < UNRELATED_BELOW else ()
    return Comparison(
        tuple(_discrepancy(sides, n, finding) for n, finding in enumerate(found, start=1)),
        tuple(_turn(sides, n) for n in range(len(record.turns))),
        flags,
    )


def searched(sides: Sides) -> Iterator[Finding]:
    """What the searches of the record find, one after another, before anything is weighed or told once."""
    for search in (led, contradictions, stances, minds, added, changed):
        yield from search(sides)


def _searched(sides: Sides, judge: Judge) -> list[Finding]:
    """The findings of all searches, weighed; what one difference gives to several of them is told once."""
    raw = list(searched(sides))
    indices, rows = evidence(sides, raw, character_vectors())
    likely = Likely(dict(zip(indices, judge.probabilities(rows).tolist(), strict=True)), judge)
    found: list[Finding] = []
    alike = agreed(sides)
    for one in weighed(sides, [_weighed(sides, one, alike) for one in raw], likely):
        found.extend([one] if not _told(found, one) else [])
    found.extend(one for one in suspected(sides, found, likely) if not _told(found, one))
    for search in (missing, merged):
        found.extend(one for one in search(sides) if not _told(found, one))
    found.extend(one for one in omitted(sides, found) if not _told(found, one))
    facts = [one for one in found if one.kind is Kind.CHANGED_FACT]
    return _grouped([one for one in found if not (_is_doubtful(one) and any(_over(one, fact) for fact in facts))])


def _weighed(sides: Sides, one: Finding, agreed: frozenset[int]) -> Finding:
    """A denial that the talk lacks in the first words of an answer that goes the same way on both sides: one to hear.

    A machine loses a 不 sooner than it makes one.
    """
    written = sides.record.turns[one.turn].text[one.start : one.end]
    if one.kind is Kind.FLIPPED_NEGATION and one.start == 0 and one.turn in agreed and any(denials(written)):
        return replace(one, severity=doubted(one.severity))
    return one


def _is_doubtful(one: Finding) -> bool:
    """Whether an addition is one that may be said in other or misheard words."""
    return one.kind is Kind.ADDED and one.severity in (Severity.LISTEN, Severity.MINOR, Severity.WORDING)


def _over(a: Finding, b: Finding) -> bool:
    """Whether both name the same words of the record."""
    return a.turn == b.turn and a.start < b.end and b.start < a.end


def _told(found: Sequence[Finding], one: Finding) -> bool:
    """Whether the same words of the record, or the same talk, are told already for what includes `one`."""
    for other in found:
        over_record = _over(other, one)
        over_talk = other.first < one.last and one.first < other.last
        if over_record and (other.kind is Kind.QUESTION_IN_ANSWER or other.kind is one.kind):
            return True
        if over_record and other.kind is Kind.ADDED and one.kind in _SWALLOWED[other.severity]:
            return True
        if over_record and one.kind is Kind.FLIPPED_NEGATION and other.kind is Kind.CHANGED_INTENT:
            return True
        if over_record and other.kind is Kind.FLIPPED_NEGATION and one.kind is Kind.CHANGED_INTENT and over_talk:
            return True
        if over_talk and one.kind is Kind.MISSING and other.kind in (Kind.FLIPPED_NEGATION, Kind.CHANGED_INTENT):
            return True
        if over_talk and one.kind is Kind.MISSING and other.kind is Kind.ADDED and _SWALLOWED[other.severity]:
            # The record has words there that nobody says: one difference, told where the record's words stand.
            return True
        if over_talk and other.said and one.kind in (Kind.MISSING, Kind.MERGED_TURNS) and other.kind is Kind.MISSING:
            return True
    return False


def _grouped(found: Sequence[Finding]) -> list[Finding]:
    """The same pair of names or things heard differently again and again, told once, at its first place."""
    seen: set[tuple[object, ...]] = set()
    kept: list[Finding] = []
    for one in found:
        key = (one.kind, one.fact, one.explanation)
        if one.kind is Kind.CHANGED_FACT and key in seen:
            continue
        seen.add(key)
        kept.append(one)
    return kept


def _discrepancy(sides: Sides, number: int, finding: Finding) -> Discrepancy:
    turn = sides.record.turns[finding.turn]
    place = sides.heard.place(finding.first, finding.last)
    if not finding.said:
        place = type(place)(place.start, place.end, place.segments, "")
    return Discrepancy(
        id=number,
        kind=finding.kind.value,
        severity=finding.severity.value,
        fact=finding.fact.value if finding.fact is not None else None,
        record=turn.place(finding.start, finding.end),
        recording=place,
        jump=round(max(0.0, place.start - LEAD_S), 3),
        explanation=finding.explanation,
        confidence=finding.confidence,
        flags=finding.flags,
    )


def _turn(sides: Sides, number: int) -> ComparedTurn:
    turn = sides.record.turns[number]
    span = sides.stretch(number)
    clauses = sides.clauses_of(number)
    weight = sum(sides.clauses[n].weight for n in clauses)
    held = 0.0
    if span is not None:
        for n in clauses:
            window = sides.clause_in_talk[n][max(0, span[0] - 1) : span[1] + 1]
            held += min(1.0, float(window.max(initial=0.0))) * sides.clauses[n].weight
    return ComparedTurn(
        number=turn.number,
        role=turn.role,
        place=turn.place(0, len(turn.text)),
        start=sides.heard.starts[sides.units[span[0]].start] if span else None,
        end=sides.heard.ends[sides.units[span[1]].end - 1] if span else None,
        coverage=round(held / weight, 3) if weight else 0.0,
    )


def _turn_alone(record: WrittenRecord, number: int) -> ComparedTurn:
    turn = record.turns[number]
    return ComparedTurn(turn.number, turn.role, turn.place(0, len(turn.text)), None, None, 0.0)
