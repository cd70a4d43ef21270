"""How sure the detector was of a whole track; knows no threshold."""

from __future__ import annotations

from statistics import fmean

from models.values import Track


def certainty(track: Track) -> float:
    """The mean of the better half of its scores, 0..1: an object may be dim while it is far or half hidden."""
    scores = sorted((point.detection.score for point in track.points), reverse=True)
    return fmean(scores[: max(1, (len(scores) + 1) // 2)])
