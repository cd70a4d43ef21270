"""What speaks for a clause of the record being altered, and what for a rewording, in named numbers; pure.

Each clause of an answer is laid beside the talk at its place: word by word, with vectors that know 摩托 and 电动车 for
neighbours, both whole and in what neither side accounts for; by what each side denies; and by what each search found
there. The numbers say nothing of how grave a thing is: `pipelines.speech.compare.judge` weighs them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray

from pipelines.speech.compare.contradiction import verdicts
from pipelines.speech.compare.facts import FactKind
from pipelines.speech.compare.findings import Finding, Kind, Severity
from pipelines.speech.compare.laid import Laid, TurnTalk, laid_out, talk_of
from pipelines.speech.compare.leftover import loose
from pipelines.speech.compare.likeness import Vectors, Words, joined, likeness, mean, share
from pipelines.speech.compare.polarity import bare_answer, denials, mind
from pipelines.speech.compare.quantities import plain
from pipelines.speech.compare.sides import Sides, clause_spans
from pipelines.speech.compare.support import confessing, nearby
from pipelines.speech.compare.written import ANSWER

WINDOW_UNITS = 3
"""Units of talk that one clause may stand for."""
LONGER = 0.02
"""What each further unit of a window must add to the share that it says of a clause."""
SOFT = 0.55
"""Likeness from which a word counts as said in another word."""
LEAST = 3
"""Words that are least said of a clause: what was altered is seldom all of it."""
NAMES = frozenset({FactKind.PERSON, FactKind.PLACE})
THINGS = frozenset({FactKind.TOOL, FactKind.MEANS, FactKind.PROPERTY})

NAMES_OF_NUMBERS = (
    "tokens",
    "weight",
    "turn clauses",
    "last of turn",
    "near",
    "anywhere",
    "best unit",
    "new share",
    "new tokens",
    "turn over written",
    "turn over said",
    "over ratio",
    "soft",
    "soft least",
    "soft unlike",
    "soft anywhere",
    "soft window",
    "window back",
    "window leftover",
    "leftover to leftover",
    "leftover talk",
    "sentence",
    "sentence anywhere",
    "denials",
    "window denials",
    "denials differ",
    "denied alone",
    "denied affirmed",
    "talk denied alone",
    "opposed where denied",
    "opposed where said",
    "least agreed",
    "against",
    "agrees",
    "way differs",
    "way agrees",
    "first of turn",
    "bare written",
    "mind differs",
    "confesses",
    "numbers",
    "numbers unheld",
    "names unheld",
    "things unheld",
    "found flipped",
    "found intent",
    "found led",
    "found added",
    "found changed number",
    "found changed name",
    "found changed thing",
    "found added number",
    "found added name",
    "found added thing",
    "turn aligned",
    "neighbours held",
    "least sure",
    "said by answers",
    "said by questions",
    "asked in the record",
    "referred to",
    "found grave",
    "talk of the turn said nowhere",
    "questions at the place",
)
"""What `evidence` measures, column by column."""


def evidence(
    sides: Sides, found: Sequence[Finding], vectors: Vectors, turns: Collection[int] | None = None
) -> tuple[list[int], NDArray[np.float32]]:
    """The clauses of answers (of `turns` alone where given) by their index, and a row of NAMES_OF_NUMBERS for each."""
    laid = laid_out(sides, vectors)
    indices: list[int] = []
    rows: list[list[float]] = []
    for number, turn in enumerate(sides.record.turns):
        if turn.role != ANSWER or (turns is not None and number not in turns):
            continue
        clauses = sides.clauses_of(number)
        shared = talk_of(laid, number)
        for place, index in enumerate(clauses):
            indices.append(index)
            window = _window(laid, laid.clauses[index], shared.near)
            rows.append(
                [
                    *_size(sides, index, place, len(clauses)),
                    *_kept(sides, index, shared.keys),
                    *shared.over,
                    *_soft(laid, index, shared, window),
                    *_denied(laid, index, shared, window),
                    *_opposed(laid, index, shared),
                    *_ways(sides, index, place, shared),
                    *_facts(sides, index, shared),
                    *_found(sides, index, found),
                    *_around(sides, index, clauses, shared),
                    *_sources(laid, index, shared),
                    *_setting(sides, index, found, shared),
                ]
            )
    return indices, np.asarray(rows, np.float32).reshape(len(rows), len(NAMES_OF_NUMBERS))


def _size(sides: Sides, index: int, place: int, count: int) -> list[float]:
    clause = sides.clauses[index]
    return [float(len(clause.tokens)), clause.weight, float(count), float(place == count - 1)]


def _kept(sides: Sides, index: int, keys: set[str]) -> list[float]:
    clause = sides.clauses[index]
    row = sides.clause_in_talk[index]
    own = loose(clause)
    new = sum(key not in keys for key in own)
    best = float(sides.alike[index].max(initial=0.0)) / max(clause.weight, 1e-6)
    return [nearby(sides, index), float(row.max(initial=0.0)), best, new / max(1, len(own)), float(new)]


def _soft(laid: Laid, index: int, turn: TurnTalk, units: range) -> list[float]:
    own = laid.clauses[index]
    near = likeness(own, turn.words)
    window = joined(laid.units[units.start : units.stop])
    back = likeness(window, own)
    fresh = [n for n, key in enumerate(own.keys) if key not in turn.words.different and key not in turn.referred]
    left = likeness(own.only(fresh), turn.leftover)
    least = np.sort(near)[:LEAST]
    sentence = laid.sentences @ own.whole()
    return [
        share(near, own.weights),
        float(least.mean()) if least.size else 1.0,
        float((near < SOFT).sum()),
        share(likeness(own, laid.spoken), own.weights),
        share(likeness(own, window), own.weights),
        share(back, window.weights),
        sum(key in turn.leftover.different for key in window.keys) / max(1, len(window)),
        float(left.mean()) if left.size else 1.0,
        float(len(turn.leftover)),
        float(sentence[turn.near.start : turn.near.stop].max(initial=0.0)),
        float(sentence.max(initial=0.0)),
    ]


def _window(laid: Laid, own: Words, near: range) -> range:
    """The run of units that says a clause best, shorter ones before longer."""
    best, held = range(near.start, min(near.start + 1, near.stop)), -1.0
    alone = {n: likeness(own, laid.units[n]) for n in near}
    for first in near:
        together = alone[first]
        for last in range(first + 1, min(first + WINDOW_UNITS, near.stop) + 1):
            together = np.maximum(together, alone[last - 1])
            says = share(together, own.weights) - LONGER * (last - first)
            if says > held:
                best, held = range(first, last), says
    return best


def _denied(laid: Laid, index: int, turn: TurnTalk, units: range) -> list[float]:
    sides = laid.sides
    clause = sides.clauses[index]
    window = "".join(sides.units[n].text for n in units)
    mine, theirs = list(denials(clause.text)), list(denials(window))
    own = [laid.vectors(d.scope) for d in mine if d.scope]
    near = [laid.vectors(d.scope) for n in turn.near for d in denials(sides.units[n].text) if d.scope]
    whole = [laid.vectors(d.scope) for d in denials(sides.record.turns[clause.owner].text) if d.scope]
    said = [laid.vectors(d.scope) for d in theirs if d.scope]
    affirmed = turn.words.vectors
    return [
        float(len(mine)),
        float(len(theirs)),
        float(bool(mine) != bool(theirs)),
        max((1.0 - _nearest(one, near) for one in own), default=0.0),
        max((float(np.clip(affirmed @ mean(one), 0, 1).max(initial=0.0)) for one in own), default=0.0),
        max((1.0 - _nearest(one, whole) for one in said), default=0.0),
    ]


def _opposed(laid: Laid, index: int, turn: TurnTalk) -> list[float]:
    """How much more of what is denied the talk says than denies, of what is said it denies; the least that agrees.

    Between two marks a negator counts for all that stands there, wherever it stands: 批发的没有, 没有批发的.
    """
    clause, words = laid.sides.clauses[index], laid.clauses[index]
    tokens = laid.sides.clauses[index].tokens
    most = {True: 0.0, False: 0.0}
    least = 1.0
    for start, end in clause_spans(clause.text):
        inside = [n for n, token in enumerate(tokens) if start <= token.start - clause.start < end]
        if not inside:
            continue
        own = words.only(inside)
        odd = sum(1 for _ in denials(clause.text[start:end])) % 2 == 1
        same, other = (turn.unsaid, turn.said) if odd else (turn.said, turn.unsaid)
        agrees, opposes = share(likeness(own, same), own.weights), share(likeness(own, other), own.weights)
        most[odd] = max(most[odd], opposes - agrees)
        least = min(least, agrees)
    return [most[True], most[False], least]


def _nearest(one: NDArray[np.float32], others: Sequence[NDArray[np.float32]]) -> float:
    return max((float(np.clip(mean(one) @ mean(other), 0.0, 1.0)) for other in others), default=0.0)


def _ways(sides: Sides, index: int, place: int, turn: TurnTalk) -> list[float]:
    clause = sides.clauses[index]
    found = verdicts(sides, index)
    written, said = turn.way
    first = place == 0
    known = written is not None and said is not None
    mine = mind(clause.text, ANSWER).deliberate
    theirs = mind(turn.text, ANSWER).deliberate
    return [
        float(any(v is True for v in found)),
        float(any(v is False for v in found)),
        float(first and known and written is not said),
        float(first and known and written is said),
        float(first),
        {None: 0.0, True: 1.0, False: -1.0}[bare_answer(clause.text)],
        float(mine is not None and mine is not theirs),
        float(bool(confessing(clause.text)) - 0.5 * any(word in turn.text for word in confessing(clause.text))),
    ]


def _facts(sides: Sides, index: int, turn: TurnTalk) -> list[float]:
    clause = sides.clauses[index]
    numbers = [key for key in (t.key for t in clause.tokens) if key.startswith("#")]
    heard = turn.words.different
    text = plain(turn.text)
    unsaid = [fact for fact in clause.facts if fact.quantity is None and fact.text not in text]
    return [
        float(len(numbers)),
        float(sum(key not in heard for key in numbers)),
        float(sum(fact.kind in NAMES for fact in unsaid)),
        float(sum(fact.kind in THINGS for fact in unsaid)),
    ]


def _found(sides: Sides, index: int, found: Sequence[Finding]) -> list[float]:
    clause = sides.clauses[index]
    here = [f for f in found if f.turn == clause.owner and f.start < clause.end and clause.start < f.end]
    kinds = {f.kind for f in here}
    row = [
        float(Kind.FLIPPED_NEGATION in kinds),
        float(Kind.CHANGED_INTENT in kinds),
        float(Kind.QUESTION_IN_ANSWER in kinds),
        float(Kind.ADDED in kinds),
    ]
    for kind in (Kind.CHANGED_FACT, Kind.ADDED_FACT):
        facts = [f.fact for f in here if f.kind is kind]
        things = sum(fact in THINGS for fact in facts)
        names = sum(fact in NAMES for fact in facts)
        row += [float(len(facts) > things + names), float(names > 0), float(things > 0)]
    return row


def _around(sides: Sides, index: int, clauses: Sequence[int], turn: TurnTalk) -> list[float]:
    clause = sides.clauses[index]
    beside = [n for n in (index - 1, index + 1) if n in clauses]
    first, last = turn.own
    return [
        float(sides.alignment.stretches[clause.owner] is not None),
        max((nearby(sides, n) for n in beside), default=0.5),
        sides.heard.sure(sides.units[first].start, sides.units[last].end),
    ]


def _sources(laid: Laid, index: int, turn: TurnTalk) -> list[float]:
    """How much of a clause the answers near by say, how much the questions, and how much the record's own question."""
    own = laid.clauses[index]
    return [share(likeness(own, side), own.weights) for side in (turn.answered, turn.questioned, turn.asked)]


def _setting(sides: Sides, index: int, found: Sequence[Finding], turn: TurnTalk) -> list[float]:
    clause = sides.clauses[index]
    here = [f for f in found if f.turn == clause.owner and f.start < clause.end and clause.start < f.end]
    return [
        sum(key in turn.referred for key in (t.key for t in clause.tokens)) / max(1, len(clause.tokens)),
        float(any(f.severity in (Severity.MAJOR, Severity.SUBSTANTIVE) for f in here)),
        turn.unwritten,
        float(turn.questions),
    ]
