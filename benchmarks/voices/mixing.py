"""Turns laid on a timeline and mixed into one recording: pauses, overlaps, a room, noise, a telephone line.

Arrays in, arrays and times out; knows no text and no synthesiser.  The times are those of the dry speech: what a room
adds after a word is not speech.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.voices.phrases import SAMPLE_RATE, Phrase

Sound = NDArray[np.float32]
SPEECH_RMS: Final = 0.06
"""Level of a voice before gains: about -24 dB below full scale, as a table microphone gives."""
PEAK: Final = 0.89
TELEPHONE_HZ: Final = (300.0, 3400.0)
"""ITU-T G.712."""
BREATH_S: Final = (0.18, 0.45)
"""Between two phrases of one turn."""
ANSWER_S: Final = (0.25, 1.1)
"""Between two turns."""
OVERLAP_S: Final = (0.25, 0.9)
"""How long before the end of a turn the next one begins, where it overlaps."""
LEAST_LEFT_S: Final = 0.3
"""A turn does not begin before the one it interrupts has been heard alone for so long."""


@dataclass(frozen=True, slots=True)
class Room:
    """What the recording is made in: chance of overlap, reverberation time in seconds (0: none), noise in dB, line."""

    overlap: float = 0.06
    reverberation_s: float = 0.0
    signal_to_noise_db: float | None = 35.0
    telephone: bool = False
    channels: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class SpokenTurn:
    """A turn to be placed: its speaker and its phrases in order."""

    speaker: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the sound of each phrase of a turn begins, in samples."""

    begins: tuple[int, ...]


def place(turns: Sequence[SpokenTurn], overlap: float, rng: np.random.Generator) -> list[Placed]:
    """Where each phrase goes.  A speaker never overlaps himself, and a turn overlaps the one before it alone."""
    placed: list[Placed] = []
    now = int(0.5 * SAMPLE_RATE)
    began = free = now
    for number, turn in enumerate(turns):
        if number:
            gap = rng.uniform(*ANSWER_S)
            cuts_in = turn.speaker != turns[number - 1].speaker and rng.random() < overlap
            at = now - int(rng.uniform(*OVERLAP_S) * SAMPLE_RATE) if cuts_in else now + int(gap * SAMPLE_RATE)
            at = max(at, min(now, began + int(LEAST_LEFT_S * SAMPLE_RATE)), free)
        else:
            at = now
        free = now
        began, begins = at, []
        for phrase in turn.phrases:
            begins.append(at)
            now = at + phrase.samples.size
            at = now + int(rng.uniform(*BREATH_S) * SAMPLE_RATE)
        placed.append(Placed(tuple(begins)))
    return placed


def mix(turns: Sequence[SpokenTurn], placed: Sequence[Placed], room: Room, rng: np.random.Generator) -> Sound:
    """The recording, float32 [channels, samples] at SAMPLE_RATE: one channel, or one a speaker in order of speaking."""
    speakers = list(dict.fromkeys(turn.speaker for turn in turns))
    ends = [b + p.samples.size for t, one in zip(turns, placed, strict=True) for b, p in _pairs(t, one)]
    length = max(ends, default=0) + SAMPLE_RATE
    dry = np.zeros((len(speakers), length), np.float32)
    gains = dict(zip(speakers, rng.uniform(-4.0, 4.0, len(speakers)), strict=True))
    for turn, one in zip(turns, placed, strict=True):
        gain = 10 ** (gains[turn.speaker] / 20)
        for begin, phrase in _pairs(turn, one):
            row = dry[speakers.index(turn.speaker)]
            row[begin : begin + phrase.samples.size] += gain * level(phrase.samples)
    if room.reverberation_s > 0:
        dry = np.stack([reverberant(row, room.reverberation_s, rng) for row in dry])
    sound = dry if room.channels else dry.sum(axis=0, keepdims=True)
    if room.telephone:
        sound = telephone(sound)
    if room.signal_to_noise_db is not None:
        sound = sound + noise(sound.shape, SPEECH_RMS * 10 ** (-room.signal_to_noise_db / 20), rng)
    loudest = float(np.abs(sound).max(initial=0.0))
    return np.asarray(sound * min(1.0, PEAK / loudest) if loudest else sound, np.float32)


def _pairs(turn: SpokenTurn, placed: Placed) -> list[tuple[int, Phrase]]:
    return list(zip(placed.begins, turn.phrases, strict=True))


def level(samples: Sound) -> Sound:
    """The phrase at SPEECH_RMS over what is loud in it."""
    loud = samples[np.abs(samples) > 0.1 * np.abs(samples).max(initial=0.0)]
    rms = float(np.sqrt(np.mean(np.square(loud)))) if loud.size else 0.0
    return np.asarray(samples * (SPEECH_RMS / rms) if rms else samples, np.float32)


def reverberant(samples: Sound, seconds: float, rng: np.random.Generator) -> Sound:
    """The sound in a room: a direct path and noise that decays by 60 dB in `seconds` (Polack's model)."""
    from scipy.signal import fftconvolve

    count = int(seconds * SAMPLE_RATE)
    decay = 10 ** (-3 * np.arange(count) / count)
    tail = rng.standard_normal(count) * decay
    tail *= 0.5 / np.sqrt(np.sum(np.square(tail)))
    # The first reflection comes a few metres after the direct sound.
    tail[: SAMPLE_RATE // 200] = 0.0
    tail[0] = 1.0
    return np.asarray(fftconvolve(samples, tail)[: samples.size], np.float32)


def telephone(sound: Sound) -> Sound:
    """The sound through a telephone band and the 8-bit steps of its line (G.711 mu-law)."""
    from scipy.signal import butter, sosfiltfilt

    band = butter(4, TELEPHONE_HZ, "bandpass", fs=SAMPLE_RATE, output="sos")
    narrow = np.asarray(sosfiltfilt(band, sound, axis=-1), np.float64)
    scale = np.abs(narrow).max(initial=1e-9)
    pressed = np.sign(narrow) * np.log1p(255 * np.abs(narrow) / scale) / np.log(256)
    stepped = np.rint(pressed * 127) / 127
    return np.asarray(np.sign(stepped) * (np.power(256, np.abs(stepped)) - 1) / 255 * scale, np.float32)


def noise(shape: tuple[int, ...], rms: float, rng: np.random.Generator) -> Sound:
    """Noise of a room: falling with frequency, with the hum of the mains; `shape` [channels, samples]."""
    count = shape[-1]
    spectrum = np.fft.rfft(rng.standard_normal(shape), axis=-1)
    spectrum /= np.maximum(np.fft.rfftfreq(count, 1 / SAMPLE_RATE), 40.0) ** 0.5
    sound = np.fft.irfft(spectrum, count, axis=-1)
    sound /= np.sqrt(np.mean(np.square(sound)))
    hum = 0.3 * np.sin(2 * np.pi * 50 * np.arange(count) / SAMPLE_RATE)
    return np.asarray(rms * (sound + hum), np.float32)
