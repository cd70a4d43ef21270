"""Counting on a live stream for a bounded time: newest frames to a detector, detections to the tracker, a record at the
end; knows no Engine, since frames of a camera have no file to refer to, and takes the detector itself.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from cases.records import JsonObject, Provenance
from cases.traffic import TrafficRecord
from models.errors import Unavailable
from models.task import Detector
from models.values import Frame, FrameDetections, ItemError, Track
from pipelines.traffic.classes import Sampling, road_users
from pipelines.traffic.count import Stretch, record_of
from pipelines.traffic.scene import Scene
from pipelines.traffic.stream import LiveReader, StreamState

MAX_SECONDS = 3600.0
"""Longest look in one go: detections of an hour at 15 a second and 30 objects take 500 MB."""
WAIT_S = 1.0
"""How long one wait for a frame lasts before the clock is looked at again."""


@dataclass(frozen=True, slots=True)
class LiveLook:
    """What was seen: tracks, the facts of the picture, and how the reader fared."""

    tracks: tuple[Track, ...]
    facts: Stretch
    state: StreamState

    def record(self, scene: Scene, provenance: Provenance) -> TrafficRecord:
        """The record, as for a video file."""
        return record_of(self.tracks, self.facts, scene, provenance)

    @property
    def parameters(self) -> JsonObject:
        """What provenance adds about a live look."""
        return {
            "frames_decoded": self.state.decoded,
            "frames_dropped": self.state.dropped,
            "links": self.state.links,
            "frames_a_second_looked_at": round(self.facts.fps, 3),
        }


def look(
    reader: LiveReader, detector: Detector, seconds: float, clock: Callable[[], float] = time.monotonic
) -> LiveLook:
    """Watch a running `reader` for `seconds` (at most `MAX_SECONDS`) with a loaded detector.

    Raises Unavailable when no picture came at all.
    """
    end = clock() + min(seconds, MAX_SECONDS)
    seen: list[FrameDetections] = []
    first: Frame | None = None
    while (left := end - clock()) > 0:
        frame = reader.newest(min(left, WAIT_S))
        if frame is None:
            continue
        first = first or frame
        (found,) = detector.predict([frame])
        detections = () if isinstance(found, ItemError) else found
        seen.append(FrameDetections(len(seen), frame.time - first.time, detections))
    if first is None:
        fault = reader.state.fault or "no picture came"
        raise Unavailable(
            "stream.silent", f"nothing was seen in {seconds:g} s: {fault}; check the camera and its address"
        )
    duration = max(seen[-1].time, 1e-3)
    rate = max(1.0, (len(seen) - 1) / duration)
    facts = Stretch(
        duration=round(duration, 3),
        fps=round(rate, 3),
        frames=len(seen),
        width=int(first.pixels.shape[1]),
        height=int(first.pixels.shape[0]),
        stride=1,
        seen=(),
    )
    return LiveLook(road_users(seen, Sampling(rate, 1)), facts, reader.state)
