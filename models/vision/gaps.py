"""What happened while an object was hidden: straight-line points between two sightings; knows no tracker.

Interpolated points are guesses for people's eyes and for benchmarks that ask for a box in every frame; counts never use
them.
"""

from __future__ import annotations

from dataclasses import replace

from models.values import Detection, Track, TrackPoint


def _between(first: TrackPoint, last: TrackPoint, index: int) -> TrackPoint:
    """The point at frame `index` on the straight line from `first` to `last`; its score is the lower of both."""
    share = (index - first.index) / (last.index - first.index)

    def mix(a: float, b: float) -> float:
        return a + share * (b - a)

    a, b = first.detection, last.detection
    box = Detection(
        left=mix(a.left, b.left),
        top=mix(a.top, b.top),
        right=mix(a.right, b.right),
        bottom=mix(a.bottom, b.bottom),
        label=a.label,
        score=min(a.score, b.score),
    )
    return TrackPoint(index, mix(first.time, last.time), box)


def filled(track: Track, longest: int, step: int = 1) -> Track:
    """The track with a point at every `step`-th frame in gaps of at most `longest` frames; longer gaps stay open."""
    points: list[TrackPoint] = []
    for before, after in zip(track.points, track.points[1:], strict=False):
        points.append(before)
        if step < after.index - before.index <= longest:
            points.extend(_between(before, after, index) for index in range(before.index + step, after.index, step))
    points.extend(track.points[-1:])
    return replace(track, points=tuple(points))
