"""Recordings made from clean ones, always the same: long ones with known silences, noise, a room, a telephone.

Knows samples at 16 kHz in -1..1 and no model. Everything random comes from a seed.
"""

from __future__ import annotations

import wave
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from pipelines.media.audio import SAMPLE_RATE, normalise, read_span

Sound = NDArray[np.float64]
"""Samples in -1..1 at SAMPLE_RATE."""

PAUSE_SECONDS = (0.4, 2.5)
"""Shortest and longest pause between utterances: from a breath to a question that takes thought."""
FLOOR = 1e-4
"""Loudness of the pauses (noise of -80 dB): digital silence is not what a room gives."""
REVERBERATION_S = 0.5
"""Time in which a bare room of some 30 square metres fades by 60 dB."""
DIRECT_TO_REVERBERANT = 2.0
"""Energy of the direct sound over that of the room: a microphone on the table, about 1.5 m away."""
QUIET_SECONDS = 600
TELEPHONE_BAND_HZ = (300.0, 3400.0)
TELEPHONE_RATE = 8000
MU = 255.0


@dataclass(frozen=True, slots=True)
class Joined:
    """Utterances one after another; `spans` are where each one lies, in samples."""

    sound: Sound
    spans: tuple[tuple[int, int], ...]


def read(path: Path) -> Sound:
    """A recording of any format, from -1 to 1."""
    with TemporaryDirectory(prefix="anjuan-bench-") as folder:
        wav = Path(folder) / "sound.wav"
        samples = normalise(path, wav)
        return np.asarray(read_span(wav, 0, samples).samples, np.float64)


def write(path: Path, sound: Sound) -> None:
    """`sound` as a WAV file, 16-bit mono."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(SAMPLE_RATE)
        out.writeframes((np.clip(sound, -1.0, 1.0) * 32767).astype("<i2").tobytes())


def joined(utterances: Sequence[Sound], seed: int) -> Joined:
    """`utterances` in order with pauses of PAUSE_SECONDS before, between and after them."""
    rng = np.random.default_rng(seed)
    pieces: list[Sound] = []
    spans: list[tuple[int, int]] = []
    position = 0
    for utterance in [*utterances, np.zeros(0)]:
        pause = FLOOR * rng.standard_normal(int(rng.uniform(*PAUSE_SECONDS) * SAMPLE_RATE))
        position += pause.size
        spans.append((position, position + utterance.size))
        pieces += [pause, utterance]
        position += utterance.size
    return Joined(np.concatenate(pieces), tuple(spans[:-1]))


def noisy(sound: Sound, decibels: float, seed: int) -> Sound:
    """`sound` in pink noise, `decibels` below its own energy."""
    rng = np.random.default_rng(seed)
    frequencies = np.maximum(np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE), 20.0)
    noise = np.fft.irfft(np.fft.rfft(rng.standard_normal(sound.size)) / np.sqrt(frequencies), sound.size)
    gain = np.sqrt(np.mean(sound**2) / np.mean(noise**2)) * 10 ** (-decibels / 20)
    return _within(sound + gain * noise)


def reverberant(sound: Sound, seed: int) -> Sound:
    """`sound` in a bare room: the direct sound, then noise that fades exponentially (Polack's model of a room)."""
    rng = np.random.default_rng(seed)
    time = np.arange(int(REVERBERATION_S * SAMPLE_RATE)) / SAMPLE_RATE
    room = rng.standard_normal(time.size) * np.exp(-3 * np.log(10) * time / REVERBERATION_S)
    room[: SAMPLE_RATE // 200] = 0.0
    room *= np.sqrt(1 / (DIRECT_TO_REVERBERANT * np.sum(room**2)))
    room[0] = 1.0
    size = 1 << (sound.size + room.size).bit_length()
    heard = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(room, size), size)[: sound.size]
    return _within(heard)


def telephone(sound: Sound) -> Sound:
    """`sound` through a telephone: 300 to 3400 Hz, 8 kHz, mu-law of ITU-T G.711 in 8 bits, and back to 16 kHz."""
    spectrum = np.fft.rfft(sound)
    frequencies = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
    low, high = TELEPHONE_BAND_HZ
    spectrum[(frequencies < low) | (frequencies > high)] = 0.0
    narrow = np.fft.irfft(spectrum, sound.size)[:: SAMPLE_RATE // TELEPHONE_RATE]
    return np.fft.irfft(np.fft.rfft(_mu_law(narrow)), sound.size) * (sound.size / narrow.size)


CONDITIONS: Mapping[str, Callable[[Sound, int], Sound]] = {
    "clean": lambda sound, _: sound,
    "noisy-10dB": lambda sound, seed: noisy(sound, 10.0, seed),
    "noisy-5dB": lambda sound, seed: noisy(sound, 5.0, seed),
    "reverberant": reverberant,
    "telephone": lambda sound, _: telephone(sound),
}
"""How a recording may have been made, by name: what a clean one becomes, given a seed."""


def quiet_sounds() -> dict[str, Sound]:
    """Ten minutes each of silence and of noises of a room, in -1..1."""
    rng = np.random.default_rng(20)
    count = QUIET_SECONDS * SAMPLE_RATE
    t = np.arange(count) / SAMPLE_RATE

    def coloured(power: float) -> Sound:
        spectrum = np.fft.rfft(rng.standard_normal(count)) / np.maximum(np.fft.rfftfreq(count), 1e-3) ** power
        sound = np.fft.irfft(spectrum, count)
        return np.asarray(sound / np.abs(sound).max(), np.float64)

    hum = np.sum([np.sin(2 * np.pi * 50 * k * t) / k for k in range(1, 8)], axis=0)
    return {
        "digital silence": np.zeros(count),
        "white noise": rng.uniform(-0.5, 0.5, count),
        "pink noise": coloured(0.5),
        "brown hum": 0.7 * coloured(1.0) + 0.3 * hum / np.abs(hum).max(),
    }


def _mu_law(sound: Sound) -> Sound:
    """What is left of `sound` after 256 levels, finer where it is quiet."""
    squeezed = np.sign(sound) * np.log1p(MU * np.abs(np.clip(sound, -1, 1))) / np.log1p(MU)
    levels = np.round((squeezed + 1) / 2 * MU) / MU * 2 - 1
    return np.asarray(np.sign(levels) * np.expm1(np.abs(levels) * np.log1p(MU)) / MU, np.float64)


def _within(sound: Sound) -> Sound:
    """`sound`, quieter where it would not fit into -1..1."""
    return sound / max(1.0, float(np.abs(sound).max(initial=0.0)))
