"""Where boxes will be next: a constant-velocity Kalman filter for many boxes at once; knows no track and no detection.

Centre x, centre y, width and height of a box move independently of each other, so that the filter of one box is four
filters of two numbers (place, speed), each with a closed form: no matrix is built or inverted, and a step over n boxes
is a dozen operations on arrays of [n, 4]. Noise grows with the size of the box, since a near object moves more pixels.
Boxes are (left, top, right, bottom) in pixels; time counts in steps, one step being the usual distance of two frames.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class MotionNoise:
    """How sure the filter is, as shares of the box's own width (for x and width) and height (for y and height).

    `measured` is the spread of a detected edge, `place` and `speed` are what one step adds to the doubt about place and
    speed, `first_speed` is the doubt about the speed of a box that was seen once.
    """

    measured: float = 0.02
    place: float = 0.03
    speed: float = 0.025
    first_speed: float = 0.5


def corners_to_centre(boxes: Floats) -> Floats:
    """(left, top, right, bottom) [n, 4] to (centre x, centre y, width, height) [n, 4]."""
    low, high = boxes[:, :2], boxes[:, 2:]
    return np.concatenate([(low + high) / 2, high - low], axis=1)


def centre_to_corners(states: Floats) -> Floats:
    """(centre x, centre y, width, height) [n, 4] to (left, top, right, bottom) [n, 4]."""
    half = states[:, 2:] / 2
    return np.concatenate([states[:, :2] - half, states[:, :2] + half], axis=1)


class BoxMotion:
    """The filters of all boxes of one group; rows are in the order in which boxes were added, less those dropped."""

    def __init__(self, noise: MotionNoise) -> None:
        self._noise = noise
        empty = np.zeros((0, 4))
        self._place, self._speed = empty, empty
        self._var_place, self._covariance, self._var_speed = empty, empty, empty

    def __len__(self) -> int:
        return int(self._place.shape[0])

    @property
    def boxes(self) -> Floats:
        """Where the boxes are thought to be now, [n, 4]; widths and heights are at least one pixel."""
        state = self._place.copy()
        state[:, 2:] = np.maximum(state[:, 2:], 1.0)
        return centre_to_corners(state)

    @property
    def speeds(self) -> Floats:
        """Pixels a step of centre x, centre y, width and height, [n, 4]."""
        return self._speed.copy()

    def _scale(self, states: Floats) -> Floats:
        """The size that noise is a share of, [n, 4]: width for x and width, height for y and height."""
        return np.tile(np.maximum(states[:, 2:], 1.0), 2)

    def add(self, boxes: Floats, drift: Floats | None = None) -> None:
        """New filters, one for each row of `boxes` [k, 4], at rest or with the speed `drift` [2] of their centres."""
        states = corners_to_centre(boxes)
        scale = self._scale(states)
        self._place = np.concatenate([self._place, states])
        speeds = np.zeros_like(states)
        speeds[:, :2] = 0.0 if drift is None else drift
        self._speed = np.concatenate([self._speed, speeds])
        self._var_place = np.concatenate([self._var_place, (2 * self._noise.measured * scale) ** 2])
        self._covariance = np.concatenate([self._covariance, np.zeros_like(states)])
        self._var_speed = np.concatenate([self._var_speed, (self._noise.first_speed * scale) ** 2])

    def keep(self, rows: NDArray[np.intp]) -> None:
        """Keep only these rows, in this order."""
        self._place, self._speed = self._place[rows], self._speed[rows]
        self._var_place, self._covariance = self._var_place[rows], self._covariance[rows]
        self._var_speed = self._var_speed[rows]

    def predict(self, steps: float) -> None:
        """Move every box on by `steps` (> 0) steps."""
        scale = self._scale(self._place)
        self._place = self._place + steps * self._speed
        self._place[:, 2:] = np.maximum(self._place[:, 2:], 1.0)
        self._var_place = (
            self._var_place
            + 2 * steps * self._covariance
            + steps**2 * self._var_speed
            + steps * (self._noise.place * scale) ** 2
        )
        self._covariance = self._covariance + steps * self._var_speed
        self._var_speed = self._var_speed + steps * (self._noise.speed * scale) ** 2

    def drift(self, rows: NDArray[np.intp], least: int, spread: float) -> Floats:
        """The speed [2] that `rows` share, pixels a step, zero where they do not: what a turning camera does to all.

        They share it along an axis when there are `least` of them and half of them lie within `spread` times the
        middle one of it.
        """
        if rows.size < least:
            return np.zeros(2)
        speeds = self._speed[rows, :2]
        middle = np.median(speeds, axis=0)
        apart = np.median(np.abs(speeds - middle), axis=0)
        shared: Floats = np.where(apart <= spread * np.abs(middle), middle, 0.0)
        return shared

    def freeze_size(self, rows: NDArray[np.intp]) -> None:
        """Stop the growth or shrinking of boxes that were not seen: a wrong guess would soon fill the picture."""
        self._speed[rows, 2:] = 0.0

    def update(self, rows: NDArray[np.intp], boxes: Floats, trust: Floats) -> None:
        """Correct `rows` by what was measured: `boxes` [k, 4], `trust` [k] in 0..1 (a low score widens the noise)."""
        measured = corners_to_centre(boxes)
        spread = self._noise.measured * self._scale(measured) * (2.0 - trust)[:, None]
        var_place, covariance, var_speed = self._var_place[rows], self._covariance[rows], self._var_speed[rows]
        total = var_place + spread**2
        gain_place, gain_speed = var_place / total, covariance / total
        miss = measured - self._place[rows]
        self._place[rows] += gain_place * miss
        self._speed[rows] += gain_speed * miss
        self._var_place[rows] = (1 - gain_place) * var_place
        self._covariance[rows] = (1 - gain_place) * covariance
        self._var_speed[rows] = var_speed - gain_speed * covariance

    def set_speed(self, rows: NDArray[np.intp], speeds: Floats) -> None:
        """Replace the speed of `rows` by what two sightings far apart prove, `speeds` [k, 4] in pixels a step."""
        self._speed[rows] = speeds
