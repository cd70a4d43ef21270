"""Who is who in a paper: the suspects of a case, and people with the identity numbers written beside their names.

Identity numbers are those of GB 11643-1999: district, birthday, sequence (odd for men), check digit. Nothing is looked
up anywhere, and nothing is said of anybody but what the papers say.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from pipelines.intelligence.review.casefile import Identity
from pipelines.intelligence.review.patterns import NAME
from pipelines.intelligence.review.times import moment_in
from pipelines.intelligence.review.wording import Wording

REACH: Final = 90
"""A name stands at most so many characters before its number."""
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS: Final = "10X98765432"
_AS_DIGITS: Final = str.maketrans("〇OoIlSBZx", "00011582X")
"""Letters that readers take digits for."""
_NUMBER = re.compile(r"(?<![0-9A-Za-z])[0-9〇OoIlSBZ]{17}[0-9〇OoIlSBZXx](?![0-9A-Za-z])")
_NAMED = re.compile(
    rf"(?:(?:^|[\n。；])(?=[^，（ ]{{2,4}}，[男女]，)|犯罪嫌疑人|兹证明|被告人|申请人：|对象：|辨认人：|持有人|查询，"
    rf"|我叫|（被害人）：|证人：)({NAME})[，（ ](?:性别)?(男|女)?(?=[，） ])"
    rf"|(?:被讯问人|被询问人)(?:（[被害证人]+）)?：?({NAME}) ?性别：?(男|女)"
    rf"|姓名[ ：]?({NAME})[ \n]?性别[ ：]?(男|女)"
    rf"|(?:见证人|甲方|乙方)：({NAME})[ ，]"
)
_BORN = re.compile(
    r"((?:19|20)\d{2}年\d{1,2}月\d{1,2}日)出生|(?:出生日期|出生)[： ]?((?:19|20)\d{2}年\d{1,2}月\d{1,2}日)"
)
_SUSPECT = re.compile(
    rf"(?:犯罪嫌疑人|被讯问人)：?({NAME})(?= ?性别：?[男女]|，[男女]，|（性别[男女])"
    rf"|涉嫌[^，。]{{2,12}}罪的({NAME})(?=（性别|刑事拘留|执行)"
)


def suspects_in(texts: Iterable[Wording]) -> tuple[str, ...]:
    """Whom papers call 犯罪嫌疑人, most often named first; a rare name that differs from a frequent one by a single
    letter is a misreading of it and left out."""
    seen = Counter(match[1] or match[2] for text in texts for match in text.find(_SUSPECT))
    return tuple(
        name
        for name, count in seen.most_common()
        if not any(other != name and seen[other] > count and near(name, other) for other in seen)
    )


def first_named(names: tuple[str, ...], text: str) -> str | None:
    """Which of these names comes first in a text; None for none."""
    places = [(text.find(name), name) for name in names if name in text]
    return min(places)[1] if places else None


def identities_in(wording: Wording) -> Iterator[Identity]:
    """Everybody whose name stands shortly before an identity number."""
    begin = 0
    for match in wording.find(_NUMBER):
        before = wording.text[max(begin, match.start() - REACH) : match.start()]
        begin = match.end()
        named = list(_NAMED.finditer(before))
        if not named:
            continue
        groups = named[-1].groups()
        born = list(_BORN.finditer(before[named[-1].start() :]))
        day = moment_in(born[-1][1] or born[-1][2]) if born else None
        at, first = match.start(), match.start() - len(before)
        read = (at, first + named[-1].start(), *((first + named[-1].start() + born[-1].start(),) if born else ()))
        sure = min(wording.place(place).confidence for place in read)
        yield Identity(
            name=next(group for group in groups[::2] if group),
            number=match[0].translate(_AS_DIGITS),
            born=day.earliest.date() if day is not None else None,
            sex=next((group for group in groups[1::2] if group), None),
            place=replace(wording.place(at), confidence=sure),
        )


def check_holds(number: str) -> bool:
    """Whether the last character is what the others give (GB 11643-1999, ISO 7064 MOD 11-2)."""
    if not re.fullmatch(r"\d{17}[\dX]", number):
        return False
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False)) % 11] == number[-1]


def birthday_of(number: str) -> date | None:
    """The birthday in an identity number; None where it is no day."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex_of(number: str) -> str:
    """男 for an odd sequence number, else 女."""
    return "男" if int(number[16]) % 2 else "女"


def age_on(born: date, day: date) -> int:
    """Full years; a birthday counts from the day after it (周岁, 刑法解释惯例)."""
    return day.year - born.year - ((day.month, day.day) <= (born.month, born.day))


def near(one: str, other: str) -> bool:
    """Whether one letter was changed or lost."""
    if len(one) == len(other):
        return sum(a != b for a, b in zip(one, other, strict=True)) == 1
    shorter, longer = sorted((one, other), key=len)
    return len(longer) - len(shorter) == 1 and any(longer[:n] + longer[n + 1 :] == shorter for n in range(len(longer)))
