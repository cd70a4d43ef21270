"""Plates as they are drawn: layouts of GA 36, glyphs, pictures, and what is said of each column."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from models.vision.plate_format import COLOURS, HAN, LATIN, format_of
from models.vision.plate_picture import HEIGHT, WIDTH
from training.plate.camera import taken
from training.plate.data import CLASS_OF, batch, head, samples
from training.plate.drawing import SCALE, draw
from training.plate.glyphs import CELL_HEIGHT, CELL_WIDTH, Atlas
from training.plate.layout import plate_of, random_plate
from training.plate.strokes import GLYPHS, drawn


@pytest.fixture(scope="module")
def glyphs() -> Atlas:
    """Strokes for letters and digits; crosses, since no font is wanted here, for Chinese characters."""
    masks = {c: (drawn(c, 0, CELL_WIDTH, CELL_HEIGHT, 0.24, 0.25),) for c in LATIN}
    return Atlas(masks | {c: (drawn("X", 0, CELL_WIDTH, CELL_HEIGHT, 0.2, 0.25),) for c in HAN})


def test_every_letter_and_digit_of_plates_can_be_drawn() -> None:
    assert set(GLYPHS) == set(LATIN)
    for character, ways in GLYPHS.items():
        for variant in range(len(ways)):
            mask = drawn(character, variant, CELL_WIDTH, CELL_HEIGHT, 0.24, 0.25)
            assert mask.shape == (CELL_HEIGHT, CELL_WIDTH)
            assert 0.08 < (mask > 127).mean() < 0.8


def test_no_two_letters_look_alike() -> None:
    masks = {c: drawn(c, 0, CELL_WIDTH, CELL_HEIGHT, 0.24, 0.25).astype(int) for c in GLYPHS}
    for one, first in masks.items():
        for other, second in masks.items():
            assert one == other or np.abs(first - second).mean() > 4, (one, other)


@pytest.mark.parametrize("seed", range(40))
def test_random_plates_have_a_format_and_stay_on_their_ground(seed: int) -> None:
    plate = random_plate(np.random.default_rng(seed))
    assert format_of(plate.text) is not None
    assert plate.colour in COLOURS
    assert len(plate.cells) == len(plate.inks) == len(plate.text)
    for left, top, width, height in plate.cells:
        assert left >= 0
        assert top >= 0
        assert left + width <= plate.width
        assert top + height <= plate.height
    lefts = [left for left, *_ in plate.cells]
    assert plate.double or lefts == sorted(lefts)


def test_layouts_have_the_measures_of_the_standard() -> None:
    assert (plate_of("京A12345", "blue").width, plate_of("京AD12345", "green").width) == (440, 480)
    last = plate_of("京AD12345", "green").cells[-1]
    assert last[0] + last[2] == pytest.approx(480 - 15.5)
    assert plate_of("冀B1234挂", "yellow", double=True).height == 220


def test_red_marks_are_printed_red_and_dots_stand_between_office_and_serial() -> None:
    police = plate_of("京A1234警", "white")
    assert police.inks[-1] != police.inks[0]
    assert police.dot is not None
    assert police.cells[1][0] + police.cells[1][2] < police.dot[0] < police.cells[2][0]


def test_one_seed_draws_one_picture(glyphs: Atlas) -> None:
    plate = plate_of("京A12345", "blue")
    one = taken(draw(plate, glyphs, np.random.default_rng(3)), np.random.default_rng(4))
    other = taken(draw(plate, glyphs, np.random.default_rng(3)), np.random.default_rng(4))
    assert np.array_equal(one.picture, other.picture)


def test_drawing_has_two_pixels_for_four_millimetres(glyphs: Atlas) -> None:
    flat = draw(plate_of("冀B12345", "yellow", double=True), glyphs, np.random.default_rng(1))
    assert flat.shape == (round(220 * SCALE), round(440 * SCALE), 3)


def test_columns_spell_the_text_in_order(glyphs: Atlas) -> None:
    rng = np.random.default_rng(7)
    for _ in range(20):
        for one in samples(glyphs, rng, 2):
            runs = [int(k) for k, _ in itertools.groupby(one.columns) if k]
            # Two equal neighbours without a blank column between them are one run.
            told = [CLASS_OF[c] for c, _ in itertools.groupby(one.plate.text)]
            assert [k for k, _ in itertools.groupby(runs)] == told


def test_a_batch_has_what_the_network_takes(glyphs: Atlas) -> None:
    made = batch(glyphs, np.random.default_rng(2), 6)
    assert made.pictures.shape == (6, HEIGHT, WIDTH, 3)
    assert made.pictures.dtype == np.uint8
    assert made.columns.shape == (6, 40)
    for row, length in zip(made.classes, made.lengths, strict=True):
        assert (row[:length] > 0).all()
        assert (row[length:] == 0).all()
    assert set(made.classes[made.classes > 0].tolist()) <= set(CLASS_OF.values())


def test_a_head_holds_the_first_characters_and_no_more(glyphs: Atlas) -> None:
    whole = batch(glyphs, np.random.default_rng(2), 30)
    first = head(whole)
    assert first.pictures.shape[2] * 40 == first.columns.shape[1] * WIDTH
    seen = [{int(k) for k in row if k} for row in first.columns]
    assert all(int(classes[0]) in row for classes, row in zip(whole.classes, seen, strict=True))
    assert max(len(row) for row in seen) <= 3
