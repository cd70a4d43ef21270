"""Opus packets as a browser's encoder makes them, to the samples that a session keeps; knows no session and no wire.

A packet is one frame of 20 ms (RFC 6716), 960 samples at 48 kHz, so that packets count by samples as PCM does. The
decoder (libopus, as PyAV ships it) has a memory: a packet that does not follow the last one begins a new one, which is
within a hair of the old after 80 ms (RFC 7845, 4.6). Whoever resumes sends so much again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.errors import BadInput

if TYPE_CHECKING:
    import av

OPUS_RATE = 48000
"""The rate that Opus counts in, whatever the microphone's was."""
PACKET_SAMPLES = 960
PACKET_MAX_BYTES = 1 + 1275
"""The first byte and the longest frame (RFC 6716, 3.2.1)."""
TWENTY_MS = frozenset({1, 5, 9, 13, 15, 19, 23, 27, 31})
"""Configurations whose frames last 20 ms (RFC 6716, table 2)."""


class OpusPackets:
    """The packets of one socket; called by one thread at a time."""

    def __init__(self) -> None:
        self._decoder: av.AudioCodecContext | None = None
        self._next = 0

    def decode(self, first: int, packet: bytes) -> bytes:
        """The packet from sample `first` on as 960 samples (48 kHz, 16 bit); raises BadInput for what is none."""
        check(packet)
        import av

        if self._decoder is None or first != self._next:
            self._decoder = _decoder()
        self._next = first + PACKET_SAMPLES
        try:
            frames = self._decoder.decode(av.Packet(packet))
        except av.error.FFmpegError as error:
            self._decoder = None
            raise _no_packet("it cannot be decoded") from error
        samples = b"".join(np.ascontiguousarray(frame.to_ndarray()).astype("<i2").tobytes() for frame in frames)
        if len(samples) != 2 * PACKET_SAMPLES:
            self._decoder = None
            raise _no_packet(f"it holds {len(samples) // 2} samples, not {PACKET_SAMPLES}")
        return samples


def check(packet: bytes) -> None:
    """Raise BadInput for what is no packet of one frame of 20 ms, before any decoder sees it."""
    if not 0 < len(packet) <= PACKET_MAX_BYTES:
        raise _no_packet(f"it has {len(packet)} bytes, and 1 to {PACKET_MAX_BYTES} may be")
    # RFC 6716, 3.1: five bits of configuration, one of stereo, two that count the frames.
    if packet[0] & 3 or packet[0] >> 3 not in TWENTY_MS:
        raise _no_packet("it is not one frame of 20 ms")


def _decoder() -> av.AudioCodecContext:
    import av

    made = av.AudioCodecContext.create("libopus", "r")
    made.sample_rate = OPUS_RATE
    made.layout = "mono"
    return made


def _no_packet(why: str) -> BadInput:
    return BadInput("live.packet", f"this is no Opus packet: {why}; send one frame of 20 ms in each message")
