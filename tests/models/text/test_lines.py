"""Lines are cut out of a page and read from both ends, and vertical writing letter by letter."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import pytest

from models.text.lines import LineReader, Pixels, beside, overturned
from models.text.orientation import Direction, LineReading
from models.values import Quad


def crop(img: Pixels, dt_polys: list[np.ndarray]) -> list[Pixels]:
    """Upright boxes as PaddleX cuts them: a tall one comes out turned by a quarter."""
    found = []
    for polygon in dt_polys:
        (left, top), (right, bottom) = polygon.min(axis=0).astype(int), polygon.max(axis=0).astype(int)
        cut = img[top:bottom, left:right]
        found.append(np.ascontiguousarray(np.rot90(cut)) if cut.shape[0] >= 1.5 * cut.shape[1] else cut)
    return found


class Arrows:
    """Reads arrows: a line whose ink lies in its left half is read well, any other badly."""

    def __init__(self) -> None:
        self.asked: list[int] = []

    def __call__(self, input: list[Pixels]) -> list[Mapping[str, object]]:
        self.asked.append(len(input))
        return [self._one(line) for line in input]

    def _one(self, line: Pixels) -> Mapping[str, object]:
        dark = np.flatnonzero((line.min(axis=2) < 128).any(axis=0))
        well = dark.size and dark.max() < line.shape[1] / 2
        return {"rec_text": "甲乙丙丁戊己庚辛", "rec_score": 0.98} if well else {"rec_text": "丫", "rec_score": 0.6}


def flat(top: float) -> Quad:
    return (50.0, top), (350.0, top), (350.0, top + 30), (50.0, top + 30)


def page() -> Pixels:
    """A page of lines whose ink is at their left ends."""
    pixels = np.full((400, 500, 3), 255, np.uint8)
    for top in range(40, 360, 60):
        cv2.rectangle(pixels, (60, top + 5), (120, top + 25), (0, 0, 0), -1)
    return pixels


BOXES = [flat(top) for top in range(40, 360, 60)]


def lying(turn: int) -> tuple[Pixels, list[Quad]]:
    """The page laid turned clockwise, and the boxes of its lines there, from their upper left corners."""
    pixels = np.ascontiguousarray(np.rot90(page(), -turn // 90))
    height, width = 400, 500
    spots = {0: lambda x, y: (x, y), 90: lambda x, y: (height - y, x), 180: lambda x, y: (width - x, height - y)}
    spots[270] = lambda x, y: (y, width - x)
    boxes: list[Quad] = []
    for box in BOXES:
        corners = np.array([spots[turn](x, y) for x, y in box])
        (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
        boxes.append(((left, top), (right, top), (right, bottom), (left, bottom)))
    return pixels, boxes


@pytest.mark.parametrize(("turn", "back"), [(0, 0), (90, 270), (180, 180), (270, 90)])
def test_a_laid_page_is_told_by_which_end_of_its_lines_reads(turn: int, back: int) -> None:
    pixels, boxes = lying(turn)
    read = [LineReading(box, "丫", 0.6) for box in boxes]
    assert LineReader(Arrows(), crop).direction(pixels, read) == Direction(back, known=True)


def test_a_page_that_was_read_well_is_asked_nothing() -> None:
    arrows = Arrows()
    read = [LineReading(box, "甲乙丙丁", 0.97) for box in BOXES]
    assert LineReader(arrows, crop).direction(page(), read) == Direction(0, known=True)
    assert not arrows.asked


def test_a_box_outside_the_page_says_nothing() -> None:
    outside = LineReading(flat(900), "丫丫丫", 0.6)
    assert LineReader(Arrows(), crop).direction(page(), [outside]) == Direction(0, known=False)


def column(letters: int, size: int = 40, pitch: int = 44) -> Pixels:
    """Vertical writing: each letter a bar at the top of its place."""
    pixels = np.full((pitch * letters + 20, size + 10, 3), 250, np.uint8)
    for at in range(letters):
        pixels[10 + at * pitch : 20 + at * pitch, 5 : size + 5] = 10
        pixels[10 + at * pitch : 10 + at * pitch + size, 20:26] = 10
    return pixels


def test_letters_of_a_column_are_set_beside_each_other_upright() -> None:
    line = np.ascontiguousarray(np.rot90(column(6)))
    strip = beside(line, 6)
    assert abs(strip.shape[0] - 43) <= 1
    assert strip.shape[1] == 6 * 50
    bars = (strip[:10, :, 0] < 128).mean(axis=0).reshape(6, 50).mean(axis=1)
    assert (bars > 0.5).all()


def test_a_line_without_ink_has_no_letters_to_set() -> None:
    assert beside(np.full((40, 300, 3), 255, np.uint8), 5).size == 0
    assert beside(np.ascontiguousarray(np.rot90(column(3))), 0).size == 0


def test_a_line_is_turned_by_half() -> None:
    line = np.arange(24, dtype=np.uint8).reshape(2, 4, 3)
    assert (overturned(line)[0, 0] == line[1, 3]).all()
