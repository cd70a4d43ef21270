"""Reading a camera never waits for whoever looks, and a broken link comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest

from models.device import Device
from models.errors import BadInput, Unavailable
from models.fakes import FakeDetector
from models.values import Frame
from pipelines.traffic.live import look
from pipelines.traffic.stream import LiveReader, NewestFrame, StreamLimits, camera, checked_url, shown_url

QUICK = StreamLimits(first_pause_s=0.01, last_pause_s=0.05, close_s=5.0)


def frame(number: int, seconds: float = 0.0) -> Frame:
    return Frame(np.full((64, 96, 3), 99, np.uint8), number, seconds)


class Camera:
    """A scripted source: each link gives some frames, then breaks."""

    def __init__(self, *links: int, pause_s: float = 0.0, fail_first: int = 0) -> None:
        self.links, self.pause_s, self.fail_first = list(links), pause_s, fail_first
        self.sent, self.opened = 0, 0
        self.idle = threading.Event()

    @contextmanager
    def __call__(self) -> Iterator[Iterator[Frame]]:
        self.opened += 1
        if self.opened <= self.fail_first:
            raise ConnectionRefusedError("nobody answers")
        if not self.links:
            self.idle.set()
        yield self.frames(self.links.pop(0) if self.links else 0)

    def frames(self, count: int) -> Iterator[Frame]:
        for _ in range(count):
            time.sleep(self.pause_s)
            self.sent += 1
            yield frame(0, time.monotonic())


def test_the_slot_holds_the_newest_frame_and_counts_the_rest() -> None:
    slot = NewestFrame()
    for number in range(5):
        slot.put(frame(number))
    taken = slot.take(0.0)
    assert taken is not None
    assert (taken.index, slot.dropped) == (4, 4)
    assert slot.take(0.0) is None


def test_reading_never_waits_for_a_slow_looker() -> None:
    source = Camera(200, pause_s=0.001)
    with LiveReader(source, QUICK) as reader:
        first = reader.newest(2.0)
        assert source.idle.wait(10)
        second = reader.newest(2.0)
        state = reader.state
    assert first is not None
    assert second is not None
    assert (source.sent, second.index) == (200, 199)
    assert state.decoded == 200
    assert state.dropped == 200 - 2


def test_a_broken_link_comes_back_and_numbers_go_on() -> None:
    source = Camera(3, 3, 3, fail_first=2)
    with LiveReader(source, QUICK) as reader:
        assert source.idle.wait(10)
        newest = reader.newest(2.0)
        state = reader.state
    assert newest is not None
    assert newest.index == 8
    assert source.opened >= 5
    assert state.links >= 3


def test_pauses_between_tries_grow_to_a_bound() -> None:
    source = Camera(fail_first=1000)
    with LiveReader(source, StreamLimits(first_pause_s=0.02, last_pause_s=0.08)) as reader:
        time.sleep(0.5)
        assert reader.newest(0.0) is None
        assert reader.state.fault == "nobody answers"
    assert 4 <= source.opened <= 9


def test_closing_wakes_whoever_waits() -> None:
    reader = LiveReader(Camera(fail_first=1000), QUICK)
    with reader:
        waiting = threading.Thread(target=reader.newest, args=(30.0,))
        waiting.start()
        reader.close()
        waiting.join(5)
        assert not waiting.is_alive()


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "/etc/passwd", "concat:a|b", "gopher://h/1", "rtsp://", "http://[", "hls+http://h/x"]
)
def test_other_schemes_than_streams_are_refused(url: str) -> None:
    with pytest.raises(BadInput, match=r"address"):
        checked_url(url)


def test_records_name_a_stream_without_its_password() -> None:
    assert shown_url("rtsp://admin:secret@10.0.0.7:554/ch1?token=x") == "rtsp://10.0.0.7:554/ch1"


def test_a_look_at_a_stream_counts_what_passes(device: Device) -> None:
    detector = FakeDetector()
    detector.load(device)
    with LiveReader(Camera(200, pause_s=0.005), QUICK) as reader:
        seen = look(reader, detector, seconds=1.5)
    assert (seen.facts.width, seen.facts.height) == (96, 64)
    assert seen.facts.frames == sum(detector.batches)
    assert seen.parameters["frames_decoded"] == 200
    assert [t.label for t in seen.tracks] == ["car"]


def test_a_stream_that_shows_nothing_is_unavailable(device: Device) -> None:
    detector = FakeDetector()
    with (
        LiveReader(Camera(fail_first=1000), QUICK) as reader,
        pytest.raises(Unavailable, match="nobody answers"),
    ):
        look(reader, detector, seconds=0.3)


def test_a_playlist_from_a_camera_address_is_not_followed(tmp_path_factory: pytest.TempPathFactory) -> None:
    import http.server

    folder = tmp_path_factory.mktemp("hls")
    (folder / "a.m3u8").write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, directory=str(folder), **more)  # type: ignore[arg-type]  # handed through

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        source = camera(f"http://127.0.0.1:{server.server_port}/a.m3u8")
        with pytest.raises(OSError), source():
            pass
    finally:
        server.shutdown()
        server.server_close()
