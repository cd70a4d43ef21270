"""The check of a long volume can fail, and a short one comes through two kills."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.faults.long_volume import pages_amiss, printed_number, run
from cases.records import JsonObject


def page(number: int, text: str = "") -> JsonObject:
    return {"number": number, "lines": [{"text": text}], "flags": []}


def test_pages_that_are_all_there_once_with_their_own_text_have_no_fault() -> None:
    assert pages_amiss([page(1, "第 1 页"), page(2), page(3, "第3页")], 3) == []


@pytest.mark.parametrize(
    ("pages", "fault"),
    [
        ([page(1), page(3)], "page 2 is not there"),
        ([page(1), page(2), page(2), page(3)], "page 2 is there 2 times"),
        ([page(2), page(1), page(3)], "the pages are out of order"),
        ([page(1), page(2, "第3页"), page(3)], "page 2 bears the text of page 3"),
    ],
)
def test_a_page_that_is_lost_doubled_moved_or_mistaken_is_named(pages: list[JsonObject], fault: str) -> None:
    assert pages_amiss(pages, 3) == [fault]


def test_a_number_is_read_across_the_lines_of_a_page() -> None:
    assert printed_number({"number": 7, "lines": [{"text": "第 12"}, {"text": " 页"}]}) == 12
    assert printed_number(page(7, "无页码")) is None


@pytest.mark.fault
@pytest.mark.timeout(600)
def test_a_volume_comes_through_two_kills_with_every_page_once(tmp_path: Path) -> None:
    found = run(60, 2, tmp_path, fake_models=True)
    assert found["faults"] == []
    assert found["kills"] == 2
