"""The cells of ruled tables: merged where a stroke is missing, whole where one is broken."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw

from models.text.grid import table_grids
from models.values import TableGrid

Spans = set[tuple[int, int, int, int]]
XS, YS = (200, 500, 800, 1300), (400, 480, 560, 700)


def sheet(angle: float = 0.0, *, missing: tuple[tuple[int, int, int, int], ...] = ()) -> np.ndarray:
    """A table of three by three, without the strokes in `missing` (left, top, right, bottom); turned clockwise."""
    page = Image.new("RGB", (1654, 2339), (250, 250, 248))
    pen = ImageDraw.Draw(page)
    for y in YS:
        pen.line((XS[0], y, XS[-1], y), fill=(30, 30, 30), width=3)
    for x in XS:
        pen.line((x, YS[0], x, YS[-1]), fill=(30, 30, 30), width=3)
    for box in missing:
        pen.rectangle(box, fill=(250, 250, 248))
    return np.asarray(page.rotate(-angle, Image.Resampling.BICUBIC, fillcolor=(250, 250, 248)))


def spans(grid: TableGrid) -> Spans:
    return {(cell.row, cell.column, cell.row_span, cell.column_span) for cell in grid.cells}


ALL: Spans = {(row, column, 1, 1) for row in range(3) for column in range(3)}


@pytest.mark.parametrize("angle", [-3.0, 0.0, 3.0])
def test_every_face_of_a_full_grid_is_a_cell_in_its_place(angle: float) -> None:
    (grid,) = table_grids(sheet(angle))
    assert spans(grid) == ALL
    if not angle:
        last = max(grid.cells, key=lambda cell: (cell.row, cell.column))
        assert np.array(last.box[0]) == pytest.approx((XS[2], YS[2]), abs=4)
        assert np.array(last.box[2]) == pytest.approx((XS[3], YS[3]), abs=4)


def test_cells_are_merged_across_and_down_where_a_stroke_is_missing() -> None:
    across = (XS[1] - 5, YS[0] + 4, XS[1] + 5, YS[1] - 4)
    down = (XS[2] + 4, YS[1] - 5, XS[3] - 4, YS[1] + 5), (XS[2] + 4, YS[2] - 5, XS[3] - 4, YS[2] + 5)
    (grid,) = table_grids(sheet(missing=(across, *down)))
    assert spans(grid) == {(0, 0, 1, 2), (0, 2, 3, 1), (1, 0, 1, 1), (1, 1, 1, 1), (2, 0, 1, 1), (2, 1, 1, 1)}


def test_a_stroke_broken_to_pieces_still_parts_its_cells() -> None:
    gap = (XS[1] - 5, YS[0] + 30, XS[1] + 5, YS[0] + 48)
    (grid,) = table_grids(sheet(missing=(gap,)))
    assert spans(grid) == ALL


def test_a_table_open_at_its_sides_ends_where_its_strokes_do() -> None:
    sides = [(x - 5, 0, x + 5, 2338) for x in (XS[0], XS[-1])]
    (grid,) = table_grids(sheet(missing=tuple(sides)))
    assert spans(grid) == ALL


def test_two_tables_are_two_and_a_frame_is_none() -> None:
    page = np.array(sheet())
    page[1500:1810, 190:1310] = page[395:705, 190:1310]
    page[2000:2003, 300:900] = page[2200:2203, 300:900] = 30
    page[2000:2203, 300:303] = page[2000:2203, 897:900] = 30
    grids = table_grids(page)
    assert [len(grid.cells) for grid in grids] == [9, 9]
    assert grids[0].box[0][1] < grids[1].box[0][1]


def test_what_is_no_rectangle_is_cut_to_cells_that_cover_every_face_once() -> None:
    corner = (XS[1] - 5, YS[0] + 4, XS[1] + 5, YS[1] - 4), (XS[0] + 4, YS[1] - 5, XS[1] - 4, YS[1] + 5)
    (grid,) = table_grids(sheet(missing=corner))
    faces = [
        (row, column)
        for cell in grid.cells
        for row in range(cell.row, cell.row + cell.row_span)
        for column in range(cell.column, cell.column + cell.column_span)
    ]
    assert sorted(faces) == [(row, column) for row in range(3) for column in range(3)]
