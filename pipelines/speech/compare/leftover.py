"""What of an exchange neither side accounts for: words left over on both sides are one thing said otherwise; pure.

A clerk who rewords leaves words of the talk without a counterpart where his own have none. One who adds a sentence
leaves the talk accounted for, and one who drops an answer the record. So what is over on one side is weighed against
what is over on the other at the same place, token by token.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipelines.speech.compare.content import loosened
from pipelines.speech.compare.heard import asks
from pipelines.speech.compare.sides import Sides, Stretch
from pipelines.speech.compare.written import ANSWER, QUESTION

_PRONOUN = re.compile(r"[他她]|人家|对方|[那这]个?人(?!家)")
HELD = 0.4
"""Share of a stretch's tokens up to which what the other side lacks is a word misheard or left out."""


@dataclass(frozen=True, slots=True)
class Leftover:
    """Tokens of the record that the talk of its place does not say, and tokens of that talk which it does not hold."""

    written: int
    said: int


def slot(sides: Sides, turn: int) -> tuple[int, int]:
    """First and last unit of the talk that may be a turn's, whether or not words of it were found there.

    Its own stretch; else the answers behind the question before it; else what the path passes on its row. Units of its
    role beside them are its own as far as they were found in no other turn.
    """
    first, last = _core(sides, turn)
    role = sides.record.turns[turn].role
    of = sides.alignment.turn_of
    while first > 0 and role_of(sides, first - 1) == role and of[first - 1] in (None, turn):
        first -= 1
    while last + 1 < len(sides.units) and role_of(sides, last + 1) == role and of[last + 1] in (None, turn):
        last += 1
    return first, last


def _core(sides: Sides, turn: int) -> tuple[int, int]:
    found = sides.alignment.stretches
    own = [n for n, of in enumerate(sides.alignment.turn_of) if of == turn]
    if own:
        return own[0], own[-1]
    if found[turn] is not None:
        return found[turn] or (0, 0)
    if turn and found[turn - 1] is not None and sides.record.turns[turn - 1].role == QUESTION:
        behind = (found[turn - 1] or (0, 0))[1] + 1
        if behind < len(sides.units) and role_of(sides, behind) == ANSWER:
            return behind, behind
    return sides.alignment.visited[turn] if sides.alignment.visited else sides.gap(turn)


def role_of(sides: Sides, unit: int) -> str:
    """question or answer: as told, else by the form of the words."""
    one = sides.units[unit]
    return one.role or (QUESTION if asks(one.text) else ANSWER)


def _keys(stretches: Iterable[Stretch]) -> set[str]:
    return {key for stretch in stretches for key in loose(stretch)}


def loose(stretch: Stretch) -> tuple[str, ...]:
    """The keys of what a stretch says, with words that clerks write for one another as one."""
    return loosened(stretch.text, stretch.tokens, stretch.start)


def _over(stretches: Iterable[Stretch], other: set[str]) -> int:
    """The different tokens that the other side lacks; a stretch that it holds for the most part is all there."""
    over: set[str] = set()
    for stretch in stretches:
        keys = set(loose(stretch))
        if len(keys - other) > HELD * len(keys):
            over |= keys - other
    return len(over)


def of_turn(sides: Sides, turn: int) -> Leftover:
    """What is over of an answer, and of the answers among the talk at its place."""
    first, last = slot(sides, turn)
    clauses = [sides.clauses[n] for n in sides.clauses_of(turn)]
    units = [sides.units[n] for n in range(first, last + 1)]
    said = [unit for unit in units if role_of(sides, unit.owner) == ANSWER]
    around = range(max(0, turn - 1), min(len(sides.record.turns), turn + 2))
    paper = _keys(sides.clauses[n] for t in around for n in sides.clauses_of(t))
    heard = _keys(units) | referred(sides, range(first, last + 1))
    return Leftover(_over(clauses, heard), _over(said, paper))


def said_keys(sides: Sides, turn: int) -> set[str]:
    """The keys of what is said at the place of a turn, and of the persons that 他 may stand for there."""
    first, last = slot(sides, turn)
    return _keys(sides.units[first : last + 1]) | referred(sides, range(first, last + 1))


def referred(sides: Sides, units: Sequence[int]) -> frozenset[str]:
    """The keys of all persons that the talk names, where one of the units has a pronoun: the clerk writes the name."""
    return sides.persons if any(_PRONOUN.search(sides.units[n].text) for n in units) else frozenset()


def of_talk(sides: Sides, units: Sequence[int]) -> Leftover:
    """What is over of a run of answers, and of the answers of the record that may stand for them."""
    turns = [
        turn for turn, one in enumerate(sides.record.turns) if one.role == ANSWER and _meets(slot(sides, turn), units)
    ]
    low, high = min(turns, default=0), max(turns, default=-1)
    paper = _keys(
        sides.clauses[n]
        for t in range(max(0, low - 1), min(len(sides.record.turns), high + 2))
        for n in sides.clauses_of(t)
    )
    said = _over((sides.units[n] for n in units if role_of(sides, n) == ANSWER), paper)
    talk: set[str] = set()
    for turn in turns:
        first, last = slot(sides, turn)
        talk |= _keys(sides.units[first : last + 1])
    return Leftover(_over((sides.clauses[n] for t in turns for n in sides.clauses_of(t)), talk), said)


def _meets(span: tuple[int, int], units: Sequence[int]) -> bool:
    return any(span[0] <= unit <= span[1] for unit in units)
