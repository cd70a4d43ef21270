"""Terms as art. 105 counts them: the first hour and day do not count, days off move all but custody."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from pipelines.intelligence.review.calendar import Term, end_of, months_after, working_day_from


@pytest.mark.parametrize(
    ("start", "term", "custody", "end"),
    [
        (datetime(2024, 3, 1, 10, 20), Term(hours=24), True, datetime(2024, 3, 2, 11, 0)),
        (datetime(2024, 3, 1, 10, 20), Term(days=3), True, datetime(2024, 3, 4, 23, 59)),
        (datetime(2024, 3, 15, 9, 0), Term(months=2), True, datetime(2024, 5, 15, 23, 59)),
        # The third day is a Saturday: custody ends on it, other terms on Monday.
        (datetime(2024, 3, 13, 9, 0), Term(days=3), True, datetime(2024, 3, 16, 23, 59)),
        (datetime(2024, 3, 13, 9, 0), Term(days=3), False, datetime(2024, 3, 18, 23, 59)),
    ],
)
def test_a_term_ends_as_the_law_counts(start: datetime, term: Term, custody: bool, end: datetime) -> None:
    assert end_of(start, term, custody) == end


def test_a_month_ends_on_its_last_day_where_the_day_is_not_in_it() -> None:
    assert months_after(date(2024, 12, 31), 2) == date(2025, 2, 28)


def test_holidays_are_left_out_and_worked_weekends_are_not() -> None:
    assert working_day_from(date(2024, 10, 1)) == date(2024, 10, 8)
    assert working_day_from(date(2024, 10, 12)) == date(2024, 10, 12)


def test_in_a_year_without_data_a_term_ends_as_late_as_it_can() -> None:
    assert working_day_from(date(2031, 5, 1)) == date(2031, 5, 11)
