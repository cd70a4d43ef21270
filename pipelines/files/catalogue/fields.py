"""What a catalogue row says of a document beside its type: its number and its date; pure.

Numbers stand near the title, dates at the end of a decision and at the beginning of a 笔录 (公文格式;
公安机关刑事法律文书式样).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from cases.records import PageLine, ScannedPage
from pipelines.files.catalogue.titles import Title
from pipelines.files.order import extent
from pipelines.numerals import digits_of, value_of

HEAD: Final = 0.45
"""Numbers stand in this upper part of the first page."""
RECORDS: Final = ("笔录", "供词", "证词")
"""Types whose date is when they began."""
_NUMBER = re.compile(
    r"(?P<organ>[\u4e00-\u9fff（）()]{1,18}?)[〔\[【（(]\s?(?P<year>(?:19|20)\d{2})\s?[〕\]】）)]\s?第?\s?(?P<count>\d{1,7})\s?号"
)
_LABEL = re.compile(r"^(?:文号|字号|编号|案号)[:：]?")
_FIGURES = re.compile(r"((?:19|20)\d{2})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日")
_WRITTEN = re.compile(
    r"([一二〇○OoＯ零三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日"
)
_OF_A_PERSON = re.compile(r"出生(?:日期|年月日?)?[:：]?$|生于$|有效期限[:：]?.{0,12}$")
"""What stands before a day that is a person's or a card's, not the document's."""
_CIRCLES: Final = str.maketrans("○OoＯ", "〇〇〇〇")
"""What readers take the 〇 of a year for."""


def number_of(page: ScannedPage, title: Title | None) -> str | None:
    """The number of a document, in the brackets of the standard: 江公（城南）立字〔2024〕1023号."""
    begin = title.lines[0] if title is not None else 0
    head = [line for line in page.lines[: begin + 12] if extent(line.box).top < HEAD * page.height]
    for line in head:
        # A number within a sentence is another document's.
        if found := _NUMBER.fullmatch(_LABEL.sub("", line.text.replace(" ", ""))):
            organ = found["organ"].replace("(", "（").replace(")", "）")
            return f"{organ}〔{found['year']}〕{found['count']}号"
    return None


def dates_in(text: str) -> Iterator[date]:
    """The days that a text names, in figures or characters, in order; days that no calendar has are left out."""
    return (day for _, day in _placed(text))


def _placed(text: str) -> Iterator[tuple[int, date]]:
    """Each day with where it begins in the text without its blanks."""
    squeezed = text.replace(" ", "")
    found = [(m.start(), *(int(part) for part in m.groups())) for m in _FIGURES.finditer(squeezed)]
    found += [(m.start(), _year(m[1]), value_of(m[2]) or 0, value_of(m[3]) or 0) for m in _WRITTEN.finditer(squeezed)]
    for start, year, month, day in sorted(found):
        try:
            yield start, date(year, month, day)
        except ValueError:
            continue


def date_of(pages: Sequence[ScannedPage], type_name: str) -> str | None:
    """The day of a document, ISO 8601: of a 笔录 when it began, else the last one that it closes with.

    Birthdays and the term of a card are no document's day: a copy of an identity card mostly has none.
    """
    if any(word in type_name for word in RECORDS):
        return next((day.isoformat() for page in pages for day in _days(page.lines)), None)
    for page in reversed(pages):
        alone = [line for line in page.lines if len(line.text) <= 24]
        for some in (alone, page.lines):
            if days := list(_days(some)):
                return days[-1].isoformat()
    return None


def _days(lines: Iterable[PageLine]) -> Iterator[date]:
    for line in lines:
        for start, day in _placed(line.text):
            if not _OF_A_PERSON.search(line.text.replace(" ", "")[:start]):
                yield day


def _year(text: str) -> int:
    return int(digits_of(text.translate(_CIRCLES)) or 0)
