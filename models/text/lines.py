"""Reads single lines of a page again, from their other end or letter by letter, to tell which way up the page lies.

Lines are cut out by PaddleX's own cropper, which turns a tall one by a quarter so that it lies: its top comes to the
left. What the readings mean is for `models.text.orientation` to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol, cast

import numpy as np
from numpy.typing import NDArray

from models.text.orientation import Direction, LineReading, direction, is_tall, is_upright, pieces, winners
from models.values import Quad

Pixels = NDArray[np.uint8]
"""Uint8 [height, width, 3]."""
INK: Final = 60
"""How much darker than the paper of its line a letter is at least, of 255."""


class Recogniser(Protocol):
    """PaddleX's recogniser: an answer of `rec_text` and `rec_score` for each picture of a line."""

    def __call__(self, input: list[Pixels]) -> Iterable[Mapping[str, object]]: ...


class Cropper(Protocol):
    """PaddleX's way to cut lines out of a page."""

    def __call__(self, img: Pixels, dt_polys: list[NDArray[np.float32]]) -> list[Pixels]: ...


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads lines of a page in other ways than the page reader did."""

    recogniser: Recogniser
    crop: Cropper

    def direction(self, pixels: Pixels, lines: Sequence[LineReading]) -> Direction:
        """How the page lies whose lines were read so; reads some again where that does not prove it upright."""
        if is_upright(lines):
            return Direction(0, known=True)
        return self.judged(pixels, self.both_ways(pixels, [line.box for line in lines]))

    def both_ways(self, pixels: Pixels, boxes: Sequence[Quad]) -> list[LineReading]:
        """Pieces of the longest lines, each read from both ends."""
        asked = pieces(boxes)
        cut = self._cut(pixels, asked)
        ways = [LineReading(box, "", 0.0, backwards) for backwards in (False, True) for box in asked]
        return self._read(ways, [*cut, *map(overturned, cut)])

    def judged(self, pixels: Pixels, both: Sequence[LineReading]) -> Direction:
        """How the page lies, by pieces that were read from both ends."""
        won = winners(both)
        return direction(won, self._stacked(pixels, [line for line in won if is_tall(line.box)]))

    def texts(self, pictures: Sequence[Pixels]) -> list[tuple[str, float]]:
        """What stands on pictures of one line each, and how sure that is."""
        answers = self.recogniser(list(pictures)) if pictures else ()
        return [(str(a["rec_text"]).strip(), float(cast(float, a["rec_score"]))) for a in answers]

    def _stacked(self, pixels: Pixels, lines: Sequence[LineReading]) -> list[LineReading]:
        """Each letter for itself, set beside each other as they stand in the line."""
        cut = self._cut(pixels, [line.box for line in lines])
        lying = [overturned(one) if line.backwards else one for one, line in zip(cut, lines, strict=True)]
        return self._read(lines, [beside(one, len(line.text)) for one, line in zip(lying, lines, strict=True)])

    def _cut(self, pixels: Pixels, boxes: Sequence[Quad]) -> list[Pixels]:
        return self.crop(pixels, [np.array(box, np.float32) for box in boxes]) if boxes else []

    def _read(self, lines: Sequence[LineReading], cut: Sequence[Pixels]) -> list[LineReading]:
        """What stands on the pictures of these lines; pictures of no size have nothing."""
        places = [at for at, picture in enumerate(cut) if picture.size]
        answers = self.recogniser([cut[at] for at in places]) if places else ()
        return [
            LineReading(lines[at].box, str(a["rec_text"]), float(cast(float, a["rec_score"])), lines[at].backwards)
            for at, a in zip(places, answers, strict=True)
        ]


def overturned(line: Pixels) -> Pixels:
    """The picture of a line turned by half."""
    return np.ascontiguousarray(np.rot90(line, 2))


def beside(line: Pixels, letters: int) -> Pixels:
    """The letters of a line of vertical writing that lies on its side, upright beside each other; a line of no ink
    gives a picture of no size."""
    column = np.rot90(line, -1)
    dark = column.min(axis=2)
    inked = np.flatnonzero((dark < np.median(dark) - INK).any(axis=1))
    if not inked.size or not letters:
        return column[:0]
    first, last = int(inked[0]), int(inked[-1]) + 1
    pitch = (last - first) / letters
    height = max(1, round(pitch))
    tops = [min(round(first + at * pitch), len(column) - height) for at in range(letters)]
    return np.ascontiguousarray(np.concatenate([column[top : top + height] for top in tops if top >= 0], axis=1))
