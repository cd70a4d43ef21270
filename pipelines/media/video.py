"""Frames of a video file by number, and the facts of a file; knows no model and no network.

Nothing a header says is trusted: the demuxer is forced by the first bytes (no playlist, no probing, no second file is
ever opened), frames are counted from packets, and every count has a limit. Frame n is the n-th by presentation time
among the packets of the main picture track. A damaged frame keeps its number and is left out, so that a broken tail
never fails a clip and never moves the numbers of the frames before it. Second t of a frame is what a player shows it
at, counted from the first frame. Pictures are turned upright where the file asks for it, as players do.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from cases.records import JsonObject
from models.errors import BadInput, TooLarge
from models.values import Frame
from pipelines.media.container import SOUND_ALONE, demuxer_of

if TYPE_CHECKING:
    import av

MAX_SECONDS = 12 * 3600.0
"""Longest video in one piece: a shift at a crossing."""
MAX_FRAMES = int(MAX_SECONDS) * 60
"""Frames of the longest video at 60 a second; its index takes 40 MB."""
MAX_PIXELS = 8192 * 4352
"""Greatest picture: 8K cinema, 107 MB as RGB; a greater one in a header is broken or hostile."""
MAX_SPAN_FRAMES = 100_000
"""Most frames that one reference may name, before the stride."""
RATES = (0.05, 1000.0)
"""Frames a second that cameras make; other values are broken headers and become `FALLBACK_RATE`."""
FALLBACK_RATE = 25.0
"""PAL, which cameras in China send, where a file tells no times."""
THREADS = 2
"""Decoder threads: more only take cores from the detector."""
INDEXES = 4
"""Indexes kept in memory: the files that one process reads at a time."""
SEEK_OVER = 50
"""Frames to decode on rather than seek: seeking begins at a key frame, which are about as far apart."""
KEYS_BACK = 3
"""Key frames to go back where seeking overshoots, before reading from the start."""
COUNTED_BY_DECODING = 20_000
"""Packets up to which a file without times is decoded to count its frames; beyond, packets stand for frames."""
MAX_BROKEN_PACKETS = 5000
"""Damaged packets in a row after which the rest counts as lost: minutes of nothing."""


def video_demuxer(path: Path) -> str:
    """FFmpeg's demuxer for the file, from its first bytes; raises BadInput when it is none that holds video."""
    found = demuxer_of(path)
    if found is None or found in SOUND_ALONE:
        raise BadInput(
            "video.type", "this is no video format that Anjuan reads; send mp4, mkv, avi, mov, ts, flv or wmv"
        )
    return found


@contextmanager
def opened_video(path: Path) -> Iterator[tuple[av.container.InputContainer, av.VideoStream]]:
    """The opened file and its main picture track; raises BadInput when there is none."""
    import av

    demuxer = video_demuxer(path)
    # Without a protocol nothing beyond this one open file can be reached.
    options = {"protocol_whitelist": ""} | ({"enable_drefs": "0"} if demuxer == "mov" else {})
    with path.open("rb") as file:
        try:
            container = av.open(file, format=demuxer, options=options, metadata_errors="replace")
        except (av.FFmpegError, ValueError, EOFError) as error:
            raise BadInput(
                "video.broken", "the file looks like video, but cannot be opened; is it complete?"
            ) from error
        with container:
            stream = container.streams.best("video")
            if stream is None:
                raise BadInput("video.none", "the file has no picture track")
            size = stream.codec_context
            if size is None or not size.width * size.height:
                raise BadInput("video.broken", "the picture track has no size; is the file complete?")
            if size.width * size.height > MAX_PIXELS:
                raise TooLarge(
                    "video.pixels", f"pictures of {size.width}x{size.height} are too large; make them smaller"
                )
            size.options = {"max_pixels": str(MAX_PIXELS)}
            size.thread_count = THREADS
            stream.thread_type = "AUTO"
            yield container, stream


