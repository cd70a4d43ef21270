"""Which lines of a read volume need an eye, in the order of what a mistake in them costs; pure, knows no console.

A record keeps one confidence a line, none a character: a line is queued as a whole, and what is told of it is which
facts it holds, not which of its letters is in doubt. Facts are found by their form and by the labels of printed forms;
a name in running text that no label announces counts as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from cases.records import PageLine, ScannedPage, ScanRecord

IMPOSSIBLE, NAME, IDENTITY, CASE_NUMBER, DOCUMENT_NUMBER, AMOUNT, DATE, NUMBER, HEADING, TEXT = (
    "impossible",
    "name",
    "identity",
    "case_number",
    "document_number",
    "amount",
    "date",
    "number",
    "heading",
    "text",
)
ORDER: Final = (IMPOSSIBLE, NAME, IDENTITY, CASE_NUMBER, DOCUMENT_NUMBER, AMOUNT, DATE, NUMBER, HEADING, TEXT)
"""Reasons, the dearest first."""
FACT_BELOW: Final = 0.95
"""Lines with a fact are looked at below this: a wrong digit among twenty good letters still averages so high."""
TEXT_BELOW: Final = 0.85
"""Other lines are looked at below this."""
MOST: Final = 500
"""Items of a queue at most: an hour or two of a person's eyes. What is left comes when these are done."""
HEADING_HEIGHT: Final = 1.35
"""A line so many times as high as the page's middle one is a heading."""

_NAME = re.compile(
    r"姓名|被?(?:讯问|询问|告知|拘留|逮捕|传唤|搜查|辨认)人|犯罪嫌疑人|被告人|被害人|证人|记录人|侦查人员|办案人|承办人|"
    r"当事人|见证人|法定代表人|辩护人|签名"
)
_IDENTITY = re.compile(r"(?<!\d)\d{17}[\dXx](?!\d)|身份证|公民身份号码|护照")
_CASE_NUMBER = re.compile(r"[(（〔\[]\d{4}[)）〕\]][^\d\s]{1,12}\d+号|案件?编?号")
_DOCUMENT_NUMBER = re.compile(r"[^\d\s]{2,14}[字诉刑][〔\[(（]\d{4}[〕\])）]\d+号|[〔\[]\d{4}[〕\]]\s*第?\d+\s*号")
_AMOUNT = re.compile(
    r"\d[\d,，.]*\s*(?:万|亿)?元|人民币|[¥￥]|[壹贰叁肆伍陆柒捌玖拾佰仟]{2,}|\d[\d.]*\s*(?:克|千克|公斤|毫克)"
)
_DATE = re.compile(r"(\d{4})\s*年\s*(\d{1,2})\s*月(?:\s*(\d{1,2})\s*日)?|(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_CHINESE_DATE = re.compile(r"[〇○零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,2}月")
_NUMBER = re.compile(r"\d{2,}")
_WHOLE_IDENTITY = re.compile(r"(?<!\d)(\d{17})([\dXx])(?!\d)")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"
_FORMS: Final = (
    (NAME, _NAME),
    (IDENTITY, _IDENTITY),
    (CASE_NUMBER, _CASE_NUMBER),
    (DOCUMENT_NUMBER, _DOCUMENT_NUMBER),
    (AMOUNT, _AMOUNT),
    (DATE, _DATE),
    (DATE, _CHINESE_DATE),
    (NUMBER, _NUMBER),
)


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """A line to look at: page number, the line's place in it from 0, and why, the dearest reason first."""

    page: int
    line: int
    text: str
    confidence: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReviewQueue:
    """The items, at most MOST; `waiting` counts all that would be, `confirmed` the lines that a person confirmed."""

    items: tuple[ReviewItem, ...]
    waiting: int
    confirmed: int


def queue_of(record: ScanRecord, *, most: int = MOST) -> ReviewQueue:
    """The lines of `record` that nobody confirmed and that are unsure, or that say what cannot be.

    Sorted by the dearest reason, then the lower confidence, then their place: the same record gives the same queue.
    """
    found = [item for page in record.pages for item in _of_page(page)]
    found.sort(key=lambda item: (ORDER.index(item.reasons[0]), item.confidence, item.page, item.line))
    confirmed = sum(line.confirmed_by is not None for page in record.pages for line in page.lines)
    return ReviewQueue(tuple(found[:most]), len(found), confirmed)


def reasons_of(text: str, *, heading: bool = False) -> tuple[str, ...]:
    """What is worth an eye in `text`, the dearest first; TEXT where nothing is."""
    plain = text.replace(" ", "").replace("\u3000", "")
    found = {reason for reason, form in _FORMS if form.search(plain)}
    if is_impossible(plain):
        found.add(IMPOSSIBLE)
    if heading:
        found.add(HEADING)
    return tuple(reason for reason in ORDER if reason in found) or (TEXT,)


def is_impossible(text: str) -> bool:
    """Whether `text` holds an identity number that fails its check digit (GB 11643-1999) or a day of no calendar."""
    if any(_check_digit(one[1]) != one[2].upper() for one in _WHOLE_IDENTITY.finditer(text)):
        return True
    return any(not _is_day(*(one.group(1, 2, 3) if one[1] else one.group(4, 5, 6))) for one in _DATE.finditer(text))


def _check_digit(body: str) -> str:
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def _is_day(year: str, month: str, day: str | None) -> bool:
    try:
        date(int(year), int(month), int(day or 1))
    except ValueError:
        return False
    return True


def _of_page(page: ScannedPage) -> Iterator[ReviewItem]:
    heights = sorted(_height(line) for line in page.lines)
    middle = heights[len(heights) // 2] if heights else 0.0
    for at, line in enumerate(page.lines):
        if line.confirmed_by is not None or not line.text.strip():
            continue
        heading = len(page.lines) > 2 and _height(line) > HEADING_HEIGHT * middle
        reasons = reasons_of(line.text, heading=heading)
        below = TEXT_BELOW if reasons[0] == TEXT else FACT_BELOW
        if line.confidence < below or reasons[0] == IMPOSSIBLE:
            yield ReviewItem(page.number, at, line.text, line.confidence, reasons)


def _height(line: PageLine) -> float:
    """The line's height in pixels, whichever way it runs: the shorter extent of its box."""
    xs, ys = [x for x, _ in line.box], [y for _, y in line.box]
    return min(max(xs) - min(xs), max(ys) - min(ys))
