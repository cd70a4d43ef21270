"""Places and doubts of the calibration, against a camera that is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.worlds.camera import Camera
from models.errors import BadInput
from pipelines.traffic.ground import Floats, fit_ground

GROUND = np.array([(x, y) for x in (-7.0, 7.0) for y in (20.0, 35.0, 50.0, 65.0)])


def pixels(ground: Floats) -> Floats:
    return Camera().pixels(np.concatenate([ground, np.zeros((len(ground), 1))], axis=1))


def test_exact_points_give_exact_places() -> None:
    plane = fit_ground(pixels(GROUND), GROUND)
    probe = np.array([(1.0, 30.0), (-3.0, 60.0)])
    assert np.allclose(plane.metres(pixels(probe)), probe, atol=1e-6)
    assert plane.residual_px < 1e-6
    assert plane.residual_m < 1e-6


def test_four_points_are_enough_and_three_or_a_line_are_not() -> None:
    corners = GROUND[[0, 3, 4, 7]]
    assert np.allclose(fit_ground(pixels(corners), corners).metres(pixels(GROUND)), GROUND, atol=1e-6)
    with pytest.raises(BadInput, match="4 points"):
        fit_ground(pixels(corners[:3]), corners[:3])
    line = GROUND[:4]
    with pytest.raises(BadInput, match="on a line"):
        fit_ground(pixels(line), line)


def test_a_swapped_point_is_refused() -> None:
    seen = pixels(GROUND)
    seen[[0, 5]] = seen[[5, 0]]
    with pytest.raises(BadInput, match="wrong or swapped"):
        fit_ground(seen, GROUND)


def test_the_stated_doubt_of_a_place_is_that_of_many_calibrations() -> None:
    random = np.random.default_rng(5)
    probe = np.array([(2.0, 45.0)])
    at = pixels(probe)
    fits = [fit_ground(pixels(GROUND) + random.normal(0, 1, (8, 2)), GROUND) for _ in range(300)]
    places = np.array([fit.metres(at)[0] for fit in fits])
    stated = np.mean([np.sqrt(fit.place((at[0, 0], at[0, 1]), 0.0).covariance[2]) for fit in fits])
    assert stated == pytest.approx(places[:, 1].std(), rel=0.25)
