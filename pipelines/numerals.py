"""Chinese numerals read as numbers, and numbers written in figures or characters; knows no sentence and no context.

The one reader of numbers: the number layer (`itn`), the comparison (`compare`) and the catalogue of volumes ask it.

Whole numbers are read by the grammar of Modern Standard Chinese: units fall from 亿 to 十, a skipped unit is bridged
by 零, and a last digit without a unit counts in the next lower one (三千五 is 3500). What does not fit is no number:
三四十 and 二十七八 are approximations and have no single value.
"""

from __future__ import annotations

import re

DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "幺": 1}
"""Characters of a number that is read digit by digit; 幺 is how a 1 is spoken there."""
_COUNTED = {**{c: d for c, d in DIGITS.items() if d and c != "幺"}, "两": 2, **{str(d): d for d in range(1, 10)}}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_SCALES = {**_UNITS, "万": 10**4, "亿": 10**8}
FORMAL = dict(zip("壹贰叁肆伍陆柒捌玖拾佰仟○", "一二三四五六七八九十百千零", strict=True))
"""Numerals of receipts (大写), and the circle that is typed for 零, as the plain ones."""
_PLAIN = str.maketrans({**FORMAL, ",": "", "，": ""})
_FIGURES = re.compile(r"(\d+(?:\.\d+)?)([十百千万亿]*)")
_POINT = re.compile(rf"([^点]+)点([{''.join(DIGITS)}]+)([十百千万亿]*)")
_MYRIAD = 10**4
_HUNDRED_MILLION = 10**8
_READ = "零一二三四五六七八九"
_ONE_BY_ONE = str.maketrans("0123456789", _READ)
LONGEST_CHARACTERS = 40
"""No number that a person says has more characters; a longer run is none."""


def digits_of(run: str) -> str | None:
    """The digits of a number read one by one (一三八 is 138); None when another character is among them."""
    found = [str(DIGITS[c]) if c in DIGITS else c for c in run]
    return "".join(found) if found and all(c.isascii() and c.isdigit() for c in found) else None


def amount_of(numeral: str) -> float | None:
    """The value of a numeral as people say it or records write it: 三千五, 三点五万, 贰佰, 1.2万, 12,000, 一四六.

    None for what is no number and for approximations: 三四 is three or four.
    """
    text = numeral.translate(_PLAIN)
    if match := _FIGURES.fullmatch(text):
        return float(match[1]) * _scale(match[2])
    if match := _POINT.fullmatch(text):
        whole, decimals = amount_of(match[1]), digits_of(match[2])
        return None if whole is None else (whole + float(f"0.{decimals}")) * _scale(match[3])
    value = value_of(text)
    if value is not None:
        return float(value)
    digits = digits_of(text)
    guess = digits is None or (len(digits) == 2 and digits[0] != "0")
    return None if guess else float(digits or 0)


def _scale(units: str) -> float:
    scale = 1.0
    for unit in units:
        scale *= _SCALES[unit]
    return scale


def value_of(run: str) -> int | None:
    """The whole number that `run` says, below 10**16; None when it says none, or several as approximations do."""
    if not run or len(run) > LONGEST_CHARACTERS:
        return None
    head, hundred_million, tail = run.partition("亿")
    if hundred_million:
        return _joined(_below_myriads(head), tail, _HUNDRED_MILLION)
    return _below_myriads(run)


def _below_myriads(run: str) -> int | None:
    """A number below 10**8: thousands of 万 and the rest."""
    head, myriad, tail = run.partition("万")
    if not myriad:
        return _section(run)
    return _joined(None if _cut_short(head) else _section(head), tail, _MYRIAD)


def _joined(head: int | None, tail: str, unit: int) -> int | None:
    """`head` units and what follows them; a bare digit counts in tenths of the unit, as in 一万二."""
    if head is None or not tail:
        return None if head is None else head * unit
    if tail in _COUNTED:
        return head * unit + _COUNTED[tail] * (unit // 10)
    bridged = tail.startswith("零")
    rest = _below_myriads(tail.removeprefix("零")) if unit > _MYRIAD else _section(tail.removeprefix("零"))
    # The bridge 零 stands exactly where the place below the unit is empty.
    if rest is None or bridged != (rest < unit // 10):
        return None
    return head * unit + rest


def _section(run: str) -> int | None:
    """A number below 10,000."""
    if run.isascii() and run.isdigit():
        return int(run) if len(run) <= 4 and run[0] != "0" else None
    total, place, digit, bridged = 0, _MYRIAD, None, False
    for character in run:
        if character == "零":
            if bridged or digit is not None or not total:
                return None
            bridged = True
        elif character in _COUNTED:
            if digit is not None:
                return None
            digit = _COUNTED[character]
        elif character in _UNITS:
            unit = _UNITS[character]
            if digit is None:
                digit = 1 if unit == 10 and not bridged else 0
            if not digit or not _fits(unit, place, total, bridged):
                return None
            total, place, digit, bridged = total + digit * unit, unit, None, False
        else:
            return None
    return _ended(total, place, digit, bridged)


def _fits(unit: int, place: int, total: int, bridged: bool) -> bool:
    """Whether `unit` may follow the unit `place`: lower, and with 零 between exactly when one is skipped."""
    return unit < place and (not total or bridged == (unit * 10 < place))


def _ended(total: int, place: int, digit: int | None, bridged: bool) -> int | None:
    if digit is None:
        return None if bridged or not total else total
    if not total:
        return digit
    if bridged:
        return total + digit if place > 10 else None
    return total + digit * (place // 10)


def _cut_short(run: str) -> bool:
    """Whether the last digit counts in a unit that is not said, which nothing may follow (三百五 before 万)."""
    return len(run) >= 2 and run[-1] in _COUNTED and run[-2] in "百千"


def in_figures(value: int) -> str:
    """`value` in figures; whole tens of thousands keep 万 and 亿, as they are said (GB/T 15835-2011)."""
    if value < _MYRIAD or value % _MYRIAD:
        return str(value)
    large, rest = divmod(value, _HUNDRED_MILLION)
    return (f"{large}亿" if large else "") + (f"{rest // _MYRIAD}万" if rest else "")


def in_characters(value: int) -> str:
    """A whole number from 0 to below 10**16 as it is read: 12 is 十二, 3050 is 三千零五十."""
    text = _read(value) or _READ[0]
    return text.removeprefix("一") if text.startswith("一十") else text


def _read(value: int) -> str:
    """As `in_characters`, but 一十 for 10 and nothing for 0."""
    for scale, name in ((_HUNDRED_MILLION, "亿"), (_MYRIAD, "万")):
        high, low = divmod(value, scale)
        if high:
            # The bridge 零 stands exactly where the place below the unit is empty, as `_joined` reads it.
            return _read(high) + name + ("零" if 0 < low < scale // 10 else "") + _read(low)
    return _below_ten_thousand(value)


def _below_ten_thousand(value: int) -> str:
    text = ""
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, value = divmod(value, scale)
        if digit:
            text += _READ[digit] + name
        elif text and value and not text.endswith("零"):
            text += "零"
    return text


def one_by_one(figures: str) -> str:
    """Figures as they are read one by one: 138 is 一三八; other characters stay."""
    return figures.translate(_ONE_BY_ONE)
