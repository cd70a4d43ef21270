"""Mel filter bank energies as Kaldi computes them, in numpy; knows no model and no file.

Speaker networks were trained on exactly these numbers: 25 ms frames every 10 ms, mean removed, pre-emphasis, a Hamming
window, power spectrum, triangular filters on Kaldi's mel scale, natural logarithm. No dither, so that the same sound
gives the same numbers (Kaldi: feat/feature-fbank.cc, compute-fbank-feats with --snip-edges=true).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.fft import rfft

SAMPLE_RATE = 16000
FRAME = 400
"""Samples of a frame (25 ms)."""
STEP = 160
"""Samples from frame to frame (10 ms)."""
BINS = 80
LOWEST_HZ = 20.0
PREEMPHASIS = 0.97
INT16 = 32768.0
"""Kaldi takes samples as 16-bit numbers."""
TRANSFORM = 512
FLOOR = float(np.finfo(np.float32).eps)
"""Smallest energy before the logarithm, as Kaldi has it."""
FRAMES_PER_CALL = 3000
"""Frames in work at once: half a minute, 12 MB."""

Energies = NDArray[np.float32]
"""Float32 [frames, BINS]."""


def fbank(samples: NDArray[np.float32]) -> Energies:
    """Log energies of `samples` (float32 [n] in -1..1, 16 kHz); no frame at all for less than FRAME samples."""
    if samples.size < FRAME:
        return np.zeros((0, BINS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(samples, FRAME)[::STEP]
    pieces = [_energies(frames[first : first + FRAMES_PER_CALL]) for first in range(0, len(frames), FRAMES_PER_CALL)]
    return np.concatenate(pieces)


def _energies(frames: NDArray[np.float32]) -> Energies:
    scaled = frames * np.float32(INT16)
    scaled -= scaled.mean(axis=1, keepdims=True)
    emphasised = np.empty_like(scaled)
    emphasised[:, 1:] = scaled[:, 1:] - np.float32(PREEMPHASIS) * scaled[:, :-1]
    emphasised[:, 0] = scaled[:, 0] * np.float32(1.0 - PREEMPHASIS)
    # In single precision, which numpy's own would leave.
    spectrum = rfft(emphasised * _window(), TRANSFORM, axis=1)
    power = np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)
    return np.asarray(np.log(np.maximum(power @ _filters(), np.float32(FLOOR))), np.float32)


@cache
def _window() -> NDArray[np.float32]:
    return np.asarray(np.hamming(FRAME), np.float32)


def _mel(hertz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1127.0 * np.log1p(hertz / 700.0), np.float64)


@cache
def _filters() -> NDArray[np.float32]:
    """Float32 [TRANSFORM / 2 + 1, BINS]: triangles that are straight on the mel scale."""
    lowest, highest = _mel(np.array([LOWEST_HZ, SAMPLE_RATE / 2])).tolist()
    edges = np.linspace(lowest, highest, BINS + 2)
    mel = _mel(np.linspace(0.0, SAMPLE_RATE / 2, TRANSFORM // 2 + 1))[:, None]
    low, centre, high = edges[:-2], edges[1:-1], edges[2:]
    triangles = np.minimum((mel - low) / (centre - low), (high - mel) / (high - centre))
    triangles[-1] = 0.0
    return np.asarray(np.maximum(triangles, 0.0), np.float32)
