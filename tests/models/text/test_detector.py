"""Pages are looked at small first, and larger where letters are small or none were found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from models.text.detector import (
    FIRST_SIDE_PX,
    FULL_SIDE_PX,
    LEAST_HEIGHT_PX,
    SECOND_HEIGHT_PX,
    SMALLEST,
    Found,
    PageDetector,
    needed_side,
)


def boxes(*heights: float) -> np.ndarray:
    """Boxes under each other, long and so high."""
    return np.array([[[10, 90 * n], [500, 90 * n], [500, 90 * n + h], [10, 90 * n + h]] for n, h in enumerate(heights)])


class Detector:
    """Stands in for PaddleX's detector: finds the same boxes at any size, or none below full size."""

    def __init__(self, found: np.ndarray, least: int = 0) -> None:
        self.found, self.least = found, least
        self.sides: list[int] = []

    def __call__(self, images: Sequence[np.ndarray], **options: object) -> Iterator[Found]:
        side = options["limit_side_len"]
        assert isinstance(side, int)
        assert options["limit_type"] == "max"
        assert options["box_thresh"] == 0.6
        self.sides.append(side)
        for _ in images:
            yield {"dt_polys": self.found if side >= self.least else np.zeros((0, 4, 2))}


def page(longer: int) -> np.ndarray:
    return np.full((longer, 700, 3), 255, np.uint8)


@pytest.mark.parametrize(
    ("longer", "height", "sides"),
    [
        (2 * FIRST_SIDE_PX, 2 * LEAST_HEIGHT_PX + 1, [FIRST_SIDE_PX]),
        (2 * FIRST_SIDE_PX, SECOND_HEIGHT_PX * 8 / 5, [FIRST_SIDE_PX, FIRST_SIDE_PX * 5 // 4]),
        (2 * FIRST_SIDE_PX, 2, [FIRST_SIDE_PX, FULL_SIDE_PX]),
        (FIRST_SIDE_PX, 5, [FULL_SIDE_PX]),
    ],
)
def test_the_smallest_lines_of_a_page_tell_its_size(longer: int, height: float, sides: list[int]) -> None:
    inner = Detector(boxes(height, 80, 80))
    (found,) = PageDetector(inner)([page(longer)], limit_side_len=7, limit_type="min", box_thresh=0.6)
    assert inner.sides == sides
    assert len(np.asarray(found["dt_polys"])) == 3


def test_a_page_on_which_nothing_is_found_small_is_looked_at_again() -> None:
    inner = Detector(boxes(40), least=FULL_SIDE_PX)
    (found,) = PageDetector(inner)([page(1900)], box_thresh=0.6)
    assert inner.sides == [FIRST_SIDE_PX, FULL_SIDE_PX]
    assert len(np.asarray(found["dt_polys"])) == 1


def test_a_speck_among_many_lines_decides_nothing_and_lines_that_run_down_are_measured_across() -> None:
    many = boxes(3, *[28] * round(3 / SMALLEST))
    assert needed_side(many) == FIRST_SIDE_PX
    assert needed_side(many / 3) == FIRST_SIDE_PX * 3 / 2
    assert needed_side(boxes(3, 28)) == FULL_SIDE_PX
    assert needed_side(many[1:, :, ::-1] / 3) == FIRST_SIDE_PX * 3 / 2
    assert needed_side(np.zeros((0, 4, 2))) == FULL_SIDE_PX
