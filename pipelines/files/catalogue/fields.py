"""What a catalogue row says of a document beside its type: its number, its date, who issued it; pure.

Numbers stand near the title, dates at the end of a decision and at the beginning of a 笔录, the issuer above the title
or before the closing date (公文格式; 公安机关刑事法律文书式样).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from cases.records import PageLine, ScannedPage
from pipelines.files.catalogue.titles import Title, organ_in
from pipelines.files.order import extent
from pipelines.numerals import digits_of, value_of

HEAD: Final = 0.45
"""Numbers stand in this upper part of the first page."""
RECORDS: Final = ("笔录", "供词", "证词")
"""Types whose date is when they began, and whose issuer may be the person who speaks."""
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
_CLOSING = re.compile(
    r"^[\u4e00-\u9fff（）()]{2,24}(公安局|分局|派出所|支队|大队|人民检察院|人民法院|中心|鉴定所|银行|公司)[（(]?[印章]*[)）]?$"
)
_SPEAKER = re.compile(
    r"(?:被[讯询]问人|犯罪嫌疑人|被害人|证人|供述人|辨认人)(?:姓名)?[:：]?([\u4e00-\u9fff·]{2,5}?)(?:性别|[，,。\s_]|男|女|$)"
)
_OFFICERS = re.compile(
    r"(?<!被)(?:[讯询]问人|侦查人员|勘验人员?|检查人员?|搜查人员?|提取人员?)(?:姓名)?[:：]([\u4e00-\u9fff·、,，]+?)(?=[，,。；;]|工作单位|$)"
)
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


def author_of(pages: Sequence[ScannedPage], title: Title | None, type_name: str) -> str | None:
    """Who issued a document: of a 笔录 who asks; else the organ above or in its title, or before its closing; else who
    speaks."""
    first = pages[0]
    if any(word in type_name for word in RECORDS) and (officers := _named(_OFFICERS, first.lines)):
        return officers
    if title is not None:
        for line in reversed(first.lines[: title.lines[-1] + 1]):
            if organ := organ_in(line.text):
                return organ
    for line in reversed(pages[-1].lines):
        if _CLOSING.match(line.text.replace(" ", "")):
            return organ_in(line.text) or line.text.replace(" ", "")
    return _named(_SPEAKER, first.lines) if any(word in type_name for word in RECORDS) else None


def _named(pattern: re.Pattern[str], lines: Iterable[PageLine]) -> str | None:
    for line in lines:
        # Blanks part one field of a form from the next.
        if found := pattern.search(
            re.sub(r"\s{2,}", "，", line.text).replace(" ", "").replace("（", "").replace("）", "")
        ):
            return found[1]
    return None


def _days(lines: Iterable[PageLine]) -> Iterator[date]:
    for line in lines:
        for start, day in _placed(line.text):
            if not _OF_A_PERSON.search(line.text.replace(" ", "")[:start]):
                yield day


def _year(text: str) -> int:
    return int(digits_of(text.translate(_CIRCLES)) or 0)
