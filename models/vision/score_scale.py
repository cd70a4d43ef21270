"""What a detector's score is worth, found from the detections themselves; knows no detector, no file and no truth.

Detectors give probabilities, logits or margins, and a tracker's thresholds mean nothing on another scale. But whatever
the scale, what is really there is found again at nearly the same place in the frame before and the frame after, and
what is not there flickers. So the score at which as many detections persist as flicker is the even chance: it becomes
0.5. On the KITTI detections used in benchmarks/accuracy/tracking.py this finds, sequence by sequence and without
truth, the shift of about 3 that their authors give.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.vision.association import Floats, overlap

SAME_PLACE = 0.4
"""Overlap from which a detection counts as found again; a car at 100 km/h still does at 10 frames a second."""
LEAST_DETECTIONS = 100
"""Fewer say too little about their score; they keep the plain logistic function."""
USUAL_SPREAD = 15.0
"""Between the 10th and 90th percentile of a logit; margins that spread wider are squeezed to this."""


def persistent(boxes: Sequence[Floats]) -> list[NDArray[np.bool_]]:
    """For every frame of [n, 4] boxes, which of them are found again in both neighbours; none in the first and last."""
    flags = [np.zeros(len(here), dtype=bool) for here in boxes]
    for at in range(1, len(boxes) - 1):
        before, here, after = boxes[at - 1 : at + 2]
        if len(before) and len(here) and len(after):
            flags[at] = (overlap(here, before).max(1) >= SAME_PLACE) & (overlap(here, after).max(1) >= SAME_PLACE)
    return flags


def even_chance(scores: Floats, persists: NDArray[np.bool_]) -> float:
    """The score that parts persistent from flickering detections with the fewest on the wrong side; the middle of its
    step, so that it depends on no tie."""
    order = np.argsort(scores, kind="stable")
    ranked, flags = scores[order], persists[order]
    below = np.concatenate([[0], np.cumsum(flags)])
    above = np.concatenate([[0], np.cumsum(~flags)])
    wrong = below + (above[-1] - above)
    best = int(np.argmin(wrong))
    low, high = ranked[max(best - 1, 0)], ranked[min(best, len(ranked) - 1)]
    return float((low + high) / 2)


def probabilities(scores: Sequence[Floats], boxes: Sequence[Floats]) -> list[Floats]:
    """Scores [n] and boxes [n, 4] of every frame in order, to scores in 0..1.

    Scores that lie in 0..1 stay; equal ones (none was given, often -1) count as sure.
    """
    pooled = np.concatenate([*scores, np.zeros(0)])
    if pooled.size == 0 or (pooled.min() >= 0 and pooled.max() <= 1):
        return list(scores)
    if pooled.min() == pooled.max():
        return [np.ones_like(s) for s in scores]
    middle = 0.0
    if pooled.size >= LEAST_DETECTIONS:
        flags = np.concatenate(persistent(boxes))
        # Where nothing flickers, or all does, no score parts them.
        inner = np.concatenate([np.full(len(s), 0 < at < len(scores) - 1) for at, s in enumerate(scores)])
        if 0 < flags[inner].sum() < inner.sum():
            middle = even_chance(pooled[inner], flags[inner])
    low, high = np.percentile(pooled, [10, 90])
    scale = max(1.0, float(high - low) / USUAL_SPREAD)
    limit = math.log(np.finfo(np.float64).max) / 2
    return [1 / (1 + np.exp(-np.clip((s - middle) / scale, -limit, limit))) for s in scores]
