"""A number, sum, date or time as a comparable value, and whether two may mean the same; knows no text.

What is vague in speech (三千多, 十点左右) is kept as vague and agrees with every value that it may mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a value is counted in."""

    MONEY = "amount"
    DATE = "date"
    TIME = "time"
    DURATION = "duration"
    AGE = "age"
    MEASURE = "measure"
    COUNT = "count"
    ORDINAL = "ordinal"
    SHARE = "share"
    DIGITS = "digits"
    NUMBER = "number"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value from `start` up to `end` of the text.

    `value` is a number for most units; (year, month, day, weekday) of a date and (hour, minute) of a time with None
    for what is not said; a string of digits. `of` is the unit of measure or the measure word; `vague` says 多 or 左右;
    `half_day` of a time is None where nobody said whether it was before or after noon.
    """

    unit: Unit
    value: float | str | tuple[int | None, ...]
    start: int
    end: int
    of: str = ""
    vague: bool = False
    half_day: str | None = None


_BARE = {Unit.NUMBER: (Unit.MONEY, Unit.COUNT, Unit.NUMBER, Unit.MEASURE, Unit.AGE, Unit.SHARE)}


def comparable(a: Quantity, b: Quantity) -> bool:
    """Whether both say how much of the same thing."""
    if a.unit is b.unit:
        if a.unit is Unit.COUNT:
            return a.of == b.of or "个" in (a.of, b.of)
        if a.unit is Unit.DATE:
            return any(x is not None and y is not None for x, y in zip(_parts(a), _parts(b), strict=True))
        return a.of == b.of
    return b.unit in _BARE.get(a.unit, ()) or a.unit in _BARE.get(b.unit, ())


def agree(a: Quantity, b: Quantity) -> bool:
    """Whether two comparable quantities may mean the same."""
    if not comparable(a, b):
        return False
    if Unit.DATE in (a.unit, b.unit):
        return all(x is None or y is None or x == y for x, y in zip(_parts(a), _parts(b), strict=True))
    if Unit.TIME in (a.unit, b.unit):
        return _same_time(a, b)
    if isinstance(a.value, str) or isinstance(b.value, str):
        return a.value == b.value
    return _same_number(a, b)


def _parts(quantity: Quantity) -> tuple[int | None, ...]:
    return quantity.value if isinstance(quantity.value, tuple) else ()


def _same_time(a: Quantity, b: Quantity) -> bool:
    (ha, ma), (hb, mb) = _parts(a), _parts(b)
    if ha is None or hb is None:
        return False
    hours = ha == hb if a.half_day and b.half_day else ha % 12 == hb % 12
    return hours and (ma == mb or ma is None or mb is None)


def _same_number(a: Quantity, b: Quantity) -> bool:
    if not isinstance(a.value, float | int) or not isinstance(b.value, float | int):
        return False
    if a.value == b.value:
        return True
    for vague, other in ((a, b), (b, a)):
        if vague.vague and isinstance(vague.value, float | int) and isinstance(other.value, float | int):
            step = 10 ** (len(str(int(vague.value))) - 1) if vague.value >= 1 else 1
            while step > 1 and vague.value % step:
                step //= 10
            if vague.value <= other.value < vague.value + step:
                return True
    return False
