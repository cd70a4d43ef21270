"""Small videos with known content, written by PyAV: frame n shows n in its brightness and in a moving square."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

WriteVideo = Callable[..., Path]


def write(
    path: Path, frames: int = 60, fps: int = 25, size: tuple[int, int] = (96, 64), codec: str = "mpeg4", gop: int = 12
) -> Path:
    """A video whose frame n is grey of value 2 n + 20 (within 255), with B-frames where the codec has them."""
    import av

    with av.open(str(path), "w") as out:
        stream = out.add_stream(codec, rate=Fraction(fps))
        stream.width, stream.height = size
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = gop
        for n in range(frames):
            grey = np.full((size[1], size[0], 3), min(255, 2 * n + 20), np.uint8)
            out.mux(stream.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        out.mux(stream.encode(None))
    return path


@pytest.fixture
def write_video() -> WriteVideo:
    """The writer."""
    return write
