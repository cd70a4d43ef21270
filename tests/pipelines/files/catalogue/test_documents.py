"""A volume becomes its documents: every page in one, types told by text where titles are shared."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from cases.records import ScannedPage
from pipelines.files.catalogue.documents import UNSURE, documents_of
from pipelines.files.catalogue.taxonomy import UNKNOWN
from tests.pipelines.files.catalogue.conftest import CLOSING, TALK, blank, sheet

CARD = (
    "姓名 李梅",
    "性别 女    民族 汉",
    "出生 1990年1月1日",
    "住址 江州市城南区和平路12号",
    "公民身份号码 000000199001010000",
    "中华人民共和国",
    "居民身份证",
    "签发机关 江州市公安局",
    "有效期限 2015.06.01-2035.06.01",
    "此复印件与原件核对无异。  王敏",
)


def volume() -> list[ScannedPage]:
    return [
        sheet(1, "犯罪嫌疑人张三", title="刑事侦查卷宗"),
        sheet(2, *CLOSING, above="江州市公安局", title="立案决定书", right="江公立字〔2024〕7号"),
        sheet(3, "2024年3月16日", "犯罪嫌疑人：张三", *TALK, title="讯问笔录", foot="第1页 共2页"),
        sheet(4, *TALK, foot="第2页 共2页"),
        sheet(5, "2024年3月17日", "你是证人，应当如实提供证言", *TALK, title="询问笔录"),
        sheet(6, *CARD),
    ]


def test_a_volume_is_catalogued() -> None:
    found = documents_of(volume())
    assert [(d.type, d.first_page, d.last_page) for d in found] == [
        ("卷宗封面", 1, 1),
        ("立案决定书", 2, 2),
        ("讯问笔录", 3, 4),
        ("询问笔录（证人）", 5, 5),
        ("身份证复印件", 6, 6),
    ]
    assert found[1].number == "江公立字〔2024〕7号"
    assert found[1].date == "2024-03-15"
    assert found[1].author == "江州市公安局"
    assert found[2].date == "2024-03-16"
    assert found[1].confidence > 0.9


def test_blank_pages_behind_a_document_are_not_of_it_those_inside_are() -> None:
    pages = [blank(1), *(replace(page, number=2 * page.number) for page in volume())]
    pages[4:4] = [blank(7)]
    pages.append(blank(13))
    found = documents_of(pages)
    assert [(d.first_page, d.last_page) for d in found] == [(2, 2), (4, 4), (6, 8), (10, 10), (12, 12)]
    assert found[1].date == "2024-03-15"
    assert documents_of([blank(1), blank(2)]) == ()


def test_a_shared_title_that_no_word_tells_is_unsure() -> None:
    (one,) = documents_of([sheet(1, *TALK, title="询问笔录")])
    assert one.type.startswith("询问笔录")
    assert one.confidence < 0.8


def test_what_no_rule_knows_is_left_to_a_person() -> None:
    found = documents_of([sheet(1, *CLOSING, title="立案决定书"), sheet(2, "图一")])
    assert found[1].type == UNKNOWN
    assert found[1].confidence < UNSURE


def test_pages_without_any_title_are_no_volume() -> None:
    assert documents_of([sheet(1, "第一章 总则"), sheet(2, "第二章 分则")]) == ()
    assert documents_of([]) == ()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from(["讯问笔录", "拘留证", "起诉书", ""]), min_size=1, max_size=12))
def test_every_page_is_in_one_document(titles: list[str]) -> None:
    pages = [sheet(n, *TALK, title=title or None) for n, title in enumerate(titles, start=1)]
    found = documents_of(pages)
    held = [n for d in found for n in range(d.first_page, d.last_page + 1)]
    assert held == (list(range(1, len(pages) + 1)) if any(titles) else [])
