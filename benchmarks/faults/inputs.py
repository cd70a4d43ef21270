"""Small recordings, volumes and videos that benchmarks of the running service make; no person is in them."""

from __future__ import annotations

import shutil
import subprocess
import wave
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE = 16000
SPEAK_S = 30.0
"""Longest time for the speech synthesiser."""
SENTENCE = "现在开始核对笔录内容，请你如实回答。以上记录属实，请签名。"


@dataclass(frozen=True, slots=True)
class Input:
    """A file to upload and the task to run on it."""

    task: str
    path: Path


def make_inputs(folder: Path, variants: int = 2) -> list[Input]:
    """`variants` inputs of each kind in `folder`: a recording, a volume of pages, a video clip."""
    made = []
    for n in range(variants):
        made.append(Input("transcribe", recording(folder / f"录音{n}.wav", seconds=20 + 10 * n, seed=n)))
        made.append(Input("scan", volume(folder / f"卷宗{n}.pdf", pages=4 + 2 * n)))
        made.append(Input("traffic", clip(folder / f"路口{n}.mp4", frames=100 + 50 * n, seed=n)))
    return made


def recording(path: Path, seconds: float, seed: int = 0) -> Path:
    """Synthetic speech (espeak-ng where it is installed, else tones), with pauses, about `seconds` long."""
    spoken = _spoken(path) if shutil.which("espeak-ng") else _tones(seed)
    pause = np.zeros(RATE // 2, np.float32)
    piece = np.concatenate([spoken, pause])
    samples = np.tile(piece, int(np.ceil(seconds * RATE / len(piece))))[: int(seconds * RATE)]
    # A little noise of its own makes each recording another one, as another microphone would.
    samples = samples + np.random.default_rng(seed).normal(0, 0.001, len(samples)).astype(np.float32)
    _write_wav(path, samples)
    return path


def _spoken(path: Path) -> NDArray[np.float32]:
    raw = path.with_suffix(".espeak.wav")
    command = ["espeak-ng", "-v", "cmn", "-w", str(raw), SENTENCE]
    subprocess.run(command, check=True, capture_output=True, timeout=SPEAK_S)
    with wave.open(str(raw), "rb") as file:
        rate = file.getframerate()
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(np.float32) / 32768
    raw.unlink()
    places = np.arange(0, len(samples), rate / RATE)
    return np.asarray(np.interp(places, np.arange(len(samples)), samples), np.float32)


def _tones(seed: int) -> NDArray[np.float32]:
    times = np.arange(3 * RATE) / RATE
    pitch = 110.0 + 10 * seed
    voices = [np.sin(2 * np.pi * pitch * k * times) / k for k in (1, 2, 3, 5)]
    return np.asarray(0.2 * np.sum(voices, axis=0) * (np.sin(2 * np.pi * 3 * times) > -0.5), np.float32)


def _write_wav(path: Path, samples: NDArray[np.float32]) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())


def volume(path: Path, pages: int) -> Path:
    """A PDF of `pages` scanned-looking pages: grey strokes on white, another pattern on each."""
    from PIL import Image, ImageDraw

    pictures = []
    for number in range(pages):
        page = Image.new("RGB", (620, 877), "white")
        draw = ImageDraw.Draw(page)
        draw.text((60, 40), f"Volume page {number + 1}", fill="black")
        for line in range(10 + number):
            draw.rectangle((60, 90 + 30 * line, 300 + 25 * ((line + number) % 10), 102 + 30 * line), fill=(60, 60, 60))
        pictures.append(page)
    pictures[0].save(path, "PDF", save_all=True, append_images=pictures[1:], resolution=75)
    return path


def clip(path: Path, frames: int, seed: int = 0) -> Path:
    """An H.264 clip of `frames` frames, 25 a second: a bright block that drives over a grey road."""
    import av

    with av.open(str(path), "w") as container:
        stream = container.add_stream("h264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 240, "yuv420p"
        for number in range(frames):
            picture = np.full((240, 320, 3), 90, np.uint8)
            left = (4 * number + 17 * seed) % 280
            picture[100:140, left : left + 40] = (200, 40, 40)
            for packet in stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path
