"""A voice of the tests' own as Opus packets, made by the encoder that PyAV ships."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from pipelines.speech.live.opus import OPUS_RATE, PACKET_SAMPLES


def sung(seconds: float) -> NDArray[np.int16]:
    """A tone that swells and glides, so that no two stretches of it are alike."""
    at = np.arange(round(seconds * OPUS_RATE)) / OPUS_RATE
    tone = np.sin(2 * np.pi * (200 + 40 * at) * at) * (1 + np.sin(2 * np.pi * 3 * at)) / 2
    return np.asarray(tone * 9000, np.int16)


def encoded(samples: NDArray[np.int16]) -> list[bytes]:
    """Packets of 20 ms; the last one is filled up."""
    encoder = av.AudioCodecContext.create("libopus", "w")
    encoder.sample_rate, encoder.layout, encoder.format = OPUS_RATE, "mono", "s16"
    encoder.bit_rate = 32000
    packets: list[bytes] = []
    for first in range(0, samples.size, PACKET_SAMPLES):
        piece = samples[first : first + PACKET_SAMPLES]
        padded = np.pad(piece, (0, PACKET_SAMPLES - piece.size)).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(padded, format="s16", layout="mono")
        frame.sample_rate, frame.pts = OPUS_RATE, first
        packets += [bytes(packet) for packet in encoder.encode(frame)]
    return packets
