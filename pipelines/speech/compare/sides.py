"""Both sides of a comparison in one set of features: turns and clauses of the record, units and windows of the talk.

Coverage is the share of one stretch's weight that another holds, 0 to 1. It is asked of windows of some twenty tokens,
so that a long answer does not hold everything by chance. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.speech.compare.alignment import Alignment, Side, align, settled, shared_weight, total_weight
from pipelines.speech.compare.content import Token, features, tokens, weights_of
from pipelines.speech.compare.facts import Fact, FactKind, facts, person_names
from pipelines.speech.compare.heard import HeardText, asks
from pipelines.speech.compare.lexicon import COMPOUND_SURNAMES
from pipelines.speech.compare.quantities import plain, quantities
from pipelines.speech.compare.written import ANSWER, QUESTION, WrittenRecord

WINDOW_TOKENS = 24
"""Tokens of a window: one long sentence of speech, two or three of a record."""
LONGEST_NAME = 3
"""Characters of a name with a surname of one; whether it has two or three is told by what follows it elsewhere."""
CLAUSE_TOKENS = 4
"""A clause with fewer tokens goes with its neighbour: it says too little to be looked for alone."""
_SENTENCE_END = re.compile(r"[。！!？?]")
_CLAUSE_END = re.compile(r"[。；;！!？?，,、：:\n]+")
_HEAD_NAME = re.compile(
    r"(?:姓名|[讯询]问人|记录人|嫌疑人|被害人|证人|法定代理人)\s*[:：]?\s*([\u4e00-\u9fff]{2,4})(?![\u4e00-\u9fff])"
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A clause of the record (`owner` its turn) or a unit of talk (`owner` its index): place, content, facts, role."""

    owner: int
    start: int
    end: int
    text: str
    tokens: tuple[Token, ...]
    features: frozenset[str]
    weight: float
    facts: tuple[Fact, ...]
    role: str | None


@dataclass(frozen=True, slots=True)
class Sides:
    """All that the searches for differences look at; stretches of units overlap with nothing and are in order.

    `clause_in_talk` [clauses, units]: how much of each clause the window that begins at the unit holds;
    `unit_in_record` [units, clauses] the same the other way round; `alike` [clauses, units] the shared weight;
    `persons` are the keys of the persons that the talk names.
    """

    record: WrittenRecord
    heard: HeardText
    clauses: tuple[Stretch, ...]
    units: tuple[Stretch, ...]
    alignment: Alignment
    weights: dict[str, float]
    clause_in_talk: NDArray[np.float32]
    unit_in_record: NDArray[np.float32]
    alike: NDArray[np.float32]
    persons: frozenset[str]

    def clauses_of(self, turn: int) -> list[int]:
        """Indices of the clauses of a turn (by its index from 0)."""
        return [n for n, clause in enumerate(self.clauses) if clause.owner == turn]

    def stretch(self, turn: int, around: int = 0) -> tuple[int, int] | None:
        """First and last unit of a turn, with `around` aligned turns on either side; None when nothing is aligned."""
        found = self.alignment.stretches
        if found[turn] is None:
            return None
        low = high = turn
        for _ in range(around):
            low = next((n for n in range(low - 1, -1, -1) if found[n] is not None), low)
            high = next((n for n in range(high + 1, len(found)) if found[n] is not None), high)
        spans = [span for span in found[low : high + 1] if span is not None]
        return min(first for first, _ in spans), max(last for _, last in spans)

    def gap(self, turn: int) -> tuple[int, int]:
        """Where in the talk a turn without a stretch should be: from the last unit before it to the first after it."""
        found = self.alignment.stretches
        before = next((s[1] for s in found[turn::-1] if s is not None), 0)
        after = next((s[0] for s in found[turn:] if s is not None), len(self.units) - 1)
        return min(before, after), max(before, after)


def clause_spans(text: str) -> Iterator[tuple[int, int]]:
    """The clauses of a text: what ends at a mark, or at the end."""
    start = 0
    for match in _CLAUSE_END.finditer(text):
        if match.start() > start:
            yield start, match.end()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def names_in(record: WrittenRecord) -> frozenset[str]:
    """The persons that the record names: in its head, and wherever a name stands as names do."""
    head = {match[1] for match in _HEAD_NAME.finditer(plain(record.head))}
    found = {name for turn in record.turns for name, _ in person_names(plain(turn.text))}
    # 宋佳赖账 beside 宋佳 is no third name.
    return frozenset(head | {name for name in found if name[:-1] not in found | head})


def known_names(record: WrittenRecord, heard: HeardText) -> frozenset[str]:
    """The persons that both sides name, as long as their names are: 姜涛 where 姜涛如 and 姜涛杠 stand too."""
    talk = plain(heard.text)
    text = plain("\n".join(turn.text for turn in record.turns)) + "\n" + talk
    found = names_in(record) | {name for name, _ in person_names(talk)}
    return frozenset(_cut(name, text) for name in found)


