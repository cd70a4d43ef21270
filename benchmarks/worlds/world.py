"""What the streets of exact truth have in common: a world, and the parts of its scene file; knows no street."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.worlds.camera import Camera
from benchmarks.worlds.motion import Actor
from cases.records import JsonObject, JsonValue

Script = Callable[[float, np.random.Generator], list[Actor]]
"""Actors of one scene of the play, from a second on."""


@dataclass(frozen=True, slots=True)
class World:
    """Actors, the scene file in its JSON form, lamp changes, and how long it lasts in seconds."""

    actors: tuple[Actor, ...]
    scene: JsonObject
    signals: JsonObject
    seconds: float


def rectangle(camera: Camera, left: float, right: float, near: float, far: float) -> list[list[float]]:
    """Corners in the picture, px, of a rectangle on the ground, metres."""
    return camera.ground((left, near), (right, near), (right, far), (left, far))


def calibration(camera: Camera, random: np.random.Generator, far: float) -> JsonObject:
    """Eight marked points, clicked with 1 px of noise."""
    marks = [(x, y) for x in (-7.0, 7.0) for y in np.linspace(24.0, far, 4).tolist()]
    clicked = np.array(camera.ground(*marks)) + random.normal(0, 1.0, (len(marks), 2))
    points: list[JsonValue] = [
        {"picture": [float(u), float(v)], "ground": [x, y]} for (x, y), (u, v) in zip(marks, clicked, strict=True)
    ]
    return {"points": points, "noise_px": 1.0}


def lane_entry(camera: Camera, name: str, x: float, ends: tuple[float, float], **more: JsonValue) -> JsonObject:
    """A lane of 3.5 m whose middle is `x`, driven from `ends[0]` to `ends[1]`, as the scene file has it."""
    low, high = min(ends), max(ends)
    polygon: JsonValue = [list(p) for p in rectangle(camera, x - 1.75, x + 1.75, low, high)]
    heading: JsonValue = [list(p) for p in camera.ground((x, ends[0]), (x, ends[1]))]
    return {"name": name, "polygon": polygon, "heading": heading, **more}


def area(camera: Camera, name: str, left: float, right: float, near: float, far: float) -> JsonObject:
    """A rectangle on the ground as an area of the scene file."""
    return {"name": name, "polygon": [list(p) for p in rectangle(camera, left, right, near, far)]}


def reach(speed: float, distance: float) -> float:
    """Seconds to drive a distance without a stop."""
    return distance / speed
