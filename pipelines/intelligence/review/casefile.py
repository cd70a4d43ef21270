"""What review knows of a case: its papers, the facts that they state, and the place of each; knows no rule.

A fact that was not found is absent. It is never guessed: a rule that needs it says that it could not be checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

from cases.records import Quad


@dataclass(frozen=True, slots=True)
class Place:
    """来源定位: a record and in it a page with a box (pixels of the page picture), or a second of its recording.

    `confidence` (0..1) is how sure the reading of what stands there is.
    """

    record: str
    page: int | None = None
    box: Quad | None = None
    second: float | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True, order=True)
class When:
    """A moment as exactly as a paper tells it: it lies between both ends, which are equal where the minute is told.

    Chinese legal time without a zone. A day alone spans its 24 hours, so that nothing is late only because the hour is
    unknown.
    """

    earliest: datetime
    latest: datetime

    @classmethod
    def of_day(cls, day: date) -> When:
        """Some time on this day."""
        begin = datetime.combine(day, time.min)
        return cls(begin, begin + timedelta(days=1) - timedelta(minutes=1))

    @classmethod
    def at(cls, moment: datetime) -> When:
        """This very minute."""
        return cls(moment, moment)

    @property
    def is_exact(self) -> bool:
        """Whether the minute is told."""
        return self.earliest == self.latest

    def __str__(self) -> str:
        day = f"{self.earliest.year}年{self.earliest.month}月{self.earliest.day}日"
        return f"{day}{self.earliest.hour}时{self.earliest.minute:02}分" if self.is_exact else day


Value: TypeAlias = "When | str | tuple[str, ...] | int | bool"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that a paper states, and where."""

    value: Value
    place: Place


@dataclass(frozen=True, slots=True)
class Identity:
    """Somebody with an identity number or a birthday, as one paper writes them; `sex` is 男 or 女."""

    name: str
    number: str | None
    born: date | None
    sex: str | None
    place: Place


@dataclass(frozen=True, slots=True)
class Utterance:
    """An answer in a 笔录."""

    text: str
    place: Place


@dataclass(frozen=True, slots=True)
class Paper:
    """文书: type of the taxonomy, whom it is about, and its facts by name.

    `group` is that of the taxonomy (A3, B2 ...), `pages` are first and last in the scan, `number` is what is stamped on
    the first, `volume` tells volumes apart.
    """

    key: str
    type: str
    title: str
    place: Place
    group: str = ""
    volume: str = ""
    unit: str = ""
    person: str | None = None
    pages: tuple[int, int] = (1, 1)
    number: int | None = None
    facts: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    identities: tuple[Identity, ...] = ()
    answers: tuple[Utterance, ...] = ()
    confidence: float = 1.0

    def all(self, name: str) -> tuple[Fact, ...]:
        """Every fact of this name, in the order of the text."""
        return self.facts.get(name, ())

    def first(self, name: str) -> Fact | None:
        """The first fact of this name."""
        found = self.all(name)
        return found[0] if found else None

    def when(self, name: str) -> When | None:
        """The moment that the fact tells; None where it is not told."""
        found = self.first(name)
        return found.value if found is not None and isinstance(found.value, When) else None

    def names(self, name: str) -> tuple[str, ...]:
        """The names that the fact tells, none twice."""
        found = [one.value for one in self.all(name)]
        flat = [
            text
            for value in found
            for text in ((value,) if isinstance(value, str) else value if isinstance(value, tuple) else ())
        ]
        return tuple(dict.fromkeys(flat))

    def figure(self, name: str) -> int | None:
        """The number that the fact tells."""
        found = self.first(name)
        return found.value if found is not None and isinstance(found.value, int) else None

    def flag(self, name: str) -> bool | None:
        """What the fact says; None where it says nothing."""
        found = self.first(name)
        return found.value if found is not None and isinstance(found.value, bool) else None


@dataclass(frozen=True, slots=True)
class PageFault:
    """What cataloguing found wrong with a page: missing, duplicate, foreign, swapped."""

    kind: str
    explanation: str
    place: Place


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A row of 卷内目录: title, and first and last page of the binding; 0 where they were not read."""

    title: str
    first: int
    last: int
    place: Place


@dataclass(frozen=True, slots=True)
class Volume:
    """卷: how many numbered pages are in it, what it says of itself, and what is wrong with its pages.

    `starts` are titles by the number of the page on which documents begin, empty where it is not sure which, `stamps`
    all numbers that were read.
    """

    key: str
    place: Place
    groups: frozenset[str]
    last_page: int | None
    rows: tuple[CatalogueRow, ...] = ()
    starts: Mapping[int, str] = field(default_factory=dict)
    stamps: frozenset[int] = frozenset()
    faults: tuple[PageFault, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that was read of one case. `suspects` are the persons whom papers call 犯罪嫌疑人."""

    papers: tuple[Paper, ...]
    volumes: tuple[Volume, ...] = ()
    suspects: tuple[str, ...] = ()

    def of(self, *types: str) -> Iterator[Paper]:
        """The papers of these types, in the order of the volumes."""
        return (paper for paper in self.papers if paper.type in types)
