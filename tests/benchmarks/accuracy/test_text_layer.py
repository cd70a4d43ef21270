"""The measure of the text layer, against what can be seen by hand, and that it tells a layer that is wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.accuracy.text_layer import (
    DPI,
    Placing,
    Volume,
    images,
    line_of,
    overlap,
    page_of,
    scans,
    score,
)
from benchmarks.accuracy.text_readers import is_equal, plain
from cases.records import ScannedPage
from pipelines.files.pdf import PrintedPage, write_searchable

SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))


def test_a_pages_text_is_equal_where_only_blanks_and_ends_of_lines_stand_between_its_lines() -> None:
    assert is_equal(["讯问 笔录", "第1页", "ﬁ"], "讯问 笔录\r\n第1页 fi\xa0")
    assert not is_equal(["讯问笔录", "第1页"], "讯问笔录第1页")
    assert not is_equal(["讯问笔录", "第1页"], "第1页\r\n讯问笔录")
    assert not is_equal(["讯问笔录"], "讯问 笔录")
    assert plain(" ﬂ　Ａ\n") == "flＡ"


def test_overlap_is_that_of_hulls() -> None:
    assert overlap(SQUARE, SQUARE) == pytest.approx(1)
    assert overlap(SQUARE, [(x + 1, y) for x, y in SQUARE]) == pytest.approx(1 / 3)
    assert overlap(SQUARE, [(x + 5, y) for x, y in SQUARE]) == 0


@pytest.mark.parametrize(
    ("turn", "corner"), [(0, (10.0, 110.0)), (90, (0.0, 20.0)), (180, (200.0, 0.0)), (270, (200.0, 110.0))]
)
def test_the_upper_left_corner_of_what_is_shown_lies_where_the_turn_puts_it(
    turn: int, corner: tuple[float, float]
) -> None:
    page = ScannedPage(1, 100, 50, 0, 0.0, ())
    placing = Placing(10.0 if turn == 0 else 0.0, 20.0 if turn == 90 else 0.0, 200.0, 110.0, turn)
    assert placing(((0, 0), (1, 0), (1, 1), (0, 1)), page)[0] == pytest.approx(corner)


@pytest.mark.parametrize("reader", ["pdfium", "pdfminer"])
def test_a_layer_in_its_place_scores_full_and_one_that_was_moved_or_changed_does_not(
    tmp_path: Path, reader: str
) -> None:
    page = page_of(1, 1.0)
    source, out = scans(tmp_path / "scan.pdf", [90]), tmp_path / "out.pdf"
    write_searchable([PrintedPage(page, None, DPI, 0)], out, source)
    found = score(Volume("right", source, (page,)), out, reader)
    assert (found.pages, found.equal) == (1, 1)
    assert min(found.overlaps) > 0.8
    assert len(found.overlaps) == found.lines
    assert images(out) == images(source)
    moved = replace(page, lines=tuple(replace(line_of(line.text, 150, 100)) for line in page.lines))
    assert min(score(Volume("moved", source, (moved,)), out, reader).overlaps) < 0.5
    changed = replace(page, lines=page.lines[1:])
    assert score(Volume("changed", source, (changed,)), out, reader).equal == 0
