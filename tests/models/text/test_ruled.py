"""Text boxes and rules together: what is a table, which strokes are letters', and where boxes are cut."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from models.text.ruled import ruled_text
from tests.models.text.test_grid import XS, YS, sheet, spans


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


TEXTS = [box(220, 420, 400, 460), box(520, 500, 700, 540), box(820, 600, 1100, 640)]


def test_a_table_with_texts_is_kept_and_boxes_inside_cells_stay_as_they_are() -> None:
    found = ruled_text(sheet(), np.array(TEXTS))
    assert len(found.grids) == 1
    assert found.boxes.tolist() == np.array(TEXTS).tolist()


def test_a_net_without_text_is_no_table() -> None:
    away = np.array([box(200, 1500 + 60 * at, 900, 1540 + 60 * at) for at in range(5)])
    assert ruled_text(sheet(), away).grids == ()


def test_a_box_over_several_cells_is_cut_at_the_rules_and_one_beside_them_is_not() -> None:
    wide = np.array([*TEXTS, box(230, 500, 1200, 540), box(230, 600, 506, 640)])
    found = ruled_text(sheet(), wide)
    pieces = [piece for piece in found.boxes.tolist() if piece[0][1] in (500, 600)]
    assert [(round(p[0][0], -1), round(p[1][0], -1)) for p in pieces] == [
        (520, 700),
        (820, 1100),
        (230, 500),
        (500, 800),
        (800, 1200),
        (230, 510),
    ]


def test_a_merged_cell_does_not_cut_the_text_that_runs_through_it() -> None:
    page = sheet(missing=((XS[1] - 5, YS[0] + 4, XS[1] + 5, YS[1] - 4),))
    found = ruled_text(page, np.array([*TEXTS[1:], box(300, 420, 700, 460)]))
    assert len(found.boxes) == 3


def test_a_box_that_stands_upright_is_cut_at_rules_across() -> None:
    upright = box(1220, 410, 1260, 690)
    found = ruled_text(sheet(), np.array([*TEXTS, upright]))
    assert len(found.boxes) == 6
    assert [round(piece[0][1], -1) for piece in found.boxes.tolist()[3:]] == [410, 480, 560]


def test_strokes_of_large_letters_part_no_cell() -> None:
    page = Image.fromarray(sheet())
    pen = ImageDraw.Draw(page)
    # 目, as high as the row nearly is.
    for x in (600, 650):
        pen.line((x, 404, x, 476), fill=(30, 30, 30), width=4)
    found = ruled_text(np.asarray(page), np.array([*TEXTS, box(590, 402, 660, 478)]))
    assert spans(found.grids[0]) == spans(ruled_text(sheet(), np.array(TEXTS)).grids[0])


def test_a_page_with_hardly_any_text_is_not_searched() -> None:
    assert ruled_text(sheet(), np.zeros((0, 4, 2))).grids == ()
