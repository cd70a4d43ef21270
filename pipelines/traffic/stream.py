"""The newest frame of a camera stream: a thread decodes without ever waiting for whoever looks; knows no model.

A detector that is slower than its camera must not make the camera wait: then the sender's buffers fill, the link
breaks, and a slow machine looks like a broken camera. So the thread reads on whatever happens, keeps one frame, the
newest, and counts those that nobody took. A link that breaks, also the first one, is tried again after a pause that
doubles each time.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from models.errors import BadInput, Unavailable
from models.values import Frame
from pipelines.media.video import MAX_PIXELS

if TYPE_CHECKING:
    import av

logger = logging.getLogger(__name__)

SCHEMES = {
    "rtsp": "rtp,tcp,udp,rtsp",
    "rtsps": "rtp,tcp,udp,tls,rtsps,rtsp",
    "http": "http,tcp",
    "https": "https,tls,tcp,http",
}
"""Schemes that are opened, and the protocols that each may use on the way; files and the rest stay out of reach."""
DEMUXERS = "rtsp,rtp,sdp,mpegts,flv,mpjpeg,mjpeg,jpeg_pipe,mov,matroska,h264,hevc"
"""Formats that a stream may have; playlists (HLS, DASH) are lists of other addresses and are not opened."""


@dataclass(frozen=True, slots=True)
class StreamLimits:
    """Bounds of a live reader."""

    open_s: float = 10.0
    """Seconds for a camera to answer and send its first picture: key frames come every few seconds."""
    read_s: float = 5.0
    """Seconds without a frame after which the link counts as broken, though it may look alive."""
    first_pause_s: float = 0.5
    """Pause before the first new try."""
    last_pause_s: float = 10.0
    """Longest pause: a camera that returns is seen again within it."""
    close_s: float = 15.0
    """How long `close` waits for the thread, which may be inside an opening."""


@dataclass(frozen=True, slots=True)
class StreamState:
    """What the reader did so far: frames decoded, frames that nobody took, links opened, and the last fault, if any."""

    decoded: int
    dropped: int
    links: int
    fault: str | None


Source = Callable[[], AbstractContextManager[Iterator[Frame]]]
"""Opens a link and gives its frames; raises OSError when the link breaks."""


def checked_url(url: str) -> str:
    """The URL, when its scheme is allowed and it names a host; raises BadInput otherwise."""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError as error:
        raise BadInput("stream.url", f"the address cannot be read: {error}") from error
    if parts.scheme.lower() not in SCHEMES or not host:
        raise BadInput(
            "stream.url", f"a stream's address begins with {', '.join(f'{s}://' for s in SCHEMES)} and a host"
        )
    return url


def shown_url(url: str) -> str:
    """The URL without user, password and query, for records and logs."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname}{port}{parts.path}"


class NewestFrame:
    """One slot: `put` never waits and replaces what was not taken; `take` waits for what it has not given yet."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._frame: Frame | None = None
        self._closed = False
        self.dropped = 0

    def put(self, frame: Frame) -> None:
        """Leave a frame; the one that was not taken is counted as dropped."""
        with self._changed:
            if self._frame is not None:
                self.dropped += 1
            self._frame = frame
            self._changed.notify()

    def take(self, timeout_s: float) -> Frame | None:
        """The newest frame, once; None after `timeout_s`, or when the slot is closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._frame is not None or self._closed, timeout_s)
            frame, self._frame = self._frame, None
            return frame

    def close(self) -> None:
        """Wake whoever waits."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()


class LiveReader:
    """Reads a source on a thread of its own, from `with` to its end."""

    def __init__(self, source: Source, limits: StreamLimits | None = None) -> None:
        self._source = source
        self._limits = limits or StreamLimits()
        self._slot = NewestFrame()
        self._stop = threading.Event()
        self._decoded = 0
        self._links = 0
        self._fault: str | None = None
        self._thread = threading.Thread(target=self._run, name="live-reader", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def state(self) -> StreamState:
        """Counts so far."""
        return StreamState(self._decoded, self._slot.dropped, self._links, self._fault)

    def newest(self, timeout_s: float) -> Frame | None:
        """The newest frame that was not given yet; None when none came within `timeout_s` seconds."""
        return self._slot.take(timeout_s)

    def close(self) -> None:
        """Stop reading; waits for the thread, but never longer than the limits say."""
        self._stop.set()
        self._slot.close()
        self._thread.join(self._limits.close_s)

    def _run(self) -> None:
        pause = self._limits.first_pause_s
        while not self._stop.is_set():
            before = self._decoded
            try:
                with self._source() as frames:
                    self._links += 1
                    for frame in frames:
                        if self._stop.is_set():
                            return
                        # Numbers go on over links, so that a tracker never sees time run backward.
                        self._slot.put(Frame(frame.pixels, self._decoded, frame.time))
                        self._decoded += 1
                self._fault = "the stream ended"
            except (OSError, Unavailable) as error:
                self._fault = str(error)
            logger.info("stream lost: fault=%s pause_s=%.1f", self._fault, pause)
            pause = self._limits.first_pause_s if self._decoded > before else pause
            self._stop.wait(pause)
            pause = min(2 * pause, self._limits.last_pause_s)


def camera(url: str, limits: StreamLimits | None = None, clock: Callable[[], float] = time.monotonic) -> Source:
    """A source over the network; frames carry the time of their arrival by `clock`, in seconds.

    Raises BadInput for an address that is not allowed.
    """
    address = checked_url(url)
    bounds = limits or StreamLimits()

    @contextmanager
    def link() -> Iterator[Iterator[Frame]]:
        import av

        scheme = urlsplit(address).scheme.lower()
        options = {"protocol_whitelist": SCHEMES[scheme], "format_whitelist": DEMUXERS, "fflags": "nobuffer"}
        if scheme.startswith("rtsp"):
            # Over UDP, lost packets tear the picture; cameras speak TCP as well.
            options["rtsp_transport"] = "tcp"
        try:
            with av.open(address, options=options, timeout=(bounds.open_s, bounds.read_s)) as container:
                stream = container.streams.best("video")
                if stream is None:
                    raise Unavailable("stream.picture", "the stream has no picture track")
                stream.codec_context.options = {"max_pixels": str(MAX_PIXELS)}
                stream.thread_type = "SLICE"
                yield _frames(container, stream, clock)
        except (av.FFmpegError, EOFError) as error:
            # The error's own text may hold the address with its password.
            raise ConnectionError(getattr(error, "strerror", None) or "the stream ended") from None

    return link


def _frames(
    container: av.container.InputContainer, stream: av.VideoStream, clock: Callable[[], float]
) -> Iterator[Frame]:
    """Frames as they arrive; damaged ones are left out."""
    import av

    for number, packet in enumerate(container.demux(stream)):
        try:
            frames = packet.decode()
        except av.InvalidDataError:
            continue
        for frame in frames:
            yield Frame(frame.to_ndarray(format="rgb24"), number, clock())
