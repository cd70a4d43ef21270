"""Shots are points of the track itself, each frame once; displacement is what a person sees."""

from __future__ import annotations

from models.values import Track
from pipelines.traffic.evidence.shots import Shot, comes_nearer, least_shift, shots_of
from tests.pipelines.traffic.evidence.conftest import make_track, make_violation


def test_each_moment_is_the_nearest_point_of_the_track(track: Track) -> None:
    shots = shots_of(make_violation(times=(1.04, 2.0, 99.0)), track)
    assert [(s.role, s.index, s.time) for s in shots] == [
        ("before_line", 10, 1.0), ("past_line", 20, 2.0), ("in_junction", 59, 5.9),
    ]  # fmt: skip
    assert shots[0].box == (500.0, 440.0, 600.0, 540.0)


def test_two_moments_of_one_frame_are_one_picture(track: Track) -> None:
    assert len(shots_of(make_violation(times=(1.0, 1.01, 1.02)), track)) == 1


def test_displacement_is_the_smallest_between_neighbours() -> None:
    first, second = Shot("a", 0, 0.0, (0, 0, 100, 100)), Shot("b", 1, 1.0, (100, 0, 200, 100))
    still = Shot("c", 2, 2.0, (101, 0, 201, 100))
    assert round(least_shift([first, second]), 2) == 0.71
    assert least_shift([first, second, still]) < 0.01
    assert least_shift([first]) == 0.0


def test_growing_towards_the_lower_edge_is_coming_nearer() -> None:
    assert not comes_nearer(make_track(step=-6.0))
    assert comes_nearer(make_track(step=3.0))
