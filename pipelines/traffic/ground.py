"""From pixels to metres on the road, with the doubt that the calibration leaves; knows no track and no lane.

Four or more points of the picture whose place on the ground was measured give the plane's homography. It is fitted so
that the points lie as near as possible in the picture, where people click them (Hartley and Zisserman, Multiple View
Geometry, 4.2.3 and 5.1), and the doubt of the clicks becomes a covariance of its eight numbers. That covariance moves
all places together, so that a speed's doubt is not that of two independent places: speeds are derived from the eight
numbers as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.errors import BadInput

Floats = NDArray[np.float64]

LEAST_POINTS = 4
GREATEST_RESIDUAL_PX = 12.0
"""A fit that misses its own points by more has a wrong point among them."""
ROUNDS = 30
"""Gauss-Newton steps; three or four are usual."""
STEP = 1e-6
"""Relative step of numerical derivatives."""


def _apply(matrix: Floats, points: Floats) -> Floats:
    """Points [n, 2] through a homography [3, 3]."""
    mapped = points @ matrix[:, :2].T + matrix[:, 2]
    divided: Floats = mapped[:, :2] / mapped[:, 2:]
    return divided


def _normaliser(points: Floats) -> Floats:
    """The similarity [3, 3] that brings points to mean zero and mean distance sqrt 2."""
    middle = points.mean(axis=0)
    scale = np.sqrt(2) / max(float(np.hypot(*(points - middle).T).mean()), 1e-12)
    return np.array([[scale, 0, -scale * middle[0]], [0, scale, -scale * middle[1]], [0, 0, 1]])


def _direct(source: Floats, target: Floats) -> Floats:
    """The homography by the direct linear transform, to begin with."""
    rows = []
    for (x, y), (u, v) in zip(source, target, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y, -u])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y, -v])
    matrix: Floats = np.linalg.svd(np.array(rows))[2][-1].reshape(3, 3)
    return matrix


@dataclass(frozen=True, slots=True)
class Place:
    """Metres on the ground and the covariance of them (m2): xx, xy, yy."""

    x: float
    y: float
    covariance: tuple[float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class GroundPlane:
    """The fitted plane: `parameters` [8] of the normalised map ground to picture, their `covariance` [8, 8].

    `residual_px` is the root mean square miss of the points in the picture, `residual_m` the same on the ground.
    """

    parameters: Floats
    covariance: Floats
    residual_px: float
    residual_m: float
    _ground: Floats = field(repr=False)
    _picture: Floats = field(repr=False)

    def _inverse(self, parameters: Floats) -> Floats:
        normal = np.append(parameters, 1.0).reshape(3, 3)
        return np.linalg.inv(np.linalg.inv(self._picture) @ normal @ self._ground)

    def metres(self, pixels: Floats) -> Floats:
        """Places [n, 2] in metres of picture points [n, 2] in pixels."""
        return _apply(self._inverse(self.parameters), pixels)

    def variants(self, pixels: Floats) -> Floats:
        """What the places would move by, [8, n, 2], for one standard deviation along each axis of the doubt.

        A value's variance by the calibration is the sum of squares of its changes over the eight.
        """
        values, axes = np.linalg.eigh(self.covariance)
        base = self.metres(pixels)
        moved = []
        for value, axis in zip(np.maximum(values, 0.0), axes.T, strict=True):
            # Half a deviation to either side: the map is curved, and the middle of both is straight.
            shift = np.sqrt(value) * axis / 2
            up, down = (_apply(self._inverse(self.parameters + s), pixels) for s in (shift, -shift))
            moved.append(up - down)
        changes = np.array(moved)
        return changes if np.isfinite(changes).all() else np.full((8, *base.shape), np.inf)

    def slopes(self, pixels: Floats) -> Floats:
        """Metres a pixel at each point: [n, 2 (metres), 2 (pixels)]."""
        columns = []
        for axis in np.eye(2):
            columns.append(self.metres(pixels + axis / 2) - self.metres(pixels - axis / 2))
        return np.stack(columns, axis=2)

    def place(self, pixel: tuple[float, float], noise_px: float) -> Place:
        """One place with its covariance, for a point that is off by `noise_px` pixels (one standard deviation)."""
        at = np.array([pixel], dtype=np.float64)
        changes, slope = self.variants(at)[:, 0], self.slopes(at)[0]
        spread = changes.T @ changes + noise_px**2 * slope @ slope.T
        x, y = self.metres(at)[0]
        return Place(float(x), float(y), (float(spread[0, 0]), float(spread[0, 1]), float(spread[1, 1])))


def fit_ground(picture: Floats, ground: Floats, noise_px: float = 1.0) -> GroundPlane:
    """The plane through `picture` [n, 2] (pixels) and `ground` [n, 2] (metres), n >= 4.

    `noise_px` is how far a click is off, one standard deviation in x and in y; where more than four points miss by
    more than that, their own miss stands in for it. Raises BadInput when the points cannot carry a plane.
    """
    if len(picture) < LEAST_POINTS or len(picture) != len(ground):
        raise BadInput("scene.calibration", f"the calibration needs {LEAST_POINTS} points or more, each on both sides")
    t_picture, t_ground = _normaliser(picture), _normaliser(ground)
    seen, real = _apply(t_picture, picture), _apply(t_ground, ground)
    matrix = _direct(real, seen)
    if abs(matrix[2, 2]) < 1e-9 or np.linalg.cond(matrix) > 1e8:
        raise BadInput("scene.calibration", "the calibration points lie on a line; take four corners of an area")
    parameters = (matrix / matrix[2, 2]).ravel()[:8]
    parameters, jacobian = _refined(parameters, real, seen)
    misses = (_model(parameters, real) - seen) / t_picture[0, 0]
    spare = misses.size - 8
    residual = float(np.sqrt(np.mean(np.sum(misses**2, axis=1))))
    if residual > GREATEST_RESIDUAL_PX:
        raise BadInput(
            "scene.calibration",
            f"the calibration misses its own points by {residual:.1f} pixels; one of them is wrong or swapped",
        )
    spread = max(noise_px, float(np.sqrt(np.sum(misses**2) / spare)) if spare > 0 else 0.0) * t_picture[0, 0]
    information = jacobian.T @ jacobian
    if np.linalg.cond(information) > 1e13:
        raise BadInput("scene.calibration", "three calibration points lie on a line; take four corners of an area")
    plane = GroundPlane(parameters, spread**2 * np.linalg.inv(information), residual, 0.0, t_ground, t_picture)
    off = plane.metres(picture) - ground
    miss_m = float(np.sqrt(np.mean(np.sum(off**2, axis=1))))
    return GroundPlane(plane.parameters, plane.covariance, residual, miss_m, t_ground, t_picture)


def _model(parameters: Floats, points: Floats) -> Floats:
    return _apply(np.append(parameters, 1.0).reshape(3, 3), points)


def _refined(parameters: Floats, real: Floats, seen: Floats) -> tuple[Floats, Floats]:
    """The least-squares parameters [8], and the Jacobian [2 n, 8] there."""
    jacobian = np.zeros((seen.size, 8))
    for _ in range(ROUNDS):
        base = _model(parameters, real)
        for column in range(8):
            step = np.zeros(8)
            step[column] = STEP * max(1.0, abs(parameters[column]))
            change = _model(parameters + step, real) - _model(parameters - step, real)
            jacobian[:, column] = change.ravel() / (2 * step[column])
        move = np.linalg.lstsq(jacobian, (seen - base).ravel(), rcond=None)[0]
        parameters = parameters + move
        if float(np.abs(move).max()) < 1e-10:
            break
    return parameters, jacobian
