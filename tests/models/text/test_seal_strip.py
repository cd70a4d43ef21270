"""The ring of letters of a seal as a line: where it begins, what is kept, and when there is none."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.text.seal_strip import STRIP_PX, redness, strip
from models.values import SealMark

SIDE = 400
MARK = SealMark(50, 50, 350, 350, "round", 1.0)
RED = (220, 30, 30)


def sheet(*angles: float, colour: tuple[int, int, int] = RED) -> NDArray[np.uint8]:
    """A ring with a dot at each angle, in degrees clockwise from the top, where letters stand."""
    pixels = np.full((SIDE, SIDE, 3), 255, np.uint8)
    cv2.circle(pixels, (200, 200), 148, RED, 4)
    for angle in np.radians(angles):
        place = round(200 + 116 * np.sin(angle)), round(200 - 116 * np.cos(angle))
        cv2.circle(pixels, place, 9, colour, -1)
    return pixels


def runs(line: NDArray[np.uint8]) -> list[int]:
    """The widths of the dark pieces along a line."""
    dark = np.concatenate([[False], (line.min(axis=(0, 2)) < 128), [False]]).astype(int)
    edges = np.flatnonzero(np.diff(dark))
    return list(edges[1::2] - edges[::2])


def test_letters_come_in_a_line_from_the_end_of_the_widest_gap() -> None:
    line = strip(sheet(-120, -60, 0, 60, 90), MARK)
    assert line is not None
    assert line.shape[0] == STRIP_PX
    places = np.flatnonzero(np.diff((line.min(axis=(0, 2)) < 128).astype(int)) == 1)
    steps = np.diff(places)
    # Sixty degrees apart but for the last two, which are thirty.
    assert len(steps) == 4
    assert steps[:3] == pytest.approx([steps[0]] * 3, rel=0.1)
    assert steps[3] == pytest.approx(steps[0] / 2, rel=0.15)


def test_a_seal_that_was_set_askew_gives_the_same_line() -> None:
    straight, askew = strip(sheet(-90, 0, 90), MARK), strip(sheet(-75, 15, 105), MARK)
    assert straight is not None
    assert askew is not None
    assert runs(askew) == pytest.approx(runs(straight), abs=2)


def test_black_print_under_the_letters_is_not_kept() -> None:
    assert strip(sheet(-90, -45, 0, 45, 90, colour=(0, 0, 0)), MARK) is None
    assert redness(np.zeros((2, 2, 3), np.uint8)).max() == 0


def test_a_ring_without_letters_or_with_one_spot_has_no_line() -> None:
    assert strip(sheet(), MARK) is None
    assert strip(sheet(10), MARK) is None
