"""The annotated clip: a copy of a video with boxes, numbers, classes and running counts; knows no detector.

The original is never touched: this is a derived copy for people's eyes, one picture for every frame that was looked at.
H.264 in MP4 where this build of FFmpeg can write it, else VP9 in WebM: both play in browsers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.errors import Unavailable
from models.values import Detection, Frame, Track
from models.vision.gaps import filled
from pipelines.media.video import MAX_SPAN_FRAMES, read_frames
from pipelines.traffic.classes import Sampling
from pipelines.traffic.layout import AreaKind, Polygon
from pipelines.traffic.scene import Scene

if TYPE_CHECKING:
    import av

Picture = NDArray[np.uint8]

ENCODERS: tuple[tuple[str, str, str, dict[str, str]], ...] = (
    ("libopenh264", "annotated.mp4", "video/mp4", {}),
    ("libx264", "annotated.mp4", "video/mp4", {"preset": "veryfast", "crf": "26"}),
    ("libvpx-vp9", "annotated.webm", "video/webm", {"deadline": "realtime", "cpu-used": "8", "crf": "36", "b": "0"}),
)
"""Encoder, file name, media type, options; the first that this build has is used. Speed before size: it is a copy."""
LONGEST_SIDE = 1280
"""Larger pictures are made smaller: a copy for eyes, and encoding 4K would take longer than detecting."""
THREADS = 2
"""Encoder threads."""
TICKS = 90_000
"""Clock ticks a second in the copy (MPEG's own), so that every frame keeps its time."""
COLOURS: dict[str, tuple[int, int, int]] = {
    "car": (64, 200, 255),
    "bus": (255, 170, 0),
    "truck": (255, 96, 96),
    "motorcycle": (190, 120, 255),
    "bicycle": (120, 255, 120),
    "person": (255, 255, 90),
}
LINE_COLOUR = (255, 255, 255)
LANE_COLOUR = (120, 220, 255)
OTHER_COLOUR = (200, 200, 200)


@dataclass(frozen=True, slots=True)
class Clip:
    """Where the copy lies and what it is."""

    path: Path
    media_type: str


@dataclass(frozen=True, slots=True)
class _Mark:
    """One box to draw."""

    id: int
    label: str
    box: Detection


def _marks(tracks: Sequence[Track], sampling: Sampling) -> dict[int, list[_Mark]]:
    """What to draw on each frame, short gaps filled, so that boxes do not flicker."""
    marks: dict[int, list[_Mark]] = {}
    for track in tracks:
        for point in filled(track, sampling.frames(1.0) * sampling.stride, sampling.stride).points:
            marks.setdefault(point.index, []).append(_Mark(track.id, track.label, point.detection))
    return marks


def _even(value: float) -> int:
    """The nearest even whole number, at least 2: H.264's colour planes have half the size."""
    return max(2, round(value / 2) * 2)


def _drawn(picture: Picture, scale: tuple[float, float], marks: Sequence[_Mark], scene: Scene) -> None:
    """Draw onto `picture`, which is the frame times `scale`; privacy masks last, so that nothing shows through."""
    import cv2

    def place(x: float, y: float) -> tuple[int, int]:
        return round(x * scale[0]), round(y * scale[1])

    def outline(points: Polygon) -> NDArray[np.int32]:
        return np.array([place(x, y) for x, y in points], dtype=np.int32)

    street = scene.street
    for lane in street.lanes:
        cv2.polylines(picture, [outline(lane.polygon)], True, LANE_COLOUR, 1, cv2.LINE_AA)
    for stop in street.stop_lines:
        cv2.line(picture, place(*stop.line[0]), place(*stop.line[1]), LANE_COLOUR, 2, cv2.LINE_AA)
    for line in scene.lines:
        cv2.line(picture, place(*line.start), place(*line.end), LINE_COLOUR, 2, cv2.LINE_AA)
    for mark in marks:
        colour = COLOURS.get(mark.label, OTHER_COLOUR)
        left, top = place(mark.box.left, mark.box.top)
        cv2.rectangle(picture, (left, top), place(mark.box.right, mark.box.bottom), colour, 1, cv2.LINE_AA)
        _text(picture, f"{mark.id} {mark.label}", (left, max(9, top - 3)), colour)
    for mask in street.of(AreaKind.MASK):
        cv2.fillPoly(picture, [outline(mask.polygon)], (0, 0, 0))


def _text(picture: Picture, text: str, place: tuple[int, int], colour: tuple[int, int, int]) -> None:
    import cv2

    size = 0.3 + picture.shape[1] / 6400
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, (0, 0, 0), 3, cv2.LINE_AA)
    cv2.putText(picture, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, 1, cv2.LINE_AA)


