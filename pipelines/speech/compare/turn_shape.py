"""Who said it: questions that the record turned into answers, and answers to several questions put into one; pure.

A suspect who says 对 to 是不是你用刀捅的 has not said 我用刀捅的 of his own: the record must show a leading question.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipelines.speech.compare.alignment import total_weight
from pipelines.speech.compare.content import features
from pipelines.speech.compare.findings import Finding, Kind, doubted, gravity, quoted
from pipelines.speech.compare.leftover import role_of
from pipelines.speech.compare.polarity import affirms, bare_answer, is_bare
from pipelines.speech.compare.sides import Sides
from pipelines.speech.compare.support import gravest
from pipelines.speech.compare.written import ANSWER, QUESTION

ASKED = 0.55
"""Coverage by the question from which a clause counts as the question's words."""
UNHEARD_S = 0.3
"""Between two questions: room for a 嗯 that the machine did not hear."""
OWN = 0.35
"""Coverage by the answers below which a clause is not the answerer's own."""
LEAST_TOKENS = 3
"""Tokens that a clause must have beyond what the record's question says already."""
LEAST_QUESTION = 5
"""Characters of a question whose absence makes two turns one: 哪个 and 然后呢 are no turns of their own."""
QUESTION_WRITTEN = 0.34
"""Coverage from which a question counts as written down."""


def led(sides: Sides) -> Iterator[Finding]:
    """Answers of the record whose words only the question said, and the answerer affirmed with a word."""
    for number, turn in enumerate(sides.record.turns):
        span = sides.stretch(number, 1)
        if turn.role != ANSWER or span is None:
            continue
        units = range(max(0, span[0] - 2), min(len(sides.units), span[1] + 3))
        written = _features(sides, [n for t in (number - 1, number - 2) if t >= 0 for n in _questions(sides, t)])
        own = frozenset().union(*(sides.units[u].features for u in units if role_of(sides, u) == ANSWER))
        for index in sides.clauses_of(number):
            clause = sides.clauses[index]
            new = frozenset(f for f in clause.features if f not in written)
            singles = [f for f in new if " " not in f]
            weight = total_weight(new, sides.weights)
            if len(singles) < LEAST_TOKENS or total_weight(new & own, sides.weights) > OWN * weight:
                continue
            found = _leading(sides, units, new, weight)
            if found is not None:
                yield _led(sides, number, index, found)
                break


def _questions(sides: Sides, turn: int) -> list[int]:
    return sides.clauses_of(turn) if sides.record.turns[turn].role == QUESTION else []


def _features(sides: Sides, clauses: Sequence[int]) -> frozenset[str]:
    return frozenset().union(*(sides.clauses[n].features for n in clauses))


@dataclass(frozen=True, slots=True)
class _Led:
    """A leading question, and the unit that answers it; None where the machine heard no answer."""

    unit: int
    reply: int | None


def _leading(sides: Sides, units: range, new: frozenset[str], weight: float) -> _Led | None:
    """The question that holds what is new in a clause and was answered with yes alone."""
    for unit in units:
        if role_of(sides, unit) != QUESTION:
            continue
        pair = [*sides.units[max(0, unit - 1)].tokens] if unit and role_of(sides, unit - 1) == QUESTION else []
        held = frozenset(features([*pair, *sides.units[unit].tokens])) | sides.units[unit].features
        if total_weight(new & held, sides.weights) < ASKED * weight:
            continue
        reply = _reply(sides, unit)
        if reply is None or affirms(sides.units[reply].text):
            return _Led(unit, reply)
    return None


def _reply(sides: Sides, unit: int) -> int | None:
    """The answer after a question; the question itself where another one follows at once; None where it was not heard.

    A hum is easily lost on the machine: then the next question comes after a gap in which something was said.
    """
    for later in range(unit + 1, min(len(sides.units), unit + 3)):
        if role_of(sides, later) == ANSWER:
            return later
        before, after = sides.heard.units[later - 1], sides.heard.units[later]
        if after.start - before.end >= UNHEARD_S:
            return None
    return unit


def _led(sides: Sides, turn: int, index: int, found: _Led) -> Finding:
    clause, asked = sides.clauses[index], sides.units[found.unit]
    fact = gravest([clause])
    last = sides.units[found.unit if found.reply is None else found.reply].end
    written = sides.record.turns[turn].text[clause.start : clause.end]
    severity = gravity(Kind.QUESTION_IN_ANSWER, fact)
    what = "被问人只作了肯定回答" if found.reply is not None else "没有听清被问人的回答，请回听"
    return Finding(
        Kind.QUESTION_IN_ANSWER,
        severity if found.reply is not None else doubted(severity),
        fact,
        turn,
        clause.start,
        clause.end,
        asked.start,
        last,
        f"笔录答话{quoted(written)}的内容在录音中出自问话，{what}：{quoted(sides.heard.text[asked.start : last])}",
        0.75 if found.reply is not None else 0.5,
    )


def merged(sides: Sides) -> Iterator[Finding]:
    """Answers of the record that answer several questions, of which the record does not hold the later ones."""
    before = -1
    for number, turn in enumerate(sides.record.turns):
        span = sides.stretch(number)
        if span is None:
            continue
        before, first = span[1], before
        if turn.role != ANSWER:
            continue
        if bare_answer(turn.text) is not None:
            # A yes or no at the head of the answer has no content to be aligned by.
            span = min(span[0], first + 1), span[1]
        for unit in range(span[0] + 1, span[1] + 1):
            if _is_swallowed(sides, number, span, unit):
                yield _merged(sides, number, unit, span[1])
                break


def _is_swallowed(sides: Sides, turn: int, span: tuple[int, int], unit: int) -> bool:
    """Whether a unit is a question that the record leaves out between two answers of one turn."""
    one = sides.units[unit]
    if role_of(sides, unit) != QUESTION or not one.tokens or len(one.text) < LEAST_QUESTION:
        return False
    asked = [n for t in range(max(0, turn - 2), min(len(sides.record.turns), turn + 3)) for n in _questions(sides, t)]
    if asked and float(sides.alike[asked, unit].max()) >= QUESTION_WRITTEN * one.weight:
        return False
    turns = sides.alignment.turn_of
    replies = [u for u in range(span[0], span[1] + 1) if role_of(sides, u) == ANSWER]
    before = any(u < unit and (turns[u] == turn or is_bare(sides.units[u].text)) for u in replies)
    return before and any(u > unit and turns[u] == turn for u in replies)


def _merged(sides: Sides, turn: int, unit: int, last: int) -> Finding:
    following = [u for u in range(unit + 1, last + 1) if sides.units[u].tokens and role_of(sides, u) == ANSWER]
    clauses = sides.clauses_of(turn)
    begins = max(clauses, key=lambda n: max((float(sides.alike[n, u]) for u in following), default=0.0))
    clause, asked = sides.clauses[begins], sides.units[unit]
    return Finding(
        Kind.MERGED_TURNS,
        gravity(Kind.MERGED_TURNS, None),
        None,
        turn,
        clause.start,
        clause.end,
        asked.start,
        asked.end,
        f"录音中的问话{quoted(sides.heard.text[asked.start : asked.end])}在笔录中没有记载，前后两次回答被并为一次",
        0.6,
    )
