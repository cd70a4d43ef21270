from __future__ import annotations

import base64
import io
import math
from pathlib import Path
from random import Random

import numpy as np
import pytest
import reportlab
from PIL import Image
from pypdf import PdfReader

from benchmarks.volumes.drawing import CLEAN, Leaf, Scan, degraded, draw, jpeg, moved, pdf
from benchmarks.volumes.setting import line_at, rectangle
from cases.records import PageLine, ScannedPage, Seal


@pytest.fixture
def font() -> Path:
    """A typeface that is here without any download: it draws letters, for Chinese its empty box."""
    return Path(reportlab.__file__).with_name("fonts") / "Vera.ttf"


def page(*lines: PageLine, seals: tuple[Seal, ...] = ()) -> ScannedPage:
    return ScannedPage(1, 600, 400, 0, 0.0, lines, (), seals)


def dark(picture: Image.Image, box: tuple[float, float, float, float]) -> float:
    """Share of dark pixels inside the box."""
    grey = np.asarray(picture.convert("L").crop(tuple(round(v) for v in box)))
    return float((grey < 128).mean())


def test_ink_lies_inside_the_boxes_and_nowhere_else(font: Path) -> None:
    line = line_at("HANDLE 2024", 100, 150, 40)
    picture, read = draw(Leaf(page(line)), CLEAN, font, 1)
    (left, top), _, (right, bottom), _ = read.lines[0].box
    assert dark(picture, (left, top, right, bottom)) > 0.1
    whole = np.asarray(picture.convert("L")) < 128
    whole[int(top) - 2 : int(bottom) + 3, int(left) - 8 : int(right) + 8] = False
    assert not whole.any()


@pytest.mark.parametrize("skew", [-3.0, 2.0])
def test_boxes_follow_the_skew_and_the_resolution(font: Path, skew: float) -> None:
    line = line_at("HHHHHHHHHHHH", 60, 40, 40)
    picture, read = draw(Leaf(page(line)), Scan(dpi=300, skew=skew), font, 1)
    assert picture.size == (900, 600) == (read.width, read.height)
    (x1, y1), (x2, y2), _, (x4, y4) = read.lines[0].box
    assert math.degrees(math.atan2(y2 - y1, x2 - x1)) == pytest.approx(skew, abs=0.1)
    assert math.dist((x1, y1), (x4, y4)) == pytest.approx(60, abs=0.3)
    ink = np.asarray(picture.convert("L")) < 128
    rows, columns = np.nonzero(ink)
    # At the left end the ink is where the box is, whatever the slope does further on.
    first = rows[columns < x1 + 60]
    assert abs(float(first.mean()) - (y1 + y4) / 2) < 15


@pytest.mark.parametrize(("turn", "size"), [(90, (400, 600)), (180, (600, 400)), (270, (400, 600))])
def test_boxes_of_a_sheet_that_lies_turned_are_where_its_ink_is(font: Path, turn: int, size: tuple[int, int]) -> None:
    line = line_at("HHHHHHHH", 60, 40, 40)
    picture, read = draw(Leaf(page(line)), Scan(turn=turn), font, 1)
    assert picture.size == size == (read.width, read.height)
    assert read.rotation == turn
    columns, rows = zip(*read.lines[0].box, strict=True)
    left, top, right, bottom = min(columns), min(rows), max(columns), max(rows)
    assert dark(picture, (left, top, right, bottom)) > 0.2
    assert dark(picture, (0, 0, *size)) * size[0] * size[1] == pytest.approx(
        dark(picture, (left, top, right, bottom)) * (right - left) * (bottom - top), rel=0.02
    )
    # The first corner is where reading begins.
    along = np.subtract(read.lines[0].box[1], read.lines[0].box[0])
    assert math.degrees(math.atan2(along[1], along[0])) % 360 == pytest.approx(turn)


def test_a_seal_is_red_and_leaves_the_letters_below_it_legible(font: Path) -> None:
    seal = Seal(rectangle(200, 60, 300, 300), "round", "AUTHORITY", 1.0)
    picture, _ = draw(Leaf(page(line_at("HHHHHHHH", 250, 190, 40), seals=(seal,))), CLEAN, font, 1)
    pixels = np.asarray(picture).astype(int)
    red = (pixels[..., 0] > 150) & (pixels[..., 1] < 100)
    rows, columns = np.nonzero(red)
    assert red.sum() > 2000
    assert (columns.min(), columns.max()) == pytest.approx((206, 494), abs=6)
    assert (rows.min(), rows.max()) == pytest.approx((66, 354), abs=6)
    assert dark(picture, (250, 190, 250 + 176, 230)) > 0.1


def test_the_next_page_shines_through_faintly_and_mirrored(font: Path) -> None:
    behind = page(line_at("HHHHHHHH", 60, 150, 40))
    blank, _ = draw(Leaf(page(), behind=behind), CLEAN, font, 1)
    shining, _ = draw(Leaf(page(), behind=behind), Scan(show_through=0.2), font, 1)
    change = np.asarray(blank.convert("L")).astype(int) - np.asarray(shining.convert("L")).astype(int)
    assert 10 < change.max() < 90
    assert change[:, :290].max() < 5 < change[:, 310:].max()


def test_the_same_scan_is_the_same_picture_and_no_two_degradations_are_alike(font: Path) -> None:
    leaf = Leaf(page(line_at("CASE", 100, 100, 40)), behind=page())
    how = degraded(Random(1))
    first, second = (draw(leaf, how, font, 7)[0] for _ in range(2))
    assert first.tobytes() == second.tobytes()
    assert degraded(Random(1)) != degraded(Random(2))


def test_moving_a_page_by_nothing_changes_no_box() -> None:
    one = page(line_at("A", 10, 10, 20))
    assert moved(one, 1.0, 0.0) == one


def test_a_pdf_has_each_scan_at_its_size_and_bit_for_bit(font: Path) -> None:
    picture, _ = draw(Leaf(page(line_at("CASE", 100, 100, 40))), CLEAN, font, 1)
    data = jpeg(picture, 80, 200)
    made = PdfReader(io.BytesIO(pdf([(data, 200), (data, 200)])))
    assert len(made.pages) == 2
    assert float(made.pages[0].mediabox.width) == pytest.approx(600 * 72 / 200)
    image = next(iter(made.pages[0]["/Resources"]["/XObject"].values())).get_object()
    assert image["/Filter"] == ["/ASCII85Decode", "/DCTDecode"]
    assert base64.a85decode(image._data.strip().removesuffix(b"~>")) == data
