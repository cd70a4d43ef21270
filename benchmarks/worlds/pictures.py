"""Draws a junction world into pictures: road, lines, cars as boxes with plates, lamps; exact truth stays the world's.

Cars are cuboids with darker windows and a GA 36 plate at each end, drawn as training does (training/plate/drawing.py),
so that the plate reader sees plates of the kind that it was taught on: figures on them say nothing of real wear. Knows
no detector and no rule.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.worlds.camera import Camera, cuboid
from benchmarks.worlds.junction import LANES, LINE
from benchmarks.worlds.lamps import LIGHTS, Grain, Head, Light, draw_head, grain, seen
from benchmarks.worlds.motion import SIZES, Actor
from benchmarks.worlds.world import World
from cases.records import JsonObject, JsonValue
from models.vision.plate_format import DIGITS, LETTERS, PROVINCES
from training.plate.drawing import draw
from training.plate.glyphs import Atlas
from training.plate.layout import plate_of

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]

NEAR_CAMERA = Camera(height=7.0, pitch=0.199, focal=4800.0, size=(2560, 1440))
"""As enforcement cameras look: the stop line and what is behind it, a plate of 65 to 90 pixels before the line."""
HEADS = {"S": (6.3, LINE + 1.0, 4.15), "L": (7.1, LINE + 1.0, 4.15)}
"""Middle of each group's red lens, metres."""
LENS_M = 0.3
PLATE_M = (0.14, 0.55)
"""Height of a plate and of its lower edge over the ground, metres."""
MILLIMETRES = 1000.0
PAINTS = ((190, 190, 195), (60, 70, 90), (150, 30, 35), (230, 230, 230), (40, 42, 46))
ASPHALT, GRASS, WHITE = (92, 92, 95), (70, 92, 62), (215, 215, 210)
NOISE_TILES = 4


def heads(camera: Camera) -> dict[str, Head]:
    """The heads as the camera sees them, by group."""
    found = {}
    for group, (x, y, z) in HEADS.items():
        ends = camera.pixels(np.array([(x - LENS_M / 2, y, z + LENS_M / 2), (x + LENS_M / 2, y, z - LENS_M / 2)]))
        found[group] = Head(float(ends[0, 0]), float(ends[0, 1]), float(ends[1, 0] - ends[0, 0]))
    return found


def with_lamps(scene: JsonObject, camera: Camera) -> JsonObject:
    """The scene with the boxes of its lamps."""
    signals: list[JsonValue] = [
        {"name": group, "lamps": [{"colour": colour, "box": list(box)} for colour, box in head.boxes()]}
        for group, head in heads(camera).items()
    ]
    return {**scene, "signals": signals}


def plate_text(random: np.random.Generator) -> tuple[str, str]:
    """A text and the colour of its ground: blue, or green with eight characters for one in five."""
    office = PROVINCES[random.integers(len(PROVINCES))] + LETTERS[random.integers(len(LETTERS))]
    signs = DIGITS + LETTERS
    if random.random() < 0.2:
        return office + "D" + "".join(DIGITS[n] for n in random.integers(0, 10, 5)), "green"
    return office + "".join(
        signs[n] if random.random() < 0.35 else DIGITS[n % 10] for n in random.integers(0, len(signs), 5)
    ), "blue"


@dataclass(frozen=True, slots=True, eq=False)
class Body:
    """What is drawn of an actor: paint, the text of its plate, and the plate flat."""

    paint: tuple[int, int, int]
    text: str | None
    plate: Picture | None
    plate_m: float = 0.44


