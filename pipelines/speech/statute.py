"""The statutes that records are held to, and citations of them; knows no record and no rule.

A citation carries words of its article. A test finds them in the statutes' text, so that no rule claims an article
that does not bear it out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_DIGITS = "零一二三四五六七八九"


class Law(StrEnum):
    """A statute or rule, by its full title."""

    PROCEDURE = "中华人民共和国刑事诉讼法"
    POLICE = "公安机关办理刑事案件程序规定"
    PROCURATORATE = "人民检察院刑事诉讼规则"
    INTERPRETATION = "最高人民法院关于适用《中华人民共和国刑事诉讼法》的解释"


@dataclass(frozen=True, slots=True)
class Citation:
    """An article and words that stand in it; `kind` is the kind of record (interrogation, inquiry) that it is on."""

    law: Law
    article: int
    words: str
    kind: str | None = None

    def __str__(self) -> str:
        return f"《{self.law.value.replace('《', '〈').replace('》', '〉')}》第{chinese_number(self.article)}条"


def chinese_number(number: int) -> str:
    """1..999 as statutes spell the numbers of articles: 一十八 after a hundred, 十八 alone, 二百零六."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    spelled = f"{_DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        spelled += "十" if tens == 1 and not hundreds else f"{_DIGITS[tens]}十"
    elif hundreds and ones:
        spelled += "零"
    return spelled + (_DIGITS[ones] if ones else "")