def _counted(picture: Picture, first_seen: Sequence[tuple[int, str]], index: int) -> None:
    """The running counts, class by class, at the left edge."""
    so_far = Counter(label for frame, label in first_seen if frame <= index)
    step = 10 + picture.shape[1] // 80
    for row, (label, number) in enumerate(sorted(so_far.items())):
        _text(picture, f"{label}: {number}", (4, step * (row + 1)), COLOURS.get(label, OTHER_COLOUR))


def _pictures(
    frames: Iterator[Frame],
    size: tuple[int, int],
    tracks: Sequence[Track],
    scene: Scene,
    sampling: Sampling,
) -> Iterator[tuple[float, Picture]]:
    import cv2

    marks = _marks(tracks, sampling)
    first_seen = [(track.points[0].index, track.label) for track in tracks]
    for frame in frames:
        height, width = frame.pixels.shape[:2]
        picture: Picture = cv2.resize(frame.pixels, size, interpolation=cv2.INTER_AREA)
        _drawn(picture, (size[0] / width, size[1] / height), marks.get(frame.index, ()), scene)
        _counted(picture, first_seen, frame.index)
        yield frame.time, picture


def _spans(source: Path, sampling: Sampling) -> Iterator[Frame]:
    """Every frame that was looked at, in stretches that a reference may name."""
    length = MAX_SPAN_FRAMES // sampling.stride * sampling.stride
    first, came = 0, True
    while came:
        came = False
        for frame in read_frames(source, first, first + length, sampling.stride):
            came = True
            yield frame
        first += length


def encoder() -> tuple[str, str, str, dict[str, str]]:
    """The encoder to use with its file name, media type and options; raises Unavailable when there is none."""
    import av

    for name, file_name, media_type, options in ENCODERS:
        try:
            av.CodecContext.create(name, "w")
        except (av.FFmpegError, ValueError):
            continue
        return name, file_name, media_type, options
    raise Unavailable("annotate.encoder", "this build of FFmpeg writes neither H.264 nor VP9; install PyAV's own wheel")


def annotated_clip(source: Path, folder: Path, tracks: Sequence[Track], scene: Scene, sampling: Sampling) -> Clip:
    """Write the annotated copy of `source` into `folder`; it appears under its name only when it is complete.

    Boxes and `scene` are in pixels of the upright frame; lanes, stop lines and counting lines are drawn, privacy masks
    are black. Raises BadInput when the video cannot be read.
    """
    import av

    name, file_name, media_type, options = encoder()
    target = folder / file_name
    partial = target.with_name(f"partial-{target.name}")
    frames = _spans(source, sampling)
    first = next(frames)
    height, width = first.pixels.shape[:2]
    shrink = min(1.0, LONGEST_SIDE / max(width, height))
    size = (_even(width * shrink), _even(height * shrink))
    with av.open(str(partial), "w", options={"movflags": "+faststart"} if media_type == "video/mp4" else {}) as out:
        stream = out.add_stream(name, rate=Fraction(sampling.rate).limit_denominator(1001), options=options)
        stream.width, stream.height, stream.pix_fmt = size[0], size[1], "yuv420p"
        stream.codec_context.thread_count = THREADS
        stream.codec_context.time_base = Fraction(1, TICKS)
        for time, picture in _pictures(_chained(first, frames), size, tracks, scene, sampling):
            _write(out, stream, picture, round(time * TICKS))
        out.mux(stream.encode(None))
    partial.replace(target)
    return Clip(target, media_type)


def _chained(first: Frame, rest: Iterator[Frame]) -> Iterator[Frame]:
    yield first
    yield from rest


def _write(out: av.container.OutputContainer, stream: av.VideoStream, picture: Picture, ticks: int) -> None:
    import av

    frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
    frame.pts, frame.time_base = ticks, Fraction(1, TICKS)
    out.mux(stream.encode(frame))
