"""The ring of letters of a red seal, rolled out into a line that a recogniser of lines can read; knows no model.

The letters of a round seal stand along its edge, feet to the middle, from the lower left over the top to the lower
right; a gap is left below (国发〔1999〕25号). Polar coordinates around the seal's middle make a line of them: the angle
runs along the line, the distance from the edge down it. Only red ink is kept, so that print that runs through is not
read for letters of the seal.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.text.seal import MARGIN
from models.values import SealMark

Pixels = NDArray[np.uint8]
"""Uint8 [height, width, 3], red first."""
Ink = NDArray[np.float32]
"""How red each pixel is, float32 [height, width] of 0 to 1."""

OUTER: Final = 0.945
INNER: Final = 0.60
"""Of the seal's radius: between its ring and its star stand the letters."""
STRIP_PX: Final = 48
"""Height of the line: the recogniser's own."""
FULL_RED: Final = 110.0
"""How much brighter than the others the red part is where the ink is full, of 255."""
LEAST_SPAN: Final = 0.3
"""Share of the circle that letters fill at least."""


def redness(region: Pixels) -> Ink:
    """How red each pixel is: black print and paper are 0."""
    channels = region.astype(np.int16)
    red = channels[:, :, 0] - channels[:, :, 1:].max(axis=2)
    return np.asarray(np.clip(red.astype(np.float32) / FULL_RED, 0.0, 1.0), np.float32)


def strip(pixels: Pixels, mark: SealMark) -> Pixels | None:
    """The letters of the seal `mark` as a line of dark on white, uint8 [STRIP_PX, width, 3]; None where there are none.

    The line begins and ends in the widest gap between the letters.
    """
    import cv2

    top, left = max(0, mark.top - MARGIN), max(0, mark.left - MARGIN)
    region = pixels[top : mark.bottom + MARGIN, left : mark.right + MARGIN]
    ink = redness(region)
    centre = ((mark.left + mark.right) / 2 - left, (mark.top + mark.bottom) / 2 - top)
    radii = ((mark.right - mark.left) / 2, (mark.bottom - mark.top) / 2)
    band = _unrolled(ink, centre, radii)
    begin, length = _letters(band)
    if not length:
        return None
    turned = np.roll(band, -begin, axis=1)[:, :length]
    line = np.round(255 * (1 - turned)).astype(np.uint8)
    line = cv2.copyMakeBorder(line, 4, 4, 12, 12, cv2.BORDER_CONSTANT, value=255)
    scale = STRIP_PX / line.shape[0]
    sized = cv2.resize(line, (max(1, round(line.shape[1] * scale)), STRIP_PX), interpolation=cv2.INTER_AREA)
    return np.repeat(sized[:, :, None], 3, axis=2)


def _unrolled(ink: Ink, centre: tuple[float, float], radii: tuple[float, float]) -> Ink:
    """The band of letters, float32 [depth, round]: from below clockwise, the edge on top."""
    import cv2

    across = (radii[0] + radii[1]) / 2
    depth = max(8, round(across * (OUTER - INNER)))
    length = max(64, round(2 * np.pi * across * (OUTER + INNER) / 2))
    angle = np.linspace(0, 2 * np.pi, length, endpoint=False, dtype=np.float32)[None, :] + np.float32(np.pi / 2)
    share = np.linspace(OUTER, INNER, depth, dtype=np.float32)[:, None]
    x = centre[0] + radii[0] * share * np.cos(angle)
    y = centre[1] + radii[1] * share * np.sin(angle)
    return np.asarray(
        cv2.remap(ink, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderValue=0.0), np.float32
    )


def _letters(band: Ink) -> tuple[int, int]:
    """Where the letters begin on the circle and how many columns they take; (0, 0) where there are none."""
    inked = band[2:].max(axis=0) > 0.35
    columns = np.flatnonzero(inked)
    if columns.size < 8:
        return 0, 0
    length = band.shape[1]
    gaps = np.diff(np.concatenate([columns, [columns[0] + length]]))
    widest = int(gaps.argmax())
    begin = int(columns[(widest + 1) % columns.size])
    size = length - int(gaps[widest]) + 1
    return (begin, size) if size >= LEAST_SPAN * length else (0, 0)
