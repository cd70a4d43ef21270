"""A pinhole camera over a road: where boxes of road users fall in the picture, and what a detector makes of them.

The ground is z = 0, x to the right, y ahead of the camera, metres. A road user is a cuboid; its box is the smallest
that holds the eight corners. Knows no rule and no tracker.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.values import Detection

Floats = NDArray[np.float64]

WIDTH, HEIGHT = 1920, 1080
FOCAL_PX = 1500.0


@dataclass(frozen=True, slots=True)
class Camera:
    """A camera `height` metres up, looking ahead and `pitch` radians down; `focal` and `size` (width, height) in
    pixels."""

    height: float = 9.0
    pitch: float = 0.26
    focal: float = FOCAL_PX
    size: tuple[int, int] = (WIDTH, HEIGHT)

    def pixels(self, points: Floats) -> Floats:
        """Points [n, 3] in metres to [n, 2] pixels; NaN behind the camera."""
        x, y, z = points.T
        down = self.height - z
        depth = y * np.cos(self.pitch) + down * np.sin(self.pitch)
        below = down * np.cos(self.pitch) - y * np.sin(self.pitch)
        depth = np.where(depth > 0.5, depth, np.nan)
        middle = self.size[0] / 2, self.size[1] / 2
        return np.stack([middle[0] + self.focal * x / depth, middle[1] + self.focal * below / depth], axis=1)

    def ground(self, *points: tuple[float, float]) -> list[list[float]]:
        """Ground points in pixels, as a scene file takes them."""
        flat = np.array([(x, y, 0.0) for x, y in points])
        return [[float(a), float(b)] for a, b in self.pixels(flat)]


@dataclass(frozen=True, slots=True)
class DetectorNoise:
    """What a detector does to true boxes: edges off by `jitter_px` plus `jitter` of the height, boxes missed,
    boxes where nothing is (mean number a frame), and the part of a box from which on it is hidden by a nearer one."""

    jitter_px: float = 0.7
    jitter: float = 0.01
    missed: float = 0.05
    false_boxes: float = 0.05
    hidden: float = 0.6


def cuboid(place: tuple[float, float, float], size: tuple[float, float, float]) -> Floats:
    """The eight corners [8, 3] of a road user with its middle at (x, y): rear then front, of each left then right, of
    each the lower then the upper one."""
    x, y, heading = place
    length, width, height = size
    ahead, right = np.array([np.sin(heading), np.cos(heading)]), np.array([np.cos(heading), -np.sin(heading)])
    return np.array(
        [
            (*(np.array([x, y]) + a * length / 2 * ahead + b * width / 2 * right), z)
            for a in (-1, 1)
            for b in (-1, 1)
            for z in (0.0, height)
        ]
    )


def box(camera: Camera, place: tuple[float, float, float], size: tuple[float, float, float]) -> Floats | None:
    """The box [4] of a cuboid with its middle at (x, y) and heading (radians from the y axis, to the right positive);
    None when less than most of it is in the picture."""
    seen = camera.pixels(cuboid(place, size))
    if not np.isfinite(seen).all():
        return None
    low, high = seen.min(axis=0), seen.max(axis=0)
    # A box that the picture's edge cuts has its foot elsewhere; real detectors give those boxes too, and worse ones.
    if low[0] < 0 or low[1] < 0 or high[0] > camera.size[0] or high[1] > camera.size[1]:
        return None
    corners_of_box: Floats = np.concatenate([low, high])
    return corners_of_box


def _covers(near: Floats, far: Floats, part: float) -> bool:
    """Whether a box that stands nearer (lower in the picture) covers that part of another one."""
    if near[3] <= far[3]:
        return False
    sides = np.minimum(near[2:], far[2:]) - np.maximum(near[:2], far[:2])
    return bool((sides > 0).all() and sides.prod() > part * (far[2:] - far[:2]).prod())


def detected(boxes: list[tuple[Floats, str]], noise: DetectorNoise, random: np.random.Generator) -> list[Detection]:
    """What the detector gives for one frame's true boxes and labels."""
    found = []
    for corners, label in boxes:
        if random.random() < noise.missed or any(_covers(other, corners, noise.hidden) for other, _ in boxes):
            continue
        spread = noise.jitter_px + noise.jitter * (corners[3] - corners[1])
        left, top, right, bottom = (corners + random.normal(0, spread, 4)).tolist()
        found.append(Detection(left, top, right, bottom, label, float(random.uniform(0.7, 0.95))))
    for _ in range(random.poisson(noise.false_boxes)):
        x, y = random.uniform((0, HEIGHT / 3), (WIDTH - 90, HEIGHT - 70))
        found.append(Detection(x, y, x + 80, y + 60, "car", float(random.uniform(0.4, 0.8))))
    return found
