"""The detector of plates: its answer decoded against an inverse written here, its looks, the order of corners."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from models.vision.plate_detector import PlateDetector, clockwise, decoded, priors

Answer = tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]


def answer(height: int, width: int, plates: list[tuple[int, NDArray[np.float32], float]]) -> Answer:
    """What a network says that sees these plates: prior, corners, score."""
    prior = priors(height, width)
    boxes = np.zeros((len(prior), 4), np.float32)
    scores = np.zeros((len(prior), 2), np.float32)
    corners = np.zeros((len(prior), 8), np.float32)
    for place, quad, score in plates:
        centre, side = prior[place, :2], prior[place, 2]
        low, high = quad.min(axis=0), quad.max(axis=0)
        boxes[place, :2] = ((low + high) / 2 - centre) / (0.1 * side)
        boxes[place, 2:] = np.log((high - low) / side) / 0.2
        corners[place] = ((quad - centre) / (0.1 * side)).reshape(-1)
        scores[place, 1] = score
    return boxes, scores, corners


def quad(left: float, top: float, width: float = 90, height: float = 28) -> NDArray[np.float32]:
    return np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]], np.float32)


def network(see: Callable[[int, int], list[tuple[int, NDArray[np.float32], float]]]) -> Any:
    def run(given: NDArray[np.float32]) -> list[NDArray[np.float32]]:
        height, width = given.shape[2:]
        return [one[None] for one in answer(height, width, see(height, width))]

    return run


def test_priors_come_level_by_level_two_sides_a_place() -> None:
    found = priors(64, 96)
    assert len(found) == 2 * (8 * 12 + 4 * 6 + 2 * 3)
    assert found[0].tolist() == [4, 4, 24]
    assert found[1].tolist() == [4, 4, 48]
    assert found[2 * 96].tolist() == [8, 8, 96]


def test_corners_come_back_in_pixels() -> None:
    plate = quad(33, 41)
    (found,) = decoded(answer(160, 320, [(100, plate, 0.9)]), 160, 320, 0.4)
    assert np.allclose(found.corners, plate, atol=1e-2)
    assert found.score == pytest.approx(0.9)


def test_doubles_go_and_the_surest_stays() -> None:
    seen = [(100, quad(33, 41), 0.6), (101, quad(35, 42), 0.8), (400, quad(180, 90), 0.7)]
    found = decoded(answer(160, 320, seen), 160, 320, 0.4)
    assert [round(one.score, 1) for one in found] == [0.8, 0.7]


def test_what_is_too_unsure_is_not_told() -> None:
    assert decoded(answer(160, 320, [(100, quad(33, 41), 0.3)]), 160, 320, 0.4) == []


@pytest.mark.parametrize("turn", range(4))
def test_corners_begin_at_the_top_left_of_the_text(turn: int) -> None:
    slanted = np.array([[10, 40], [90, 10], [95, 40], [14, 70]], np.float32)
    assert np.array_equal(clockwise(np.roll(slanted, turn, axis=0)), slanted)
    assert np.array_equal(clockwise(np.roll(slanted, turn, axis=0)[::-1]), slanted)


def test_where_nothing_is_found_the_picture_is_looked_at_larger() -> None:
    def see(height: int, width: int) -> list[tuple[int, NDArray[np.float32], float]]:
        return [(500, quad(60, 80), 0.8)] if width == 640 else []

    (found,) = PlateDetector(network(see), 0.4).find(np.zeros((200, 320, 3), np.uint8))
    assert np.allclose(found.corners, quad(60, 80) / 2, atol=1e-2)


def test_a_very_large_picture_is_made_smaller_and_corners_stay_its_own() -> None:
    def see(height: int, width: int) -> list[tuple[int, NDArray[np.float32], float]]:
        assert width == 1600
        return [(500, quad(60, 80), 0.8)]

    (found,) = PlateDetector(network(see), 0.4).find(np.zeros((300, 3200, 3), np.uint8))
    assert np.allclose(found.corners, quad(60, 80) * 2, atol=1e-2)


def test_a_small_picture_of_a_plates_shape_is_the_plate_where_no_corners_are_found() -> None:
    (found,) = PlateDetector(network(lambda height, width: []), 0.4).find(np.zeros((24, 94, 3), np.uint8))
    assert found.corners.tolist() == [[0, 0], [94, 0], [94, 24], [0, 24]]


def test_corners_in_a_small_picture_are_sought_in_a_frame() -> None:
    def see(height: int, width: int) -> list[tuple[int, NDArray[np.float32], float]]:
        assert (height, width) == (2 * (24 + 2 * 14), 2 * (94 + 2 * 28))
        return [(200, quad(70, 40, 160, 30), 0.9)]

    (found,) = PlateDetector(network(see), 0.4).find(np.zeros((24, 94, 3), np.uint8))
    assert np.allclose(found.corners, quad(70, 40, 160, 30) / 2 - [28, 14], atol=1e-2)
