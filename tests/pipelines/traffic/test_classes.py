"""Which tracks stand for a road user."""

from __future__ import annotations

from models.values import Detection, FrameDetections
from pipelines.traffic.classes import Sampling, road_users

SAMPLING = Sampling(fps=25.0, stride=2)


def seen(*objects: tuple[str, float, float, range]) -> list[FrameDetections]:
    """Objects as (label, left, score, steps), each moving 3 pixels a step; every second frame up to 60 steps."""
    return [
        FrameDetections(
            2 * n,
            2 * n / 25,
            tuple(
                Detection(left + 3 * n, 100, left + 3 * n + 40, 140, label, score)
                for label, left, score, steps in objects
                if n in steps
            ),
        )
        for n in range(60)
    ]


def test_each_vehicle_counts_once_numbered_by_first_sight() -> None:
    users = road_users(seen(("bus", 300, 0.8, range(5, 60)), ("car", 0, 0.8, range(60))), SAMPLING)
    assert [(u.id, u.label) for u in users] == [(1, "car"), (2, "bus")]


def test_flicker_does_not_count() -> None:
    assert road_users(seen(("car", 0, 0.8, range(4))), SAMPLING) == ()


def test_doubtful_boxes_alone_do_not_count() -> None:
    assert road_users(seen(("car", 0, 0.39, range(60))), SAMPLING) == ()


def test_a_vehicle_hidden_for_two_seconds_counts_once() -> None:
    users = road_users(seen(("car", 0, 0.8, range(20)), ("car", 0, 0.8, range(45, 60))), SAMPLING)
    assert len(users) == 1


def test_a_rider_does_not_count_beside_the_cycle_and_a_walker_does() -> None:
    users = road_users(
        seen(("motorcycle", 0, 0.8, range(60)), ("person", 0, 0.8, range(60)), ("person", 200, 0.8, range(60))),
        SAMPLING,
    )
    assert sorted(u.label for u in users) == ["motorcycle", "person"]


def test_a_lorry_that_looks_like_a_car_from_afar_is_a_lorry() -> None:
    frames = []
    for n in range(50):
        size = 20.0 + 3 * n
        label = "car" if n < 30 else "truck"
        box = Detection(300 - size, 100 + 4 * n, 300 + size, 100 + 4 * n + size, label, 0.7)
        frames.append(FrameDetections(2 * n, 2 * n / 25, (box,)))
    assert [u.label for u in road_users(frames, SAMPLING)] == ["truck"]


def nested(inner_bottom: float) -> list[FrameDetections]:
    """A lorry through 50 frames, and for 30 of them a car's box inside its own."""
    whole = Detection(100, 100, 220, 300, "truck", 0.8)
    part = Detection(110, inner_bottom - 90, 210, inner_bottom, "car", 0.7)
    return [FrameDetections(2 * n, 2 * n / 25, (whole, part) if n >= 20 else (whole,)) for n in range(50)]


def test_the_cab_of_a_lorry_does_not_count_beside_the_lorry() -> None:
    assert [u.label for u in road_users(nested(295), SAMPLING)] == ["truck"]


def test_a_car_that_hides_part_of_a_lorry_counts() -> None:
    assert sorted(u.label for u in road_users(nested(240), SAMPLING)) == ["car", "truck"]
