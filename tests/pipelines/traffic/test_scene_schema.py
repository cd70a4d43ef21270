"""A street in a scene file becomes plain values, and what does not fit is named with its place."""

from __future__ import annotations

from typing import cast

import pytest

from cases.records import JsonObject, JsonValue
from models.errors import BadInput
from pipelines.traffic.layout import AreaKind, LaneKind, Movement, inside
from pipelines.traffic.scene import parse_scene
from tests.pipelines.traffic.made_street import SCENE, lane


def test_a_whole_street_is_read() -> None:
    street = parse_scene(SCENE).street
    assert [n.name for n in street.lanes] == ["left", "middle", "bus", "shoulder"]
    assert street.lanes[2].kind is LaneKind.BUS
    assert street.lanes[0].movements == {Movement.LEFT}
    assert street.stop_lines[0].signal(Movement.STRAIGHT) == "S"
    assert [a.name for a in street.of(AreaKind.NO_STOPPING)] == ["verge"]
    assert street.calibration is not None


def test_shares_become_pixels_everywhere() -> None:
    half: JsonValue = {
        "name": "a",
        "polygon": [[0, 0], [0.5, 0], [0.5, 1]],
        "heading": [[0.25, 1], [0.25, 0]],
    }
    lamp: JsonValue = {"name": "S", "lamps": [{"colour": "red", "box": [0.1, 0.1, 0.2, 0.2]}]}
    street = parse_scene({"lanes": [half], "signals": [lamp]}).in_pixels(200, 100).street
    assert street.lanes[0].polygon == ((0, 0), (100, 0), (100, 100))
    assert street.lanes[0].heading == ((50, 100), (50, 0))
    assert street.signals[0].lamps == (("red", 20, 10, 40, 20),)


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ({"lanes": [lane("a", 5, limit_kmh=-3)]}, r"lanes\.0\.limit_kmh"),
        ({"lanes": [lane("a", 5, colour="red")]}, r"lanes\.0\.colour"),
        ({"lanes": [lane("a", 5), lane("a", 9)]}, "same name"),
        ({"lanes": [{**lane("a", 5), "heading": [[1, 1], [1, 1]]}]}, "begins where it ends"),
        ({"lanes": [{**lane("a", 5), "movements": ["up"]}]}, r"lanes\.0\.movements\.0"),
        ({"stop_lines": [{"name": "l", "line": [[0, 0], [1, 1]], "lanes": ["b"]}]}, "lanes that are not drawn: b"),
        ({"calibration": {"points": [{"picture": [0, 0], "ground": [0, 0]}]}}, r"calibration\.points"),
        ({"zones": []}, "unknown keys zones; known: .*lanes"),
    ],
)
def test_what_does_not_fit_is_named(part: JsonObject, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        parse_scene(part)


def test_a_calibration_on_a_line_is_refused_when_the_scene_is_read() -> None:
    points = cast(JsonValue, [{"picture": [n, 2 * n], "ground": [n, 0]} for n in range(1, 6)])
    with pytest.raises(BadInput, match="on a line"):
        parse_scene({"calibration": {"points": points}})


def test_a_polygon_holds_its_inside_also_when_it_is_hollow() -> None:
    import numpy as np

    hollow = ((0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (5.0, 3.0), (0.0, 10.0))
    points = np.array([(1.0, 5.0), (5.0, 8.0), (5.0, 1.0), (11.0, 5.0)])
    assert inside(points, hollow).tolist() == [True, False, True, False]


def test_the_example_of_the_manual_is_a_scene() -> None:
    import re
    from pathlib import Path

    import yaml

    page = Path(__file__).parents[3] / "docs" / "traffic.md"
    lines, street = re.findall(r"```yaml\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
    read = parse_scene({**yaml.safe_load(lines), **yaml.safe_load(street)})
    assert read.street.calibration is not None
    assert {area.kind for area in read.street.areas} == set(AreaKind)
