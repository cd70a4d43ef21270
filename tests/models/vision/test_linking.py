"""Pieces of one object's track are joined, pieces of two objects are not; gaps are filled in straight lines."""

from __future__ import annotations

import pytest

from models.values import Detection, Track, TrackPoint
from models.vision.gaps import filled
from models.vision.linking import LinkOptions, linked
from models.vision.tracker import GROUPS


def piece(number: int, frames: range, x: float, dx: float, label: str = "car", size: float = 40.0) -> Track:
    points = (
        TrackPoint(n, n / 25, Detection(x + dx * n, 100, x + dx * n + size, 100 + size, label, 0.9)) for n in frames
    )
    return Track(number, label, tuple(points))


def test_two_pieces_on_one_course_become_one_track_with_the_first_number() -> None:
    (joined,) = linked([piece(1, range(20), 0, 6), piece(2, range(32, 50), 0, 6)], GROUPS)
    assert joined.id == 1
    assert len(joined.points) == 38


def test_three_pieces_are_joined_in_a_row() -> None:
    pieces = [piece(3, range(50, 70), 0, 6), piece(1, range(20), 0, 6), piece(2, range(25, 45), 0, 6)]
    (joined,) = linked(pieces, GROUPS)
    assert [p.index for p in joined.points] == [*range(20), *range(25, 45), *range(50, 70)]


@pytest.mark.parametrize(
    "other",
    [
        piece(2, range(32, 50), 300, 6),
        piece(2, range(32, 50), 0, 6, label="person"),
        piece(2, range(32, 50), 0, 6, size=90.0),
        piece(2, range(90, 110), 0, 6),
        piece(2, range(10, 40), 0, 6),
    ],
    ids=["elsewhere", "another kind", "another size", "too late", "at the same time"],
)
def test_pieces_of_two_objects_stay_apart(other: Track) -> None:
    assert len(linked([piece(1, range(20), 0, 6), other], GROUPS)) == 2


def test_the_nearer_of_two_successors_is_taken() -> None:
    near, far = piece(2, range(30, 50), 2, 6), piece(3, range(30, 50), 12, 6)
    tracks = linked([piece(1, range(20), 0, 6), far, near], GROUPS, LinkOptions(reach=1.0))
    assert {t.id: len(t.points) for t in tracks} == {1: 40, 3: 20}


def test_ten_thousand_short_tracks_are_joined_without_one_square_table() -> None:
    pieces = [piece(n + 1, range(40 * n, 40 * n + 3), 0, 0, size=20 + 40.0 * (n % 2)) for n in range(2000)]
    assert len(linked(pieces, GROUPS)) == 2000


def test_a_short_gap_is_filled_in_a_straight_line_and_a_long_one_stays_open() -> None:
    points = tuple(
        TrackPoint(n, n / 10, Detection(10.0 * n, 0, 10.0 * n + 4, 8, "car", score))
        for n, score in ((0, 0.9), (4, 0.5), (30, 0.9))
    )
    whole = filled(Track(1, "car", points), longest=10)
    assert [p.index for p in whole.points] == [0, 1, 2, 3, 4, 30]
    middle = whole.points[2]
    assert (middle.detection.left, middle.detection.score, middle.time) == pytest.approx((20.0, 0.5, 0.2))


def test_gaps_are_filled_at_the_frames_that_are_looked_at() -> None:
    points = tuple(TrackPoint(n, n / 10, Detection(n, 0, n + 4, 8, "car", 0.9)) for n in (0, 2, 8))
    assert [p.index for p in filled(Track(1, "car", points), 10, step=2).points] == [0, 2, 4, 6, 8]