def _cut(name: str, text: str) -> str:
    """A name without its last character where the rest of it stands with others behind it."""
    if len(name) != LONGEST_NAME or name[:2] in COMPOUND_SURNAMES:
        return name
    following = {match[1] for match in re.finditer(f"{re.escape(name[:-1])}(.)", text, re.DOTALL)}
    return name if following == {name[-1]} else name[:-1]


def sides_of(record: WrittenRecord, heard: HeardText) -> Sides:
    """Everything that the searches need, computed once."""
    names = known_names(record, heard)
    clauses = _clauses(record, names)
    units = _units(heard, names)
    weights = weights_of([*(s.features for s in clauses), *(s.features for s in units)])
    clauses, units = [_weighed(s, weights) for s in clauses], [_weighed(s, weights) for s in units]
    by_turn: list[set[str]] = [set() for _ in record.turns]
    for clause in clauses:
        by_turn[clause.owner] |= clause.features
    turns = Side(tuple(map(frozenset, by_turn)), tuple(turn.role for turn in record.turns))
    talk = Side(tuple(u.features for u in units), tuple(u.role or _by_form(u.text) for u in units))
    alike = shared_weight([c.features for c in clauses], talk.features, weights)
    return Sides(
        record,
        heard,
        tuple(clauses),
        tuple(units),
        settled(align(turns, talk, weights), turns.roles, [u.role or _by_form(u.text) or ANSWER for u in units]),
        weights,
        _coverage(clauses, units, weights),
        _coverage(units, clauses, weights),
        alike,
        frozenset(_person_keys(units)),
    )


def _person_keys(units: Sequence[Stretch]) -> Iterator[str]:
    for unit in units:
        for fact in unit.facts:
            if fact.kind is FactKind.PERSON:
                yield from (token.key for token in unit.tokens if fact.start <= token.start < fact.end)


def _by_form(text: str) -> str | None:
    return QUESTION if asks(text) else None


def _weighed(stretch: Stretch, weights: dict[str, float]) -> Stretch:
    weight = total_weight(stretch.features, weights)
    return Stretch(
        stretch.owner,
        stretch.start,
        stretch.end,
        stretch.text,
        stretch.tokens,
        stretch.features,
        weight,
        stretch.facts,
        stretch.role,
    )


def _clauses(record: WrittenRecord, names: frozenset[str]) -> list[Stretch]:
    made: list[Stretch] = []
    for number, turn in enumerate(record.turns):
        text = plain(turn.text)
        counted = quantities(text)
        content = tokens(text, counted)
        known = facts(text, counted, names)
        spans = _joined(text, list(clause_spans(text)), content)
        made.extend(_stretch(number, span, text, (content, known), turn.role) for span in spans)
    return made


def _joined(text: str, spans: Sequence[tuple[int, int]], content: Sequence[Token]) -> list[tuple[int, int]]:
    """Clauses that say too little, joined to the next one of their sentence, at its end to the one before."""
    joined: list[tuple[int, int]] = []
    start, begins = None, True
    for a, b in spans:
        first = a if start is None else start
        ends = bool(_SENTENCE_END.search(text, a, b))
        if sum(first <= token.start < b for token in content) >= CLAUSE_TOKENS:
            joined.append((first, b))
            start, begins = None, ends
        elif not ends:
            start = first
        elif begins:
            joined.append((first, b))
            start = None
        else:
            joined[-1] = (joined[-1][0], b)
            start, begins = None, True
    if start is not None:
        joined.append((start, spans[-1][1]))
    return joined


def _units(heard: HeardText, names: frozenset[str]) -> list[Stretch]:
    text = plain(heard.text)
    counted = quantities(text)
    content = tokens(text, counted)
    known = facts(text, counted, names)
    made: list[Stretch] = []
    position = at = 0
    for index, unit in enumerate(heard.units):
        inside = []
        while position < len(content) and content[position].start < unit.last:
            inside.append(content[position])
            position += 1
        said = []
        while at < len(known) and known[at].start < unit.last:
            said.append(known[at])
            at += 1
        feature_set = frozenset(features(inside))
        piece = text[unit.first : unit.last]
        made.append(
            Stretch(index, unit.first, unit.last, piece, tuple(inside), feature_set, 0.0, tuple(said), unit.role)
        )
    return made


def _stretch(
    owner: int, span: tuple[int, int], text: str, found: tuple[Sequence[Token], Sequence[Fact]], role: str | None
) -> Stretch:
    start, end = span
    inside = tuple(token for token in found[0] if start <= token.start < end)
    said = tuple(fact for fact in found[1] if start <= fact.start < end)
    return Stretch(owner, start, end, text[start:end], inside, frozenset(features(inside)), 0.0, said, role)


def _coverage(of: Sequence[Stretch], by: Sequence[Stretch], weights: dict[str, float]) -> NDArray[np.float32]:
    windows: list[frozenset[str]] = []
    for first in range(len(by)):
        inside: list[Token] = []
        for stretch in by[first:]:
            inside.extend(stretch.tokens)
            if len(inside) >= WINDOW_TOKENS:
                break
        windows.append(frozenset(features(inside)))
    full = np.array([max(stretch.weight, 1e-6) for stretch in of], np.float32)
    return shared_weight([s.features for s in of], windows, weights) / full[:, None]
