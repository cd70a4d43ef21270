"""What is written over evidence: Beijing time to the millisecond, or that the clock is not known."""

from __future__ import annotations

import pytest

from cases.traffic import ClockState, Site
from models.errors import BadInput
from pipelines.traffic.evidence.telling import moment, parse_clock, standing, text, told_time
from tests.pipelines.traffic.evidence.conftest import make_violation

CLOCK = ClockState("2026-03-09T00:00:00+00:00", 0.2)


def test_times_are_beijing_time_to_the_millisecond() -> None:
    assert told_time(CLOCK, 27.3456) == "2026-03-09 08:00:27.345"
    assert told_time(ClockState(), 67.3) == "录像 01:07.300（时钟未知）"
    assert moment(ClockState(), 1.0) is None


def test_the_text_names_place_device_code_plate_value_and_lamp() -> None:
    found = make_violation(plate_state="unsure")
    lines = "\n".join(text(found, Site("33010600001190000001", "文一路口", "由北向南"), CLOCK, "ab" * 32))
    wanted = ("文一路口", "由北向南", "33010600001190000001", "1625", "识读不一致", "3 ± 0.1", "画面识别", "0.2 秒")
    for part in (*wanted, "ab" * 32):
        assert part in lines
    assert "未填" in text(found, Site(), ClockState(), "")[0]


def test_incomplete_evidence_says_so() -> None:
    assert "缺：时钟、号牌），不得作为完整证据" in standing(["clock", "plate"])
    assert "待人工确认" in standing([])


@pytest.mark.parametrize(
    ("started", "error"),
    [("yesterday", None), ("2026-03-09T08:00:00", 0.1), (7, None), ("2026-03-09T08:00:00+08:00", -1)],
)
def test_a_clock_that_says_nothing_is_refused(started: object, error: object) -> None:
    with pytest.raises(BadInput, match=r"recorded_at|clock_error_s"):
        parse_clock(started, error)


def test_a_clock_is_optional() -> None:
    assert parse_clock(None, None) == ClockState()
    assert parse_clock("2026-03-09T08:00:00+08:00", 1) == ClockState("2026-03-09T08:00:00+08:00", 1.0)
