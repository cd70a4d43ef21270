"""Who issued a document (责任者): the organ of its head, closing or seal, or the person who writes its kind; pure.

Which of both it is goes by the type: `issued_by` of the taxonomy names the labels behind which the person stands
(承办人：王某), in the order in which they are asked. What a person wrote by hand is signed at its end, often without
a label.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from cases.records import ScannedPage
from pipelines.files.catalogue.taxonomy import type_named
from pipelines.files.catalogue.titles import Title, organ_in

ORGAN: Final = "@organ"
"""In `issued_by`: the organ of the document."""
SIGNATURE: Final = "@signature"
"""In `issued_by`: who signed at the end."""
HEAD_LINES: Final = 3
"""A letterhead stands in the first lines of a page, also where no title was read under it."""
CLOSING_LINES: Final = 5
"""A signature stands in the last lines."""
SEVERAL: Final = "+"
"""Joins labels of persons who issue together: 甲方+乙方."""
_NAME: Final = r"[\u4e00-\u9fff·]{2,4}?"
_NEXT: Final = (
    r"(?=$|[\d，,。；;/]|男|女|性别|身份证|住址|工作|单位|单位|电话|联系|年龄|出生|开票|收款|受委托|与[被犯]|是|现住"
    r"|系|乙方|[\u4e00-\u9fff]{2,6}[:：])"
)
_CLOSING = re.compile(
    r"^[\u4e00-\u9fff（）()]{2,24}(公安局|分局|派出所|支队|大队|人民检察院|人民法院|中心|鉴定所|银行|支行|公司|医院|司法厅)[（(]?[印章]*[)）]?$"
)
_MADE_BY = re.compile(r"(?:颁证|制作|勘验|立卷|填报|填表|制图|提取)(?:机关|单位)[:：](?P<organ>[\u4e00-\u9fff]{4,24})")
_BESIDE_OFFICERS = re.compile(r"(?:单位[:：]?)(?:[\u4e00-\u9fff]{2,4}、?){1,3}，(?P<organ>[\u4e00-\u9fff]{4,24})$")
_SELF = re.compile(rf"^(?:我叫|我是|本人)({_NAME}){_NEXT}")
_SIGNED = re.compile(
    r"^(?:[\u4e00-\u9fff]{1,5}(?:人|者)(?:签字|签名)?[:：]?|[\u4e00-\u9fff]{1,4}[:：])?([\u4e00-\u9fff·]{2,4})$"
)
_DAY = re.compile(r"(?:19|20)\d{2}年\d{1,2}月\d{1,2}日$")
_BRACKETS = re.compile(r"[（(][^（）()]*[）)]")


def author_of(pages: Sequence[ScannedPage], title: Title | None, type_name: str) -> str | None:
    """Who issued the document of these pages, None where it does not say."""
    kind = type_named(type_name)
    for source in kind.issued_by if kind is not None and kind.issued_by else (ORGAN,):
        if found := _from(source, pages, title):
            return found
    return None


def _from(source: str, pages: Sequence[ScannedPage], title: Title | None) -> str | None:
    if source == ORGAN:
        return _organ(pages, title)
    if source == SIGNATURE:
        return signature_of(pages)
    persons = [_behind(label, pages) for label in source.split(SEVERAL)]
    return "、".join(one for one in persons if one) if all(persons) else None


def _organ(pages: Sequence[ScannedPage], title: Title | None) -> str | None:
    """Above or in the title, before the closing, behind a label, in the seal, or beside the names of officers."""
    if title is not None:
        for line in reversed(pages[0].lines[: title.lines[-1] + 1]):
            if organ := organ_in(line.text):
                return organ
    heads = () if title is not None else pages[0].lines[:HEAD_LINES]
    for line in (*heads, *reversed(pages[-1].lines)):
        if _CLOSING.match(text := line.text.replace(" ", "")):
            return organ_in(text) or text
    sealed = (seal.text for page in reversed(pages) for seal in page.seals if _CLOSING.match(seal.text))
    for text in (*_found(_MADE_BY, pages), *sealed, *_found(_BESIDE_OFFICERS, pages)):
        return organ_in(text) or text
    return None


def _found(pattern: re.Pattern[str], pages: Sequence[ScannedPage]) -> Iterable[str]:
    return (found["organ"] for line in _lines(pages) if (found := pattern.search(line)))


def _behind(label: str, pages: Sequence[ScannedPage]) -> str | None:
    """The name behind a label, several with 、 between; that of the first line that has it."""
    pattern = re.compile(rf"(?<!被)(?<!辩护){label}(?:姓名、单位|姓名|签名|签章)?[:：]?((?:{_NAME}、)*{_NAME}){_NEXT}")
    for line in _lines(pages):
        if found := pattern.search(line):
            return found[1]
    return None


def signature_of(pages: Sequence[ScannedPage]) -> str | None:
    """The name that closes a text and stands in it once more; else the one by which it introduces its writer."""
    lines = list(_lines(pages))
    introduced = next((found[1] for line in lines[:6] if (found := _SELF.match(line))), None)
    whole = "".join(lines)
    for line in reversed(lines[-CLOSING_LINES:]):
        found = _SIGNED.match(_DAY.sub("", line).strip("，"))
        if found and (found[1] == introduced or whole.count(found[1]) > 1):
            return found[1]
    return introduced


def _lines(pages: Sequence[ScannedPage]) -> Iterable[str]:
    """All lines without brackets and blanks; wide blanks part one field of a form from the next."""
    for page in pages:
        for line in page.lines:
            yield re.sub(r"\s+", "", re.sub(r"\s{2,}", "，", _BRACKETS.sub("", line.text.strip())))
