"""How detections of road users are tracked, and which tracks stand for a real road user; knows no video and no line.

The scores here belong to the detectors of the manifests (models/manifests/picodet-s.toml and its kind), whose
thresholds were set on traffic pictures: motor vehicles from 0.40, persons from 0.55.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.values import Detection, FrameDetections, Track
from models.vision.certainty import certainty
from models.vision.linking import LinkOptions, linked
from models.vision.tracker import GROUPS, Levels, Tracker, TrackerOptions

CLASSES = ("car", "bus", "truck", "motorcycle", "bicycle", "person")
"""In the order in which counts are shown."""

LEVELS = (
    ("vehicles", Levels(high=0.40, low=0.26, birth=0.45)),
    ("cycles", Levels(high=0.45, low=0.30, birth=0.50)),
    ("persons", Levels(high=0.55, low=0.35, birth=0.60)),
)
"""Scores by class group: confident, least, enough to begin a track."""

PATIENCE_S = 1.5
"""Seconds that an object may be hidden while frames come in."""
LONGEST_GAP_S = 3.0
"""Seconds that an object may be hidden and still be found to be one, once both sides of the gap are known."""
LEAST_SECONDS = 0.4
"""Shorter tracks are flicker: a vehicle at 100 km/h crosses 11 m in this time."""
LEAST_SCORE = 0.40
"""Least mean over the better half of a track's scores."""
DOUBLE_SHARE = 0.6
"""Part of a track's sightings that lie in another one's box, on the same ground, from which on both are one object."""
RIDER_SHARE = 0.5
"""Part of a person's sightings on a cycle from which on the person is its rider."""


@dataclass(frozen=True, slots=True)
class Sampling:
    """Which frames were looked at: every `stride`-th of `fps` a second."""

    fps: float
    stride: int

    @property
    def rate(self) -> float:
        """Frames looked at a second."""
        return self.fps / self.stride

    def frames(self, seconds: float) -> int:
        """Steps of the tracker in `seconds`, at least 1."""
        return max(1, round(seconds * self.rate))


def tracker_options(sampling: Sampling, history: int = 0) -> TrackerOptions:
    """The one configuration for traffic; `history` bounds the points of a living track, 0 keeps all."""
    return TrackerOptions(
        levels=LEVELS,
        patience=sampling.frames(PATIENCE_S),
        step=sampling.stride,
        history=history,
    )


def road_users(frames: Sequence[FrameDetections], sampling: Sampling) -> tuple[Track, ...]:
    """The tracks of a finished stretch that stand for a road user each, numbered from 1 by first sight."""
    tracker = Tracker(tracker_options(sampling))
    pieces = [track for frame in frames for track in tracker.step(frame).ended]
    pieces.extend(tracker.close())
    options = LinkOptions(longest=sampling.frames(LONGEST_GAP_S) * sampling.stride)
    believed = [track for track in linked(pieces, GROUPS, options) if believable(track, sampling)]
    kept = _without_doubles(_without_riders(believed))
    ordered = sorted(kept, key=lambda t: (t.points[0].index, t.id))
    return tuple(Track(number, nearest_label(track), track.points) for number, track in enumerate(ordered, 1))


def nearest_label(track: Track) -> str:
    """The class that most of the score speaks for when near sightings weigh more, by the height of the box.

    Far away every lorry looks like a car; the few frames in which it is near tell better. On a tie the first in the
    alphabet.
    """
    votes: dict[str, float] = {}
    for point in track.points:
        box = point.detection
        votes[box.label] = votes.get(box.label, 0.0) + box.score * (box.bottom - box.top)
    return min(votes, key=lambda label: (-votes[label], label))


def believable(track: Track, sampling: Sampling) -> bool:
    """Whether a track is long and sure enough to count."""
    needed = max(3, sampling.frames(LEAST_SECONDS))
    return len(track.points) >= needed and certainty(track) >= LEAST_SCORE


def _without_riders(tracks: Sequence[Track]) -> list[Track]:
    """The tracks less persons who sit on a cycle: the cycle counts, its rider does not count again."""
    cycles: dict[int, list[Detection]] = {}
    for track in tracks:
        if GROUPS.get(track.label) == "cycles":
            for point in track.points:
                cycles.setdefault(point.index, []).append(point.detection)
    return [t for t in tracks if t.label != "person" or _riding(t, cycles) < RIDER_SHARE]


def _riding(person: Track, cycles: dict[int, list[Detection]]) -> float:
    """The part of a person's sightings whose foot point lies within a cycle's box."""
    hits = 0
    for point in person.points:
        x, y = (point.detection.left + point.detection.right) / 2, point.detection.bottom
        hits += any(c.left <= x <= c.right and c.top <= y <= c.bottom * 1.02 for c in cycles.get(point.index, ()))
    return hits / len(person.points)


def _without_doubles(tracks: Sequence[Track]) -> list[Track]:
    """The tracks less those of a part of another one: the cab of a lorry whose whole is tracked too."""
    sightings: dict[tuple[str, int], list[tuple[Track, Detection]]] = {}
    for track in tracks:
        for point in track.points:
            group = GROUPS.get(track.label, track.label)
            sightings.setdefault((group, point.index), []).append((track, point.detection))
    return [track for track in tracks if not _is_part(track, sightings)]


def _is_part(track: Track, sightings: dict[tuple[str, int], list[tuple[Track, Detection]]]) -> bool:
    """Whether a longer track (of equal ones the earlier) holds most of this one's sightings."""
    group = GROUPS.get(track.label, track.label)
    inside: dict[int, int] = {}
    for point in track.points:
        for other, box in sightings[group, point.index]:
            longer = (len(other.points), -other.id) > (len(track.points), -track.id)
            if longer and _on_one_ground(point.detection, box):
                inside[other.id] = inside.get(other.id, 0) + 1
    return max(inside.values(), default=0) >= DOUBLE_SHARE * len(track.points)


def _on_one_ground(a: Detection, b: Detection) -> bool:
    """Whether one box lies in the other and both stand on the same spot; a car before a bus stands nearer."""
    width, height = max(a.right - a.left, b.right - b.left), max(a.bottom - a.top, b.bottom - b.top)
    if abs(a.bottom - b.bottom) > 0.12 * height or abs(a.left + a.right - b.left - b.right) / 2 > 0.2 * width:
        return False
    across = max(0.0, min(a.right, b.right) - max(a.left, b.left))
    down = max(0.0, min(a.bottom, b.bottom) - max(a.top, b.top))
    smaller = min((d.right - d.left) * (d.bottom - d.top) for d in (a, b))
    return across * down >= 0.8 * smaller
