"""Seals are found by ring and colour, their ink goes and the print under it stays; other red things are left alone."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from models.text.seal import seals, without_seals

Pixels = NDArray[np.uint8]
RED = (210, 50, 60)
"""The ink of a seal, red first."""


def page() -> Pixels:
    """A sheet of half A4 with black print."""
    pixels = np.full((1170, 830, 3), 252, np.uint8)
    for foot in range(100, 1100, 60):
        cv2.putText(pixels, "0123456789 ABCDEFGHIJKLMN", (80, foot), 0, 0.9, (20, 20, 20), 2)
    return pixels


def sealed(pixels: Pixels, centre: tuple[int, int] = (600, 800), axes: tuple[int, int] = (80, 80)) -> Pixels:
    """With a ring, a star and letters."""
    over = np.full_like(pixels, 255)
    cv2.ellipse(over, centre, axes, 0, 0, 360, RED, 6)
    cv2.circle(over, centre, 18, RED, -1)
    cv2.putText(over, "SEAL", (centre[0] - 45, centre[1] + 50), 0, 0.9, RED, 2)
    return np.minimum(pixels, over)


@pytest.mark.parametrize(("axes", "shape"), [((80, 80), "round"), ((110, 70), "oval")])
def test_a_seal_is_found_where_it_is(axes: tuple[int, int], shape: str) -> None:
    (found,) = seals(sealed(page(), axes=axes))
    assert found.shape == shape
    assert found.roundness >= 0.9
    wide, high = axes
    wanted = (600 - wide, 800 - high, 600 + wide, 800 + high)
    assert np.abs(np.subtract((found.left, found.top, found.right, found.bottom), wanted)).max() <= 16


def test_its_ink_goes_and_the_print_under_it_stays() -> None:
    plain = page()
    under = sealed(plain)
    clean = without_seals(under, seals(under))
    red = clean[:, :, 0].astype(int) - clean[:, :, 1:].min(axis=2)
    assert red.max() < 30
    assert np.abs(clean[:, :, 1].astype(int) - plain[:, :, 1])[plain[:, :, 0] < 60].max() < 60


def test_two_seals_are_two() -> None:
    assert len(seals(sealed(sealed(page()), centre=(200, 300)))) == 2


def test_a_page_without_red_is_returned_as_it_is() -> None:
    plain = page()
    assert seals(plain) == []
    assert without_seals(plain, []) is plain


def red_line(pixels: Pixels) -> Pixels:
    cv2.putText(pixels, "RED LETTERHEAD OF AN ORGAN", (80, 60), 0, 1.4, RED, 3)
    return pixels


def red_surface(pixels: Pixels) -> Pixels:
    cv2.rectangle(pixels, (300, 500), (480, 680), RED, -1)
    return pixels


def red_frame(pixels: Pixels) -> Pixels:
    cv2.rectangle(pixels, (300, 500), (480, 680), RED, 4)
    return pixels


def fingerprint(pixels: Pixels) -> Pixels:
    cv2.ellipse(pixels, (400, 600), (25, 35), 0, 0, 360, RED, -1)
    return pixels


@pytest.mark.parametrize("drawn", [red_line, red_surface, red_frame, fingerprint])
def test_other_red_things_are_no_seals(drawn: Callable[[Pixels], Pixels]) -> None:
    assert seals(drawn(page())) == []


def test_a_scrap_is_too_small_to_bear_one() -> None:
    assert seals(np.full((40, 40, 3), 200, np.uint8)) == []
