"""A stored track stream replays to the same record, byte for byte."""

from __future__ import annotations

import hashlib
import json

from cases.codec import to_json
from models.values import FrameDetections, Track
from pipelines.traffic.classes import Sampling, road_users
from pipelines.traffic.enforcement import Enforcement, Span, street_results
from pipelines.traffic.layout import Street
from pipelines.traffic.scene import parse_scene
from pipelines.traffic.signal import parse_signals
from tests.pipelines.traffic.made_street import SCENE, make_track

SIGNALS = {"S": [[0, "green"], [5, "red"], [40, "green"]]}


def _frames(tracks: list[Track]) -> list[FrameDetections]:
    """The stream of detections that the tracks came from."""
    points = [p for track in tracks for p in track.points]
    return [
        FrameDetections(n, n / 12.5, tuple(p.detection for p in points if p.index == n))
        for n in range(max(p.index for p in points) + 1)
    ]


def _digest(frames: list[FrameDetections]) -> str:
    tracks = road_users(frames, Sampling(12.5, 1))
    found = street_results(
        tracks, parse_scene(SCENE).street, Span(0.0, 60.0, 25.0), Enforcement(parse_signals(SIGNALS))  # type: ignore[arg-type]
    )  # fmt: skip
    assert {v.rule for v in found.violations} == {"red_light", "illegal_stop"}
    text = json.dumps(to_json(found), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_replay_gives_the_same_violations_byte_for_byte() -> None:
    stream = [
        make_track(1, [(3.0, 8.5, 5.4), (11.0, 8.5, 85.4)]),
        make_track(2, [(0.0, 20, 2), (2.0, 20, 20), (20.0, 20, 20), (22.0, 20, 45)]),
    ]
    frames = _frames(stream)
    assert _digest(frames) == _digest(list(frames))


def test_a_violation_names_its_frames_with_the_vehicle_in_them() -> None:
    track = make_track(1, [(3.0, 8.5, 5.4), (11.0, 8.5, 85.4)])
    found = street_results(
        [track], parse_scene(SCENE).street, Span(0.0, 60.0, 25.0), Enforcement(parse_signals(SIGNALS))  # type: ignore[arg-type]
    )  # fmt: skip
    (violation,) = found.violations
    assert (violation.code, violation.lane, violation.unit) == ("1625", "middle", "s of red")
    assert [e["role"] for e in violation.evidence] == ["before_line", "past_line", "in_junction"]
    boxes = {round(p.time, 3): p.detection.bottom for p in track.points}
    for picture in violation.evidence:
        assert picture["frame"] == round(float(str(picture["time"])) * 25)
        assert picture["box"][3] == round(boxes[float(str(picture["time"]))], 1)  # type: ignore[index]


def test_a_scene_without_a_street_adds_nothing() -> None:
    found = street_results([make_track(1, [(0, 5, 5), (4, 5, 45)])], Street(), Span(0.0, 4.0, 25.0))
    assert (found.lanes, found.intervals, found.violations) == ((), (), ())
