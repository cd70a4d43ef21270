"""A line is crossed once, by who crosses it, where it is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.traffic.crossing import PathPoint, crossings, segments_meet

LINE = ((0.0, 50.0), (100.0, 50.0))
"""From left to right on the screen: its right side is below, since y grows downward."""


def path(*ys: float, x: float = 50.0, tremble: float = 0.0) -> list[PathPoint]:
    return [PathPoint(n / 10, (x, y), tremble) for n, y in enumerate(ys)]


def ways(points: list[PathPoint], settle: int = 2) -> list[bool]:
    return [c.rightward for c in crossings(points, *LINE, settle)]


def test_going_down_the_screen_crosses_to_the_right_and_up_to_the_left() -> None:
    assert ways(path(10, 20, 40, 60, 80)) == [True]
    assert ways(path(80, 60, 40, 20)) == [False]


def test_the_time_of_a_crossing_lies_between_the_two_points() -> None:
    (crossing,) = crossings(path(10, 40, 60, 80), *LINE)
    assert crossing.time == pytest.approx(0.15)


def test_one_frame_of_flicker_is_no_crossing() -> None:
    """The case of supervision issue 2598: A A A B A A A counted in the opposite direction."""
    assert ways(path(40, 40, 40, 60, 40, 40, 40)) == []


def test_a_car_that_waits_on_the_line_counts_once_when_it_goes() -> None:
    """The case of opendatacam issue 204: 400 counts in four hours at a stop line."""
    waiting = [49.0, 51.0, 48.0, 52.0] * 50
    assert ways(path(20, 30, 40, *waiting, 70, 90, tremble=3.0)) == [True]


def test_turning_back_counts_once_in_each_direction_however_often() -> None:
    assert ways(path(*[30, 30, 70, 70] * 5)) == [True, False]


def test_passing_beside_the_line_is_no_crossing() -> None:
    assert ways(path(10, 20, 40, 60, 80, x=120)) == []


def test_going_around_the_end_and_back_over_the_line_counts_the_way_back_alone() -> None:
    around = [(50, 20), (50, 30), (120, 30), (120, 70), (60, 70), (50, 70), (50, 30), (50, 20)]
    points = [PathPoint(n / 10, place, 0.0) for n, place in enumerate(around)]
    assert ways(points) == [False]


def test_a_path_that_begins_on_the_line_has_not_crossed_it() -> None:
    assert ways(path(50, 50, 60, 70, 80)) == []


def test_a_fast_car_with_a_gap_in_its_path_is_counted() -> None:
    assert ways(path(5, 10, 90, 95)) == [True]


def test_too_few_points_on_the_far_side_are_not_believed() -> None:
    assert ways(path(10, 20, 40, 60), settle=2) == []
    assert ways(path(10, 20, 40, 60), settle=1) == [True]


@pytest.mark.parametrize(
    ("a", "b", "meet"),
    [
        ((0, 0), (10, 10), True),
        ((0, 5), (10, 5), True),
        ((5, 5), (5, 20), True),
        ((11, 0), (20, 9), False),
        ((0, 11), (4, 6.5), False),
    ],
)
def test_segments_meet_as_drawn(a: tuple[float, float], b: tuple[float, float], meet: bool) -> None:
    assert segments_meet(a, b, (0, 10), (10, 0)) is meet


POINTS = st.tuples(st.integers(-20, 20), st.integers(-20, 20))


@given(POINTS, POINTS, POINTS, POINTS)
def test_meeting_does_not_depend_on_order(
    a: tuple[int, int], b: tuple[int, int], c: tuple[int, int], d: tuple[int, int]
) -> None:
    assert segments_meet(a, b, c, d) == segments_meet(c, d, a, b) == segments_meet(b, a, d, c)


@given(st.lists(st.floats(0, 100), min_size=2, max_size=40))
def test_the_reversed_path_crosses_the_other_way(ys: list[float]) -> None:
    assert len(ways(path(*ys))) <= 2
    assert {not w for w in ways(path(*ys), settle=1)} == set(ways(path(*reversed(ys)), settle=1))
