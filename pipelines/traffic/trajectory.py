"""A track on the street: foot points, metres, speed with its doubt, and lanes; knows no rule and no count.

Speed at a point is the slope of a straight line fitted to the places of `WINDOW_S` around it, along the way that the
vehicle goes. Its variance is that of the fit (from how the places scatter about the line, never less than what the
foot point's own noise gives) plus what the calibration leaves open, which no averaging makes smaller.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from models.values import Track
from pipelines.traffic.ground import GroundPlane
from pipelines.traffic.layout import Lane, inside

Floats = NDArray[np.float64]

WINDOW_S = 1.5
"""Length of the stretch that a speed is fitted to: short enough to follow braking, long enough for half a km/h."""
FOOT_NOISE = 0.02
"""How far the lower edge of a box is off, as part of the box's height, one standard deviation."""
LEAST_POINTS = 4
"""Fewer points carry no speed."""
WALKERS = frozenset({"person"})
CYCLES = frozenset({"bicycle", "motorcycle"})
VEHICLES = frozenset({"car", "bus", "truck", "object"})

LENGTHS_M: Mapping[str, float] = {"car": 4.6, "bus": 11.0, "truck": 9.0, "motorcycle": 2.0, "bicycle": 1.8}
"""Usual lengths by class; others count as a car."""


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """One road user; arrays have one row a point.

    `foot` [n, 2] pixels; `boxes` [n, 4] left, top, right, bottom; `ground` [n, 2] metres, empty [0, 2] without a
    calibration; `speed` and `speed_sd` [n] m/s, NaN where unknown; `velocity` [n, 2] a second, metres with a
    calibration, else pixels; `lane` [n] is the place in the street's lanes, -1 for none.
    """

    id: int
    label: str
    times: Floats
    foot: Floats
    boxes: Floats
    ground: Floats
    velocity: Floats
    speed: Floats
    speed_sd: Floats
    lane: NDArray[np.intp] = field(repr=False)

    @property
    def length(self) -> float:
        """Metres from bumper to bumper, usual for the class."""
        return LENGTHS_M.get(self.label, LENGTHS_M["car"])

    @property
    def known(self) -> bool:
        """Whether places in metres are known."""
        return bool(len(self.ground))


def approaching(lane: Lane) -> bool:
    """Whether a lane's traffic comes towards the camera, that is, down the picture."""
    return lane.heading[1][1] > lane.heading[0][1]


def trajectory(track: Track, lanes: Sequence[Lane], plane: GroundPlane | None) -> Trajectory:
    """The trajectory of a track; a pure function."""
    times = np.array([p.time for p in track.points])
    boxes = np.array(
        [(p.detection.left, p.detection.top, p.detection.right, p.detection.bottom) for p in track.points]
    ).reshape(-1, 4)
    foot = np.stack([(boxes[:, 0] + boxes[:, 2]) / 2, boxes[:, 3]], axis=1)
    lane = np.full(len(times), -1, dtype=np.intp)
    for index in reversed(range(len(lanes))):
        lane[inside(foot, lanes[index].polygon)] = index
    if plane is None:
        velocity, _ = _slopes(times, foot[None])
        nothing = np.full(len(times), np.nan)
        return Trajectory(
            track.id, track.label, times, foot, boxes, np.zeros((0, 2)), velocity[0], nothing, nothing.copy(), lane
        )
    ground = plane.metres(foot)
    stacked = np.concatenate([ground[None], plane.variants(foot)])
    velocities, scatter = _slopes(times, stacked)
    velocity = velocities[0]
    speed = np.hypot(*velocity.T)
    along = velocity / np.maximum(speed, 1e-9)[:, None]
    by_map = np.sqrt(np.sum(np.einsum("knd,nd->kn", velocities[1:], along) ** 2, axis=0))
    noise = FOOT_NOISE * (boxes[:, 3] - boxes[:, 1])
    along_px = np.einsum("nij,ni->nj", plane.slopes(foot), along)
    noise_m = np.abs(along_px[:, 1]) * noise
    by_fit = scatter * np.maximum(noise_m, _residuals(times, ground, along))
    return Trajectory(
        track.id, track.label, times, foot, boxes, ground, velocity, speed, np.hypot(by_map, by_fit), lane
    )


def _windows(times: Floats) -> list[tuple[int, int]]:
    """For each point the first and last-plus-one row of its window; at the ends the window leans inward."""
    half = WINDOW_S / 2 + 1e-6
    spans = []
    for at in times:
        middle = min(max(at, times[0] + half), max(times[-1] - half, times[0]))
        first, last = np.searchsorted(times, [middle - half, middle + half], side="left")
        spans.append((int(first), int(last)))
    return spans


def _slopes(times: Floats, places: Floats) -> tuple[Floats, Floats]:
    """Least-squares slopes of `places` [k, n, 2] over each point's window: [k, n, 2], and how much one unit of noise
    a point makes them off, [n]; NaN where the window holds too few points."""
    slopes = np.full(places.shape, np.nan)
    scatter = np.full(len(times), np.nan)
    for row, (first, last) in enumerate(_windows(times)):
        if last - first < LEAST_POINTS:
            continue
        lever = times[first:last] - times[first:last].mean()
        power = float(lever @ lever)
        slopes[:, row] = np.einsum("n,knd->kd", lever, places[:, first:last]) / power
        scatter[row] = 1 / np.sqrt(power)
    return slopes, scatter


def _residuals(times: Floats, ground: Floats, along: Floats) -> Floats:
    """The scatter about the fitted line along the way, metres, one standard deviation, [n]."""
    found = np.full(len(times), np.nan)
    for row, (first, last) in enumerate(_windows(times)):
        if last - first < LEAST_POINTS:
            continue
        way = ground[first:last] @ along[row]
        lever = times[first:last] - times[first:last].mean()
        off = way - way.mean() - lever * (lever @ way) / (lever @ lever)
        found[row] = np.sqrt(off @ off / (len(off) - 2))
    return found


def trajectories(tracks: Sequence[Track], lanes: Sequence[Lane], plane: GroundPlane | None) -> tuple[Trajectory, ...]:
    """The trajectories of all tracks, in their order."""
    return tuple(trajectory(track, lanes, plane) for track in tracks)
