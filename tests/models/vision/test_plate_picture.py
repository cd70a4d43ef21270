"""Cuts of plates: seen straight on, rows of a double plate beside each other."""

from __future__ import annotations

import numpy as np
import pytest

from models.vision.plate_picture import HEIGHT, TALL, WIDTH, beside_x, cut, planes, side_by_side


def scene(width: int = 400, height: int = 300) -> np.ndarray:
    return np.full((height, width, 3), 40, np.uint8)


def test_a_slanted_plate_fills_its_cut() -> None:
    import cv2

    picture = scene()
    corners = np.array([[100, 100], [240, 130], [235, 175], [95, 145]], np.float32)
    cv2.fillConvexPoly(picture, corners.astype(np.int32), (200, 30, 30))
    found = cut(picture, corners, margin=0.0)
    assert found.shape == (HEIGHT, WIDTH, 3)
    assert np.mean(found[..., 0] > 150) > 0.95


def test_the_margin_shows_what_is_around() -> None:
    picture = scene()
    picture[100:148, 100:260] = 220
    corners = np.array([[100, 100], [260, 100], [260, 148], [100, 148]], np.float32)
    found = cut(picture, corners, margin=0.1)
    assert found[0, 0, 0] < 100
    assert found[24, 80, 0] > 200


def test_a_large_plate_is_shrunk_and_not_picked_at() -> None:
    picture = scene(2000, 700)
    picture[:, ::2] = 255
    corners = np.array([[100, 100], [1700, 100], [1700, 580], [100, 580]], np.float32)
    found = cut(picture, corners).astype(int)
    assert found.std() < 60


def test_corners_outside_the_frame_are_no_error() -> None:
    corners = np.array([[-50, -20], [90, -20], [90, 30], [-50, 30]], np.float32)
    assert cut(scene(), corners).shape == (HEIGHT, WIDTH, 3)


def test_the_upper_row_comes_first() -> None:
    double = np.zeros((TALL, WIDTH, 3), np.uint8)
    double[:36] = 250
    row = side_by_side(double)
    assert row.shape == (HEIGHT, WIDTH, 3)
    assert row[:36, :50].min() > 200
    assert row[8:, 70:].max() < 50


@pytest.mark.parametrize(("x", "upper"), [(80.0, True), (80.0, False), (30.0, False)])
def test_points_follow_their_row(x: float, upper: bool) -> None:
    double = np.zeros((TALL, WIDTH, 3), np.uint8)
    rows = slice(10, 26) if upper else slice(50, 90)
    double[rows, int(x) - 2 : int(x) + 2] = 255
    row = side_by_side(double)[..., 0].astype(float).sum(axis=0)
    assert abs(float((row * np.arange(WIDTH)).sum() / row.sum()) - beside_x(x, upper)) < 2


def test_planes_have_no_mean_and_no_light_of_their_own() -> None:
    rng = np.random.default_rng(0)
    picture = rng.integers(0, 120, (HEIGHT, WIDTH, 3), dtype=np.uint8)
    dark, bright = planes([picture, picture + 100])
    assert dark.shape == (3, HEIGHT, WIDTH)
    assert np.allclose(dark, bright, atol=1e-4)
    assert abs(float(dark.mean())) < 1e-4
