"""Clips by stream copy: decodable from their first frame, the same pictures, the seconds that they say."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from models.errors import BadInput
from pipelines.media.clip import cut_clip
from pipelines.media.video import read_frames


def write(path: Path, codec: str = "mpeg4", frames: int = 60) -> Path:
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=Fraction(10))
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.codec_context.gop_size = 10
        for n in range(frames):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.full((64, 96, 3), 3 * n + 20, np.uint8), "rgb24")))
        out.mux(stream.encode(None))
    return path


def levels(path: Path) -> list[int]:
    return [round(float(frame.pixels.mean())) for frame in read_frames(path, 0, 1000)]


@pytest.mark.parametrize("codec", ["mpeg4", "libx264"])
def test_a_clip_begins_at_the_key_frame_before_and_holds_the_same_pictures(tmp_path: Path, codec: str) -> None:
    source = write(tmp_path / "a.mp4", codec)
    cut = cut_clip(source, tmp_path, "clip", 2.5, 3.5)
    assert (cut.media_type, cut.path.name) == ("video/mp4", "clip.mp4")
    assert cut.start <= 2.5
    assert cut.end == 3.5
    first, count = round(cut.start * 10), round((cut.end - cut.start) * 10) + 1
    assert levels(cut.path)[:count] == levels(source)[first : first + count]
    assert len(levels(cut.path)) <= count + 3


def test_a_stretch_over_the_ends_is_what_there_is(tmp_path: Path) -> None:
    source = write(tmp_path / "a.mp4")
    cut = cut_clip(source, tmp_path, "clip", -3.0, 99.0)
    assert (cut.start, cut.end) == (0.0, pytest.approx(5.9, abs=0.01))
    assert levels(cut.path) == levels(source)


def test_packets_without_times_cannot_be_named(tmp_path: Path) -> None:
    source = write(tmp_path / "a.avi")
    with pytest.raises(BadInput, match="no usable times"):
        cut_clip(source, tmp_path, "clip", 0.0, 1.0)
