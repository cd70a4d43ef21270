"""Decoding against tensors computed by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.vision import decoding
from models.vision.decoding import ROAD_USERS, Candidates, Thresholds, detections

CAR, BUS, TRUCK, PERSON = 2, 4, 5, 0
"""Columns of ROAD_USERS."""


def candidates(*found: tuple[int, float, tuple[float, float, float, float]]) -> Candidates:
    scores = np.zeros((len(found), len(ROAD_USERS)), np.float32)
    for row, (column, score, _) in enumerate(found):
        scores[row, column] = score
    return Candidates(np.array([box for _, _, box in found], np.float32).reshape(-1, 4), scores)


def labels(found: Candidates, share: float = 1.0) -> list[tuple[str, float]]:
    return [(d.label, round(d.score, 2)) for d in detections(found, Thresholds(), share, 640, 480)]


def test_thresholds_differ_by_class() -> None:
    found = candidates(
        (CAR, 0.41, (0, 0, 50, 50)), (CAR, 0.39, (100, 0, 150, 50)),
        (PERSON, 0.56, (200, 0, 220, 50)), (PERSON, 0.54, (300, 0, 320, 50)),
    )  # fmt: skip
    assert labels(found) == [("person", 0.56), ("car", 0.41)]
    assert len(labels(found, share=0.5)) == 4


def test_the_weaker_of_two_boxes_of_one_car_goes_and_a_neighbour_stays() -> None:
    found = candidates(
        (CAR, 0.8, (0, 0, 100, 100)), (CAR, 0.9, (5, 0, 105, 100)), (CAR, 0.7, (60, 0, 160, 100))
    )  # fmt: skip
    assert labels(found) == [("car", 0.9), ("car", 0.7)]


def test_a_vehicle_is_not_car_and_truck_at_once_while_a_person_beside_stays() -> None:
    same = (0.0, 0.0, 100.0, 100.0)
    assert labels(candidates((CAR, 0.6, same), (TRUCK, 0.7, same), (BUS, 0.5, same), (PERSON, 0.8, same))) == [
        ("person", 0.8),
        ("truck", 0.7),
    ]


def test_boxes_are_clipped_to_the_picture_and_what_is_outside_goes() -> None:
    found = candidates((CAR, 0.9, (-20, -10, 30, 40)), (CAR, 0.9, (700, 0, 800, 50)), (CAR, 0.9, (0, 0, np.nan, 9)))
    (only,) = detections(found, Thresholds(), 1.0, 640, 480)
    assert (only.left, only.top, only.right, only.bottom) == (0, 0, 30, 40)


def test_nothing_found_is_nothing() -> None:
    assert detections(candidates(), Thresholds(), 1.0, 640, 480) == ()


def test_picodet_keeps_boxes_and_picks_the_road_users() -> None:
    scores = np.zeros((80, 2), np.float32)
    scores[7, 1] = 0.6
    scores[15, 0] = 0.9  # a cat
    found = decoding.picodet(np.array([[0, 0, 9, 9], [1, 2, 3, 4]], np.float32), scores)
    assert found.scores.tolist() == [[0] * 6, [0, 0, 0, 0, 0, pytest.approx(0.6)]]
    assert found.boxes[1].tolist() == [1, 2, 3, 4]


def test_yolox_cells_come_row_by_row_and_stride_by_stride() -> None:
    places, strides = decoding.yolox_cells(64, 32)
    assert len(places) == 8 * 4 + 4 * 2 + 2 * 1
    assert places[:9].tolist()[:2] == [[0, 0], [1, 0]]
    assert places[8].tolist() == [0, 1]
    assert strides[[0, 32, 40]].ravel().tolist() == [8, 16, 32]


def test_yolox_cell_becomes_a_box_of_the_picture() -> None:
    answer = np.zeros((42, 85), np.float32)
    # Cell (1, 1) of stride 16 is row 32 + 4 + 1; centre (1 + 0.5, 1 + 0.25) * 16, size exp(ln 2) * 16.
    answer[37, :5] = [0.5, 0.25, np.log(2), np.log(2), 0.5]
    answer[37, 5 + 2] = 0.8
    found = decoding.yolox(answer, 64, 32, scale=0.5)
    assert found.boxes[37] == pytest.approx([16.0, 8.0, 80.0, 72.0])
    assert found.scores[37, CAR] == pytest.approx(0.4)


def test_yolov8_takes_the_margin_off_before_the_scale() -> None:
    answer = np.zeros((84, 1), np.float32)
    answer[:4, 0] = [100, 90, 20, 40]
    answer[4 + 5, 0] = 0.7
    found = decoding.yolov8(answer, scale=0.5, margin=(0, 30))
    assert found.boxes[0] == pytest.approx([180.0, 80.0, 220.0, 160.0])
    assert found.scores[0, BUS] == pytest.approx(0.7)


def test_letterbox_keeps_proportion_and_fills_with_grey() -> None:
    picture = np.full((100, 200, 3), 255, np.uint8)
    canvas, scale, margin = decoding.letterboxed(picture, 64, 64, centred=True)
    assert (scale, margin) == (0.32, (0, 16))
    assert canvas[0, 0].tolist() == [114] * 3
    assert canvas[32, 32].tolist() == [255] * 3
    corner, _, none = decoding.letterboxed(picture, 64, 64, centred=False)
    assert none == (0, 0)
    assert corner[0, 0].tolist() == [255] * 3
