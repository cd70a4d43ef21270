"""Scenes say what does not fit."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.records import JsonValue
from models.errors import BadInput
from pipelines.traffic.scene import Scene, parse_scene, read_scene


def test_a_scene_in_shares_becomes_pixels(tmp_path: Path) -> None:
    file = tmp_path / "scene.yaml"
    file.write_text(
        "lines:\n  - name: 北进口\n    points: [[0.1, 0.5], [0.9, 0.5]]\n    directions: [进, 出]\n", "utf-8"
    )
    (line,) = parse_scene(read_scene(file)).in_pixels(200, 100).lines
    assert (line.name, line.start, line.end, line.directions) == ("北进口", (20.0, 50.0), (180.0, 50.0), ("进", "出"))


def test_a_scene_in_pixels_stays_as_it_is() -> None:
    scene = parse_scene({"lines": [{"points": [[10, 20], [30, 40.5]]}]})
    assert not scene.shares
    assert scene.in_pixels(1920, 1080) == scene
    assert scene.lines[0].name == "line-1"


def test_no_scene_is_an_empty_one() -> None:
    assert parse_scene(None) == Scene() == parse_scene({})


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ([], "mapping"),
        ({"zones": []}, "lines"),
        ({"lines": [7]}, "line 1"),
        ({"lines": [{"points": [[0, 0]]}]}, "points"),
        ({"lines": [{"points": [[0, 0], [0, 0]]}]}, "begins where it ends"),
        ({"lines": [{"points": [[0, 0], [0, "a"]]}]}, "numbers"),
        ({"lines": [{"points": [[0, 0], [0, float("nan")]]}]}, "numbers"),
        ({"lines": [{"points": [[0, 0], [1, 1]], "directions": ["in"]}]}, "two names"),
        ({"lines": [{"points": [[0, 0], [1, 1]], "color": "red"}]}, "color"),
        ({"lines": [{"name": "a", "points": [[0, 0], [1, 1]]}] * 2}, "same name"),
        ({"lines": [{"points": [[0, 0], [1, 1]]}] * 65}, "64"),
    ],
)
def test_what_does_not_fit_is_named(value: JsonValue, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_scene(value)


def test_a_file_that_is_no_yaml_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "scene.yaml"
    file.write_text("lines: [", "utf-8")
    with pytest.raises(BadInput, match=r"scene\.yaml"):
        read_scene(file)
