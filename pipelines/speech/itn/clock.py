"""Dates and times of day. Words stay as they were said: 三月五号下午三点半 is 3月5号下午3点半."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipelines.numerals import DIGITS, digits_of, value_of
from pipelines.speech.itn.lexicon import DAY_PARTS, MEASURES, MONEY, WEIGHTS
from pipelines.speech.itn.reading import NUMBER, Reading, maybe_name, reading, span

_PARTS = "|".join(sorted(DAY_PARTS, key=len, reverse=True))
_YEAR = re.compile(rf"(?P<run>{NUMBER})(?=年(?![级龄]))")
_DAY = re.compile(rf"(?P<month>{NUMBER})月(?:份的?)?(?P<day>{NUMBER})(?P<mark>[日号]?)")
_MONTH = re.compile(rf"(?P<run>{NUMBER})月")
_DATE = re.compile(rf"(?P<run>{NUMBER})日(?=(?:{_PARTS}|[零一二两三四五六七八九十]{{1,3}}[时点]|[至到]{NUMBER}日))")
_SAME_MONTH = re.compile(rf"(?:(?<=[同当次本上下该]月)|(?<=日[至到]))(?P<run>{NUMBER})[日号]")
_CLOCK = re.compile(
    rf"(?P<hour>{NUMBER})[点时](?:(?P<minute>{NUMBER})(?P<mark>分?)|(?P<tail>半(?![天信])|[一三]刻|整|钟|许|多|左右|前|后|之[前后]|以[前后]))?"
)
_TO_CLOCK = re.compile(rf"钟?(?:到|至)(?:{_PARTS})?{NUMBER}[点时]")
_BEFORE_CLOCK = re.compile(rf"(?:{_PARTS}|[日号从]|[点时半刻分钟]到|[点时半刻分钟]至|差[{''.join(DIGITS)}十]+分)$")
_EARLIER = re.compile(r"(?<![今昨当])[早晚]一点$")
"""早一点: a little earlier, no time."""
_UNIT = re.compile("|".join((*MEASURES, *WEIGHTS, *MONEY)))
"""零点零八克 is a decimal, not eight past midnight."""
_FROM_TO = re.compile(rf"(?P<one>{NUMBER})(?:到|至)(?P<two>{NUMBER})点")
_BEFORE = re.compile(rf"差(?P<minute>{NUMBER})分(?=钟?[到]?{NUMBER}点)")


def years(text: str) -> Iterator[Reading]:
    """Calendar years; spans of years are counted elsewhere."""
    for match in _YEAR.finditer(text):
        year = year_of(match["run"])
        if year is not None:
            yield reading(match, span(match, "run", year, "date"))


def year_of(run: str) -> str | None:
    """二零二四 and 两千零八 in figures, 九八 too; None for 一二年 and 八九年, which may be a guess at a duration."""
    digits = digits_of(run)
    if digits is not None:
        if len(digits) == 4:
            return digits
        guess = len(digits) == 2 and int(digits[1]) == int(digits[0]) + 1 and digits[0] != "0"
        return digits if len(digits) == 2 and not guess else None
    value = value_of(run)
    return str(value) if value is not None and 1900 <= value <= 2100 and len(run) > 2 else None


def days(text: str) -> Iterator[Reading]:
    """Months and days of the month."""
    taken: set[int] = set()
    for match in _DAY.finditer(text):
        month, day = _within(match["month"], 12), _within(match["day"], 31)
        if maybe_name(match, "month"):
            continue
        if month and day and (match["mark"] or len(day) > 1):
            taken |= {match.start("month"), match.start("day")}
            yield reading(match, span(match, "month", month, "date"), span(match, "day", day, "date"))
    for pattern, most in ((_MONTH, 12), (_DATE, 31), (_SAME_MONTH, 31)):
        for match in pattern.finditer(text):
            number = _within(match["run"], most)
            if number and match.start() not in taken and not maybe_name(match, "run"):
                taken.add(match.start())
                yield reading(match, span(match, "run", number, "date"))


def _within(run: str, most: int) -> str | None:
    value = value_of(run)
    return str(value) if value is not None and 1 <= value <= most else None


def hours(text: str) -> Iterator[Reading]:
    """Times of day; a bare 三点 may be three points and needs a word that makes it a time."""
    for match in _BEFORE.finditer(text):
        minute = _within(match["minute"], 59)
        if minute:
            yield reading(match, span(match, "minute", minute, "time"))
    taken: set[int] = set()
    for match in _FROM_TO.finditer(text):
        one, two = _within(match["one"], 24), _within(match["two"], 24)
        if one and two:
            taken |= {match.start("two")}
            yield reading(match, span(match, "one", one, "time"), span(match, "two", two, "time"))
    for match in _CLOCK.finditer(text):
        if match.start() in taken:
            continue
        found = _time(match)
        if found is not None:
            yield found


def _time(match: re.Match[str]) -> Reading | None:
    hour = 0 if match["hour"] in ("零", "〇") else value_of(match["hour"])
    if hour is None or hour > 24 or maybe_name(match, "hour"):
        return None
    said = match.string[match.end("hour")]
    told = _BEFORE_CLOCK.search(match.string[: match.start()]) is not None and not _EARLIER.search(
        match.string[: match.end()]
    )
    shown = span(match, "hour", str(hour), "time")
    minute = match["minute"]
    if minute is None:
        certain = told or match["tail"] or _TO_CLOCK.match(match.string, match.end())
        return reading(match, shown) if certain or (said == "点" and hour >= 10) else None
    minutes = minute_of(minute)
    if minutes and minutes[0] == "0" and not told and _UNIT.match(match.string, match.end("minute")):
        return None
    if minutes is None:
        return Reading(match.start(), match.end("hour") + 1, (shown,) if shown else ()) if told else None
    if minutes[0] == "0" or int(minutes) >= 10 or match["mark"]:
        # 四点五分: a time, or four and a half marks.
        single = len(minutes) == 1 and said == "点" and not told
        return reading(match) if single else reading(match, shown, span(match, "minute", minutes, "time"))
    return Reading(match.start(), match.end("hour") + 1, (shown,) if shown else ()) if told else None


def minute_of(run: str) -> str | None:
    """零五 is 05, 十五 is 15, 五 is 5; None for what is no minute, 五二 among them."""
    if len(run) == 2 and run[0] in "零〇":
        return digits_of(run)
    value = value_of(run)
    return str(value) if value is not None and value < 60 else None
