"""Strokes of a page: long straight ink, on a sheet that lies straight or askew."""

from __future__ import annotations

import math

import numpy as np
import pytest
from PIL import Image, ImageDraw

from models.text.strokes import strokes


def page(angle: float = 0.0) -> np.ndarray:
    """A4 at 200 dpi with a stroke across, one down, and a row of short ones as letters have; turned clockwise."""
    sheet = Image.new("RGB", (1654, 2339), (250, 250, 248))
    pen = ImageDraw.Draw(sheet)
    pen.line((300, 600, 1300, 600), fill=(30, 30, 30), width=2)
    pen.line((400, 500, 400, 1500), fill=(30, 30, 30), width=2)
    for at in range(20):
        pen.line((600 + 30 * at, 1000, 618 + 30 * at, 1000), fill=(30, 30, 30), width=2)
    return np.asarray(sheet.rotate(-angle, Image.Resampling.BICUBIC, fillcolor=(250, 250, 248)))


@pytest.mark.parametrize("angle", [-4.0, -1.0, 0.0, 3.0])
def test_long_strokes_are_found_on_a_sheet_askew_and_short_ones_are_not(angle: float) -> None:
    found = strokes(page(angle))
    assert math.degrees(found.angle) == pytest.approx(angle, abs=0.15)
    assert [round(one.length, -1) for one in found.across] == [1000]
    assert [round(one.length, -1) for one in found.down] == [1000]


def test_places_lead_back_to_the_page_and_forth_again() -> None:
    found = strokes(page(3.0))
    point = found.point(found.across[0].start, found.across[0].at)
    turn = math.radians(3.0)
    x, y = 300 - 827, 600 - 1169.5
    expected = 827 + x * math.cos(turn) - y * math.sin(turn), 1169.5 + x * math.sin(turn) + y * math.cos(turn)
    assert point == pytest.approx(expected, abs=6)
    back = found.straightened(np.array([point]))[0]
    assert back == pytest.approx((found.across[0].start, found.across[0].at), abs=0.2)


def test_a_broken_stroke_is_one_where_the_gap_is_small_and_two_where_it_is_as_wide_as_a_cell() -> None:
    broken = page().copy()
    broken[590:610, 700:708] = 250
    assert len(strokes(broken).across) == 1
    broken[590:610, 900:960] = 250
    assert len(strokes(broken).across) == 2


@pytest.mark.parametrize("shape", [(40, 900, 3), (3000, 200, 3), (600, 600, 3)])
def test_stripes_specks_and_empty_pages_have_no_strokes(shape: tuple[int, int, int]) -> None:
    found = strokes(np.full(shape, 250, np.uint8))
    assert (found.across, found.down) == ((), ())


def test_a_dark_surface_is_no_stroke() -> None:
    sheet = np.full((2339, 1654, 3), 250, np.uint8)
    sheet[500:600, 300:1300] = 20
    assert strokes(sheet).across == ()
