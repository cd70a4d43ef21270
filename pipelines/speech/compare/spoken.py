"""How a quantity is said aloud, so that it can be looked for by its sound; knows no text and no pinyin."""

from __future__ import annotations

from pipelines.numerals import in_characters, one_by_one
from pipelines.speech.compare.quantity import Quantity, Unit


def spoken(quantity: Quantity) -> list[str]:
    """How the value is said, without its unit: 三千五百 and 三千五, 九点五十, 九月二十号; [] where nobody knows."""
    value = quantity.value
    if isinstance(value, str):
        return [one_by_one(value)]
    if isinstance(value, tuple):
        return _spoken_moment(quantity.unit, value)
    if value != int(value) or not 2 <= value < 1e12:
        return []
    read = in_characters(int(value))
    short = [read[:-1]] if len(read) > 2 and read[-1] in "百千万" and read[-3] in "千万百" else []
    return [form.replace("二千", "两千").replace("二万", "两万") for form in (read, *short)]


def _spoken_moment(unit: Unit, value: tuple[int | None, ...]) -> list[str]:
    if unit is Unit.TIME:
        hour, minute = value
        if hour is None:
            return []
        tails = [""] if not minute else ["半", "三十"] if minute == 30 else [in_characters(minute)]
        hours = {"两" if h == 2 else in_characters(h) for h in (hour % 12 or 12, hour) if h}
        return [f"{h}点{tail}" for h in sorted(hours) for tail in tails]
    _, month, day, _ = value
    if month is None or day is None:
        return []
    return [f"{in_characters(month)}月{in_characters(day)}{mark}" for mark in ("号", "日")]
