"""Measures of lanes whose traffic is known exactly."""

from __future__ import annotations

import pytest

from cases.traffic import LaneInterval
from pipelines.traffic.measure import lane_windows, turning_counts
from tests.pipelines.traffic.made_street import make_track, make_view


def middle(windows: tuple[LaneInterval, ...]) -> LaneInterval:
    (found,) = [w for w in windows if w.lane == "middle"]
    return found


def test_even_traffic_has_the_flow_speed_and_headway_that_it_has() -> None:
    # Ten cars, six seconds apart, ten metres a second, over the 50 m of the lane and beyond it at both ends.
    tracks = [make_track(n, [(6.0 * n, 8.5, -8.0), (6.0 * n + 7, 8.5, 62.0)]) for n in range(10)]
    view = make_view(tracks)
    found = middle(lane_windows(view.street.lanes, view.tracks, view.plane, (0.0, 60.0), 60.0))
    assert found.counts == {"car": 10}
    assert found.flow_per_hour == pytest.approx(600)
    assert found.headway_s == pytest.approx(6.0, abs=0.1)
    assert found.space_mean_speed_kmh == pytest.approx(36.0, rel=0.02)
    assert found.time_mean_speed_kmh == pytest.approx(36.0, rel=0.02)
    assert found.occupancy == pytest.approx(10 * 0.46 / 60, rel=0.1)
    assert found.density_per_km == pytest.approx(600 / 36, rel=0.1)
    assert found.level_of_service == "D"
    assert (found.queue_m, found.queue_vehicles) == (0.0, 0)


def test_mixed_speeds_part_time_mean_from_space_mean() -> None:
    tracks = [make_track(n, [(15.0 * n, 8.5, -5.0), (15.0 * n + 70 / v, 8.5, 65.0)]) for n, v in enumerate((5.0, 20.0))]
    view = make_view(tracks)
    found = middle(lane_windows(view.street.lanes, view.tracks, view.plane, (0.0, 60.0), 60.0))
    assert found.time_mean_speed_kmh == pytest.approx(3.6 * 12.5, rel=0.03)
    assert found.space_mean_speed_kmh == pytest.approx(3.6 * 8.0, rel=0.03)


def test_cars_that_stand_one_behind_the_other_are_a_queue() -> None:
    rears = [44.0, 37.0, 30.0, 8.0]  # the last stands 17 m behind: it waits for something else
    tracks = [
        make_track(n, [(2.0, 8.5, rear - 6), (4.0, 8.5, rear), (30.0, 8.5, rear)]) for n, rear in enumerate(rears)
    ]
    view = make_view(tracks)
    found = middle(lane_windows(view.street.lanes, view.tracks, view.plane, (0.0, 30.0), 60.0))
    assert found.queue_vehicles == 3
    assert found.queue_m == pytest.approx(20.0, abs=0.3)


def test_a_minute_without_traffic_has_no_speed_but_zeros() -> None:
    view = make_view([])
    windows = lane_windows(view.street.lanes, view.tracks, view.plane, (0.0, 120.0), 60.0)
    assert [(w.start, w.end) for w in windows if w.lane == "middle"] == [(0.0, 60.0), (60.0, 120.0)]
    assert {w.space_mean_speed_kmh for w in windows} == {None}
    assert {w.flow_per_hour for w in windows} == {0.0}


def test_changes_of_lane_are_counted_by_class() -> None:
    change = [(0.0, 8.5, 5.0), (2.0, 8.5, 20.0), (3.0, 5.0, 30.0), (4.0, 5.0, 45.0)]
    view = make_view([make_track(1, change), make_track(2, [(0, 8.5, 5), (4, 8.5, 45)])])
    assert turning_counts(view.street.lanes, view.tracks) == (("middle", "left", "car", 1),)
