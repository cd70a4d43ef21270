"""Terms of criminal procedure as art. 105 counts them, and the days on which nobody works; knows no paper and no rule.

The hour and the day of the beginning do not count. A last day on a day off moves to the first working day after it,
except in custody. The days are data (`holidays.toml`, 国务院办公厅节假日安排的通知).
"""

from __future__ import annotations

import calendar
import tomllib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("holidays.toml")
UNKNOWN_YEAR: Final = timedelta(days=10)
"""No public holiday is longer: in a year without data a term is passed only when it is passed by so much."""


@dataclass(frozen=True, slots=True)
class Term:
    """A length: hours, or months and days together."""

    hours: int = 0
    days: int = 0
    months: int = 0

    def __str__(self) -> str:
        parts = [f"{self.months}个月" if self.months else "", f"{self.days}日" if self.days else ""]
        return "".join(parts) or f"{self.hours}小时"


def end_of(start: datetime, term: Term, custody: bool) -> datetime:
    """The last lawful minute of `term` from `start`; `custody`: the end never moves."""
    if term.hours:
        return start.replace(minute=0) + timedelta(hours=term.hours + 1)
    last = months_after(start.date(), term.months) + timedelta(days=term.days)
    return datetime.combine(last if custody else working_day_from(last), time(23, 59))


def months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def working_day_from(day: date) -> date:
    """The first working day from this one on; as late as it can be where the year's holidays are not known."""
    off, worked = _days()
    if day.year not in {one.year for one in off}:
        return day + UNKNOWN_YEAR
    while day in off or (day.weekday() >= 5 and day not in worked):
        day += timedelta(days=1)
    return day


@cache
def _days() -> tuple[frozenset[date], frozenset[date]]:
    """Days off beside weekends, and weekends that are worked."""
    found = tomllib.loads(FILE.read_text(encoding="utf-8"))
    off = {first + timedelta(days=n) for first, last in found["off"] for n in range((last - first).days + 1)}
    return frozenset(off), frozenset(found["worked"])
