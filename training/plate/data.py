"""Plates to learn from and to measure on, drawn one after the other from a seed; knows no network.

Seeds below 1000 are for training, from 1000 on for figures. `python -m training.plate.data SHEET.png` draws a sheet of
samples to look at.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from models.vision.plate_format import ALPHABET, COLOURS
from models.vision.plate_picture import WIDTH, beside_x, side_by_side
from models.weights import WeightsCache
from training.plate.camera import Shot, taken
from training.plate.drawing import SCALE, draw
from training.plate.glyphs import Atlas, atlas
from training.plate.layout import Plate, random_plate

LONGEST: Final = 8
"""Characters of the longest text."""
CLASS_OF: Final = {character: index + 1 for index, character in enumerate(ALPHABET)}
"""Class of each character; 0 is CTC's blank."""


COLUMNS: Final = 40
"""Columns of the network's answer, four pixels each."""
INNER_SHARE: Final = 0.3
"""A column belongs to a character when its centre is this near the character's, in widths of the character."""
UPPER_COUNT: Final = 2
"""Characters in the upper row of a double plate."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A cut as the reader sees it, uint8 [48, 160, 3] RGB, the plate that was drawn, and the class of each column."""

    picture: NDArray[np.uint8]
    plate: Plate
    columns: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """`pictures` uint8 [n, 48, 160, 3], `columns` int64 [n, 40] the class of each column, `classes` int64 [n, 8] the
    text padded with 0, `lengths` and `colours` int64 [n]."""

    pictures: NDArray[np.uint8]
    columns: NDArray[np.int64]
    classes: NDArray[np.int64]
    lengths: NDArray[np.int64]
    colours: NDArray[np.int64]


TAKES: Final = 3
"""Pictures taken of each plate in a batch: drawing costs as much as taking."""


HEAD_COLUMNS: Final = 14
"""Columns of a plate's head, where the province stands: what double plates give their upper row."""


def head(whole: Batch) -> Batch:
    """The first 56 pixels of each picture: a third of the work, and every second character is a Chinese one.

    Only pictures, columns and colours are meaningful then; the text goes on beyond.
    """
    width = HEAD_COLUMNS * (WIDTH // COLUMNS)
    return Batch(
        whole.pictures[:, :, :width], whole.columns[:, :HEAD_COLUMNS], whole.classes, whole.lengths, whole.colours
    )


def sample(glyphs: Atlas, rng: np.random.Generator) -> Sample:
    """One plate and its picture."""
    return samples(glyphs, rng, 1)[0]


def samples(glyphs: Atlas, rng: np.random.Generator, takes: int) -> list[Sample]:
    """One plate, `takes` times."""
    plate = random_plate(rng)
    flat = draw(plate, glyphs, rng)
    return [_sample(plate, taken(flat, rng)) for _ in range(takes)]


def _sample(plate: Plate, shot: Shot) -> Sample:
    picture = side_by_side(shot.picture) if plate.double else shot.picture
    return Sample(picture, plate, _columns(plate, shot.turn))


def _columns(plate: Plate, turn: NDArray[np.float64]) -> NDArray[np.int64]:
    """The class of each column: that of the character whose middle it crosses, else blank."""
    columns = np.zeros(COLUMNS, np.int64)
    middles = (np.arange(COLUMNS) + 0.5) * (WIDTH / COLUMNS)
    for number, (character, (left, top, width, height)) in enumerate(zip(plate.text, plate.cells, strict=True)):
        ends = np.array([[[left, top + height / 2], [left + width, top + height / 2]]]) * SCALE
        first, last = cv2.perspectiveTransform(ends, turn)[0, :, 0]
        if plate.double:
            first, last = (beside_x(float(x), number < UPPER_COUNT) for x in (first, last))
        distance = np.abs(middles - (first + last) / 2)
        columns[distance <= max(float(distance.min()), INNER_SHARE * (last - first))] = CLASS_OF[character]
    return columns


def batch(glyphs: Atlas, rng: np.random.Generator, count: int) -> Batch:
    """`count` samples (three of each plate, so a multiple of three)."""
    drawn = [one for _ in range(count // TAKES) for one in samples(glyphs, rng, TAKES)]
    count = len(drawn)
    classes = np.zeros((count, LONGEST), np.int64)
    for row, one in zip(classes, drawn, strict=True):
        row[: len(one.plate.text)] = [CLASS_OF[c] for c in one.plate.text]
    return Batch(
        np.stack([one.picture for one in drawn]),
        np.stack([one.columns for one in drawn]),
        classes,
        np.array([len(one.plate.text) for one in drawn], np.int64),
        np.array([COLOURS.index(one.plate.colour) for one in drawn], np.int64),
    )


def sheet(glyphs: Atlas, rng: np.random.Generator, rows: int = 12, columns: int = 6) -> NDArray[np.uint8]:
    """Samples side by side, RGB."""
    lines = [np.concatenate([sample(glyphs, rng).picture for _ in range(columns)], axis=1) for _ in range(rows)]
    return np.concatenate(lines, axis=0)


def main() -> None:
    """Write a sheet of samples to the path given."""
    target = Path(sys.argv[1])
    picture = sheet(atlas(WeightsCache()), np.random.default_rng(1))
    ok, code = cv2.imencode(".png", picture[..., ::-1])
    if not ok:
        raise SystemExit("the sheet could not be written as PNG")
    target.write_bytes(code.tobytes())


if __name__ == "__main__":
    main()
