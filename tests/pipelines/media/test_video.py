"""Frames come back by number whatever the container, and hostile or broken files end in clear errors."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from models.errors import BadInput, TooLarge
from pipelines.media import video
from pipelines.media.video import read_frames, video_demuxer, video_facts, video_index

FRAMES = 60


def write(path: Path, codec: str = "libx264", frames: int = FRAMES, fps: int = 25, gop: int = 12) -> Path:
    """A video whose frame n is grey of value 3 n + 20, with B-frames where the codec has them."""
    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=Fraction(fps))
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.gop_size = gop
        stream.codec_context.bit_rate = 4_000_000
        for n in range(frames):
            grey = np.full((64, 96, 3), 3 * n + 20, np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        out.mux(stream.encode(None))
    return path


def number_in(pixels: np.ndarray) -> int:
    """Which frame a picture is, from its brightness."""
    return round((float(pixels.mean()) - 20) / 3)


@pytest.mark.parametrize(
    ("name", "codec"),
    [("a.mp4", "libx264"), ("a.mkv", "libx264"), ("a.ts", "libx264"), ("a.avi", "mpeg4"), ("a.flv", "libx264"),
     ("a.mov", "mpeg4"), ("a.webm", "libvpx-vp9")],
)  # fmt: skip
def test_frames_come_back_by_number_from_any_container(tmp_path: Path, name: str, codec: str) -> None:
    path = write(tmp_path / name, codec)
    for first, last, stride in [(0, 60, 7), (30, 60, 1), (13, 14, 1), (5, 41, 4), (59, 60, 1)]:
        found = list(read_frames(path, first, last, stride))
        assert [f.index for f in found] == list(range(first, last, stride))
        assert [number_in(f.pixels) for f in found] == [f.index for f in found]
        assert [f.time for f in found] == pytest.approx([f.index / 25 for f in found], abs=0.002)


@pytest.mark.parametrize(("name", "codec"), [("a.mp4", "libx264"), ("a.avi", "mpeg4")])
def test_a_stretch_read_alone_is_the_same_as_read_in_one_go(tmp_path: Path, name: str, codec: str) -> None:
    path = write(tmp_path / name, codec)
    whole = {f.index: f.pixels.tobytes() for f in read_frames(path, 0, FRAMES)}
    for first in (40, 0, 20):
        for frame in read_frames(path, first, first + 20):
            assert frame.pixels.tobytes() == whole[frame.index]


def test_facts_are_counted_not_believed(tmp_path: Path) -> None:
    facts = video_facts(write(tmp_path / "a.mp4"))
    assert facts == {"duration": 2.4, "fps": 25.0, "frames": 60, "width": 96, "height": 64, "codec": "h264"}


def test_beyond_the_end_there_is_nothing(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4")
    assert list(read_frames(path, 60, 90)) == []
    assert [f.index for f in read_frames(path, 58, 90)] == [58, 59]


@pytest.mark.parametrize("span", [(-1, 5, 1), (5, 4, 1), (0, 5, 0), (0, video.MAX_SPAN_FRAMES + 1, 1)])
def test_spans_that_are_none_are_refused(tmp_path: Path, span: tuple[int, int, int]) -> None:
    path = write(tmp_path / "a.mp4", frames=3)
    with pytest.raises(BadInput, match="span"):
        list(read_frames(path, *span))


def test_a_broken_tail_does_not_fail_the_clip(tmp_path: Path) -> None:
    whole = write(tmp_path / "a.ts").read_bytes()
    cut = tmp_path / "cut.ts"
    cut.write_bytes(whole[: len(whole) * 2 // 3])
    found = list(read_frames(cut, 0, FRAMES))
    assert 10 < len(found) < FRAMES
    assert [number_in(f.pixels) for f in found[:10]] == list(range(10))


def test_a_damaged_middle_keeps_the_numbers_of_what_follows(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mkv", "mpeg4")
    data = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(video=0) if p.pos is not None and p.size]
    hurt = packets[26]
    assert hurt.pos is not None
    data[hurt.pos + 8 : hurt.pos + hurt.size] = bytes(hurt.size - 8)
    broken = tmp_path / "hurt.mkv"
    broken.write_bytes(data)
    after = [f for f in read_frames(broken, 0, FRAMES) if f.index >= 40]
    assert [number_in(f.pixels) for f in after] == list(range(40, 60))


def test_a_playlist_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_text("#EXTM3U\n#EXTINF:10,\n/etc/passwd\n")
    with pytest.raises(BadInput, match="no video format"):
        video_facts(path)


def test_sound_alone_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "a.mkv"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("pcm_s16le", rate=8000)
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 800), np.int16), layout="mono", format="s16")
        sound.sample_rate = 8000
        out.mux(stream.encode(sound))
    with pytest.raises(BadInput, match="no picture track"):
        video_facts(path)


def test_a_head_without_a_body_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(write(tmp_path / "whole.mp4").read_bytes()[:300])
    with pytest.raises(BadInput):
        video_facts(path)


def test_pictures_that_are_too_large_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MAX_PIXELS", 1000)
    with pytest.raises(TooLarge, match="96x64"):
        video_facts(write(tmp_path / "a.mp4", frames=2))


def test_videos_that_are_too_long_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(video, "MAX_SECONDS", 1.0)
    with pytest.raises(TooLarge, match="longer"):
        video_facts(write(tmp_path / "a.mp4"))


def test_a_hikvision_head_before_a_program_stream_is_passed_over(tmp_path: Path) -> None:
    stream = write(tmp_path / "a.mpg", "mpeg2video").read_bytes()
    path = tmp_path / "recorder.mp4"
    path.write_bytes(b"IMKH" + bytes(36) + stream)
    assert video_demuxer(path) == "mpeg"
    assert [number_in(f.pixels) for f in read_frames(path, 0, 12)] == list(range(12))


def test_a_picture_is_turned_upright_as_the_track_header_says(tmp_path: Path) -> None:
    """ISO/IEC 14496-12, 8.3.2: the matrix (0 1 / -1 0) moves x to y, so that what lay left stands on top."""
    path = tmp_path / "turned.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        picture = np.zeros((64, 96, 3), np.uint8)
        picture[:, :48] = 250
        out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode(None))
    data = bytearray(path.read_bytes())
    one = 1 << 16
    matrix = data.index(b"tkhd") + 4 + 40
    assert struct.unpack_from(">3i", data, matrix) == (one, 0, 0)
    struct.pack_into(">9i", data, matrix, 0, one, 0, -one, 0, 0, 64 * one, 0, 1 << 30)
    path.write_bytes(data)
    (frame,) = read_frames(path, 0, 1)
    assert frame.pixels.shape == (96, 64, 3)
    assert frame.pixels[:44].min() > 200
    assert frame.pixels[52:].max() < 50
    assert video_facts(path)["width"] == 64


def test_the_index_is_made_anew_when_the_file_changes(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", frames=10)
    assert video_index(path).frames == 10
    write(path, frames=20)
    assert video_index(path).frames == 20


@pytest.mark.shared
def test_real_clips_have_the_frames_that_they_decode_to(shared: Path) -> None:
    table = (shared / "data/video/clips.tsv").read_text(encoding="utf-8").splitlines()[1:]
    assert table
    for line in table:
        name, frames, _, width, height, _ = line.split("\t")
        facts = video_facts(shared / "data/video" / name)
        assert (facts["frames"], facts["width"], facts["height"]) == (int(frames), int(width), int(height)), name
