"""Both sides with the words of every clause and unit as vectors, and what the clauses of one turn share; pure.

Of a turn: the units of talk near its place, what they say and deny, what is over on either side, and whom a pronoun
there may stand for. Knows of no search, and weighs nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.speech.compare.contradiction import answer_to
from pipelines.speech.compare.leftover import of_turn, referred, role_of, said_keys, slot
from pipelines.speech.compare.likeness import Vectors, Words, joined, words_of
from pipelines.speech.compare.polarity import denials
from pipelines.speech.compare.quantities import plain
from pipelines.speech.compare.sides import Sides
from pipelines.speech.compare.stance import ways
from pipelines.speech.compare.written import ANSWER


@dataclass(frozen=True, slots=True)
class Laid:
    """Both sides with the words of every clause and unit.

    `denied` tells of each unit whether it denies them; `spoken` are the words of all, `sentences` [units, dimensions].
    """

    sides: Sides
    clauses: tuple[Words, ...]
    units: tuple[Words, ...]
    denied: tuple[bool | None, ...]
    spoken: Words
    sentences: NDArray[np.float32]
    vectors: Vectors


def laid_out(sides: Sides, vectors: Vectors) -> Laid:
    """Every clause and unit with the vectors of its words."""
    of_turns = [vectors(plain(turn.text)) for turn in sides.record.turns]
    clauses = tuple(words_of(c, of_turns[c.owner], 0, sides.weights) for c in sides.clauses)
    units = tuple(words_of(u, vectors(u.text), u.start, sides.weights) for u in sides.units)
    denied = tuple(_is_denied(sides, n) for n in range(len(sides.units)))
    return Laid(sides, clauses, units, denied, joined(units), np.stack([one.whole() for one in units]), vectors)


def _is_denied(sides: Sides, unit: int) -> bool | None:
    """Whether a unit denies what it speaks of: a question what its answer denies, None where that is open."""
    odd = sum(1 for _ in denials(sides.units[unit].text)) % 2 == 1
    if role_of(sides, unit) == ANSWER:
        return odd
    reply = answer_to(sides, unit)
    return None if reply is None else odd is reply[0]


@dataclass(frozen=True, slots=True)
class TurnTalk:
    """What the clauses of one turn share.

    `near` are the units of talk around it and `own` its first and last, `words` and `text` what `near` says, `said`
    and `unsaid` what of it is affirmed and denied, `answered` and `questioned` who says it; `leftover` what the record
    lacks of the answers, `over` the counts of both leftovers and their ratio, `unwritten` the share of the own answers
    that the record lacks; `keys` what is said at the place, `referred` the persons that a pronoun may stand for there;
    `way` which way record and talk answer a question of yes or no, `asked` the words of the record's question.
    """

    near: range
    own: tuple[int, int]
    words: Words
    leftover: Words
    keys: set[str]
    over: tuple[float, float, float]
    way: tuple[bool | None, bool | None]
    text: str
    said: Words
    unsaid: Words
    answered: Words
    questioned: Words
    asked: Words
    referred: frozenset[str]
    unwritten: float
    questions: int


def talk_of(laid: Laid, turn: int) -> TurnTalk:
    """The talk at the place of a turn."""
    sides = laid.sides
    first, last = slot(sides, turn)
    wide = sides.stretch(turn, 1) or sides.gap(turn)
    near = range(max(0, min(first, wide[0]) - 1), min(len(sides.units), max(last, wide[1]) + 2))
    around = range(max(0, turn - 1), min(len(sides.record.turns), turn + 2))
    paper = {key for t in around for n in sides.clauses_of(t) for key in laid.clauses[n].keys}
    answers = [n for n in near if role_of(sides, n) == ANSWER]
    over = of_turn(sides, turn)
    spare = joined(
        [laid.units[n].only([k for k, key in enumerate(laid.units[n].keys) if key not in paper]) for n in answers]
    )
    return TurnTalk(
        near,
        (first, last),
        joined([laid.units[n] for n in near]),
        spare,
        said_keys(sides, turn),
        (float(over.written), float(over.said), over.said / max(1.0, float(over.written))),
        ways(sides, turn),
        "".join(sides.units[n].text for n in near),
        joined([laid.units[n] for n in near if laid.denied[n] is False]),
        joined([laid.units[n] for n in near if laid.denied[n] is True]),
        joined([laid.units[n] for n in answers]),
        joined([laid.units[n] for n in near if n not in answers]),
        joined([laid.clauses[n] for n in sides.clauses_of(turn - 1)] if turn else []),
        referred(sides, range(first, last + 1)),
        _unwritten(sides, [n for n in range(first, last + 1) if n in answers]),
        sum(n not in answers for n in near),
    )


def _unwritten(sides: Sides, units: Sequence[int]) -> float:
    """The share of the weight of some units of talk that the record holds nowhere near in the same words."""
    weights = [sides.units[n].weight for n in units]
    held = [min(1.0, float(sides.unit_in_record[n].max(initial=0.0))) for n in units]
    total = sum(weights)
    return sum(w * (1.0 - h) for w, h in zip(weights, held, strict=True)) / total if total else 0.0
