"""Draws a plate flat and clean: ground, rim, glyphs, dot, bolts and dirt; knows no camera."""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.vision.plate_format import HAN
from training.plate.glyphs import Atlas
from training.plate.layout import BLACK, GROUNDS, WHITE, Cell, Colour, Plate

Floats = NDArray[np.float32]

SCALE: Final = 0.5
"""Pixels a millimetre: a plate of 440 mm is 220 pixels, a little more than the reader sees."""
HAN_HEIGHT: Final = (0.72, 1.0)
"""How much of the cell's height a Chinese character fills."""

BULGE: Final = 0.18
"""How far the middle of a Chinese character may move, as a share of its width or height."""


def draw(plate: Plate, atlas: Atlas, rng: np.random.Generator) -> Floats:
    """The plate as [height, width, 3] RGB 0..255."""
    width, height = round(plate.width * SCALE), round(plate.height * SCALE)
    ground = _ground(plate, width, height, rng)
    weight = rng.normal(0.0, 0.8)
    hand = int(rng.integers(1 << 16))
    for character, cell, ink in zip(plate.text, plate.cells, plate.inks, strict=True):
        masks = atlas.masks[character]
        # One hand a plate: its letters share their strokes as stamped ones do.
        index = int(rng.integers(len(masks))) if character in HAN else hand
        mask, place = masks[index % len(masks)], cell
        if character in HAN:
            mask, place = _redesigned(mask, rng), _shortened(cell, float(rng.uniform(*HAN_HEIGHT)))
        _stamp(ground, mask, place, ink, weight, rng)
    if plate.dot is not None:
        centre = (round(plate.dot[0] * SCALE), round(plate.dot[1] * SCALE))
        cv2.circle(ground, centre, int(rng.integers(2, 5)), plate.inks[1], -1, cv2.LINE_AA)
    _rim(ground, plate, rng)
    _bolts(ground, rng)
    _dirt(ground, rng)
    return ground


def _redesigned(mask: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The character with its parts wider or narrower, higher or lower: plates have a hand that no font has."""
    rows, columns = np.linspace(0, 1, mask.shape[0]), np.linspace(0, 1, mask.shape[1])
    down, across = rng.uniform(-BULGE, BULGE, 2)
    lean = rng.uniform(-BULGE, BULGE) / 2
    rows = rows + down * np.sin(np.pi * rows) / np.pi * 2
    columns = columns + across * np.sin(np.pi * columns) / np.pi * 2 + lean * np.sin(2 * np.pi * columns) / np.pi
    y = np.clip(np.round(rows * (mask.shape[0] - 1)), 0, mask.shape[0] - 1).astype(np.intp)
    x = np.clip(np.round(columns * (mask.shape[1] - 1)), 0, mask.shape[1] - 1).astype(np.intp)
    return np.ascontiguousarray(mask[y][:, x])


def _shortened(cell: Cell, share: float) -> Cell:
    left, top, width, height = cell
    return left, top + height * (1 - share) / 2, width, height * share


def _ground(plate: Plate, width: int, height: int, rng: np.random.Generator) -> Floats:
    base = np.array(GROUNDS[plate.colour], np.float32)
    base = np.clip(base + rng.normal(0, 14, 3).astype(np.float32), 0, 255)
    ground = np.broadcast_to(base, (height, width, 3)).copy()
    if plate.colour == "green":
        ramp = np.linspace(rng.uniform(0.5, 1.0), rng.uniform(0.0, 0.3), height, dtype=np.float32)[:, None, None]
        ground = ground * (1 - ramp) + np.float32(240) * ramp
    if plate.tinted:
        ground[:, : round(width * plate.tinted)] = np.array(GROUNDS["yellow"], np.float32)
    return np.ascontiguousarray(ground, np.float32)


def _stamp(
    ground: Floats, mask: NDArray[np.uint8], cell: Cell, ink: Colour, weight: float, rng: np.random.Generator
) -> None:
    left, top, width, height = (value * SCALE for value in cell)
    width *= rng.uniform(0.94, 1.04)
    top += rng.uniform(-1, 1)
    left += rng.uniform(-1, 1)
    x, y, w, h = round(left), round(top), max(4, round(width)), max(6, round(height))
    x, y = int(np.clip(x, 0, ground.shape[1] - w)), int(np.clip(y, 0, ground.shape[0] - h))
    alpha = cv2.resize(mask, (w, h), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    if abs(weight) > 0.5:
        blurred = cv2.GaussianBlur(alpha, (3, 3), 0)
        alpha = np.clip((blurred - (0.5 - 0.25 * np.sign(weight) * min(1.0, abs(weight)))) * 3 + 0.5, 0, 1)
    region = ground[y : y + h, x : x + w]
    region += alpha[..., None] * (np.array(ink, np.float32) - region)


def _rim(ground: Floats, plate: Plate, rng: np.random.Generator) -> None:
    if rng.random() < 0.15:
        return
    height, width = ground.shape[:2]
    inset = int(rng.integers(1, 5))
    ink = plate.inks[1] if plate.inks[1] in (WHITE, BLACK) else BLACK
    cv2.rectangle(
        ground, (inset, inset), (width - 1 - inset, height - 1 - inset), ink, int(rng.integers(1, 3)), cv2.LINE_AA
    )


def _bolts(ground: Floats, rng: np.random.Generator) -> None:
    height, width = ground.shape[:2]
    for across in (0.22, 0.78):
        for down in (0.09, 0.91):
            if rng.random() < 0.45:
                shade = float(rng.uniform(40, 235))
                place = (round(width * (across + rng.uniform(-0.03, 0.03))), round(height * down))
                cv2.circle(ground, place, int(rng.integers(2, 6)), (shade, shade, shade), -1, cv2.LINE_AA)


def _dirt(ground: Floats, rng: np.random.Generator) -> None:
    if rng.random() > 0.25:
        return
    height, width = ground.shape[:2]
    coarse = rng.random((6, 14)).astype(np.float32)
    veil = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    veil = np.clip((veil - rng.uniform(0.55, 0.8)) * 2.5, 0, rng.uniform(0.3, 0.75))[..., None]
    mud = np.array([110, 95, 80], np.float32) * rng.uniform(0.5, 1.4)
    ground += veil * (mud - ground)
