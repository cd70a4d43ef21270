"""Blank pages: what shines through, grain and folds are none; a word, a stamped number, a picture is something."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.text.blank import is_blank
from models.values import TextLine

WIDTH, HEIGHT = 1654, 2339


def paper(noise: float = 6.0) -> np.ndarray:
    grain = np.random.default_rng(7).normal(0, noise, (HEIGHT, WIDTH, 1))
    return np.clip(248 + np.repeat(grain, 3, axis=2), 0, 255).astype(np.uint8)


def line(text: str, confidence: float, left: float, top: float, width: float, height: float) -> TextLine:
    right, bottom = left + width, top + height
    return TextLine(text, ((left, top), (right, top), (right, bottom), (left, bottom)), confidence)


def test_empty_paper_is_blank() -> None:
    assert is_blank(paper(), ())
    assert is_blank(np.full((40, 60, 3), 255, np.uint8), ())


def test_print_that_shines_through_is_no_ink() -> None:
    pixels = paper().astype(np.int16)
    print_ = np.zeros((HEIGHT, WIDTH), np.uint8)
    for top in range(300, 2000, 70):
        cv2.putText(print_, "ABCDEFGH 0123456789 " * 2, (200, top), 0, 1.2, 255, 4)
    faint = cv2.GaussianBlur(print_, (0, 0), 2.5)[:, :, None].astype(np.int16)
    pixels -= faint * 16 // 100
    shining = np.clip(pixels, 0, 255).astype(np.uint8)
    assert is_blank(shining, (line("丫日", 0.55, 200, 270, 900, 40), line("日", 0.95, 200, 340, 30, 40)))


def test_a_fold_and_a_dark_edge_are_no_ink() -> None:
    pixels = paper().astype(np.float32)
    distance = (np.arange(HEIGHT) - 1200) / 28
    pixels *= (1 - 0.35 * np.exp(-(distance**2)))[:, None, None]
    pixels[:, :20] = 15
    assert is_blank(pixels.astype(np.uint8), ())


@pytest.mark.parametrize("text", ["7", "12"])
def test_a_stamped_number_is_something(text: str) -> None:
    pixels = paper()
    cv2.putText(pixels, text, (1450, 130), 0, 1.5, (20, 20, 20), 4)
    assert not is_blank(pixels, (line(text, 0.97, 1445, 80, 60, 60),))


def test_writing_that_cannot_be_read_is_something() -> None:
    pixels = paper()
    for top in (600, 900, 1200):
        cv2.ellipse(pixels, (800, top), (300, 40), 10, 0, 330, (60, 60, 160), 5)
    assert not is_blank(pixels, ())


def test_a_soft_picture_is_something() -> None:
    pixels = paper()
    grey = cv2.resize(np.array([[90, 200], [180, 100]], np.uint8), (1000, 700), interpolation=cv2.INTER_CUBIC)
    pixels[500:1200, 300:1300] = grey[:, :, None]
    assert not is_blank(pixels, ())


def test_pale_text_that_is_read_surely_is_text() -> None:
    assert not is_blank(paper(), (line("复印件字迹很浅但是读得出来", 0.96, 200, 300, 600, 40),))
