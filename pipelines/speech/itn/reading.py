"""What the rules of the number layer share: a claimed stretch, the text as far as it is free, numerals in context."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cases.transcript import NumberSpan
from pipelines.numerals import in_figures, value_of
from pipelines.speech.itn.lexicon import BEFORE_NAMES, NUMERALS, SURNAMES

CLAIMED = "\ue000"
"""Stands for each character that a rule has claimed: of Unicode's private use, so no text holds it."""
DIGIT = "零〇一二三四五六七八九幺0-9"
"""What a number that is said digit by digit is made of, as the inside of a character class."""
_ANY = f"{NUMERALS}幺0-9"
NUMBER = f"(?<![{_ANY}几])[{_ANY}]+(?![{_ANY}几])"
"""A whole run of numerals: a piece of one is never a number, and 几 makes any an approximation."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Characters `start` up to `end` are understood; `spans` inside are written in figures, the rest stays."""

    start: int
    end: int
    spans: tuple[NumberSpan, ...] = ()


Rule = Callable[[str], Iterable[Reading]]
"""Readings of a text in which claimed characters are CLAIMED, in order and apart from each other."""


def reading(match: re.Match[str], *spans: NumberSpan | None) -> Reading:
    """The whole match is claimed; spans that change nothing fall away."""
    return Reading(match.start(), match.end(), tuple(span for span in spans if span is not None))


def span(match: re.Match[str], group: int | str, figures: str, kind: str) -> NumberSpan | None:
    """A group of the match in figures; None where it is written so already."""
    raw = match[group]
    return None if raw == figures else NumberSpan(match.start(group), match.end(group), raw, figures, kind)


def figures_of(run: str) -> str | None:
    """A cardinal in figures; None when the run is none."""
    if run in ("零", "〇"):
        return "0"
    value = value_of(run)
    if value is None:
        return None
    # What a model wrote half in figures keeps its units: 5万 stays.
    return run if run.rstrip("万亿").isascii() else in_figures(value)


def maybe_name(match: re.Match[str], group: int | str) -> bool:
    """Whether the numeral may begin inside a name: in 李四十五岁 and 李四月底 nobody can tell by the text alone."""
    start, run = match.start(group), match[group]
    if start < 1 or run[1:2] not in ("", "十") or match.string[start - 1] not in SURNAMES:
        return False
    before = match.string[start - 2 : start - 1]
    return not before or before in BEFORE_NAMES or not (before.isalnum() or before == CLAIMED)
