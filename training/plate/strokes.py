"""Letters and digits in the manner of plate lettering, as strokes of one width; knows no font, no plate and no colour.

GA 36 letters stand in cells of 45 x 90 mm, are condensed, and have straight sides with half circles for ends. A glyph
is a list of lines on a unit cell (x and y from 0 to 1, y downwards); where an arc has radius 0.5 across and 0.25 down
it is a circle in the cell's own measure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Line = NDArray[np.float64]
"""Points of one stroke, [n, 2]."""
Mask = NDArray[np.uint8]

OVERSAMPLING: Final = 4
"""Strokes are drawn this much larger and shrunk: smooth edges."""
ARC_STEP_DEGREES: Final = 10


def _arc(x: float, y: float, across: float, down: float, first: float, last: float) -> Line:
    """An arc around (x, y) from angle `first` to `last`, degrees clockwise from the right."""
    steps = max(2, int(abs(last - first) // ARC_STEP_DEGREES) + 1)
    angles = np.radians(np.linspace(first, last, steps))
    return np.stack([x + across * np.cos(angles), y + down * np.sin(angles)], axis=1)


def _path(*points: tuple[float, float]) -> Line:
    return np.array(points, dtype=np.float64)


def _join(*parts: Line) -> Line:
    return np.concatenate(parts)


_Glyph = Callable[[float], list[Line]]
"""Strokes of a glyph; the argument, 0.17 to 0.3, is how far down the round ends of tall letters reach."""


def _zero(r: float) -> list[Line]:
    return [_join(_arc(0.5, r, 0.5, r, 180, 360), _arc(0.5, 1 - r, 0.5, r, 0, 180), _path((0, r)))]


def _c(r: float) -> list[Line]:
    ring = _join(_path((1, r + 0.06)), _arc(0.5, r, 0.5, r, 360, 180))
    return [_join(ring, _arc(0.5, 1 - r, 0.5, r, 180, 0), _path((1, 0.94 - r)))]


def _g(r: float) -> list[Line]:
    ring = _join(_path((1, r + 0.05)), _arc(0.5, r, 0.5, r, 360, 180), _arc(0.5, 1 - r, 0.5, r, 180, 0))
    return [_join(ring, _path((1, 0.55), (0.52, 0.55)))]


def _d(r: float) -> list[Line]:
    return [
        _join(_path((0, 0), (0.5, 0)), _arc(0.5, r, 0.5, r, 270, 360), _arc(0.5, 1 - r, 0.5, r, 0, 90), _path((0, 1))),
        _path((0, 0), (0, 1)),
    ]


def _s(r: float) -> list[Line]:
    top = _join(_path((0.97, r + 0.03)), _arc(0.5, 0.245, 0.46, 0.245, 360, 90))
    return [_join(top, _arc(0.5, 0.745, 0.5, 0.255, 270, 540))]


def _two(r: float) -> list[Line]:
    return [_join(_path((0, r + 0.04)), _arc(0.5, r, 0.5, r, 180, 385), _path((0, 1), (1, 1)))]


def _three(_: float) -> list[Line]:
    return [_join(_arc(0.5, 0.235, 0.46, 0.235, 185, 440), _arc(0.5, 0.73, 0.5, 0.27, 280, 535))]


def _flat_three(_: float) -> list[Line]:
    return [_join(_path((0.05, 0), (0.92, 0), (0.42, 0.4)), _arc(0.5, 0.69, 0.5, 0.31, 280, 530))]


def _five(_: float) -> list[Line]:
    return [_join(_path((0.92, 0), (0.12, 0), (0.06, 0.46)), _arc(0.5, 0.69, 0.5, 0.31, 215, 515))]


def _six(_: float) -> list[Line]:
    bowl = _arc(0.5, 0.7, 0.5, 0.3, 180, 540)
    return [_join(_path((0.72, 0), (0.12, 0.5)), _arc(0.5, 0.7, 0.5, 0.3, 200, 180)), bowl]


def _round_six(r: float) -> list[Line]:
    stem = _join(_path((0.97, r + 0.02)), _arc(0.5, r, 0.5, r, 360, 180), _path((0, 0.7)))
    return [stem, _arc(0.5, 0.71, 0.5, 0.29, 180, 540)]


def _turned(glyph: _Glyph) -> _Glyph:
    return lambda r: [1.0 - line for line in glyph(r)]


def _eight(_: float) -> list[Line]:
    return [_arc(0.5, 0.235, 0.44, 0.235, 0, 360), _arc(0.5, 0.735, 0.5, 0.265, 0, 360)]


def _b(_: float) -> list[Line]:
    top = _join(_path((0, 0), (0.5, 0)), _arc(0.5, 0.24, 0.42, 0.24, 270, 450), _path((0, 0.48)))
    bottom = _join(_path((0.5, 0.48)), _arc(0.5, 0.74, 0.5, 0.26, 270, 450), _path((0, 1)))
    return [_path((0, 0), (0, 1)), top, bottom]


def _p(_: float) -> list[Line]:
    return [
        _path((0, 0), (0, 1)),
        _join(_path((0, 0), (0.5, 0)), _arc(0.5, 0.28, 0.5, 0.28, 270, 450), _path((0, 0.56))),
    ]


def _r(_: float) -> list[Line]:
    return [*_p(0), _path((0.5, 0.56), (1, 1))]


def _q(r: float) -> list[Line]:
    return [*_zero(r), _path((0.58, 0.72), (1.0, 1.0))]


def _j(r: float) -> list[Line]:
    return [_join(_path((0.95, 0)), _arc(0.5, 1 - r, 0.45, r, 0, 180), _path((0.05, 0.93 - r)))]


def _u(r: float) -> list[Line]:
    return [_join(_path((0, 0)), _arc(0.5, 1 - r, 0.5, r, 180, 0), _path((1, 0)))]


def _lines(*strokes: tuple[tuple[float, float], ...]) -> _Glyph:
    made = [_path(*stroke) for stroke in strokes]
    return lambda _: made


GLYPHS: Final[Mapping[str, tuple[_Glyph, ...]]] = {
    "0": (_zero,),
    "1": (
        _lines(((0.5, 0), (0.5, 1))),
        _lines(((0.5, 0), (0.5, 1)), ((0.5, 0), (0.22, 0.12))),
        _lines(((0.6, 0), (0.6, 1)), ((0.6, 0), (0.25, 0.2))),
    ),
    "2": (_two,),
    "3": (_three, _flat_three),
    "4": (_lines(((0.62, 0), (0, 0.74), (1, 0.74)), ((0.72, 0.44), (0.72, 1))),),
    "5": (_five,),
    "6": (_six, _round_six),
    "7": (_lines(((0, 0), (1, 0), (0.38, 1))), _lines(((0, 0.06), (0, 0), (1, 0), (0.55, 0.5), (0.42, 1)))),
    "8": (_eight,),
    "9": (_turned(_six), _turned(_round_six)),
    "A": (_lines(((0, 1), (0.5, 0), (1, 1)), ((0.16, 0.7), (0.84, 0.7))),),
    "B": (_b,),
    "C": (_c,),
    "D": (_d,),
    "E": (_lines(((1, 0), (0, 0), (0, 1), (1, 1)), ((0, 0.48), (0.85, 0.48))),),
    "F": (_lines(((1, 0), (0, 0), (0, 1)), ((0, 0.48), (0.85, 0.48))),),
    "G": (_g,),
    "H": (_lines(((0, 0), (0, 1)), ((1, 0), (1, 1)), ((0, 0.48), (1, 0.48))),),
    "J": (_j,),
    "K": (_lines(((0, 0), (0, 1)), ((0.98, 0), (0.02, 0.62)), ((0.36, 0.42), (1, 1))),),
    "L": (_lines(((0, 0), (0, 1), (1, 1))),),
    "M": (_lines(((0, 1), (0, 0), (0.5, 0.66), (1, 0), (1, 1))), _lines(((0, 1), (0, 0), (0.5, 0.95), (1, 0), (1, 1)))),
    "N": (_lines(((0, 1), (0, 0), (1, 1), (1, 0))),),
    "P": (_p,),
    "Q": (_q,),
    "R": (_r,),
    "S": (_s,),
    "T": (_lines(((0, 0), (1, 0)), ((0.5, 0), (0.5, 1))),),
    "U": (_u,),
    "V": (_lines(((0, 0), (0.5, 1), (1, 0))),),
    "W": (_lines(((0, 0), (0.25, 1), (0.5, 0.25), (0.75, 1), (1, 0))),),
    "X": (_lines(((0, 0), (1, 1)), ((1, 0), (0, 1))),),
    "Y": (_lines(((0, 0), (0.5, 0.5), (1, 0)), ((0.5, 0.5), (0.5, 1))),),
    "Z": (_lines(((0, 0), (1, 0), (0, 1), (1, 1))),),
}
"""Ways to draw each letter and digit; plates have no I and no O (the letter O is drawn as the digit 0)."""


def drawn(character: str, variant: int, width: int, height: int, stroke: float, roundness: float) -> Mask:
    """The glyph as a mask [height, width], 255 for ink; `stroke` is the stroke's width as a share of `width`."""
    ways = GLYPHS[character]
    thick = max(1, round(stroke * width * OVERSAMPLING))
    margin = thick / 2
    canvas = np.zeros((height * OVERSAMPLING, width * OVERSAMPLING), np.uint8)
    span = np.array([width * OVERSAMPLING - thick - 1, height * OVERSAMPLING - thick - 1])
    for line in ways[variant % len(ways)](roundness):
        points = np.round(line * span + margin).astype(np.int32)
        cv2.polylines(canvas, [points], isClosed=False, color=255, thickness=thick)
    return np.asarray(cv2.resize(canvas, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