def packets_of(container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[av.Packet]:
    """The packets of the track, the empty one that flushes the decoder last; a file that ends too early simply ends."""
    import av

    packets = container.demux(stream)
    broken = 0
    while broken < MAX_BROKEN_PACKETS:
        try:
            packet = next(packets)
        except StopIteration:
            return
        except (av.InvalidDataError, av.BlockingIOError):
            broken += 1
            continue
        except (av.FFmpegError, EOFError):
            return
        broken = 0
        yield packet


def _decoded(stream: av.VideoStream, packet: av.Packet) -> list[av.VideoFrame]:
    """The frames that a packet completes; none when it is damaged."""
    import av

    try:
        return list(stream.decode(packet))
    except (av.FFmpegError, EOFError):
        return []


# --- index -----------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True, eq=False)
class VideoIndex:
    """What the packets tell: `times` are presentation times [frames] in ticks of `tick` seconds, ascending, `keys`
    those at which decoding may begin.

    `exact` is False where the packets carry no usable times: then frames are numbered as they are decoded. `size` is
    width and height before the picture is turned upright.
    """

    times: NDArray[np.int64]
    keys: NDArray[np.int64]
    tick: float
    rate: float
    exact: bool
    frames: int
    size: tuple[int, int]
    codec: str

    def seconds(self, number: int) -> float:
        """When frame `number` is shown, seconds after the first."""
        if self.exact and number < self.frames:
            return float(self.times[number] - self.times[0]) * self.tick
        return number / self.rate

    @property
    def duration(self) -> float:
        """Seconds from the first frame to the end of the last."""
        return self.seconds(self.frames - 1) + 1 / self.rate if self.frames else 0.0


def _believable(rate: float) -> bool:
    return math.isfinite(rate) and RATES[0] <= rate <= RATES[1]


@lru_cache(maxsize=INDEXES)
def _index(path: Path, _size: int, _changed_ns: int) -> VideoIndex:
    times: list[int] = []
    keys: list[int] = []
    count = 0
    with opened_video(path) as (container, stream):
        tick = float(stream.time_base or 0)
        size, codec = (stream.codec_context.width, stream.codec_context.height), str(stream.codec_context.name)
        stated = float(stream.average_rate or stream.guessed_rate or 0)
        for packet in packets_of(container, stream):
            # Packets marked to be thrown away are decoded, but never shown (edit lists).
            if packet.size == 0 or packet.is_discard:
                continue
            count += 1
            if count > MAX_FRAMES:
                raise TooLarge("video.frames", f"the video has more than {MAX_FRAMES} frames; send it in parts")
            if packet.pts is not None:
                times.append(packet.pts)
                if packet.is_keyframe:
                    keys.append(packet.pts)
    ordered = np.unique(np.array(times, dtype=np.int64))
    # AVI has no presentation times: what FFmpeg states there is a guess from the order of the packets.
    exact = bool(count and tick and keys) and len(ordered) == count and video_demuxer(path) != "avi"
    rate = stated if _believable(stated) else FALLBACK_RATE
    if exact and count > 1:
        measured = (count - 1) / (float(ordered[-1] - ordered[0]) * tick)
        rate = measured if _believable(measured) else rate
    if not exact and count <= COUNTED_BY_DECODING:
        count = sum(1 for _ in _in_order(path))
    return VideoIndex(ordered, np.unique(np.array(keys, dtype=np.int64)), tick, rate, exact, count, size, codec)


def video_index(path: Path) -> VideoIndex:
    """The index of a file, kept while the file stays as it is; raises BadInput when it holds no frame, TooLarge when it
    is longer than `MAX_SECONDS`."""
    state = path.stat()
    index = _index(path, state.st_size, state.st_mtime_ns)
    if not index.frames:
        raise BadInput("video.empty", "the file holds no picture; is it complete?")
    if index.duration > MAX_SECONDS:
        raise TooLarge("video.too-long", f"the video is longer than {MAX_SECONDS / 3600:g} hours; send it in parts")
    return index


# --- frames ----------------------------------------------------------------------------------------------------------
def _upright(frame: av.VideoFrame, size: tuple[int, int]) -> NDArray[np.uint8]:
    """RGB of `size` (width, height) before turning, turned as the file asks."""
    turns = round(frame.rotation / 90) % 4
    pixels: NDArray[np.uint8] = frame.to_ndarray(format="rgb24", width=size[0], height=size[1])
    return np.ascontiguousarray(np.rot90(pixels, turns)) if turns else pixels


def _in_order(path: Path) -> Iterator[tuple[int, av.VideoFrame]]:
    """Decoded frames from the beginning, numbered as they come."""
    with opened_video(path) as (container, stream):
        frames = (frame for packet in packets_of(container, stream) for frame in _decoded(stream, packet))
        yield from enumerate(frames)


def _from(path: Path, index: VideoIndex, key: int | None) -> Iterator[tuple[int, av.VideoFrame]]:
    """Decoded frames with their numbers by time, ascending, from the key frame at `key` on; None: from the start."""
    with opened_video(path) as (container, stream):
        if key is not None:
            container.seek(key, stream=stream, backward=True)
        newest = -1
        for packet in packets_of(container, stream):
            for frame in _decoded(stream, packet):
                number = -1 if frame.pts is None else int(np.searchsorted(index.times, frame.pts))
                known = number > newest and number < index.frames and index.times[number] == frame.pts
                # Frames before the key frame that was sought may lack what they refer to.
                if known and (key is None or frame.pts >= key):
                    newest = number
                    yield number, frame


def _by_time(path: Path, index: VideoIndex, first: int) -> Iterator[tuple[int, av.VideoFrame]]:
    """As `_from`, from a key frame at or before frame `first`: the last one, or one before where seeking overshoots.

    Transport streams have no table of contents, so that seeking in them is a guess that has to be checked.
    """
    place = int(np.searchsorted(index.keys, index.times[first], side="right")) - 1
    tries = [int(index.keys[n]) for n in (place, place - KEYS_BACK) if n > 0]
    for key in tries:
        frames = _from(path, index, key)
        begun = next(frames, None)
        if begun is not None and begun[0] <= first:
            yield begun
            yield from frames
            return
    yield from _from(path, index, None)


class _Parked:
    """Readers of files that cannot be sought in, kept open where they stopped, so that the next stretch goes on
    there.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readers: dict[Path, tuple[VideoIndex, int, Iterator[tuple[int, av.VideoFrame]]]] = {}

    def take(self, path: Path, index: VideoIndex, first: int) -> Iterator[tuple[int, av.VideoFrame]]:
        """A reader of `path` that has not passed frame `first`, for the caller alone."""
        with self._lock:
            known, following, reader = self._readers.pop(path, (index, first + 1, iter(())))
        return reader if known is index and following <= first else _in_order(path)

    def put(self, path: Path, index: VideoIndex, following: int, reader: Iterator[tuple[int, av.VideoFrame]]) -> None:
        """Keep `reader`, whose next frame is `following`; the one kept longest makes room."""
        with self._lock:
            self._readers[path] = (index, following, reader)
            while len(self._readers) > INDEXES:
                del self._readers[next(iter(self._readers))]


_PARKED = _Parked()


def _stretch(path: Path, index: VideoIndex, first: int, last: int) -> Iterator[tuple[int, av.VideoFrame]]:
    """The decoded frames from `first` up to `last`, with their numbers."""
    if index.exact:
        yield from takewhile(lambda pair: pair[0] < last, (p for p in _by_time(path, index, first) if p[0] >= first))
        return
    reader, following = _PARKED.take(path, index, first), first
    while following < last:
        number, frame = next(reader, (last, None))
        following = number + 1
        if frame is None:
            return
        if number >= first:
            yield number, frame
    _PARKED.put(path, index, following, reader)


def read_frames(path: Path, first: int, last: int, stride: int = 1) -> Iterator[Frame]:
    """Frames `first`, `first + stride`, ... below `last`, in order, less those that are damaged or beyond the end.

    Raises BadInput for a span that is none or a file that holds no video.
    """
    if not (0 <= first <= last and stride >= 1 and last - first <= MAX_SPAN_FRAMES):
        raise BadInput("video.span", f"frames {first} to {last} by {stride} are no span of at most {MAX_SPAN_FRAMES}")
    index = video_index(path)
    if first >= min(last, index.frames):
        return
    for number, frame in _stretch(path, index, first, last):
        if (number - first) % stride == 0:
            yield Frame(_upright(frame, index.size), number, index.seconds(number))


def chosen_frames(path: Path, numbers: Sequence[int]) -> Iterator[Frame]:
    """The frames of these numbers, which ascend, less those that are damaged or beyond the end.

    Numbers near each other are reached by decoding on, others by seeking.  Raises as `read_frames`.
    """
    index = video_index(path)
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number - runs[-1][-1] <= SEEK_OVER:
            runs[-1].append(number)
        elif number < index.frames:
            runs.append([number])
    for run in runs:
        wanted = set(run)
        for number, frame in _stretch(path, index, run[0], run[-1] + 1):
            if number in wanted:
                yield Frame(_upright(frame, index.size), number, index.seconds(number))


def video_facts(path: Path) -> JsonObject:
    """Duration in seconds, frames a second, frames, width and height (upright), codec.

    Raises BadInput when no picture of the file can be decoded, TooLarge past the limits above.
    """
    index = video_index(path)
    first = next(_in_order(path), None)
    if first is None:
        raise BadInput("video.empty", "no picture of the file can be decoded; is it complete?")
    pixels = _upright(first[1], index.size)
    return {
        "duration": round(index.duration, 3),
        "fps": round(index.rate, 3),
        "frames": index.frames,
        "width": int(pixels.shape[1]),
        "height": int(pixels.shape[0]),
        "codec": index.codec,
    }
