"""Numbers that name: identity cards, telephones, plates, rooms and whatever else is said digit by digit."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from pipelines.numerals import digits_of
from pipelines.speech.itn.lexicon import CODES, PLATE_PROVINCES
from pipelines.speech.itn.reading import DIGIT, NUMBER, Reading, figures_of, maybe_name, reading, span

CHECK_DIGIT = "check-digit"
"""Flag: an identity number whose last character does not follow from the others (GB 11643-1999): listen again."""
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"
_SPOKEN = {"洞": "零", "拐": "七", "勾": "九", "两": "二"}
"""How digits are said on the radio and the telephone, beside 幺; taken for digits only in a run that has a 幺."""

_PLATE = re.compile(
    rf"[{PLATE_PROVINCES}][A-Za-z][·•]?(?P<tail>(?=[A-Za-z0-9]*[{DIGIT}])[A-Za-z{DIGIT}]{{5,6}})(?![A-Za-z{DIGIT}])"
)
_STRING = re.compile(rf"(?<![0-9点十百千万亿几])(?P<run>[{DIGIT}两洞拐勾]{{3,}}[XxＸ叉]?)(?![0-9十百千万亿几])")
_CODE = re.compile(rf"(?P<run>{NUMBER})(?:{'|'.join(CODES)}|[栋幢](?=[{DIGIT}]))")
_NAMED = re.compile(r"(?:尾号|密码|编号|号码|房间|门牌|车牌|账号|卡号|电话)[是为:：]?$")
_COUNTING = "零一二三四五六七八九十"
_LONG_CODE = 5
"""From this length on digits in a row are a number: nobody counts or estimates that far."""


def plates(text: str) -> Iterator[Reading]:
    """车牌, GA 36-2018: province, letter, five or six letters and digits."""
    for match in _PLATE.finditer(text):
        tail = "".join(digits_of(c) or c for c in match["tail"])
        yield reading(match, span(match, "tail", tail, "plate"))


def strings(text: str) -> Iterator[Reading]:
    """Three digits or more in a row."""
    for match in _STRING.finditer(text):
        run = match["run"]
        ended = run[-1] in "XxＸ叉"
        body = _plain(run[:-1] if ended else run)
        digits = digits_of(body) if body is not None else None
        if digits is None or (ended and len(digits) != 17) or not _is_code(text[: match.start()], body or ""):
            continue
        whole = digits + ("X" if ended else "")
        kind = kind_of(whole)
        found = span(match, "run", whole, kind)
        if found is not None and kind == "id-card" and not is_valid_identity(whole):
            found = replace(found, flags=(CHECK_DIGIT,))
        yield reading(match, found)


def numbered(text: str) -> Iterator[Reading]:
    """Buildings, rooms, lines: a number and the word for what it numbers."""
    for match in _CODE.finditer(text):
        run = match["run"]
        figures = figures_of(run) or (digits_of(run) if len(run) > 2 or run[0] in "零〇" else None)
        if figures is not None and not maybe_name(match, "run"):
            yield reading(match, span(match, "run", figures, "code"))


def kind_of(digits: str) -> str:
    """What a row of digits looks like: id-card, phone or number."""
    if len(digits) == 18 and _born(digits[6:14]):
        return "id-card"
    mobile = len(digits) == 11 and digits[0] == "1"
    landline = 10 <= len(digits) <= 12 and digits[0] == "0"
    return "phone" if mobile or landline or digits in ("110", "119", "120", "122", "12345", "12309") else "number"


def is_valid_identity(number: str) -> bool:
    """Whether the check character of an 18-place identity number holds (GB 11643-1999, 4.2.4)."""
    if len(number) != 18 or not (number[:17].isascii() and number[:17].isdigit()):
        return False
    return _CHECKS[sum(int(d) * w for d, w in zip(number, _WEIGHTS, strict=False)) % 11] == number[17]


def _born(eight: str) -> bool:
    try:
        return 1880 <= date(int(eight[:4]), int(eight[4:6]), int(eight[6:])).year <= 2100
    except ValueError:
        return False


def _plain(run: str) -> str | None:
    """The run with radio digits as plain ones; None when such a character stands in a run that is not so spoken."""
    if not any(c in _SPOKEN for c in run):
        return run
    return "".join(_SPOKEN.get(c, c) for c in run) if "幺" in run and len(run) > 3 else None


def _is_code(before: str, run: str) -> bool:
    """Whether the digits are a number, not somebody counting (一二三) or estimating (七八九岁)."""
    if len(run) >= _LONG_CODE or _NAMED.search(before):
        return True
    return run not in _COUNTING and run not in _COUNTING[::-1]
