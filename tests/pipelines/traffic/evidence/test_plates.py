"""The plate of a track: only its own reads count, two must agree, and the frame that was read is the one shown."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest

from models.errors import BadInput
from models.values import Detection, ItemError, Plate, Quad, Track
from pipelines.engine import Engine, FrameParts
from pipelines.traffic.evidence.plates import LOOKS, looks, plate_of, vehicles_by_frame
from pipelines.traffic.evidence.shots import Shot
from tests.pipelines.traffic.evidence.conftest import make_track

SIZE = (1280, 720)


def plate(text: str, x: float, y: float, confidence: float = 0.9) -> Plate:
    box: Quad = ((x, y), (x + 40, y), (x + 40, y + 12), (x, y + 12))
    return Plate(text, box, confidence, "blue", "ordinary", 1, (0.9,) * len(text), 0.9)


class Reader:
    """Answers each part by a function of its frame and box."""

    def __init__(self, answer: object) -> None:
        self.answer = answer
        self.asked: list[FrameParts] = []

    def run(self, kind: object, items: list[FrameParts], **_: object) -> list[object]:
        self.asked += items
        if isinstance(self.answer, ItemError):
            return [self.answer]
        return [tuple(self.answer(part.frame) for part in items[0].parts)]  # type: ignore[operator]  # a function


def read(track: Track, others: tuple[Track, ...], answer: object) -> object:
    points = looks(track, [], SIZE)
    engine = cast(Engine, Reader(answer))
    return plate_of(Path("a.mp4"), track, points, vehicles_by_frame([track, *others]), SIZE, engine)


def test_agreeing_reads_name_the_plate_and_the_frame_of_the_surest(track: Track) -> None:
    def answer(frame: int) -> tuple[Plate, ...]:
        return (plate("京A12345", 530, 580 - 6 * frame, 0.95 if frame == 6 else 0.8),)

    found = read(track, (), answer)
    assert found.state == "read"  # type: ignore[attr-defined]  # a PlateFinding
    seen = found.seen  # type: ignore[attr-defined]  # as above
    assert (seen.text, seen.agreeing, seen.reads, seen.frame) == ("京A12345", seen.reads, seen.reads, 6)
    assert seen.box[0] == (530, 544)


def test_a_neighbours_plate_is_never_its_own(track: Track) -> None:
    # The neighbour stands nearer, and its box overlaps: the plate lies in both.
    near = Track(2, "car", tuple(
        type(p)(p.index, p.time, Detection(520.0, p.detection.top, 620.0, p.detection.bottom + 5, "car", 0.9))
        for p in track.points
    ))  # fmt: skip
    found = read(track, (near,), lambda frame: (plate("京B99999", 550, 580 - 6 * frame),))
    assert (found.state, found.seen) == ("no plate", None)  # type: ignore[attr-defined]  # a PlateFinding


def test_reads_that_disagree_are_unsure_and_none_are_no_plate(track: Track) -> None:
    unsure = read(track, (), lambda frame: (plate(f"京A{frame:05d}", 530, 580 - 6 * frame),))
    none = read(track, (), lambda frame: ())
    assert (unsure.state, none.state) == ("unsure", "no plate")  # type: ignore[attr-defined]  # PlateFindings


def test_a_small_vehicle_is_not_even_asked_about() -> None:
    small = Track(1, "car", tuple(
        type(p)(p.index, p.time, Detection(500, 300, 530, 340, "car", 0.9)) for p in make_track().points
    ))  # fmt: skip
    assert looks(small, [], SIZE) == ()
    assert read(small, (), lambda frame: ()).state == "no plate"  # type: ignore[attr-defined]  # a PlateFinding


def test_looks_are_few_spread_and_hold_the_shots(track: Track) -> None:
    shot = Shot("past_line", 33, 3.3, (0, 0, 1, 1))
    points = looks(track, [shot], SIZE)
    assert 33 in [p.index for p in points]
    assert len(points) <= LOOKS + 1
    assert points[-1].index - points[0].index > 40


def test_a_video_that_cannot_be_read_is_bad_input(track: Track) -> None:
    with pytest.raises(BadInput, match="cannot be opened"):
        read(track, (), ItemError("video.broken", "it cannot be opened"))
