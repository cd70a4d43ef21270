"""The whole path on a small drawn clip: lamps from pixels, three positions, plate, pictures, clip, checks."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from benchmarks.accuracy.evidence import TRUTH, Play, Tally, TruthDetector, judge, play, report, run
from benchmarks.worlds.lamps import LIGHTS
from benchmarks.worlds.pictures import NEAR_CAMERA, Body, Scenery, plate_text, shown_at
from cases.codec import from_json, to_json_object
from cases.traffic import TrafficRecord
from models.device import Device, DeviceKind
from models.fakes import FakePlates
from models.task import Model, Task
from models.values import Frame, ItemError, Plate, Quad
from pipelines.inline import InlineEngine
from pipelines.media.video import video_facts

SMALL = replace(NEAR_CAMERA, size=(640, 360), focal=NEAR_CAMERA.focal / 4)
TEXT = "京A12345"


class OnePlate(FakePlates):
    """Reads the same plate in the middle of whatever it is shown."""

    def _one(self, frame: Frame) -> tuple[Plate, ...] | ItemError:  # type: ignore[override]  # as the protocol has it
        height, width = frame.pixels.shape[:2]
        x, y = width / 2, height * 0.75
        box: Quad = ((x - 9, y - 3), (x + 9, y - 3), (x + 9, y + 3), (x - 9, y + 3))
        return (Plate(TEXT, box, 0.9, "blue", "ordinary", 1, (0.98,) * 7, 0.9),)


@dataclass(frozen=True)
class Done:
    """A play's record with its files and the actors of its tracks."""

    record: TrafficRecord
    actors: dict[int, int | None]
    folder: Path
    found: Play
    drawn: Scenery


def engine(found: Play) -> InlineEngine:
    def build(name: str) -> Model[object, object]:
        return cast("Model[object, object]", TruthDetector(found.given) if name == TRUTH else OnePlate(name))

    def names(task: Task) -> tuple[str, ...]:
        return (TRUTH,) if task is Task.DETECT else ("fake-read-plates",)

    return InlineEngine(build, names, Device(DeviceKind.CPU, 0, 1, "a test"))


def done_in(folder: Path, found: Play, drawn: Scenery) -> Done:
    models = engine(found)
    try:
        record, actors = run(found, drawn, folder, models)
    finally:
        models.close()
    return Done(record, actors, folder, found, drawn)


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    found = play(3, "runs red", SMALL)
    drawn = Scenery(found.world, SMALL, LIGHTS["day"], [Body((150, 30, 35), TEXT, None)] * len(found.world.actors))
    return done_in(tmp_path_factory.mktemp("play"), found, drawn)


def test_the_red_light_is_read_from_the_lamp_and_found_once(done: Done) -> None:
    (found,) = done.record.violations
    assert (found.rule, found.plate, found.plate_state) == ("red_light", TEXT, "read")
    assert found.signal is not None
    assert (found.signal.group[0] in "SL", found.signal.colour, found.signal.source) == (True, "red", "pixels")
    assert {phase.colour for phase in done.record.signals} == {"red"}


def test_only_the_picture_size_is_missing(done: Done) -> None:
    (found,) = done.record.violations
    # A machine without a Chinese font cannot write the text, and says so.
    assert {check.name for check in found.checks if not check.passed} - {"text"} == {"picture size"}
    assert not found.complete


def test_every_picture_lies_there_with_its_digest(done: Done) -> None:
    (found,) = done.record.violations
    roles = [picture.role for picture in found.pictures]
    assert roles == [
        "before_line", "past_line", "in_junction", "plate_closeup", "vehicle_closeup", *["signal_closeup"] * 3,
        "composite",
    ]  # fmt: skip
    for picture in found.pictures:
        data = (done.folder / picture.name).read_bytes()
        assert hashlib.sha256(data).hexdigest() == picture.sha256
    read = found.plate_read
    assert read is not None
    assert [p.frame for p in found.pictures if p.role in ("plate_closeup", "vehicle_closeup")] == [read.frame] * 2


def test_the_clip_holds_the_violation_with_roll_on_both_sides(done: Done) -> None:
    (found,) = done.record.violations
    assert found.clip is not None
    assert found.clip.start <= found.start
    assert found.clip.end >= min(found.end + 1.9, done.record.duration - 0.1)
    facts = video_facts(done.folder / found.clip.name)
    assert facts["duration"] == pytest.approx(found.clip.end - found.clip.start, abs=0.5)


def test_the_same_video_gives_the_same_evidence_and_survives_the_store(done: Done, tmp_path: Path) -> None:
    again = done_in(tmp_path, done.found, done.drawn)
    assert again.record.violations == done.record.violations
    assert from_json(TrafficRecord, to_json_object(done.record)) == done.record


def test_masks_are_black_in_every_picture_and_no_clip_is_cut(done: Done, tmp_path: Path) -> None:
    import cv2

    corners = [[0, 0], [200, 0], [200, 100], [0, 100]]
    world = replace(done.found.world, scene={**done.found.world.scene, "masks": [{"name": "m", "polygon": corners}]})  # type: ignore[dict-item]  # JSON
    hidden = done_in(tmp_path, replace(done.found, world=world), done.drawn)
    (found,) = hidden.record.violations
    assert (found.clip, found.clip_left_out) == (None, "privacy masks: packets cannot be masked")
    panorama = cv2.imread(str(tmp_path / found.pictures[0].name))
    assert panorama[:95, :195].max() < 16


def test_the_tally_counts_right_complete_and_exact(done: Done) -> None:
    tally = Tally()
    judge(done.record, done.actors, done.found, done.drawn, tally, "3 runs red")
    assert (tally.right["red_light"], tally.false.total(), tally.missed.total(), tally.complete) == (1, 0, 0, 0)
    assert tally.plates == {"exact": 1}
    assert "evidence complete 0 of 1" in report(tally)


def test_a_near_miss_gives_nothing(tmp_path: Path) -> None:
    found = play(4, "late yellow", SMALL)
    drawn = Scenery(found.world, SMALL, LIGHTS["day"], [Body((60, 70, 90), TEXT, None)] * len(found.world.actors))
    near = done_in(tmp_path, found, drawn)
    assert near.record.violations == ()


def test_worlds_show_their_lamps_and_plates_have_their_form() -> None:
    found = play(3, "runs red", SMALL)
    assert shown_at(found.world, "S", 6.0) == "green"
    assert shown_at(found.world, "S", 40.0) == "red"
    random = np.random.default_rng(1)
    texts: Sequence[tuple[str, str]] = [plate_text(random) for _ in range(40)]
    assert {(len(text), colour) for text, colour in texts} == {(7, "blue"), (8, "green")}