@dataclass(slots=True, eq=False)
class Scenery:
    """A world with its bodies, seen by a camera in some light."""

    world: World
    camera: Camera
    light: Light
    bodies: list[Body]
    background: Picture = field(init=False)
    noise: list[Grain] = field(init=False)

    def __post_init__(self) -> None:
        self.background = _background(self.camera, self.light)
        random = np.random.default_rng(5)
        self.noise = [grain(self.background.shape, self.light, random) for _ in range(NOISE_TILES)]

    def picture(self, time: float) -> Picture:
        """What the camera sees at a second of the world."""
        picture = self.background.copy()
        here = [(a, b, s) for a, b in zip(self.world.actors, self.bodies, strict=True) if (s := a.at(time)) is not None]
        for actor, body, state in sorted(here, key=lambda one: -one[2][1]):
            _draw_actor(picture, self.camera, actor, body, state[:3], self.light)
        for group, head in heads(self.camera).items():
            draw_head(picture, head, shown_at(self.world, group, time), self.light)
        return seen(picture, self.light, self.noise[int(time * 1000) % NOISE_TILES])


def shown_at(world: World, group: str, time: float) -> str:
    """The colour that a group shows at a second of the world."""
    changes: Any = world.signals[group]
    return str([colour for start, colour in changes if start <= time][-1]) if changes[0][0] <= time else "red"


def scenery(world: World, camera: Camera, glyphs: Atlas, seed: int, light: Light = LIGHTS["day"]) -> Scenery:
    """Bodies drawn from the seed for every actor."""
    random = np.random.default_rng((seed, 11))
    bodies = []
    for actor in world.actors:
        paint = PAINTS[int(random.integers(len(PAINTS)))]
        if actor.label in ("person", "bicycle"):
            bodies.append(Body(paint, None, None))
            continue
        text, colour = plate_text(random)
        layout = plate_of(text, colour)
        flat = np.clip(draw(layout, glyphs, random), 0, 255).astype(np.uint8)
        bodies.append(Body(paint, text, flat, layout.width / MILLIMETRES))
    return Scenery(world, camera, light, bodies)


def _lit(colour: tuple[int, int, int], light: Light, share: float = 1.0) -> tuple[int, int, int]:
    red, green, blue = (int(min(255, v * light.ambient * share)) for v in colour)
    return red, green, blue


def _background(camera: Camera, light: Light) -> Picture:
    width, height = camera.size
    picture: Picture = np.empty((height, width, 3), np.uint8)
    picture[:] = _lit(GRASS, light)

    def area(left: float, right: float, near: float, far: float, colour: tuple[int, int, int]) -> None:
        corners = np.array([(left, near, 0.0), (right, near, 0.0), (right, far, 0.0), (left, far, 0.0)])
        cv2.fillPoly(picture, [np.round(camera.pixels(corners)).astype(np.int32)], _lit(colour, light), cv2.LINE_AA)

    area(-10.5, 9.0, 12.0, 200.0, ASPHALT)
    area(-60.0, 60.0, LINE + 7.0, LINE + 24.0, ASPHALT)
    edges = sorted({x + side * 1.75 for x in LANES.values() for side in (-1, 1)})
    for x in edges:
        area(x - 0.08, x + 0.08, 12.0, LINE, WHITE)
    area(-5.25, 5.25, LINE, LINE + 0.4, WHITE)
    for x in np.arange(-8.0, 8.0, 1.2).tolist():
        area(x, x + 0.6, LINE + 2.0, LINE + 6.0, WHITE)
    return picture


FACES = ((0, 2, 3, 1), (4, 6, 7, 5), (0, 4, 5, 1), (2, 6, 7, 3), (1, 3, 7, 5))
"""Rear, front, left, right and roof by corners of `cuboid`, each around its edge."""
SHADES = (0.9, 0.9, 0.7, 0.7, 1.1)


