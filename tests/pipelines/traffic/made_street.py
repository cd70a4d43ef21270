"""A street seen straight from above, 20 pixels a metre, and road users that move on it exactly as said."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cases.records import JsonObject, JsonValue
from models.values import Detection, Track, TrackPoint
from pipelines.traffic.enforcement import ground_of
from pipelines.traffic.rules.view import View
from pipelines.traffic.scene import parse_scene
from pipelines.traffic.signal import SignalLog
from pipelines.traffic.trajectory import trajectories

SCALE = 20.0
RATE = 12.5

Knots = Sequence[tuple[float, float, float]]
"""(second, x, y) in metres; straight at even speed between two."""


def px(x: float, y: float) -> list[JsonValue]:
    """A ground point in the picture: y goes up the picture, so that traffic along y leaves the camera."""
    return [100 + SCALE * x, 2100 - SCALE * y]


def area(name: str, left: float, right: float, near: float, far: float) -> JsonObject:
    """A rectangle on the ground."""
    return {"name": name, "polygon": [px(left, near), px(right, near), px(right, far), px(left, far)]}


def lane(name: str, x: float, **more: JsonValue) -> JsonObject:
    """A lane 3.5 m wide around x, from y = 0 to y = 50."""
    return {**area(name, x - 1.75, x + 1.75, 0, 50), "heading": [px(x, 0), px(x, 50)], **more}


SCENE: JsonObject = {
    "lanes": [
        lane("left", 5, movements=["left"], limit_kmh=60.0),
        lane("middle", 8.5, movements=["straight"], limit_kmh=60.0),
        lane("bus", 12, kind="bus"),
        lane("shoulder", 15.5, kind="emergency"),
    ],
    "signals": [{"name": "S"}],
    "stop_lines": [
        {
            "name": "line",
            "line": [px(3.25, 50), px(10.25, 50)],
            "lanes": ["left", "middle"],
            "signals": {"left": "S", "straight": "S"},
        }
    ],
    "exits": [
        {"line": [px(3, 80), px(14, 80)], "movement": "straight", "lanes": ["left", "middle"]},
        {"line": [px(0, 48), px(3, 48)], "movement": "u_turn", "lanes": ["left", "middle"]},
    ],
    "crossings": [area("crossing", 2, 18, 52, 56)],
    "junctions": [area("box", 2, 18, 58, 78)],
    "no_stopping": [area("verge", 18, 22, 10, 40)],
    "no_parking": [{**area("lay-by", 23, 26, 10, 40), "stay_s": 30.0}],
    "solid_lines": [{"name": "solid", "points": [px(6.75, 10), px(6.75, 40)]}],
    "sections": [
        {"name": "s", "entry": [px(3, 5), px(20, 5)], "exit": [px(3, 45), px(20, 45)], "length_m": 40, "limit_kmh": 60}
    ],
    "calibration": {
        "points": [{"picture": px(x, y), "ground": [x, y]} for x in (0.0, 20.0) for y in (0.0, 40.0, 80.0)],
        "noise_px": 1.0,
    },
}


def make_track(number: int, knots: Knots, label: str = "car") -> Track:
    """A track of a road user whose rear (for a person: foot) is at the knots."""
    times, xs, ys = (np.array(v) for v in zip(*knots, strict=True))
    points = []
    for index in range(int(times[0] * RATE), int(times[-1] * RATE) + 1):
        time = index / RATE
        x, y = px(float(np.interp(time, times, xs)), float(np.interp(time, times, ys)))
        assert isinstance(x, float)
        assert isinstance(y, float)
        points.append(TrackPoint(index, time, Detection(x - 18, y - 60, x + 18, y, label, 0.9)))
    return Track(number, label, tuple(points))


def make_view(tracks: Sequence[Track], signals: SignalLog | None = None, **scene: JsonValue) -> View:
    """The view of tracks in the street above; `scene` replaces parts of it."""
    street = parse_scene({**SCENE, **scene}).street
    plane = ground_of(street)
    return View(street, trajectories(tracks, street.lanes, plane), plane, signals or SignalLog())
