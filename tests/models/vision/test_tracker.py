"""The tracker keeps one number for one object through what happens on roads."""

from __future__ import annotations

import pytest

from models.values import Detection, FrameDetections
from models.vision.tracker import Levels, Tracker, TrackerOptions, track

OPTIONS = TrackerOptions(level=Levels(high=0.5, low=0.2, birth=0.5), patience=20)


def box(x: float, y: float, label: str = "car", score: float = 0.9, width: float = 40, height: float = 30) -> Detection:
    return Detection(x, y, x + width, y + height, label, score)


def frames(*paths: dict[int, Detection], last: int) -> list[FrameDetections]:
    """Every frame up to `last`, with what each path shows in it."""
    return [FrameDetections(n, n / 25, tuple(p[n] for p in paths if n in p)) for n in range(last)]


def moving(x: float, y: float, dx: float, dy: float, numbers: range, **kind: object) -> dict[int, Detection]:
    return {n: box(x + dx * n, y + dy * n, **kind) for n in numbers}  # type: ignore[arg-type]  # keyword pass-through


def test_a_moving_car_keeps_one_number() -> None:
    (found,) = track(frames(moving(0, 100, 8, 1, range(40)), last=40), OPTIONS)
    assert (found.id, found.label, len(found.points)) == (1, "car", 40)


def test_an_occluded_car_is_found_again_where_its_speed_takes_it() -> None:
    path = moving(0, 100, 8, 0, range(40))
    for hidden in range(15, 25):
        del path[hidden]
    (found,) = track(frames(path, last=40), OPTIONS)
    assert [p.index for p in found.points] == [*range(15), *range(25, 40)]


def test_a_car_hidden_for_longer_than_patience_is_another_one() -> None:
    path = moving(0, 100, 2, 0, range(80))
    for hidden in range(20, 60):
        del path[hidden]
    assert len(track(frames(path, last=80), OPTIONS)) == 2


def test_crossing_cars_keep_their_numbers() -> None:
    right = moving(0, 100, 8, 0, range(50))
    down = moving(200, -100, 0, 8, range(50))
    tracks = track(frames(right, down, last=50), OPTIONS)
    assert len(tracks) == 2
    for found in tracks:
        first, last = found.points[0].detection, found.points[-1].detection
        moved = (last.left - first.left, last.top - first.top)
        assert moved in {(392, 0), (0, 392)}


def test_a_doubtful_detection_continues_a_track() -> None:
    path = moving(0, 100, 8, 0, range(30))
    for weak in range(10, 20):
        path[weak] = box(8 * weak, 100, score=0.25)
    (found,) = track(frames(path, last=30), OPTIONS)
    assert len(found.points) == 30


def test_doubtful_detections_never_begin_a_track() -> None:
    assert track(frames(moving(0, 100, 8, 0, range(30), score=0.45), last=30), OPTIONS) == ()


def test_a_flicker_of_two_frames_is_no_track() -> None:
    assert track(frames(moving(0, 100, 8, 0, range(2)), last=10), OPTIONS) == ()


def test_the_first_sightings_belong_to_the_track_that_they_confirmed() -> None:
    (found,) = track(frames(moving(0, 100, 8, 0, range(5)), last=5), OPTIONS)
    assert found.points[0].index == 0


def test_a_van_called_car_and_truck_in_turns_is_one_track_of_the_likelier_class() -> None:
    path = moving(0, 100, 8, 0, range(30))
    for n in range(0, 30, 3):
        path[n] = box(8 * n, 100, "truck", 0.8)
    (found,) = track(frames(path, last=30), OPTIONS)
    assert found.label == "car"


def test_a_person_never_takes_over_the_number_of_a_car() -> None:
    car = moving(100, 100, 0, 0, range(15))
    person = {n: box(100, 100, "person") for n in range(15, 30)}
    assert [t.label for t in track(frames(car, person, last=30), OPTIONS)] == ["car", "person"]


def test_every_second_frame_makes_the_same_tracks_with_the_step_told() -> None:
    path = moving(0, 100, 8, 0, range(40))
    sparse = [f for f in frames(path, last=40) if f.index % 2 == 0]
    options = TrackerOptions(level=OPTIONS.level, step=2, patience=3)
    (found,) = track(sparse, options)
    assert len(found.points) == 20


def test_equal_input_gives_equal_tracks() -> None:
    scene = frames(moving(0, 100, 8, 0, range(50)), moving(200, -100, 0, 8, range(50)), last=50)
    assert track(scene, OPTIONS) == track(scene, OPTIONS)


def test_step_tells_who_is_seen_and_who_ended() -> None:
    tracker = Tracker(TrackerOptions(level=OPTIONS.level, patience=2))
    steps = [tracker.step(f) for f in frames(moving(0, 100, 1, 0, range(6)), last=10)]
    assert [[t.id for t in s.seen] for s in steps] == [[], [], [1], [1], [1], [1], [], [], [], []]
    assert [len(s.ended) for s in steps] == [0, 0, 0, 0, 0, 0, 0, 0, 1, 0]
    assert tracker.close() == ()


def test_a_living_track_keeps_no_more_history_than_asked_for() -> None:
    options = TrackerOptions(level=OPTIONS.level, history=7)
    (found,) = track(frames(moving(0, 100, 1, 0, range(50)), last=50), options)
    assert [p.index for p in found.points] == list(range(43, 50))


def test_frames_out_of_order_are_refused() -> None:
    tracker = Tracker()
    tracker.step(FrameDetections(5, 0.2, ()))
    with pytest.raises(ValueError, match="in order"):
        tracker.step(FrameDetections(5, 0.2, ()))


def test_ten_objects_take_less_than_five_milliseconds_a_frame() -> None:
    import time

    scene = frames(*(moving(0, 60 * n, 3, 0, range(100)) for n in range(10)), last=100)
    start = time.process_time()
    assert len(track(scene, OPTIONS)) == 10
    assert time.process_time() - start < 0.5
