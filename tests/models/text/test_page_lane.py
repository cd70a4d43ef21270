"""A lane with stand-ins for PaddleOCR: its faults, pages on their head, blank pages, letters of seals."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from PIL import ImageFont

from models.text.detector import PageDetector
from models.text.lines import LineReader
from models.text.orientation import Direction, LineReading
from models.text.page_lane import Ocr, PageLane
from models.values import ItemError, PageImage, PageText
from tests.models.text.drawn_seal import sealed


def lane(ocr: object, lines: object) -> PageLane:
    """A lane of stand-ins."""
    return PageLane(cast(Ocr, ocr), PageDetector(lambda *_, **__: iter(())), cast(LineReader, lines))


class _Ocr:
    """Stands in for PaddleOCR: raises on dark pages, reads one line and one speck on others."""

    def predict(self, input: list[np.ndarray]) -> list[dict[str, object]]:
        if int(input[0].max()) == 0:
            raise RuntimeError("dark")
        box = np.array([[1, 2], [9, 2], [9, 5], [1, 5]], np.int16)
        return [{"rec_texts": [" 有字 ", "x", " "], "rec_scores": [0.9, 0.1, 0.9], "rec_polys": [box] * 3}]


def page(shade: int, width: int = 60, height: int = 40) -> PageImage:
    """A sheet of one shade with a stroke of ink on it."""
    pixels = np.full((height, width, 3), shade, np.uint8)
    pixels[height // 2, width // 4 : width // 2] = 0
    return PageImage(pixels)


def test_a_page_that_fails_leaves_its_neighbours_alone() -> None:
    sheets = page(255), page(0), page(255, 3, 40), page(200)
    first, dark, thin, last = map(lane(_Ocr(), _Upright()).read, sheets)
    assert isinstance(first, PageText)
    assert [line.text for line in first.lines] == ["有字"]
    # The page is small: it was read at twice its size, and its boxes are its own pixels.
    assert first.lines[0].box[2] == (4.5, 2.5)
    assert isinstance(dark, ItemError)
    assert dark.code == "page.unread"
    assert isinstance(thin, ItemError)
    assert thin.code == "page.shape"
    assert last == first


def test_a_large_page_is_read_as_it_is() -> None:
    found = lane(_Ocr(), _Upright()).read(page(255, 1600, 1200))
    assert isinstance(found, PageText)
    assert found.lines[0].box[2] == (9.0, 5.0)


class _Upright:
    """Says that every page lies upright."""

    def direction(self, pixels: np.ndarray, lines: list[LineReading]) -> Direction:
        return Direction(0, known=True)


class _HeadLooker:
    """Says that dark pages lie on their head."""

    def direction(self, pixels: np.ndarray, lines: list[LineReading]) -> Direction:
        return Direction(180 if pixels[0].max() < 128 else 0, known=True)


class _Lying:
    """Stands in for PaddleOCR: reads eight letters where the page's upper edge is light, and `below` else."""

    def __init__(self, below: str) -> None:
        self.below = below

    def predict(self, input: list[np.ndarray]) -> list[dict[str, object]]:
        box = np.array([[2, 2], [90, 2], [90, 20], [2, 20]], np.int16)
        text = "甲乙丙丁戊己庚辛" if input[0][0].max() > 128 else self.below
        return [{"rec_texts": [text], "rec_scores": [0.95], "rec_polys": [box]}]


@pytest.mark.parametrize(("below", "turn"), [("丫", 180), ("甲乙丙丁戊己庚辛壬癸子丑", 0)])
def test_a_page_on_its_head_is_turned_unless_it_reads_worse_then(below: str, turn: int) -> None:
    sheet = page(255)
    sheet.pixels[:6] = 0
    found = lane(_Lying(below), _HeadLooker()).read(sheet)
    assert isinstance(found, PageText)
    assert (found.rotation, found.upright) == (turn, bool(turn))
    assert found.lines[0].text == ("甲乙丙丁戊己庚辛" if turn else below)


def test_on_a_blank_page_nothing_is_read() -> None:
    found = lane(_Ocr(), _Upright()).read(PageImage(np.full((40, 60, 3), 250, np.uint8)))
    assert found == PageText((), blank=True)


class _Letters(_Upright):
    """Says what stands on every line, and how sure that is."""

    def __init__(self, sure: float) -> None:
        self.sure = sure

    def texts(self, pictures: list[np.ndarray]) -> list[tuple[str, float]]:
        return [("云阳市公安局", self.sure) for _ in pictures]


@pytest.mark.parametrize(("sure", "told"), [(0.9, ("云阳市公安局", 0.9)), (0.4, ("", 0.0))])
def test_letters_of_a_seal_that_are_but_a_guess_are_not_told(sure: float, told: tuple[str, float]) -> None:
    found = lane(_Ocr(), _Letters(sure)).read(PageImage(np.asarray(sealed("██████", ImageFont.load_default(38), 0.0))))
    assert isinstance(found, PageText)
    assert [(mark.text, mark.confidence) for mark in found.seals] == [told]
