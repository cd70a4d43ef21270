"""What 刑法 says of the length of terms for a charge, from `statutes.toml`; knows no case and no model."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from importlib import resources

from models.errors import Defect
from pipelines.numerals import value_of

SHORTEST, LONGEST = 6, 180
"""Months of a fixed term: 刑法 art. 45."""
_BETWEEN = re.compile(r"(?:([一二三四五六七八九十]+)年以上)?(?:([一二三四五六七八九十]+)年以下)?有期徒刑")
_EXACT = re.compile(r"([一二三四五六七八九十]+)年有期徒刑")


@dataclass(frozen=True, slots=True)
class Span:
    """One step of an article: its words and the months they allow."""

    text: str
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class Statute:
    """The article that gives the terms of a charge."""

    article: str
    source: str
    spans: tuple[Span, ...]

    @property
    def low(self) -> int:
        """The shortest fixed term of any step, in months."""
        return min(one.low for one in self.spans)

    @property
    def high(self) -> int:
        """The longest fixed term of any step, in months."""
        return max(one.high for one in self.spans)


def span_of(text: str) -> Span:
    """The months of a step such as 三年以上十年以下有期徒刑; raises Defect for words that give no term."""
    if match := _EXACT.fullmatch(text):
        return Span(text, _months(match[1]), _months(match[1]))
    match = _BETWEEN.fullmatch(text)
    if match is None or not (match[1] or match[2]):
        raise Defect("sentence.statute", f"{text} gives no term")
    return Span(text, _months(match[1]) if match[1] else SHORTEST, _months(match[2]) if match[2] else LONGEST)


def _months(years: str) -> int:
    value = value_of(years)
    if value is None:
        raise Defect("sentence.statute", f"{years} is no number of years")
    return 12 * value


def statutes() -> dict[str, Statute]:
    """Charge name -> what the law gives; charges that are not listed are not guessed."""
    file = resources.files("pipelines.intelligence.sentence") / "statutes.toml"
    body = tomllib.loads(file.read_text(encoding="utf-8"))
    found = {}
    for charge, entry in body["charges"].items():
        article = f"{entry['by']}、{entry['article']}" if "by" in entry else entry["article"]
        found[charge] = Statute(article, body["source"], tuple(map(span_of, entry["terms"])))
    return found
