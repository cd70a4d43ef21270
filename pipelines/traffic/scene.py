"""What a person drew on the picture: counting lines, and the street that they lie in; knows no video and no track.

A scene is YAML or JSON:

    lines:
      - name: 北进口
        points: [[0.10, 0.62], [0.55, 0.60]]
        directions: [进, 出]

Looking from the first point to the second, the first direction names what crosses from left to right, the second what
crosses from right to left. Lanes, stop lines, signals and areas follow `scene_schema`. When every coordinate of the
scene lies in 0..1 they are shares of the picture's width and height, else pixels of the upright picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np

from cases.records import JsonObject, JsonValue
from models.errors import BadInput
from pipelines.traffic.ground import fit_ground
from pipelines.traffic.layout import Street
from pipelines.traffic.scene_schema import KEYS, parse_street, picture_numbers

MAX_LINES = 64
"""More lines than the arms and lanes of any crossing."""
MAX_BYTES = 1 << 20
"""A scene file is some lines of text; more is not one."""
DIRECTIONS = ("left-to-right", "right-to-left")
FIELDS = frozenset({"name", "points", "directions"})

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class CountingLine:
    """A stretch between two points; `directions` name crossings from its left to its right, and back."""

    name: str
    start: Point
    end: Point
    directions: tuple[str, str] = DIRECTIONS


@dataclass(frozen=True, slots=True)
class Scene:
    """The lines of one camera view; `shares` tells that points are parts of the picture's size, not pixels."""

    lines: tuple[CountingLine, ...] = ()
    shares: bool = True
    street: Street = field(default_factory=Street)

    def in_pixels(self, width: int, height: int) -> Scene:
        """The same scene in pixels of a picture of `width` x `height`."""
        if not self.shares:
            return self
        lines = (
            replace(
                line,
                start=(line.start[0] * width, line.start[1] * height),
                end=(line.end[0] * width, line.end[1] * height),
            )
            for line in self.lines
        )
        return Scene(tuple(lines), shares=False, street=self.street.in_pixels(width, height))


def _wrong(what: str) -> BadInput:
    return BadInput("scene.invalid", f"the scene does not fit: {what}")


def _point(value: JsonValue, where: str) -> Point:
    if not isinstance(value, list) or len(value) != 2:
        raise _wrong(f"{where} must be [x, y]")
    if not all(isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in value):
        raise _wrong(f"{where} must hold two numbers")
    x, y = (float(cast(float, v)) for v in value)
    return x, y


def _line(value: JsonValue, number: int) -> CountingLine:
    where = f"line {number + 1}"
    if not isinstance(value, dict):
        raise _wrong(f"{where} must be a mapping of name, points and directions")
    if unknown := set(value) - FIELDS:
        raise _wrong(f"{where} has unknown fields: {', '.join(sorted(unknown))}")
    name = value.get("name", f"line-{number + 1}")
    points = value.get("points")
    if not isinstance(points, list) or len(points) != 2:
        raise _wrong(f"{where} needs points: [[x, y], [x, y]]")
    start, end = _point(points[0], f"{where}, first point"), _point(points[1], f"{where}, second point")
    if start == end:
        raise _wrong(f"{where} begins where it ends")
    directions = value.get("directions", list(DIRECTIONS))
    if (
        not isinstance(directions, list)
        or len(directions) != 2
        or not all(isinstance(d, str) and d for d in directions)
    ):
        raise _wrong(f"{where}: directions must be two names")
    if not isinstance(name, str) or not name:
        raise _wrong(f"{where}: the name must be text")
    return CountingLine(name, start, end, (str(directions[0]), str(directions[1])))


def parse_scene(value: JsonValue) -> Scene:
    """A scene from its JSON form; None is the empty scene.  Raises BadInput naming what does not fit."""
    if value is None:
        return Scene()
    if not isinstance(value, dict):
        raise _wrong("expected a mapping of `lines`, `lanes` and so on")
    if unknown := {str(key) for key in value} - KEYS - {"lines"}:
        known = ", ".join(sorted(KEYS | {"lines"}))
        raise _wrong(f"unknown keys {', '.join(sorted(unknown))}; known: {known}")
    street = parse_street({key: part for key, part in value.items() if key != "lines"})
    given = value.get("lines") or []
    if not isinstance(given, list) or len(given) > MAX_LINES:
        raise _wrong(f"`lines` must be a list of at most {MAX_LINES}")
    lines = tuple(_line(item, number) for number, item in enumerate(given))
    names = [line.name for line in lines]
    if len(set(names)) != len(names):
        raise _wrong("two lines have the same name")
    numbers = [v for line in lines for point in (line.start, line.end) for v in point]
    numbers += [v for point in picture_numbers(street) for v in point]
    if street.calibration:
        known_points = street.calibration
        fit_ground(np.array(known_points.picture), np.array(known_points.ground), known_points.noise_px)
    return Scene(lines, shares=_are_shares(numbers), street=street)


def _are_shares(numbers: Sequence[float]) -> bool:
    return all(0 <= v <= 1 for v in numbers)


def read_scene(path: Path) -> JsonObject:
    """The JSON form of a scene file (YAML or JSON), checked; raises BadInput when it is none."""
    import yaml

    try:
        with path.open("rb") as file:
            text = file.read(MAX_BYTES + 1)
        if len(text) > MAX_BYTES:
            raise _wrong(f"{path.name} is larger than {MAX_BYTES} bytes")
        value = cast(JsonValue, yaml.safe_load(text.decode("utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadInput("scene.unreadable", f"{path.name} cannot be read as YAML: {error}") from error
    parse_scene(value)
    return cast(JsonObject, value or {})
