"""Numbers and days of documents as their forms write them."""

from __future__ import annotations

from datetime import date

import pytest

from pipelines.files.catalogue.fields import date_of, dates_in, number_of
from pipelines.files.catalogue.titles import title_of
from tests.pipelines.files.catalogue.conftest import CLOSING, TALK, sheet


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("江公（城南）立字〔2024〕1023号", "江公（城南）立字〔2024〕1023号"),
        ("江公(城南)拘字[2024]88号", "江公（城南）拘字〔2024〕88号"),
        ("江检刑不诉〔2024〕12 号", "江检刑不诉〔2024〕12号"),
        ("（2024）江01刑初12号", None),
        ("编号 1023", None),
    ],
)
def test_a_number_is_in_the_brackets_of_the_standard(written: str, number: str | None) -> None:
    page = sheet(1, *CLOSING, title="立案决定书", right=written)
    assert number_of(page, title_of(page)) == number


def test_a_number_in_the_text_below_is_another_document_s() -> None:
    page = sheet(1, *["正文" * 8] * 20, "见江公立字〔2024〕7号", title="起诉意见书")
    assert number_of(page, title_of(page)) is None


def test_days_in_figures_and_characters() -> None:
    text = "2024 年 3 月 5 日至二〇二四年十一月二十一日，2024年2月30日除外"
    assert list(dates_in(text)) == [date(2024, 3, 5), date(2024, 11, 21)]


def test_a_decision_has_the_day_that_it_closes_with() -> None:
    page = sheet(1, "犯罪嫌疑人张三于2024年1月2日盗窃一案，", *CLOSING, title="立案决定书")
    assert date_of([page], "立案决定书") == "2024-03-15"


@pytest.mark.parametrize("line", ["出生 1975 年 9 月 6 日", "出生日期：1975年9月6日", "有效期限 2015年6月1日"])
def test_a_birthday_or_the_term_of_a_card_is_no_document_s_day(line: str) -> None:
    assert date_of([sheet(1, line, title="身份证复印件")], "身份证复印件") is None


def test_a_copy_has_the_day_on_which_it_was_compared() -> None:
    page = sheet(1, "出生 1975年9月6日", "此复印件与原件核对无异。2024年3月5日", title="身份证复印件")
    assert date_of([page], "身份证复印件") == "2024-03-05"


def test_a_conversation_has_the_day_that_it_began() -> None:
    pages = [sheet(1, "时间2024年4月1日9时10分至2024年4月1日11时", *TALK), sheet(2, *TALK, foot="2024年4月2日")]
    assert date_of(pages, "讯问笔录") == "2024-04-01"


def test_a_number_within_a_sentence_is_another_document_s() -> None:
    page = sheet(1, "侦查人员依据江公（城东）扣字〔2022〕1326号扣押决定书，对持有的", title="扣押笔录")
    assert number_of(page, title_of(page)) is None


def test_a_label_before_a_number_is_no_part_of_it() -> None:
    page = sheet(1, *CLOSING, title="立案决定书", right="文号：江公立字〔2024〕7号")
    assert number_of(page, title_of(page)) == "江公立字〔2024〕7号"
