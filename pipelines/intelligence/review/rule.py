"""A rule as data: what it is called, on which article it rests, which predicate it asks with what, and examples.

Rules are the files `rules/*.toml`. Each has examples that a test runs: papers as facts, and whether it fires on them.
An article stands in a rule only where its text was read; what rests on a form or a custom says so in `basis`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final, cast

from models.errors import Defect
from pipelines.intelligence.review.calendar import Term
from pipelines.intelligence.review.casefile import Paper, Place

FOLDER: Final = Path(__file__).with_name("rules")
LAWS: Final = {
    "刑诉法": "中华人民共和国刑事诉讼法（2018年修正）",
    "规定": "公安机关办理刑事案件程序规定（2020年修正）",
    "规则": "人民检察院刑事诉讼规则（2019年）",
    "解释": "最高人民法院关于适用《中华人民共和国刑事诉讼法》的解释（2021年）",
}
"""Short names of statutes in rules -> their full titles."""


class Severity(StrEnum):
    """How grave it is if it is so: 违法, 瑕疵, 提示."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Selector:
    """Papers of one type and, of these, a fact: 拘留证:held."""

    type: str
    fact: str = ""

    @classmethod
    def of(cls, text: str) -> Selector:
        """As rules write it."""
        kind, _, fact = text.partition(":")
        return cls(kind, fact)


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a rule gives its predicate."""

    given: Mapping[str, object]

    def papers(self, name: str) -> tuple[Selector, ...]:
        """A list of selectors; empty when the rule has none."""
        return tuple(Selector.of(text) for text in self.texts(name))

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; empty when the rule has none."""
        return tuple(cast("list[str]", self.given.get(name, [])))

    def text(self, name: str, default: str = "") -> str:
        """A text."""
        return str(self.given.get(name, default))

    def number(self, name: str, default: int = 0) -> int:
        """A whole number."""
        return cast(int, self.given.get(name, default))

    def flag(self, name: str) -> bool:
        """Whether the rule says so."""
        return bool(self.given.get(name, False))

    def term(self) -> Term:
        """The term in `hours`, `days` and `months`."""
        return Term(self.number("hours"), self.number("days"), self.number("months"))


@dataclass(frozen=True, slots=True)
class Example:
    """Papers as facts, and whether the rule fires on them."""

    fires: bool
    papers: tuple[Mapping[str, object], ...]
    volumes: tuple[Mapping[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule. `statutes` are law and article by the short names of `LAWS`."""

    id: str
    family: str
    title: str
    title_en: str
    severity: Severity
    predicate: str
    explanation: str
    explanation_en: str
    needs: tuple[str, ...]
    statutes: tuple[str, ...] = ()
    basis: str = ""
    arguments: Arguments = field(default_factory=lambda: Arguments({}))
    examples: tuple[Example, ...] = ()

    @property
    def citations(self) -> tuple[str, ...]:
        """The statutes in full: 《...》第86条."""
        return tuple(cited(text) for text in self.statutes)


@dataclass(frozen=True, slots=True)
class Hit:
    """Where a rule does not hold: the paper, the place in it, other places to compare; `about` tells hits of one paper
    apart and does not change with the wording; `told` fills the explanation."""

    paper: Paper | None
    place: Place
    about: str = ""
    others: tuple[Place, ...] = ()
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Gap:
    """What could not be checked, and which fact was not found."""

    missing: str
    place: Place | None = None


def cited(text: str) -> str:
    """`刑诉法 86` in full."""
    law, _, article = text.partition(" ")
    return f"《{LAWS[law]}》第{article}条"


@cache
def rules() -> tuple[Rule, ...]:
    """All rules by id; raises Defect when two share one, or one rests on nothing."""
    found: dict[str, Rule] = {}
    for file in sorted(FOLDER.glob("*.toml")):
        listed = tomllib.loads(file.read_text(encoding="utf-8"))
        for entry in listed["rules"]:
            rule = _rule(entry, str(listed["family"]))
            if rule.id in found:
                raise Defect("review.rules", f"two rules are called {rule.id}")
            if not rule.statutes and not rule.basis:
                raise Defect("review.rules", f"{rule.id} names neither a statute nor what else it rests on")
            found[rule.id] = rule
    return tuple(found[key] for key in sorted(found))


def families() -> tuple[str, ...]:
    """The families of rules."""
    return tuple(dict.fromkeys(rule.family for rule in rules()))


def _rule(entry: dict[str, object], family: str) -> Rule:
    statutes = tuple(cast("list[str]", entry.get("statutes", [])))
    for text in statutes:
        if text.partition(" ")[0] not in LAWS:
            raise Defect("review.rules", f"{entry['id']} cites {text}, which is no statute known here")
    examples = cast("list[dict[str, object]]", entry.get("examples", []))
    return Rule(
        id=str(entry["id"]),
        family=family,
        title=str(entry["title"]),
        title_en=str(entry["title_en"]),
        severity=Severity(str(entry["severity"])),
        predicate=str(entry["predicate"]),
        explanation=str(entry["explanation"]),
        explanation_en=str(entry["explanation_en"]),
        needs=tuple(cast("list[str]", entry.get("needs", []))),
        statutes=statutes,
        basis=str(entry.get("basis", "")),
        arguments=Arguments(cast("dict[str, object]", entry.get("args", {}))),
        examples=tuple(
            Example(bool(one["fires"]), _tables(one, "papers"), _tables(one, "volumes")) for one in examples
        ),
    )


def _tables(one: Mapping[str, object], name: str) -> tuple[Mapping[str, object], ...]:
    return tuple(cast("list[Mapping[str, object]]", one.get(name, [])))
