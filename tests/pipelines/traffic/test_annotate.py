"""The annotated copy plays, shows boxes, and leaves the original alone."""

from __future__ import annotations

import base64
import hashlib
import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cases.records import JsonValue
from models.values import Detection, Track, TrackPoint
from pipelines.media.video import read_frames, video_facts
from pipelines.traffic.annotate import COLOURS, annotated_clip
from pipelines.traffic.classes import Sampling
from pipelines.traffic.scene import CountingLine, Scene, parse_scene

WriteVideo = Callable[..., Path]


def car(frames: range) -> Track:
    points = (TrackPoint(n, n / 25, Detection(10.0 + n, 20, 50.0 + n, 50, "car", 0.9)) for n in frames)
    return Track(1, "car", tuple(points))


def test_the_copy_keeps_time_and_shows_the_box_and_the_line(tmp_path: Path, write_video: WriteVideo) -> None:
    source = write_video(tmp_path / "a.mp4", frames=50, size=(161, 121), codec="mpeg4")
    before = hashlib.sha256(source.read_bytes()).hexdigest()
    line = CountingLine("A", (0, 60), (160, 60))
    clip = annotated_clip(source, tmp_path, [car(range(0, 50, 2))], Scene((line,), shares=False), Sampling(25.0, 2))
    facts = video_facts(clip.path)
    assert (facts["frames"], facts["duration"]) == (25, pytest.approx(2.0, abs=0.05))
    assert (clip.path.name, clip.media_type) in {("annotated.mp4", "video/mp4"), ("annotated.webm", "video/webm")}
    frame = next(iter(read_frames(clip.path, 5, 6)))
    plain = next(iter(read_frames(source, 10, 11)))
    edge, inside = frame.pixels[25:45, 20].mean(axis=0), frame.pixels[30:45, 30:40].mean()
    assert edge[2] - edge[0] > 40, "the left edge of the box has the car's colour"
    assert COLOURS["car"][2] > COLOURS["car"][0]
    assert abs(inside - plain.pixels[30:45, 30:40].mean()) < 25
    assert frame.pixels[60].mean() > plain.pixels[60].mean() + 50
    assert hashlib.sha256(source.read_bytes()).hexdigest() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.mp4", clip.path.name]


def test_a_privacy_mask_is_black_in_the_copy(tmp_path: Path, write_video: WriteVideo) -> None:
    source = write_video(tmp_path / "a.mp4", frames=5, size=(160, 120))
    mask: JsonValue = {"name": "window", "polygon": [[80, 0], [150, 0], [150, 60], [80, 60]]}
    clip = annotated_clip(source, tmp_path, [], parse_scene({"masks": [mask]}), Sampling(25.0, 1))
    frame = next(iter(read_frames(clip.path, 4, 5)))
    assert frame.pixels[10:50, 90:140].mean() < 4
    assert frame.pixels[80:110, 90:140].mean() > 15


def test_large_pictures_are_made_smaller_in_proportion(tmp_path: Path, write_video: WriteVideo) -> None:
    source = write_video(tmp_path / "a.mp4", frames=3, size=(1920, 1080))
    facts = video_facts(annotated_clip(source, tmp_path, [], Scene(), Sampling(25.0, 1)).path)
    assert (facts["width"], facts["height"]) == (1280, 720)


def test_the_index_of_an_mp4_comes_first_so_that_it_plays_while_it_loads(
    tmp_path: Path, write_video: WriteVideo
) -> None:
    clip = annotated_clip(write_video(tmp_path / "a.mp4", frames=5), tmp_path, [], Scene(), Sampling(25.0, 1))
    if clip.media_type != "video/mp4":
        pytest.skip("this build writes WebM, which has no index to move")
    data = clip.path.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """A page folder on a port of its own: Chromium plays no video from file addresses of another folder."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args: object, **more: object) -> None:
            super().__init__(*args, directory=str(tmp_path), **more)  # type: ignore[arg-type]  # handed through

        def log_message(self, *args: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


@pytest.mark.browser
def test_the_copy_plays_in_chromium(tmp_path: Path, write_video: WriteVideo, address: str) -> None:
    from playwright.sync_api import sync_playwright

    source = write_video(tmp_path / "a.mp4", frames=50, size=(320, 240))
    clip = annotated_clip(source, tmp_path, [car(range(0, 50, 2))], Scene(), Sampling(25.0, 2))
    (tmp_path / "page.html").write_text(f"<video muted src='{clip.path.name}'></video>")
    script = """async () => {
        const v = document.querySelector('video');
        await v.play();
        await new Promise((done, fail) => { v.onended = done; setTimeout(fail, 20000); });
        const c = document.createElement('canvas');
        c.width = v.videoWidth; c.height = v.videoHeight;
        c.getContext('2d').drawImage(v, 0, 0);
        return [v.error === null, v.videoWidth, v.duration, c.toDataURL('image/png').split(',')[1]];
    }"""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(f"{address}/page.html")
        fine, width, duration, picture = page.evaluate(script)
        browser.close()
    assert (fine, width) == (True, 320)
    assert duration == pytest.approx(2.0, abs=0.1)
    import cv2

    shown = cv2.imdecode(np.frombuffer(base64.b64decode(picture), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.std() > 3, "the last picture is drawn, not blank"
