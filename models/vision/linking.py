"""Join the pieces of one object's track, once the whole sequence is known; knows no tracker and no class beside labels.

While frames come in, a tracker must decide with the past alone. Afterwards both sides of a gap are known: the piece
before it is carried forward, the piece after it backward, each at its own mean speed, and where the two guesses meet in
the middle the pieces belong to one object. Every piece takes at most one successor; all joins are chosen together.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.values import Track, TrackPoint
from models.vision.association import Floats, assign
from models.vision.motion import corners_to_centre


@dataclass(frozen=True, slots=True)
class LinkOptions:
    """`longest` gap in frames; `memory` points at a piece's end tell its speed; `reach` is how far, in box sizes, the
    two guesses may lie apart at a gap of no length, `drift` how much further for each frame of the gap; `growth` is
    the greatest ratio of the sizes."""

    longest: int = 30
    memory: int = 12
    reach: float = 0.3
    drift: float = 0.04
    growth: float = 1.3


def _states(points: Sequence[TrackPoint]) -> Floats:
    """(centre x, centre y, width, height) of each point, [n, 4]."""
    boxes = [(p.detection.left, p.detection.top, p.detection.right, p.detection.bottom) for p in points]
    return corners_to_centre(np.array(boxes, dtype=np.float64))


def _end(points: Sequence[TrackPoint], memory: int, *, last: bool) -> tuple[Floats, Floats]:
    """Middle box and speed (pixels a frame) at the last or first moment, by least squares over `memory` points."""
    near = points[-memory:] if last else points[:memory]
    states = _states(near)
    at = near[-1].index if last else near[0].index
    if len(near) < 3:
        return states[-1 if last else 0], np.zeros(2)
    times = np.array([p.index - at for p in near], dtype=np.float64)
    slope, level = np.polyfit(times, states[:, :2], 1)
    return np.concatenate([level, np.median(states[:, 2:], axis=0)]), slope


def _nearness(before: Track, after: Track, options: LinkOptions) -> float:
    """0 when the pieces cannot be one object, else up to 1 for a perfect meeting."""
    gap = after.points[0].index - before.points[-1].index
    if not 0 < gap <= options.longest:
        return 0.0
    old, old_speed = _end(before.points, options.memory, last=True)
    new, new_speed = _end(after.points, options.memory, last=False)
    size = np.sqrt(np.maximum(old[2:], 1) * np.maximum(new[2:], 1))
    ratio = float(np.max(np.maximum(old[2:] / new[2:], new[2:] / old[2:])))
    if ratio > options.growth:
        return 0.0
    apart = (old[:2] + old_speed * gap / 2) - (new[:2] - new_speed * gap / 2)
    distance = float(np.hypot(*(apart / size)))
    return max(0.0, 1.0 - distance / (options.reach + options.drift * gap))


def _joined(pieces: Sequence[Track]) -> Track:
    """One track of all pieces in order, with the first one's number; the class is the one with the greatest score."""
    points = tuple(p for piece in pieces for p in piece.points)
    votes: dict[str, float] = {}
    for point in points:
        votes[point.detection.label] = votes.get(point.detection.label, 0.0) + point.detection.score
    return Track(pieces[0].id, min(votes, key=lambda label: (-votes[label], label)), points)


def linked(tracks: Sequence[Track], groups: Mapping[str, str], options: LinkOptions | None = None) -> tuple[Track, ...]:
    """The tracks with their pieces joined, within each class group of `groups`, in order of their numbers."""
    chosen = options or LinkOptions()
    ordered = sorted(tracks, key=lambda t: t.id)
    worth = _candidates(ordered, groups, chosen)
    follower: dict[int, int] = {}
    for cluster in _clusters(worth):
        follower.update(_best(cluster, worth))
    result = []
    for head in sorted(set(range(len(ordered))) - set(follower.values())):
        pieces, at = [ordered[head]], head
        while at in follower:
            at = follower[at]
            pieces.append(ordered[at])
        result.append(pieces[0] if len(pieces) == 1 else _joined(pieces))
    return tuple(result)


Pair = tuple[int, int]


def _candidates(ordered: Sequence[Track], groups: Mapping[str, str], options: LinkOptions) -> dict[Pair, float]:
    """Every pair of pieces that may be one object (earlier, later) with its worth; looks within reach in time."""
    by_start = sorted(range(len(ordered)), key=lambda n: (ordered[n].points[0].index, n))
    starts = [ordered[n].points[0].index for n in by_start]
    worth: dict[Pair, float] = {}
    for row, before in enumerate(ordered):
        end = before.points[-1].index
        for column in by_start[bisect_right(starts, end) : bisect_right(starts, end + options.longest)]:
            after = ordered[column]
            if groups.get(before.label, before.label) == groups.get(after.label, after.label):
                near = _nearness(before, after, options)
                if near > 0:
                    worth[row, column] = near
    return worth


def _clusters(worth: Mapping[Pair, float]) -> list[list[Pair]]:
    """The pairs in clusters that share no piece, so that each can be decided by itself."""
    root: dict[Pair, Pair] = {}

    def find(side: Pair) -> Pair:
        while root.setdefault(side, side) != side:
            root[side] = root[root[side]]
            side = root[side]
        return side

    # A piece may be the earlier one in one pair and the later one in another: these are two different sides.
    for row, column in worth:
        root[find((0, row))] = find((1, column))
    clusters: dict[Pair, list[Pair]] = {}
    for row, column in worth:
        clusters.setdefault(find((0, row)), []).append((row, column))
    return list(clusters.values())


def _best(cluster: Sequence[Pair], worth: Mapping[Pair, float]) -> dict[int, int]:
    """The joins within a cluster that are worth most together: earlier piece to later piece."""
    rows, columns = sorted({row for row, _ in cluster}), sorted({column for _, column in cluster})
    table = np.zeros((len(rows), len(columns)))
    for row, column in cluster:
        table[rows.index(row), columns.index(column)] = worth[row, column]
    left, right = assign(table, 1e-6)
    return {rows[r]: columns[c] for r, c in zip(left.tolist(), right.tolist(), strict=True)}
