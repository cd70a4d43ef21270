"""Which documents of a scope a query finds, and in what order; knows the scope by its reading alone.

Order: BM25 (Robertson and Zaragoza, 2009) over the terms of the query, where a term's documents and places are counted
within the scope; or by time, newest first. Fields decide and do not weigh.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import overload

import numpy as np
from numpy.typing import NDArray

from cases.search.document import KINDS, Kind
from cases.search.folding import fold
from cases.search.postings import places_of, units_of
from cases.search.query import And, Field, Node, Not, Term
from cases.search.reading import COLUMNS, Numbers, Reading
from models.errors import BadInput

K1 = 1.2
B = 0.75
LEAD = 32
LEAD_COUNTS = 3
"""A place within so many characters of the beginning, where titles and numbers stand, counts for so many."""
MAX_NAMES = 16
MAX_WORDS = 8
"""How many names of the cases, and words of the dictionary, a Latin word is read as at most."""
KIND_WORDS = {
    Kind.FILE: ("file", "卷宗", "文书"),
    Kind.TRANSCRIPT: ("transcript", "转写", "录音"),
    Kind.RECORD: ("record", "笔录"),
    Kind.TRAFFIC: ("traffic", "交通", "车流"),
    Kind.STATUTE: ("statute", "法条", "法律"),
}
_DATE = re.compile(r"(\d{4})(?:[-年/.](\d{1,2})(?:[-月/.](\d{1,2})日?|月)?|年)?")

Mask = NDArray[np.bool_]
Scores = NDArray[np.float64]


class Order(StrEnum):
    """How hits are ordered."""

    RELEVANCE = "relevance"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True)
class Matches:
    """All that a query found: ids, best first, with score and kind each; how many there are of each kind; what Latin
    words were read as."""

    ids: Numbers
    scores: Scores
    kind_of: Sequence[Kind]
    kinds: dict[Kind, int]
    readings: dict[str, tuple[str, ...]] = field(default_factory=dict)


class _Kinds(Sequence[Kind]):
    """Kinds by their numbers: of thousands that are found, a page is looked at."""

    def __init__(self, numbers: Numbers) -> None:
        self._numbers = numbers

    def __len__(self) -> int:
        return len(self._numbers)

    @overload
    def __getitem__(self, at: int) -> Kind: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Kind]: ...

    def __getitem__(self, at: int | slice) -> Kind | Sequence[Kind]:
        if isinstance(at, slice):
            return [KINDS[number] for number in self._numbers[at]]
        return KINDS[int(self._numbers[at])]


def match(scope: Reading, query: Node, cases: Mapping[str, str], order: Order) -> Matches:
    """The documents that `query` finds; `cases` are the folded words that each case of the scope is known by."""
    return _Matching(scope, cases).run(query, order)


class _Matching:
    def __init__(self, scope: Reading, cases: Mapping[str, str]) -> None:
        self._scope = scope
        self._cases = cases
        self._table = scope.documents
        # Columns of their own: a list of documents is laid out by rows, and is looked through for every term.
        self._bases = np.ascontiguousarray(self._table["base"])
        self._widths = np.ascontiguousarray(self._table["length"])
        self._lengths = self._table["length"].astype(np.float64)
        self._mean = max(float(self._lengths.mean()) if len(self._table) else 1.0, 1.0)
        self.readings: dict[str, tuple[str, ...]] = {}

    def run(self, query: Node, order: Order) -> Matches:
        mask, scores = self._node(query)
        at = np.flatnonzero(mask)
        age = -self._table["at"][at].astype(np.int64)
        # The id decides last, so that pages of one list never overlap.
        number = -self._table["id"][at].astype(np.int64)
        keys = (number, age, -scores[at]) if order is Order.RELEVANCE else (number, age)
        at = at[np.lexsort(keys)]
        numbers = self._table["kind"][at]
        counts = np.bincount(numbers, minlength=len(KINDS))
        kinds = {kind: int(count) for kind, count in zip(KINDS, counts, strict=True) if count}
        return Matches(self._table["id"][at], scores[at], _Kinds(numbers), kinds, self.readings)

    def _node(self, node: Node) -> tuple[Mask, Scores]:
        if isinstance(node, Term):
            return self._term(node)
        if isinstance(node, Field):
            return self._field(node), np.zeros(len(self._table))
        if isinstance(node, Not):
            return ~self._node(node.part)[0], np.zeros(len(self._table))
        found = [self._node(part) for part in node.parts]
        total: Scores = np.sum([scores for _, scores in found], axis=0)
        decide = np.logical_and if isinstance(node, And) else np.logical_or
        mask: Mask = decide.reduce([mask for mask, _ in found])
        return mask, total

    # --- words --------------------------------------------------------------------------------------------------------
    def _term(self, term: Term) -> tuple[Mask, Scores]:
        spelled = [term.text, *(self._read_as(term.text) if term.pinyin else ())]
        often = np.zeros(len(self._table))
        for one in dict.fromkeys(spelled):
            often += self._counts(one)
        return often > 0, self._weights(often)

    def _counts(self, text: str) -> NDArray[np.float64]:
        """How often each document holds exactly these characters, more for the places where titles stand."""
        if not len(self._table):
            return np.zeros(0)
        places = places_of(units_of(text), self._scope.entries)
        at = np.searchsorted(self._bases, places, side="right").astype(np.int64) - 1
        # Places of replaced documents lie between those of the ones that are there.
        inside = (at >= 0) & (places - self._bases[at] < self._widths[at])
        at, offsets = at[inside], (places - self._bases[at])[inside]
        weights = np.where(offsets < LEAD, float(LEAD_COUNTS), 1.0)
        return np.asarray(np.bincount(at, weights, minlength=len(self._table)), dtype=np.float64)

    def _weights(self, often: NDArray[np.float64]) -> Scores:
        holding = np.count_nonzero(often)
        rarity = np.log1p((len(often) - holding + 0.5) / (holding + 0.5))
        relative = K1 * (1 - B + B * self._lengths / self._mean)
        weights: Scores = rarity * often * (K1 + 1) / (often + relative)
        return weights

    def _read_as(self, text: str) -> list[str]:
        """What a Latin word may stand for: names of the scope's cases, and words of the dictionary."""
        key = text.replace("'", "").replace("ü", "v")
        names = [fold(name) for name in self._scope.names(key, MAX_NAMES)]
        found = list(dict.fromkeys([*names, *map(fold, self._scope.words(key, MAX_WORDS))]))
        if found:
            self.readings[text] = tuple(found)
        return found

    # --- fields -------------------------------------------------------------------------------------------------------
    def _field(self, wanted: Field) -> Mask:
        if wanted.name == "kind":
            return self._of_kind(wanted.value)
        if wanted.name == "case":
            called = {case_id for case_id, words in self._cases.items() if wanted.value in words}
            return np.isin(self._table["case"], [key for one, key in self._scope.keys.items() if one in called])
        if wanted.name == "date":
            return self._among(self._scope.dated(*days(wanted.value)))
        if wanted.name == "person" and wanted.value.isascii():
            values = [wanted.value, *self._read_as(wanted.value)]
            found = [self._scope.holding("person", value) for value in values]
            return self._among(np.concatenate(found))
        assert wanted.name in COLUMNS  # noqa: S101  # the parser knows no other field
        return self._among(self._scope.holding(wanted.name, wanted.value))

    def _of_kind(self, value: str) -> Mask:
        kinds = [KINDS.index(kind) for kind, words in KIND_WORDS.items() if value in words]
        if not kinds:
            known = "、".join(words[1] for words in KIND_WORDS.values())
            raise BadInput("search.kind", f"kind: is one of {', '.join(KINDS)} ({known})")
        return np.isin(self._table["kind"], kinds)

    def _among(self, ids: Numbers) -> Mask:
        return np.isin(self._table["id"], ids)


def days(value: str) -> tuple[str, str]:
    """The days that a date field means, as text to compare with: from the first to before the second.

    `value` is a year, a month or a day (2026, 2026-10, 2026年10月3日), or two of them with .. between, one of which may
    be missing. Raises BadInput for anything else.
    """
    first, dots, last = value.partition("..")
    start = _day(first) if first or not dots else ""
    end = _day(last) if last else ("9999" if dots else start)
    return start, end + "~"


def _day(spelled: str) -> str:
    match = _DATE.fullmatch(spelled)
    parts = [int(part) for part in match.groups() if part] if match else []
    if not parts or (len(parts) > 1 and not 1 <= parts[1] <= 12) or (len(parts) > 2 and not 1 <= parts[2] <= 31):
        raise BadInput("search.date", "date: is 2026, 2026-10 or 2026-10-03, or two of them as 2026-01..2026-03")
    return "-".join(f"{part:02d}" if n else f"{part:04d}" for n, part in enumerate(parts))