def _draw_actor(
    picture: Picture, camera: Camera, actor: Actor, body: Body, place: tuple[float, float, float], light: Light
) -> None:
    corners = cuboid(place, SIZES[actor.label])
    flat = camera.pixels(corners)
    if not np.isfinite(flat).all():
        return
    eye = np.array([0.0, 0.0, camera.height])
    middle = corners.mean(axis=0)
    for face, shade in zip(FACES, SHADES, strict=True):
        centre = corners[list(face)].mean(axis=0)
        if (centre - middle) @ (eye - centre) <= 0:
            continue
        outline = np.round(flat[list(face)]).astype(np.int32)
        cv2.fillPoly(picture, [outline], _lit(body.paint, light, shade), cv2.LINE_AA)
        if face in FACES[:2] and body.plate is not None:
            _window(picture, camera, corners[list(face)], light)
            _plate(picture, camera, corners[list(face)], body, light)


def _window(picture: Picture, camera: Camera, face: Floats, light: Light) -> None:
    """Dark glass in the upper part of an end."""
    left, right = face[0], face[1]
    high = float(face[2][2])
    spots = [(0.12, 0.62), (0.88, 0.62), (0.8, 0.93), (0.2, 0.93)]
    corners = np.array([(*(left + a * (right - left))[:2], z * high) for a, z in spots])
    cv2.fillPoly(picture, [np.round(camera.pixels(corners)).astype(np.int32)], _lit((45, 52, 60), light), cv2.LINE_AA)


def _plate(picture: Picture, camera: Camera, face: Floats, body: Body, light: Light) -> None:
    """The plate in the middle of an end, upright to whoever looks at that end."""
    assert body.plate is not None
    seen_from = camera.pixels(face[:2])
    left, right = (face[0], face[1]) if seen_from[0, 0] <= seen_from[1, 0] else (face[1], face[0])
    across = (right - left) / np.hypot(*(right - left)[:2])
    middle = (left + right) / 2
    low, high = PLATE_M[1], PLATE_M[1] + PLATE_M[0]
    half = across[:2] * body.plate_m / 2
    corners = np.array([(*(middle[:2] + s * half), z) for s, z in ((-1, high), (1, high), (1, low), (-1, low))])
    quad = camera.pixels(corners).astype(np.float32)
    width, height = float(np.ptp(quad[:, 0])), float(np.ptp(quad[:, 1]))
    if width < 6 or height < 3:
        return
    # Made small first: warping alone would leave out strokes.
    size = (max(6, round(width)), max(3, round(height)))
    small = np.asarray(cv2.resize(body.plate, size, interpolation=cv2.INTER_AREA), np.uint8)
    small = np.asarray(np.clip(small * max(light.ambient, 0.35), 0, 255), np.uint8)
    flat = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]], np.float32)
    left_px, top_px = int(quad[:, 0].min()) - 1, int(quad[:, 1].min()) - 1
    right_px, bottom_px = int(quad[:, 0].max()) + 2, int(quad[:, 1].max()) + 2
    if left_px < 0 or top_px < 0 or right_px > picture.shape[1] or bottom_px > picture.shape[0]:
        return
    turn = cv2.getPerspectiveTransform(flat, quad - np.array([left_px, top_px], np.float32))
    room = (right_px - left_px, bottom_px - top_px)
    drawn = cv2.warpPerspective(small, turn, room, flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(np.full(small.shape[:2], 255, np.uint8), turn, room)[..., None].astype(np.float32) / 255
    part = picture[top_px:bottom_px, left_px:right_px]
    part[:] = np.round(part * (1 - mask) + drawn * mask).astype(np.uint8)


def write_video(path: Path, pictures: Iterator[Picture], rate: float, codec: str = "libx264") -> None:
    """Pictures as a video with `rate` frames a second and a key frame every two seconds."""
    import av

    options = {"preset": "veryfast", "crf": "20"} if codec == "libx264" else {}
    with av.open(str(path), "w") as out:
        stream = None
        for picture in pictures:
            if stream is None:
                stream = out.add_stream(codec, rate=Fraction(rate).limit_denominator(1001), options=options)
                stream.height, stream.width = picture.shape[:2]
                stream.pix_fmt = "yuv420p"
                stream.codec_context.gop_size = max(1, round(2 * rate))
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        if stream is not None:
            out.mux(stream.encode(None))
