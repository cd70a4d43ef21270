"""Where documents begin: at titles and first pages; where they go on: at later pages, talk, repeated heads."""

from __future__ import annotations

from cases.records import ScannedPage
from pipelines.files.catalogue.boundaries import beginnings
from pipelines.files.catalogue.documents import UNSURE
from tests.pipelines.files.catalogue.conftest import CLOSING, TALK, blank, sheet


def begins(*pages: ScannedPage) -> list[int]:
    return [one.page for one in beginnings(pages)]


def test_each_title_begins_a_document() -> None:
    assert begins(sheet(1, *CLOSING, title="立案决定书"), sheet(2, *CLOSING, title="拘留证")) == [0, 1]


def test_two_documents_of_one_kind_are_two() -> None:
    pages = [sheet(n, "不同的内容" * n, *CLOSING, title="扣押决定书") for n in (1, 2)]
    assert begins(*pages) == [0, 1]


def test_talk_goes_on_over_pages_without_a_title() -> None:
    pages = [sheet(1, *TALK, title="讯问笔录"), sheet(2, *TALK), sheet(3, *TALK, foot="被讯问人：张三")]
    assert begins(*pages, sheet(4, *CLOSING, title="拘留证")) == [0, 3]


def test_a_later_page_by_its_own_count_goes_on_whatever_it_looks_like() -> None:
    assert begins(
        sheet(1, title="鉴定书", foot="第1页 共3页"), sheet(2, foot="第2页 共3页"), sheet(3, foot="第3页共3页")
    ) == [0]


def test_a_first_page_by_its_own_count_begins_one_without_a_title() -> None:
    assert begins(sheet(1, *TALK, title="讯问笔录", foot="第1页 共1页"), sheet(2, *TALK, foot="第1页 共2页")) == [0, 1]


def test_a_title_inside_a_document_that_counts_its_pages_begins_none() -> None:
    pages = [sheet(1, title="鉴定书", foot="第1页 共2页"), sheet(2, title="检验报告", foot="第2页 共2页")]
    assert begins(*pages) == [0]


def test_the_same_head_again_is_the_same_list() -> None:
    head = ("江州市商业银行账户交易明细", "户名张三 账号6222000000000000", "日期 摘要 金额 余额")
    pages = [sheet(n, *head, f"2024-03-{n:02d} 转账 {n * 100}") for n in (1, 2, 3)]
    assert begins(*pages) == [0]


def test_a_page_that_says_nothing_begins_one_only_after_a_closing_and_unsurely() -> None:
    photos = sheet(2, "图一")
    assert begins(sheet(1, "正文没有结束，", title="现场勘验检查笔录"), photos) == [0]
    found = beginnings([sheet(1, *CLOSING, title="立案决定书"), photos])
    assert [one.page for one in found] == [0, 1]
    assert found[1].sureness <= UNSURE


def test_no_pages_have_no_beginnings() -> None:
    assert beginnings([]) == ()


def test_text_that_stops_in_the_middle_of_a_line_goes_on() -> None:
    full = ("某" * 30,) * 10
    pages = [sheet(1, *full, title="起诉书"), sheet(2, "结书一份、量刑建议书一份")]
    assert begins(*pages) == [0]


def test_pictures_that_count_on_are_one_document() -> None:
    pages = [
        sheet(1, "照片一：一部手机", "照片二：一把刀", title="物证照片"),
        sheet(2, "照片三：一辆车", "拍摄人：张某"),
    ]
    assert begins(*pages) == [0]


def test_a_blank_page_begins_nothing_and_parts_nothing() -> None:
    pages = [sheet(1, *TALK, title="讯问笔录"), blank(2), sheet(3, *TALK, foot="被讯问人：张三"), blank(4)]
    assert begins(*pages, sheet(5, *CLOSING, title="拘留证"), blank(6)) == [0, 4]
    assert begins(blank(1), sheet(2, *CLOSING, title="拘留证")) == [1]
    assert begins(blank(1)) == []
