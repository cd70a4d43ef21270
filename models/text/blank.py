"""Whether a page is blank: no ink on it but what shines through from its back, dust, folds; knows no model.

Ink is darker than the paper around it, by more than print that shines through or the shadow of a fold. Darkness that
has no edge, as in a photograph, is found against the lightest part of the page instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.values import TextLine

Pixels = NDArray[np.uint8]
"""Uint8 [height, width, 3]."""
SIDE_PX: Final = 1170
"""The longer side of the picture that is looked at, A4 at 100 dots an inch: the grain of paper and scanner is gone."""
INK: Final = 70
"""How much darker than the paper ink is at least, of 255; what shines through reaches 45, print begins at 100."""
REACH_PX: Final = 25
"""The paper around a spot is looked for this far; strokes of print and pen are narrower, shadows wider."""
MOST_INK: Final = 1e-4
"""Share of a blank page that may be as dark as ink: some grains of dust, less than one printed word."""
MOST_SHADE: Final = 0.05
"""Share of a blank page that may be dark beside its lightest part: folds and edges; a picture covers more."""
EDGE: Final = 0.025
"""Share of the page at each edge that is not looked at: a scanner's lid and the shadow of the binding."""
SURE: Final = 0.9
"""A line read so surely is text where there is ink in it ..."""
PALE_LETTERS: Final = 10
"""... and so many letters are text however pale they are."""


def is_blank(pixels: Pixels, lines: Sequence[TextLine]) -> bool:
    """Whether the page, on which the reader found these lines, is blank; lines that shine through count for nothing."""
    sure = [line for line in lines if line.confidence >= SURE]
    if sum(character.isalnum() for line in sure for character in line.text) >= PALE_LETTERS:
        return False
    import cv2

    scale = min(1.0, SIDE_PX / max(pixels.shape[:2]))
    size = max(1, round(pixels.shape[1] * scale)), max(1, round(pixels.shape[0] * scale))
    # The darkest part of light: red ink is as bright as paper in the red one.
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).min(axis=2)
    paper = cv2.morphologyEx(small, cv2.MORPH_CLOSE, np.ones((REACH_PX, REACH_PX), np.uint8))
    ink = paper.astype(np.int16) - small > INK
    across, down = round(EDGE * size[0]), round(EDGE * size[1])
    inner = np.s_[down : size[1] - down, across : size[0] - across]
    shade = np.percentile(small, 90) - small[inner] > INK
    if float(ink[inner].mean()) > MOST_INK or float(shade.mean()) > MOST_SHADE:
        return False
    return not any(_holds(ink, line, scale) for line in sure)


def _holds(ink: NDArray[Any], line: TextLine, scale: float) -> bool:
    """Whether there is ink in the line."""
    xs, ys = [x * scale for x, _ in line.box], [y * scale for _, y in line.box]
    left, top = max(0, int(min(xs))), max(0, int(min(ys)))
    return bool(ink[top : int(max(ys)) + 1, left : int(max(xs)) + 1].any())
