"""The count of pages turned rightly, left and turned wrongly, and the bounds that it allows."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.accuracy.orientation import Sheet, Tally, bound, count, report


def tally(*answers: tuple[int, int, bool], headless: bool = False) -> Tally:
    """Of one kind of page: how each was laid, by how much it was turned, whether that was known."""
    found = Tally()
    sheet = Sheet("page", np.zeros((4, 4, 3), np.uint8), headless)
    for laid, turned, known in answers:
        count(found, f"laid by {laid}", sheet, laid, (turned, known))
    return found


def test_a_page_is_right_when_it_is_turned_back() -> None:
    found = tally((0, 0, True), (90, 270, True), (180, 0, False), (270, 180, True), (0, 180, True))
    assert found.answers["page", 90] == {"right": 1, "unknown": 0}
    assert found.answers["page", 180] == {"left": 1, "unknown": 1}
    assert found.answers["page", 270] == {"wrong": 1, "unknown": 0}
    assert found.answers["page", 0] == {"right": 1, "wrong": 1, "unknown": 0}
    assert "upright: 1 of 2 not right, 50.000 %" in report(found)
    assert "laid by 180: turned by 0, unknown" in found.notes[0]


def test_a_page_without_a_head_is_right_as_it_lies() -> None:
    assert tally((180, 0, True), headless=True).answers["page", 180]["right"] == 1


def test_none_of_three_thousand_is_below_a_thousandth() -> None:
    assert bound(0, 3000) == pytest.approx(0.001, rel=0.01)
    assert bound(0, 300) == pytest.approx(0.01, rel=0.01)
    assert bound(5, 5) == 1.0
