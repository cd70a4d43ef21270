"""Pages with a table: their truth holds every text once, and rules are drawn where it says."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from benchmarks.accuracy.tables import found_by_truth, scored
from benchmarks.volumes.tables import KINDS, table_page, table_scan
from models.fonts import font_path


@pytest.mark.parametrize("kind", KINDS)
def test_cells_cover_their_grid_once_and_hold_the_lines_of_the_page(kind: str) -> None:
    made = table_page(kind, 3)
    (table,) = made.page.tables
    faces = [
        (row, column)
        for cell in table.cells
        for row in range(cell["row"], cell["row"] + cell["row_span"])  # type: ignore[operator, arg-type]
        for column in range(cell["col"], cell["col"] + cell["col_span"])  # type: ignore[operator, arg-type]
    ]
    assert len(faces) == len(set(faces)) == (1 + max(faces)[0]) * (1 + max(column for _, column in faces))
    assert "".join(sorted(line.text for line in made.page.lines[1:])).strip()
    assert sum(len(str(cell["text"])) for cell in table.cells) == sum(len(line.text) for line in made.page.lines[1:])


def test_a_page_is_the_same_for_the_same_seed_and_another_for_another() -> None:
    assert table_page("seizure", 5) == table_page("seizure", 5)
    assert table_page("seizure", 5) != table_page("seizure", 6)


@pytest.mark.model
@pytest.mark.parametrize("worn", [False, True])
def test_a_form_of_merged_cells_is_found_as_it_was_made(worn: bool) -> None:
    picture, truth = table_scan(table_page("registration", 2), worn, font_path(fetch=False), 2)
    assert isinstance(picture, Image.Image)
    (score,) = scored("registration", truth.tables, found_by_truth(np.asarray(picture), truth))
    assert score.struct > 0.95
