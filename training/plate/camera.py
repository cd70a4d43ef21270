"""Takes the picture of a drawn plate as a traffic camera would: corners that are off, light, blur, noise, JPEG.

Gives the cut that a reader sees. Knows no text and no network.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.vision.plate_picture import HEIGHT, TALL, WIDTH

Floats = NDArray[np.float32]
Picture = NDArray[np.uint8]

JPEG_SHARE: Final = 0.6
NIGHT_SHARE: Final = 0.12


@dataclass(frozen=True, slots=True)
class Shot:
    """A picture and the perspective [3, 3] by which points of the flat plate came into it."""

    picture: Picture
    turn: NDArray[np.float64]


def taken(flat: Floats, rng: np.random.Generator) -> Shot:
    """The plate [height, width, 3] as a cut of 160 x 48, or of 160 x 96 for a double one, RGB."""
    double = flat.shape[0] > 0.4 * flat.shape[1]
    scene, turn = _seen(flat, TALL if double else HEIGHT, rng)
    return Shot(_exposed(scene, rng), turn)


def _seen(flat: Floats, height: int, rng: np.random.Generator) -> tuple[Floats, NDArray[np.float64]]:
    """The plate among its surroundings, by a perspective near the right one."""
    rows, columns = flat.shape[:2]
    source = np.array([[0, 0], [columns, 0], [columns, rows], [0, rows]], np.float32)
    across, down = rng.uniform(-0.02, 0.13, 2), rng.uniform(-0.06, 0.2, 2)
    if rng.random() < 0.15:  # as plain boxes around plates are cut
        across, down = rng.uniform(-0.01, 0.04, 2), rng.uniform(-0.03, 0.06, 2)
    box = np.array(
        [
            [WIDTH * across[0], height * down[0]],
            [WIDTH * (1 - across[1]), height * down[0]],
            [WIDTH * (1 - across[1]), height * (1 - down[1])],
            [WIDTH * across[0], height * (1 - down[1])],
        ],
        np.float32,
    )
    loose = 1.0 if rng.random() < 0.35 else 0.35
    centre = box.mean(axis=0)
    lean, tilt = rng.normal(0, 0.16) * loose, rng.normal(0, 0.055) * loose
    offset = box - centre
    box = centre + offset + np.stack([offset[:, 1] * lean, offset[:, 0] * tilt], axis=1)
    box += rng.normal(0, 1, (4, 2)).astype(np.float32) * np.array([WIDTH * 0.012, height * 0.03], np.float32)
    turn = cv2.getPerspectiveTransform(source, box.astype(np.float32))
    scene = _surroundings(height, rng)
    if rng.random() < 0.5:  # a holder around the plate
        grown = centre + (box - centre) * np.array([1.03, 1.12]) * rng.uniform(1.0, 1.06)
        shade = float(rng.uniform(0, 250))
        cv2.fillConvexPoly(scene, np.round(grown).astype(np.int32), (shade, shade, shade), cv2.LINE_AA)
    cv2.warpPerspective(
        flat, turn, (WIDTH, height), dst=scene, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_TRANSPARENT
    )
    return scene, np.asarray(turn, np.float64)


def _surroundings(height: int, rng: np.random.Generator) -> Floats:
    coarse = rng.normal(0, rng.uniform(5, 60), (4, 6, 3)).astype(np.float32).mean(axis=2, keepdims=True)
    tint = rng.uniform(10, 240) + rng.normal(0, 25, 3)
    scene = cv2.resize(np.repeat(coarse, 3, axis=2) + tint.astype(np.float32), (WIDTH, height))
    for _ in range(int(rng.integers(0, 4))):
        y = int(rng.integers(height))
        shade = float(rng.uniform(0, 255))
        cv2.line(scene, (0, y), (WIDTH, y + int(rng.integers(-12, 12))), (shade, shade, shade), int(rng.integers(1, 5)))
    return np.ascontiguousarray(scene, np.float32)


def _exposed(picture: Floats, rng: np.random.Generator) -> Picture:
    """Light, optics, sensor and codec, at the resolution that the plate had in the frame."""
    picture = _lit(picture, rng)
    share = float(rng.uniform(0.3, 0.65) if rng.random() < 0.45 else rng.uniform(0.65, 1.3))
    rows, columns = picture.shape[:2]
    small = cv2.resize(picture, (round(columns * share), round(rows * share)), interpolation=cv2.INTER_AREA)
    small = _blurred(small, rng)
    if rng.random() < 0.7:
        small = small + rng.normal(0, rng.uniform(1, 10), small.shape).astype(np.float32)
    small8 = np.clip(small, 0, 255).astype(np.uint8)
    if rng.random() < JPEG_SHARE:
        quality = int(rng.integers(25, 95))
        _, code = cv2.imencode(".jpg", small8, [cv2.IMWRITE_JPEG_QUALITY, quality])
        small8 = cv2.imdecode(code, cv2.IMREAD_COLOR)
    return np.asarray(cv2.resize(small8, (columns, rows), interpolation=cv2.INTER_LINEAR), np.uint8)


def _lit(picture: Floats, rng: np.random.Generator) -> Floats:
    rows, columns = picture.shape[:2]
    grey = picture.mean(axis=2, keepdims=True)
    picture = grey + (picture - grey) * np.float32(rng.uniform(0.35, 1.35))
    picture = picture * rng.uniform(0.8, 1.22, 3).astype(np.float32)
    night = rng.random() < NIGHT_SHARE
    gain = rng.uniform(0.12, 0.4) if night else np.exp(rng.normal(-0.05, 0.35))
    picture = picture * np.float32(gain) + np.float32(rng.uniform(0, 70) if rng.random() < 0.4 else 0)
    if rng.random() < 0.4:
        slope = rng.uniform(-0.45, 0.45, 2)
        ramp = 1 + np.linspace(-slope[0], slope[0], columns)[None] + np.linspace(-slope[1], slope[1], rows)[:, None]
        picture = picture * ramp[..., None].astype(np.float32)
    if rng.random() < 0.1:  # a shadow's edge
        x0, x1 = rng.integers(0, columns, 2)
        shadow = np.ones((rows, columns), np.float32)
        corners = np.array([[0, 0], [x0, 0], [x1, rows], [0, rows]], np.int32)
        cv2.fillConvexPoly(shadow, corners, float(rng.uniform(0.3, 0.7)))
        picture = picture * shadow[..., None]
    if rng.random() < 0.2:  # lit letters bloom
        picture = picture * np.float32(rng.uniform(1.1, 1.7))
        picture = cv2.GaussianBlur(np.minimum(picture, 300), (5, 5), 0)
    return np.asarray(np.clip(picture, 0, 255), np.float32)


def _blurred(picture: Floats, rng: np.random.Generator) -> Floats:
    kind = rng.random()
    if kind < 0.45:
        sigma = float(rng.uniform(0.3, 1.5) * picture.shape[1] / WIDTH)
        return np.asarray(cv2.GaussianBlur(picture, (0, 0), max(0.2, sigma)), np.float32)
    if kind < 0.6:
        length = int(rng.integers(2, 8))
        kernel = np.zeros((length, length), np.float32)
        if rng.random() < 0.7:
            kernel[length // 2] = 1 / length
        else:
            np.fill_diagonal(kernel, 1 / length)
        return np.asarray(cv2.filter2D(picture, -1, kernel), np.float32)
    return picture
