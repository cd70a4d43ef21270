"""Numbers that count and measure: amounts, weights, shares, decimals, sizes and plain counts.

A single digit is written in figures only before a unit of measurement: 五克 is 5克, but 五个人 stays, and so does every
name that ends in a digit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cases.transcript import NumberSpan
from pipelines.numerals import digits_of
from pipelines.speech.itn.lexicon import COUNTED, KIN, MEASURES, MONEY, WEIGHTS
from pipelines.speech.itn.reading import DIGIT, NUMBER, Reading, figures_of, maybe_name, reading, span

_KINDS = {
    **dict.fromkeys(MEASURES, "measure"),
    **dict.fromkeys(WEIGHTS, "weight"),
    **dict.fromkeys(MONEY, "money"),
    **dict.fromkeys(("块", "毛", "万块", "亿元"), "money"),
}
_UNITS = "|".join(sorted({*MEASURES, *WEIGHTS, *MONEY}, key=len, reverse=True))
_NAMED_UNITS = "|".join(sorted(_KINDS, key=len, reverse=True))
_SHARE = re.compile(rf"(?P<all>(?P<sign>[百千])分之(?P<run>百|{NUMBER})(?:点(?P<part>[{DIGIT}]+))?)(?![分])")
_FRACTION = re.compile(rf"(?P<all>(?P<of>{NUMBER})分之(?P<run>{NUMBER}))")
_DECIMAL = re.compile(rf"(?P<all>(?P<run>{NUMBER})点(?P<part>[{DIGIT}]+))(?![十百千几点两])")
_SIZE = re.compile(rf"(?P<all>(?P<one>{NUMBER})乘以?(?P<two>{NUMBER})(?:乘以?(?P<three>{NUMBER}))?)")
_RANGE = re.compile(rf"(?P<one>{NUMBER})(?:到|至|、|或者?)(?P<two>{NUMBER})(?P<unit>{_UNITS})")
_PRICE = re.compile(
    rf"(?P<run>{NUMBER})[块元](?:(?P<dime>[{DIGIT}])[毛角](?:(?P<cent>[{DIGIT}])分?)?|(?P<tail>[{DIGIT}])?(?P<half>[半钱])?)"
)
_CATTIES = re.compile(rf"(?P<run>{NUMBER})斤(?P<tael>[{DIGIT}])两")
_HEIGHT = re.compile(rf"(?P<run>{NUMBER})米(?P<tail>[{DIGIT}]{{1,2}})(?![{COUNTED}十百千万几])")
_MEASURE = re.compile(rf"(?P<run>{NUMBER})(?P<about>[多余])?(?P<unit>{_UNITS})")
_COUNT = re.compile(rf"(?P<run>{NUMBER})(?P<after>.?)", re.DOTALL)


def shares(text: str) -> Iterator[Reading]:
    """Per cent and per mille; fractions with a number of two places or more."""
    for match in _SHARE.finditer(text):
        whole = "100" if match["run"] == "百" else figures_of(match["run"])
        part = digits_of(match["part"]) if match["part"] else None
        if whole is not None and (part or not match["part"]):
            sign = "%" if match["sign"] == "百" else "‰"
            yield reading(match, span(match, "all", whole + (f".{part}" if part else "") + sign, "percent"))
    for match in _FRACTION.finditer(text):
        below, above = figures_of(match["of"]), figures_of(match["run"])
        if below and above and below.isdigit() and above.isdigit() and (len(below) > 1 or len(above) > 1):
            yield reading(match, span(match, "all", f"{above}/{below}", "number"))


def decimals(text: str) -> Iterator[Reading]:
    """点 between digits; nothing where it may be a time or a count that follows (三点五个人)."""
    for match in _DECIMAL.finditer(text):
        whole, part = figures_of(match["run"]), digits_of(match["part"])
        if whole is None or part is None or not whole.isdigit():
            continue
        after = text[match.end() :]
        if len(part) == 1 and after[:1] and after[0] in COUNTED + "分" and not _decimal_unit(after):
            yield reading(match)
            continue
        yield reading(match, span(match, "all", f"{whole}.{part}", _kind(after.lstrip("多余万亿"))))


def _decimal_unit(after: str) -> bool:
    """Whether what follows takes decimals: 三点五个小时, 三点五元."""
    return re.match(rf"(?:{_NAMED_UNITS}|倍|天|年|层|个(?:小时|月|点|亿|百分点|多))", after) is not None


def sizes(text: str) -> Iterator[Reading]:
    """十乘二十毫米 is 10×20毫米."""
    for match in _SIZE.finditer(text):
        figures = [figures_of(match[name]) for name in ("one", "two", "three") if match[name]]
        known = [one for one in figures if one is not None]
        if len(known) == len(figures):
            yield reading(match, span(match, "all", "×".join(known), "measure"))


def ranges(text: str) -> Iterator[Reading]:
    """三到五克: the unit of the second number is that of the first."""
    for match in _RANGE.finditer(text):
        spans = _both(match, "one", "two", _KINDS[match["unit"]])
        if spans is not None and not maybe_name(match, "one"):
            yield reading(match, *spans)


def _both(match: re.Match[str], one: str, two: str, kind: str) -> tuple[NumberSpan | None, NumberSpan | None] | None:
    first, second = figures_of(match[one]), figures_of(match[two])
    if first is None or second is None:
        return None
    return span(match, one, first, kind), span(match, two, second, kind)


def prices(text: str) -> Iterator[Reading]:
    """块 and 毛, 元 and 角; a single 块 may be a piece of something, a single 元 a name, and needs more to be money."""
    for match in _PRICE.finditer(text):
        whole = figures_of(match["run"])
        tail = match["tail"] if match["tail"] and not _counts(text[match.end("tail") :]) else None
        if whole is None or maybe_name(match, "run"):
            continue
        if not (len(whole) > 1 or tail or match["dime"] or match["half"]):
            continue
        small = [(g, match[g]) for g in ("dime", "cent") if match[g]] + ([("tail", tail)] if tail else [])
        spans = [span(match, g, digits_of(said) or said, "money") for g, said in small]
        end = match.end() if tail or not match["tail"] else match.start("tail")
        found = (span(match, "run", whole, "money"), *spans)
        yield Reading(match.start(), end, tuple(one for one in found if one is not None))


def _counts(after: str) -> bool:
    """Whether a digit before this is a count of its own: 十块三个."""
    return bool(after) and after[0] in COUNTED


def composed(text: str) -> Iterator[Reading]:
    """Two units in one measure: 一斤三两, 一米七五."""
    for pattern, second, kind in ((_CATTIES, "tael", "weight"), (_HEIGHT, "tail", "measure")):
        for match in pattern.finditer(text):
            whole, rest = figures_of(match["run"]), digits_of(match[second])
            if whole is not None and rest is not None and not maybe_name(match, "run"):
                yield reading(match, span(match, "run", whole, kind), span(match, second, rest, kind))


def measures(text: str) -> Iterator[Reading]:
    """A number and a unit of measurement."""
    for match in _MEASURE.finditer(text):
        figures = figures_of(match["run"])
        if figures is not None and not maybe_name(match, "run"):
            yield reading(match, span(match, "run", figures, _KINDS[match["unit"]]))


def counts(text: str) -> Iterator[Reading]:
    """What is left of two places or more: counts, ages, scores; ranks in a family and guesses (十来个) stay."""
    for match in _COUNT.finditer(text):
        run, after = match["run"], match["after"]
        figures = figures_of(run)
        if figures is None or len(figures) == 1 or after in tuple(KIN) or maybe_name(match, "run"):
            continue
        guess = after == "来" and text[match.end("after") :][:1] in tuple(COUNTED)
        if guess or (run == "十" and after not in tuple(COUNTED)):
            continue
        yield Reading(match.start("run"), match.end("run"), tuple(_counted(match, figures)))


def _counted(match: re.Match[str], figures: str) -> Iterator[NumberSpan]:
    after = match.string[match.end("run") :].lstrip("多余")
    found = span(match, "run", figures, _kind(after))
    if found is not None:
        yield found


def _kind(after: str) -> str:
    """The kind of a number by the unit behind it."""
    unit = re.match(_NAMED_UNITS, after)
    return _KINDS[unit[0]] if unit else "number"
