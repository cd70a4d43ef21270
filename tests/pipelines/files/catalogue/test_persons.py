"""A piece without a title is the confession of whom the volume calls a suspect, the testimony of whom it questions."""

from __future__ import annotations

import pytest

from pipelines.files.catalogue.documents import Way, documents_of
from pipelines.files.catalogue.persons import persons_of, written_by_hand
from tests.pipelines.files.catalogue.conftest import CLOSING, TALK, sheet

RECORDS = [
    sheet(1, "犯罪嫌疑人张三盗窃一案", *CLOSING, title="立案决定书"),
    sheet(2, "被讯问人：张三  性别：男", *TALK, title="讯问笔录"),
    sheet(3, "被询问人：李梅  性别：女", "你是证人，应当如实提供证言", *TALK, title="询问笔录"),
    sheet(4, "见证人：王五", *CLOSING, title="搜查证"),
]
STORY = ("那天晚上下着雨，路上没有几个人，" * 3, "后来的事情就是这样。")


@pytest.mark.parametrize(
    ("name", "signed", "kind"),
    [
        ("张三", "张三", "亲笔供词"),
        ("张三", "书写人：张三（手印）", "亲笔供词"),
        ("李梅", "李梅", "亲笔证词"),
        ("王五", "王五", None),
        ("赵六", "赵六", None),
    ],
)
def test_who_signed_tells_what_it_is(name: str, signed: str, kind: str | None) -> None:
    page = sheet(5, f"{name}写于家中。", *STORY, signed, "2024年3月20日")
    assert written_by_hand([page], persons_of(RECORDS)) == kind


def test_a_note_and_a_conversation_are_neither() -> None:
    persons = persons_of(RECORDS)
    assert written_by_hand([sheet(5, "张三收到。", "张三")], persons) is None
    assert written_by_hand([sheet(5, "张三", *TALK, *STORY, *TALK, "张三")], persons) is None


def test_the_catalogue_names_it_and_who_wrote_it() -> None:
    page = sheet(5, "我叫张三，把我做的事写下来。", *STORY, "张三", "2024年3月20日")
    found = documents_of([*RECORDS, page], Way.RULES)[-1]
    assert (found.type, found.author, found.first_page) == ("亲笔供词", "张三", 5)
