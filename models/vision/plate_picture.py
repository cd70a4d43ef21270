"""Plates as a reader takes them: cut out of a frame by their corners, and rows of a double plate laid side by side.

Knows no detector and no network; training draws its plates through the same functions that reading uses.
"""

from __future__ import annotations

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Corners = NDArray[np.float32]
"""[4, 2], pixels, clockwise from the top left of the text."""

WIDTH: Final = 160
HEIGHT: Final = 48
"""What the reader takes: a single row, or the rows of a double plate side by side."""
TALL: Final = 96
"""Height of a double plate before its rows are laid side by side."""
MARGIN: Final = 0.06
"""How much more than the plate is cut out, as a share of its width and height on each side: corners are never exact."""
UPPER_FOOT: Final = 0.41
LOWER_HEAD: Final = 0.37
"""Where a double plate's upper row ends and its lower row begins: 75 and 90 of 220 mm in GA 36, within the margin, each
with a little of the other for corners that are off."""
UPPER_WIDTH: Final = 56
"""Pixels that the upper row's two characters get; the five below share the rest."""
UPPER_FROM: Final = 0.15
UPPER_TO: Final = 0.85
"""Where the upper row's characters lie across the plate."""
OVERSAMPLED: Final = 2
"""A plate this many times larger than its cut is first cut larger, then shrunk: no jagged strokes."""


def cut(picture: Picture, corners: Corners, height: int = HEIGHT, margin: float = MARGIN) -> Picture:
    """The plate of `picture` (any colour order) as [height, 160, 3], seen straight on, with a margin."""
    wide = max(np.linalg.norm(corners[1] - corners[0]), np.linalg.norm(corners[2] - corners[3]))
    times = OVERSAMPLED if wide > WIDTH * OVERSAMPLED else 1
    width, tall = WIDTH * times, height * times
    left, top = width * margin / (1 + 2 * margin), tall * margin / (1 + 2 * margin)
    goal = np.array([[left, top], [width - left, top], [width - left, tall - top], [left, tall - top]], np.float32)
    turn = cv2.getPerspectiveTransform(corners.astype(np.float32), goal)
    flat = cv2.warpPerspective(picture, turn, (width, tall), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return _shrunk(flat, WIDTH, height)


def side_by_side(double: Picture) -> Picture:
    """The rows of a double plate [96, 160, 3] as one row [48, 160, 3]: the upper one first."""
    foot, head = round(double.shape[0] * UPPER_FOOT), round(double.shape[0] * LOWER_HEAD)
    left, right = round(double.shape[1] * UPPER_FROM), round(double.shape[1] * UPPER_TO)
    upper = _shrunk(double[:foot, left:right], UPPER_WIDTH, HEIGHT)
    lower = _shrunk(double[head:], WIDTH - UPPER_WIDTH, HEIGHT)
    return np.concatenate([upper, lower], axis=1)


def beside_x(x: float, upper: bool) -> float:
    """Where a point `x` pixels from the left of a double plate's row comes to lie after `side_by_side`."""
    left, right = round(WIDTH * UPPER_FROM), round(WIDTH * UPPER_TO)
    if upper:
        return (x - left) / (right - left) * UPPER_WIDTH
    return UPPER_WIDTH + x / WIDTH * (WIDTH - UPPER_WIDTH)


def planes(pictures: list[Picture]) -> NDArray[np.float32]:
    """Pictures as the network takes them: [n, 3, 48, 160], each picture's own mean 0 and deviation 1."""
    stack = np.stack(pictures).astype(np.float32)
    mean = stack.mean(axis=(1, 2, 3), keepdims=True)
    deviation = stack.std(axis=(1, 2, 3), keepdims=True) + 8.0
    return np.ascontiguousarray(((stack - mean) / deviation).transpose(0, 3, 1, 2))


def _shrunk(picture: NDArray[Any], width: int, height: int) -> Picture:
    if picture.shape[:2] == (height, width):
        return np.asarray(picture, np.uint8)
    smaller = picture.shape[0] > height
    how = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=how), np.uint8)
