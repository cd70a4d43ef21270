"""A real stream over HTTP: written by PyAV, served by a thread, watched by the live reader."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from models.device import Device
from models.fakes import FakeDetector
from pipelines.traffic.live import look
from pipelines.traffic.stream import LiveReader, StreamLimits, camera

WriteVideo = Callable[..., Path]


@pytest.fixture
def address(tmp_path: Path, write_video: WriteVideo) -> Iterator[str]:
    """A transport stream behind an address."""
    write_video(tmp_path / "a.ts", frames=40, codec="mpeg2video")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, directory=str(tmp_path), **more)  # type: ignore[arg-type]  # handed through

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/a.ts"
    server.shutdown()
    server.server_close()


def test_a_stream_over_http_is_seen_and_taken_up_again_when_it_ends(address: str, device: Device) -> None:
    detector = FakeDetector()
    detector.load(device)
    limits = StreamLimits(open_s=5.0, read_s=5.0, first_pause_s=0.05, last_pause_s=0.1)
    with LiveReader(camera(address, limits), limits) as reader:
        seen = look(reader, detector, seconds=1.5)
    assert seen.state.links >= 2
    assert seen.state.decoded >= 80
    assert (seen.facts.width, seen.facts.height) == (96, 64)
