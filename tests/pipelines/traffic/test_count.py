"""The traffic pipeline over fakes: parts, records, resumption and parameters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.codec import from_json, to_json
from cases.records import BlobRef, JsonObject
from cases.traffic import Count, TrafficRecord
from models.errors import BadInput
from models.values import Detection, Track, TrackPoint
from pipelines.inline import InlineEngine
from pipelines.lines import pipeline_for, run_pipeline
from pipelines.pipeline import Setting
from pipelines.traffic.count import Stretch, TrafficPipeline, counts, summary, usual_stride
from pipelines.traffic.scene import parse_scene

WriteVideo = Callable[..., Path]

SCENE: JsonObject = {"lines": [{"name": "门", "points": [[60, 0], [60, 63]], "directions": ["入", "出"]}]}


def setting(path: Path, scratch: Path, engine: InlineEngine, **params: object) -> Setting[object]:
    wishes: object = TrafficPipeline().parse({"annotated": False, **params})  # type: ignore[dict-item]  # JSON by hand
    return Setting(BlobRef("0" * 64, 1, "video/mp4", path), wishes, engine, scratch)


def test_a_clip_gives_one_car_with_its_path(fake_engine: InlineEngine, tmp_path: Path, write_video: WriteVideo) -> None:
    path = write_video(tmp_path / "a.mp4", frames=40)
    record = run_pipeline(pipeline_for("traffic"), setting(path, tmp_path, fake_engine), parameters={}).record
    assert isinstance(record, TrafficRecord)
    assert (record.frames, record.width, record.height, record.fps) == (40, 96, 64, 25.0)
    assert record.counts == (Count(None, None, "car", 1),)
    assert (record.tracks, record.paths[0].class_) == (1, "car")
    assert record.provenance.parameters == {"stride": 2, "frames_a_second_looked_at": 12.5}


def test_a_line_counts_the_car_in_its_direction(
    fake_engine: InlineEngine, tmp_path: Path, write_video: WriteVideo
) -> None:
    path = write_video(tmp_path / "a.mp4", frames=40)
    done = run_pipeline(pipeline_for("traffic"), setting(path, tmp_path, fake_engine, scene=SCENE), parameters={})
    # The car drives to the right; looking down the line, it comes from the left side of the looker: his left is east.
    assert isinstance(done.record, TrafficRecord)
    assert done.record.counts == (Count("门", "出", "car", 1),)


def test_a_resumed_run_gives_the_same_record(
    fake_engine: InlineEngine, tmp_path: Path, write_video: WriteVideo
) -> None:
    path = write_video(tmp_path / "a.mp4", frames=115, fps=5)
    pipeline, wanted = TrafficPipeline(), setting(path, tmp_path, fake_engine)
    parts = {part.index: part for part in pipeline.run(wanted, {})}  # type: ignore[arg-type]  # params as object
    assert sorted(parts) == [0, 1, 2]
    kept = from_json(Stretch, json.loads(json.dumps(to_json(parts[1].payload))))
    assert kept == parts[1].payload
    whole = run_pipeline(pipeline_for("traffic"), wanted, parameters={}).record
    resumed = run_pipeline(pipeline_for("traffic"), wanted, parameters={}, done={1: kept}).record
    assert isinstance(whole, TrafficRecord)
    assert isinstance(resumed, TrafficRecord)
    assert (whole.counts, whole.paths, whole.tracks) == (resumed.counts, resumed.paths, resumed.tracks)
    assert whole.tracks == 1


def test_stretches_meet_without_a_frame_twice_or_left_out(
    fake_engine: InlineEngine, tmp_path: Path, write_video: WriteVideo
) -> None:
    path = write_video(tmp_path / "a.mp4", frames=115, fps=5)
    parts = TrafficPipeline().run(setting(path, tmp_path, fake_engine, stride=3), {})  # type: ignore[arg-type]
    assert [frame.index for part in parts for frame in part.payload.seen] == list(range(0, 115, 3))


@pytest.mark.parametrize(("fps", "stride"), [(25, 2), (30, 2), (60, 4), (50, 3), (12.5, 1), (10, 1), (1, 1)])
def test_the_usual_stride_goes_by_time(fps: float, stride: int) -> None:
    assert usual_stride(fps) == stride


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"stride": -1}, "stride"),
        ({"stride": True}, "stride"),
        ({"stride": 1.5}, "stride"),
        ({"model": 7}, "model"),
        ({"annotated": "yes"}, "annotated"),
        ({"lines": []}, "unknown"),
        ({"scene": {"lines": [1]}}, "line 1"),
    ],
)
def test_parameters_that_do_not_fit_are_named(params: JsonObject, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        TrafficPipeline().parse(params)


def test_what_is_no_video_is_bad_input(fake_engine: InlineEngine, tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"no video at all")
    with pytest.raises(BadInput, match="video format"):
        run_pipeline(pipeline_for("traffic"), setting(path, tmp_path, fake_engine), parameters={})


def straight(number: int, label: str, downward: bool) -> Track:
    ys = range(0, 100, 5) if downward else range(100, 0, -5)
    points = (
        TrackPoint(n, n / 10, Detection(40.0 * number, y - 10.0, 40.0 * number + 20, float(y), label, 0.9))
        for n, y in enumerate(ys)
    )
    return Track(number, label, tuple(points))


def test_counts_tell_line_direction_and_class() -> None:
    line = {"name": "A", "points": [[0, 50], [400, 50]], "directions": ["down", "up"]}
    lines = parse_scene({"lines": [line]}).lines  # type: ignore[dict-item]  # JSON by hand
    tracks = [straight(1, "car", True), straight(2, "car", True), straight(3, "bus", False), straight(4, "bus", True)]
    assert counts(tracks, lines) == (
        Count("A", "down", "car", 2),
        Count("A", "down", "bus", 1),
        Count("A", "up", "bus", 1),
    )


def test_paths_are_thinned_and_keep_both_ends() -> None:
    points = tuple(TrackPoint(n, n / 10, Detection(n, 0, n + 10, 10, "car", 0.9)) for n in range(1001))
    kept = summary(Track(1, "car", points))
    assert len(kept.path) <= 102
    assert (kept.path[0][:2], kept.path[-1][:2]) == ((0.0, 0.0), (100.0, 1000.0))
    assert (kept.start, kept.end) == (0.0, 100.0)
