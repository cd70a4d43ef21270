"""The facts that patterns find in a paper's text, and where; knows no rule. The patterns are data (`patterns.toml`)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from models.errors import Defect
from pipelines.intelligence.review.casefile import Fact, Value
from pipelines.intelligence.review.times import MOMENT, moment_in
from pipelines.intelligence.review.wording import Wording
from pipelines.numerals import value_of

FILE: Final = Path(__file__).with_name("patterns.toml")
NAME: Final = r"(?:[\u4e00-\u9fff·]{2,4}?)"
NAMES: Final = rf"(?:{NAME}(?:、{NAME}){{0,5}})"
WRITTEN: Final = r"(?:[\u4e00-\u9fff·]{1,5}?)"
"""A signature as it was read: letters may be lost."""
LONG_NAME: Final = 3
KINDS: Final = ("moment", "name", "names", "text", "number", "flag", "mark")
REFUSED: Final = re.compile(r"拒绝(?:签名|签字|捺|按)|拒不签")
"""A refusal that is noted stands in the place of a signature (规定 79, 125, 143, 206, 226)."""
_SHORT = re.compile(r"(?<![A-Za-z\\])(NS|N|M|W)(?![A-Za-z])")
_SPELLED: Final = {"M": MOMENT, "N": NAME, "NS": NAMES, "W": WRITTEN}


@dataclass(frozen=True, slots=True)
class Pattern:
    """How a fact of one name is found: `every` takes all matches, `last` the last one."""

    name: str
    types: frozenset[str]
    kind: str
    patterns: tuple[re.Pattern[str], ...]
    every: bool
    last: bool


def facts_in(type_name: str, wording: Wording) -> dict[str, tuple[Fact, ...]]:
    """The facts that a paper of this type states, by name; what is not found is left out."""
    found: dict[str, tuple[Fact, ...]] = {}
    for pattern in _patterns_of(type_name):
        facts = tuple(_facts(pattern, wording))
        if facts:
            found[pattern.name] = facts
    return found


def _facts(pattern: Pattern, wording: Wording) -> Iterator[Fact]:
    if pattern.kind == "flag":
        hit = next((match for one in pattern.patterns for match in wording.find(one)), None)
        at = hit.start() if hit else 0
        yield Fact(hit is not None, wording.place(at))
        return
    for one in pattern.patterns:
        read = [(match, value) for match in wording.find(one) if (value := _value(pattern.kind, match)) is not None]
        if not read:
            continue
        for match, value in read if pattern.every else read[-1:] if pattern.last else read[:1]:
            at = match.start(1) if match[1] else match.start()
            if pattern.kind == "mark" and value is False and REFUSED.search(wording.text):
                value = True
            yield Fact(value, wording.place(at))
        if not pattern.every:
            return


def _value(kind: str, match: re.Match[str]) -> Value | None:
    text = match[1]
    if kind == "moment":
        return moment_in(text)
    if kind == "number":
        return int(text) if text.isdecimal() else value_of(text)
    if kind == "names":
        names = tuple(dict.fromkeys(text.split("、")))
        # Two names whose 、 was lost look like one long name: how many they are is not known then.
        return names if len(names) > 1 or len(names[0]) <= LONG_NAME else None
    if kind == "mark":
        return bool(text)
    return text


def _patterns_of(type_name: str) -> tuple[Pattern, ...]:
    return tuple(one for one in patterns() if type_name in one.types)


@cache
def patterns() -> tuple[Pattern, ...]:
    """All of them; raises Defect when the list names a kind that there is not."""
    found = []
    for entry in tomllib.loads(FILE.read_text(encoding="utf-8"))["facts"]:
        if entry["kind"] not in KINDS:
            raise Defect("review.patterns", f"there is no kind of fact called {entry['kind']}")
        compiled = tuple(re.compile(_spelled(text)) for text in entry["patterns"])
        every, last = bool(entry.get("all", False)), bool(entry.get("last", False))
        found.append(Pattern(entry["name"], frozenset(entry["types"]), entry["kind"], compiled, every, last))
    return tuple(found)


def _spelled(text: str) -> str:
    return _SHORT.sub(lambda match: _SPELLED[match[1]], text)
