"""Detections in, tracks out: one object keeps one number through time; knows no model, no video file and no counting.

Each class group (vehicles, persons, cycles) is tracked apart, so that a van that is called car in one frame and truck
in the next stays one track, and a rider never takes over the number of the car beside. In every frame a group (1)
moves its tracks on by their motion, (2) pairs them with the confident detections by overlap, (3) pairs what is left
over with the doubtful ones, which may continue a track but never begin one, (4) looks for lost tracks near the
confident detections that nobody claimed, and (5) lets the rest begin new tracks. A track counts once it was seen
`confirm` times; its earlier points are kept. Nothing is random: the same detections give the same tracks.

The two-stage pairing is the idea of ByteTrack (arXiv 2110.06864), widened boxes that of C-BIoU (arXiv 2211.14317), the
renewed speed after a gap that of OC-SORT (arXiv 2203.14360); the code is our own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from models.values import Detection, FrameDetections, Track, TrackPoint
from models.vision.association import Floats, Rows, assign, overlap, widened
from models.vision.motion import BoxMotion, MotionNoise, corners_to_centre

GROUPS: Mapping[str, str] = {
    "car": "vehicles",
    "bus": "vehicles",
    "truck": "vehicles",
    "person": "persons",
    "bicycle": "cycles",
    "motorcycle": "cycles",
}
"""The class group of a COCO label; a label that is not here is a group of its own."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Scores, 0..1: `high` parts confident from doubtful detections, `low` is the least one looked at, `birth` the
    least one that begins a track."""

    high: float = 0.6
    low: float = 0.3
    birth: float = 0.75


@dataclass(frozen=True, slots=True)
class TrackerOptions:
    """How the tracker decides; overlaps are of widened boxes, lengths of time are in steps.

    `level` holds for every class group that `levels` does not name. `buffers` widen the boxes in the confident, the
    doubtful and the re-finding pairing, `overlaps` are the least overlaps there. `confirm` sightings make a track
    count; a track that counts may be unseen for `patience` steps, one that does not for `probation` steps. `step` is
    the usual distance of two frame numbers. `history` is how many last points a living track keeps (0: all); bound it
    for endless streams. A new track begins with the motion that at least `drift_tracks` settled ones share within
    `drift_spread` of it.
    """

    level: Levels = Levels()
    levels: tuple[tuple[str, Levels], ...] = ()
    buffers: tuple[float, float, float] = (0.1, 0.2, 0.1)
    overlaps: tuple[float, float, float] = (0.3, 0.4, 0.2)
    confirm: int = 3
    patience: int = 30
    probation: int = 2
    step: int = 1
    history: int = 0
    drift_tracks: int = 3
    drift_spread: float = 0.3
    noise: MotionNoise = field(default_factory=MotionNoise)


@dataclass(slots=True)
class _Life:
    """What is known of one track beside its motion."""

    number: int
    points: list[TrackPoint]
    seen: int
    last: int
    votes: dict[str, float] = field(default_factory=dict)

    def add(self, point: TrackPoint, history: int) -> None:
        label = point.detection.label
        self.votes[label] = self.votes.get(label, 0.0) + point.detection.score
        self.points.append(point)
        self.seen += 1
        self.last = point.index
        if history and len(self.points) > history:
            del self.points[0]

    @property
    def label(self) -> str:
        """The class that most of the score speaks for; on a tie the first in the alphabet."""
        return min(self.votes, key=lambda label: (-self.votes[label], label))

    def track(self) -> Track:
        return Track(self.number, self.label, tuple(self.points))


@dataclass(frozen=True, slots=True)
class LiveTrack:
    """A track that was seen in the newest frame; `label` is the class that its score speaks for so far."""

    id: int
    label: str
    detection: Detection


@dataclass(frozen=True, slots=True)
class Step:
    """What one frame changed: tracks seen in it that count, and tracks that ended with it."""

    seen: tuple[LiveTrack, ...]
    ended: tuple[Track, ...]


class _Group:
    """The tracks of one class group; row i of `motion` is the motion of `lives[i]`."""

    def __init__(self, name: str, options: TrackerOptions) -> None:
        self._options = options
        self._level = dict(options.levels).get(name, options.level)
        self._motion = BoxMotion(options.noise)
        self._lives: list[_Life] = []

    def step(self, frame: FrameDetections, found: Sequence[Detection], steps: float) -> list[_Life]:
        """Take in one frame; gives the lives that were seen in it."""
        usable = [d for d in found if d.score >= self._level.low]
        boxes = np.array([(d.left, d.top, d.right, d.bottom) for d in usable], dtype=np.float64).reshape(-1, 4)
        scores = np.array([d.score for d in usable], dtype=np.float64)
        if len(self._motion):
            self._motion.predict(steps)
        rows, columns = self._pair(boxes, scores, frame.index)
        self._continue(rows, columns, boxes, scores, frame, usable)
        seen = [self._lives[row] for row in rows]
        unclaimed = scores >= self._level.birth
        unclaimed[columns] = False
        return seen + self._begin(np.flatnonzero(unclaimed), boxes, frame, usable, rows)

    def _pair(self, boxes: Floats, scores: Floats, index: int) -> tuple[Rows, Rows]:
        """All three pairings, one after the other; rows are tracks, columns detections."""
        options = self._options
        sure = scores >= self._level.high
        counting = np.array([life.seen >= options.confirm for life in self._lives], dtype=bool)
        fresh = np.array([index - life.last <= 2 * options.step for life in self._lives], dtype=bool)
        rows, columns = np.zeros(0, np.intp), np.zeros(0, np.intp)
        predicted = self._motion.boxes
        open_tracks, open_found = np.ones(len(self._lives), dtype=bool), np.ones(len(boxes), dtype=bool)
        # None: whoever is still open.
        stages = ((None, sure, 0), (fresh, ~sure, 1), (counting, sure, 2))
        for able, wanted, stage in stages:
            members = np.flatnonzero(open_tracks if able is None else open_tracks & able)
            candidates = np.flatnonzero(open_found & wanted)
            if members.size == 0 or candidates.size == 0:
                continue
            buffer, least = options.buffers[stage], options.overlaps[stage]
            similarity = overlap(widened(predicted[members], buffer), widened(boxes[candidates], buffer))
            if stage == 0:
                similarity = similarity * (similarity >= least) * scores[candidates]
                least = least * self._level.high
            left, right = assign(similarity, least)
            left, right = members[left], candidates[right]
            open_tracks[left], open_found[right] = False, False
            rows, columns = np.append(rows, left), np.append(columns, right)
        return rows, columns

    def _continue(
        self, rows: Rows, columns: Rows, boxes: Floats, scores: Floats, frame: FrameDetections, found: list[Detection]
    ) -> None:
        """Write the paired detections into their tracks, and renew the speed of tracks that come back after a gap."""
        lost = np.ones(len(self._lives), dtype=bool)
        lost[rows] = False
        self._motion.freeze_size(np.flatnonzero(lost))
        if rows.size == 0:
            return
        self._motion.update(rows, boxes[columns], scores[columns])
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
            life = self._lives[row]
            gap = (frame.index - life.last) / self._options.step
            if gap > 2:
                before = life.points[-1].detection
                old = np.array([[before.left, before.top, before.right, before.bottom]])
                moved = (corners_to_centre(boxes[[column]]) - corners_to_centre(old)) / gap
                self._motion.set_speed(np.array([row]), moved)
            life.add(TrackPoint(frame.index, frame.time, found[column]), self._options.history)

    def _begin(
        self, columns: Rows, boxes: Floats, frame: FrameDetections, found: list[Detection], paired: Rows
    ) -> list[_Life]:
        """New tracks; where the settled ones all move alike the camera turns, and what appears moves with them."""
        if columns.size == 0:
            return []
        settled = np.array([row for row in paired.tolist() if self._lives[row].seen > self._options.confirm], np.intp)
        drift = self._motion.drift(settled, self._options.drift_tracks, self._options.drift_spread)
        born = []
        for column in columns.tolist():
            life = _Life(number=0, points=[], seen=0, last=frame.index)
            life.add(TrackPoint(frame.index, frame.time, found[column]), self._options.history)
            born.append(life)
        self._motion.add(boxes[columns], drift)
        self._lives.extend(born)
        return born

    def bury(self, index: int) -> list[_Life]:
        """Take out the tracks that were unseen for too long; gives those that counted."""
        options = self._options
        limits = [options.patience if life.seen >= options.confirm else options.probation for life in self._lives]
        gone = [(index - life.last) / options.step > limit for life, limit in zip(self._lives, limits, strict=True)]
        if not any(gone):
            return []
        buried = [life for life, over in zip(self._lives, gone, strict=True) if over]
        self._lives = [life for life, over in zip(self._lives, gone, strict=True) if not over]
        self._motion.keep(np.flatnonzero(~np.array(gone)))
        return [life for life in buried if life.seen >= options.confirm]

    def close(self) -> list[_Life]:
        """End every track; gives those that counted."""
        lives, self._lives = self._lives, []
        self._motion = BoxMotion(self._options.noise)
        return [life for life in lives if life.seen >= self._options.confirm]


class Tracker:
    """Tracks over a stream of frames, in order; not safe for several threads."""

    def __init__(self, options: TrackerOptions | None = None) -> None:
        self._options = options or TrackerOptions()
        self._groups: dict[str, _Group] = {}
        self._numbers = 0
        self._last: int | None = None

    def step(self, frame: FrameDetections) -> Step:
        """Take in the next frame; raises ValueError when its number is not greater than the last one's."""
        if self._last is not None and frame.index <= self._last:
            raise ValueError(f"frames must come in order: {frame.index} after {self._last}")
        steps = 1.0 if self._last is None else (frame.index - self._last) / self._options.step
        self._last = frame.index
        found: dict[str, list[Detection]] = {}
        for detection in frame.detections:
            found.setdefault(GROUPS.get(detection.label, detection.label), []).append(detection)
        for name in found:
            self._groups.setdefault(name, _Group(name, self._options))
        seen: list[_Life] = []
        ended: list[_Life] = []
        for name in sorted(self._groups):
            seen += self._groups[name].step(frame, found.get(name, ()), steps)
            ended += self._groups[name].bury(frame.index)
        for life in seen:
            if life.number == 0 and life.seen >= self._options.confirm:
                self._numbers += 1
                life.number = self._numbers
        live = (LiveTrack(n.number, n.label, n.points[-1].detection) for n in seen if n.number)
        return Step(tuple(sorted(live, key=lambda t: t.id)), tuple(life.track() for life in ended))

    def close(self) -> tuple[Track, ...]:
        """End every track that still lives; gives those that count, by number."""
        lives = [life for name in sorted(self._groups) for life in self._groups[name].close()]
        self._groups.clear()
        self._last = None
        return tuple(sorted((life.track() for life in lives), key=lambda t: t.id))


def track(sequence: Iterable[FrameDetections], options: TrackerOptions | None = None) -> tuple[Track, ...]:
    """All tracks of a finished sequence, in order of their numbers, which begin at 1."""
    tracker = Tracker(options)
    tracks: list[Track] = []
    for frame in sequence:
        tracks.extend(tracker.step(frame).ended)
    tracks.extend(tracker.close())
    return tuple(sorted(tracks, key=lambda t: t.id))
