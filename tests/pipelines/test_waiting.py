"""The line before one model: whose turn it is, and how it ends."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.engine import Lane
from pipelines.waiting import Closed, Full, WaitingLine


@given(st.lists(st.sampled_from(list(Lane)), max_size=30))
def test_live_items_come_first_and_each_lane_keeps_its_order(lanes: list[Lane]) -> None:
    line: WaitingLine[int] = WaitingLine(100)
    for number, lane in enumerate(lanes):
        line.put(number, lane)
    taken = [line.take(timeout_s=0) for _ in lanes]
    live = [(n, lane) for n, lane in enumerate(lanes) if lane is Lane.LIVE]
    batch = [(n, lane) for n, lane in enumerate(lanes) if lane is Lane.BATCH]
    assert taken == live + batch
    assert line.take(timeout_s=0) is None


def test_one_lane_can_be_taken_alone() -> None:
    line: WaitingLine[str] = WaitingLine(10)
    line.put("night job", Lane.BATCH)
    assert line.take(Lane.LIVE, 0) is None
    assert line.take(Lane.BATCH, 0) == ("night job", Lane.BATCH)


def test_both_lanes_share_one_bound() -> None:
    line: WaitingLine[int] = WaitingLine(2)
    line.put(1, Lane.BATCH)
    line.put(2, Lane.LIVE)
    with pytest.raises(Full):
        line.put(3, Lane.LIVE)


def test_a_closed_line_hands_out_what_waits_and_takes_nothing_in() -> None:
    line: WaitingLine[int] = WaitingLine(2)
    line.put(1, Lane.BATCH)
    line.close()
    with pytest.raises(Closed):
        line.put(2, Lane.LIVE)
    assert line.take() == (1, Lane.BATCH)
    with pytest.raises(Closed):
        line.take()


def test_closing_wakes_who_waits() -> None:
    line: WaitingLine[int] = WaitingLine(2)
    ended = threading.Event()

    def wait() -> None:
        with pytest.raises(Closed):
            line.take()
        ended.set()

    thread = threading.Thread(target=wait)
    thread.start()
    line.close()
    assert ended.wait(5)
    thread.join(5)


def test_it_is_remembered_for_a_while_that_a_person_asked() -> None:
    now = [100.0]
    line: WaitingLine[int] = WaitingLine(2, clock=lambda: now[0])
    assert not line.live_within(60)
    line.put(1, Lane.LIVE)
    now[0] += 59
    assert line.live_within(60)
    now[0] += 2
    assert not line.live_within(60)
