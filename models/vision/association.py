"""Which detection belongs to which track: overlap of boxes, and the best one-to-one assignment; knows no track.

Boxes are (left, top, right, bottom) in pixels, float64 [n, 4]. The overlap may be measured on boxes that were widened
on every side (a buffer), so that small or fast objects, whose boxes no longer touch from frame to frame, still meet.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]


def widened(boxes: Floats, buffer: float) -> Floats:
    """The boxes with `buffer` times their width (height) added on the left and right (top and bottom)."""
    if buffer == 0:
        return boxes
    margin = (boxes[:, 2:] - boxes[:, :2]) * buffer
    return np.concatenate([boxes[:, :2] - margin, boxes[:, 2:] + margin], axis=1)


def overlap(first: Floats, second: Floats) -> Floats:
    """Intersection over union of every pair, [n, m], in 0..1; empty boxes overlap nothing."""
    low = np.maximum(first[:, None, :2], second[None, :, :2])
    high = np.minimum(first[:, None, 2:], second[None, :, 2:])
    side = np.maximum(high - low, 0.0)
    shared = side[..., 0] * side[..., 1]
    first_sides = np.maximum(first[:, 2:] - first[:, :2], 0.0)
    second_sides = np.maximum(second[:, 2:] - second[:, :2], 0.0)
    areas_first, areas_second = first_sides[:, 0] * first_sides[:, 1], second_sides[:, 0] * second_sides[:, 1]
    union = areas_first[:, None] + areas_second[None, :] - shared
    shares: Floats = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return shares


def assign(similarity: Floats, least: float) -> tuple[Rows, Rows]:
    """Rows and columns of the one-to-one pairing with the greatest summed similarity; pairs below `least` stay apart.

    Pairs below `least` count as nothing in the sum, so that a hopeless pair never takes a good pair's place. The result
    is ordered by row and depends on nothing but the numbers.
    """
    if similarity.size == 0:
        nothing = np.zeros(0, dtype=np.intp)
        return nothing, nothing
    worth = np.where(similarity >= least, similarity, 0.0)
    rows, columns = linear_sum_assignment(worth, maximize=True)
    good = similarity[rows, columns] >= max(least, 1e-9)
    return rows[good].astype(np.intp), columns[good].astype(np.intp)
