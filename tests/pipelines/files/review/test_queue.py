"""The queue puts first what a mistake costs most, leaves out what is confirmed, and is the same every time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.records import ScanRecord
from pipelines.files.review.queue import HEADING, IMPOSSIBLE, is_impossible, queue_of, reasons_of
from tests.pipelines.files.catalogue.conftest import line, sheet


def read(volume: ScanRecord, *lines: tuple[str, float]) -> ScanRecord:
    """The volume with one page that reads `lines` of text and confidence."""
    rows = [replace(line(text, 100 + 60 * n, left=200), confidence=sure) for n, (text, sure) in enumerate(lines)]
    return replace(volume, pages=(replace(sheet(7), lines=tuple(rows)),))


def texts(record: ScanRecord) -> list[str]:
    return [item.text for item in queue_of(record).items]


def test_names_come_before_numbers_and_days_and_days_before_plain_text(volume) -> None:
    record = read(
        volume,
        ("那天晚上我去了城南市场", 0.3),
        ("2024年3月16日", 0.9),
        ("共计人民币3000元", 0.9),
        ("江公立字〔2024〕7号", 0.9),
        ("姓名：张三", 0.93),
        ("身份证号不详", 0.9),
    )
    assert texts(record) == [
        "姓名：张三",
        "身份证号不详",
        "江公立字〔2024〕7号",
        "共计人民币3000元",
        "2024年3月16日",
        "那天晚上我去了城南市场",
    ]


def test_of_one_value_the_less_sure_line_comes_first(volume) -> None:
    assert texts(read(volume, ("证人：李四", 0.9), ("证人：王五", 0.6))) == ["证人：王五", "证人：李四"]


def test_a_sure_line_is_left_alone_and_a_fact_needs_more_sureness_than_text(volume) -> None:
    assert texts(read(volume, ("证人：李四", 0.9), ("后来就回家了", 0.9), ("姓名：王五", 0.99))) == ["证人：李四"]


def test_what_cannot_be_is_asked_first_however_sure_the_reader_is(volume) -> None:
    record = read(volume, ("姓名：张三", 0.2), ("2024年13月16日", 0.99))
    items = queue_of(record).items
    assert [item.text for item in items] == ["2024年13月16日", "姓名：张三"]
    assert items[0].reasons[0] == IMPOSSIBLE


@pytest.mark.parametrize(
    ("text", "impossible"),
    [
        ("11010519491231002X", False),
        ("110105194912310021", True),
        ("2023年2月29日", True),
        ("2024年2月29日", False),
        ("2024-02-30", True),
        ("2024年3月", False),
        ("没有数字", False),
    ],
)
def test_check_digits_and_calendar_days_are_verified(text: str, impossible: bool) -> None:
    assert is_impossible(text) is impossible


def test_a_confirmed_line_is_out_of_the_queue_and_counted(volume) -> None:
    record = read(volume, ("证人：李四", 0.9), ("证人：王五", 0.6))
    page = record.pages[0]
    done = replace(record, pages=(replace(page, lines=(replace(page.lines[0], confirmed_by="u1"), page.lines[1])),))
    assert texts(done) == ["证人：王五"]
    assert queue_of(done).confirmed == 1


def test_a_queue_is_bounded_and_says_how_many_wait(volume) -> None:
    record = read(volume, *((f"证人：第{n}人", 0.5) for n in range(9)))
    queue = queue_of(record, most=4)
    assert (len(queue.items), queue.waiting) == (4, 9)


def test_a_large_line_is_a_heading(volume) -> None:
    page = sheet(1, "一", "二", "三", title="立案决定书")
    record = replace(volume, pages=(replace(page, lines=tuple(replace(one, confidence=0.9) for one in page.lines)),))
    assert [(item.text, item.reasons) for item in queue_of(record).items] == [("立案决定书", (HEADING,))]


def test_blanks_between_digits_do_not_hide_a_fact() -> None:
    assert "date" in reasons_of("2024 年 3 月 16 日")
