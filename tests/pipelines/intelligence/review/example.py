"""The case that an example of a rule describes, so that rules are tried without a page; knows no rule.

A paper is a table: `type`, and where they matter `person`, `title`, `group`, `unit`, `volume`, `identities` (name,
number, birthday, sex) and `answers`; every other key is a fact, a list several facts of one name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Final, cast

from models.errors import Defect
from pipelines.intelligence.review.casefile import (
    CaseFile,
    CatalogueRow,
    Fact,
    Identity,
    PageFault,
    Paper,
    Place,
    Utterance,
    Value,
    Volume,
    When,
)
from pipelines.intelligence.review.rule import Example

_OWN: Final = ("type", "person", "title", "group", "unit", "volume", "number", "identities", "answers")
SOMEBODY: Final = "张三"
"""Whom a paper is about when the example does not say."""


def casefile_of_example(example: Example) -> CaseFile:
    """The case; each paper stands on a page of its own."""
    papers = tuple(_paper(one, number) for number, one in enumerate(example.papers, start=1))
    suspects = tuple(dict.fromkeys(paper.person for paper in papers if paper.person and paper.type == "讯问笔录"))
    return CaseFile(papers, tuple(_volume(one) for one in example.volumes), suspects)


def _paper(one: Mapping[str, object], number: int) -> Paper:
    place = Place("卷", number, ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)))
    kind = str(one["type"])
    return Paper(
        key=f"卷:{number}",
        type=kind,
        title=str(one.get("title", kind)),
        place=place,
        group=str(one.get("group", "")),
        volume=str(one.get("volume", "卷")),
        unit=str(one.get("unit", "")),
        person=str(one.get("person", SOMEBODY)) or None,
        pages=(number, number),
        number=cast("int | None", one.get("number")),
        facts={name: _facts(value, place) for name, value in one.items() if name not in _OWN},
        identities=tuple(
            _identity(row, place) for row in cast("Sequence[Sequence[object]]", one.get("identities", []))
        ),
        answers=tuple(Utterance(text, place) for text in cast("Sequence[str]", one.get("answers", []))),
    )


def _facts(value: object, place: Place) -> tuple[Fact, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(Fact(_value(one), place) for one in values)


def _value(value: object) -> Value:
    if isinstance(value, datetime):
        return When.at(value)
    if isinstance(value, date):
        return When.of_day(value)
    if isinstance(value, bool | int | str):
        return value
    raise Defect("review.example", f"an example cannot hold {value!r}")


def _identity(row: Sequence[object], place: Place) -> Identity:
    name, number, born, sex = (*row, None, None, None)[:4]
    day = born if isinstance(born, date) else None
    return Identity(str(name), str(number) if number else None, day, str(sex) if sex else None, place)


def _volume(one: Mapping[str, object]) -> Volume:
    place = Place("卷", 1)
    rows = cast("Sequence[Sequence[object]]", one.get("rows", []))
    starts = cast("Mapping[str, str]", one.get("starts", {}))
    last = one.get("last_page")
    return Volume(
        key="卷",
        place=place,
        groups=frozenset(str(one.get("groups", "AB"))),
        last_page=last if isinstance(last, int) else None,
        rows=tuple(CatalogueRow(str(row[0]), int(str(row[1])), int(str(row[2])), place) for row in rows),
        starts={int(page): title for page, title in starts.items()},
        faults=tuple(PageFault(kind, kind, place) for kind in cast("Sequence[str]", one.get("faults", []))),
    )
