"""Opus packets: what a browser's encoder gives becomes samples, everything else is refused by name."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.errors import BadInput
from pipelines.speech.live.opus import PACKET_MAX_BYTES, PACKET_SAMPLES, OpusPackets, check
from tests.pipelines.speech.live.opus_voice import encoded, sung


def decoded(packets: list[bytes], first: int = 0) -> NDArray[np.int16]:
    decoder = OpusPackets()
    pieces = [decoder.decode(first + n * PACKET_SAMPLES, packet) for n, packet in enumerate(packets)]
    return np.frombuffer(b"".join(pieces), "<i2")


def shift_and_likeness(a: NDArray[np.int16], b: NDArray[np.int16]) -> tuple[int, float]:
    """By how many samples `b` comes after `a`, and how alike the two are then (correlation)."""
    span = min(a.size, b.size) - 1000
    likeness = [float(np.corrcoef(a[:span], b[d : d + span])[0, 1]) for d in range(0, 1000, 2)]
    return 2 * int(np.argmax(likeness)), max(likeness)


def test_what_was_sung_is_heard_a_few_milliseconds_later() -> None:
    voice = sung(2)
    heard = decoded(encoded(voice))
    assert heard.size % PACKET_SAMPLES == 0
    assert abs(heard.size - voice.size) <= PACKET_SAMPLES
    shift, likeness = shift_and_likeness(voice, heard)
    assert 200 < shift < 400, "the run-in of the encoder, 6.5 ms"
    assert likeness > 0.95


def test_a_decoder_that_begins_in_the_middle_is_within_a_hair_after_80_ms() -> None:
    packets = encoded(sung(2))
    whole, later = decoded(packets), decoded(packets[40:], 40 * PACKET_SAMPLES)
    rest = whole[40 * PACKET_SAMPLES :].astype(np.float64)
    after = slice(4 * PACKET_SAMPLES, None)
    error = np.sqrt(np.square(rest[after] - later[after]).mean())
    assert error < 0.01 * np.sqrt(np.square(rest[after]).mean())


def test_a_packet_that_does_not_follow_begins_a_new_decoder() -> None:
    packets = encoded(sung(1))
    decoder = OpusPackets()
    first = [decoder.decode(n * PACKET_SAMPLES, packet) for n, packet in enumerate(packets)]
    again = [decoder.decode(n * PACKET_SAMPLES, packet) for n, packet in enumerate(packets)]
    assert first == again


@pytest.mark.parametrize(
    "packet",
    [b"", bytes([1 << 3]) + bytes(PACKET_MAX_BYTES), b"\x0b\x01\x00", bytes([0]) + b"12", bytes([17 << 3]) + b"12"],
    ids=["empty", "too long", "several frames", "10 ms", "5 ms"],
)
def test_what_is_no_packet_of_one_frame_of_20_ms_is_refused_before_it_is_decoded(packet: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        OpusPackets().decode(0, packet)
    assert refused.value.code == "live.packet"


@settings(deadline=None, max_examples=200)
@given(st.lists(st.binary(max_size=PACKET_MAX_BYTES + 10), max_size=5))
def test_no_bytes_whatever_break_the_decoder_or_give_another_count_of_samples(packets: list[bytes]) -> None:
    decoder = OpusPackets()
    for number, packet in enumerate(packets):
        with suppress(BadInput):
            assert len(decoder.decode(number * PACKET_SAMPLES, packet)) == 2 * PACKET_SAMPLES
    good = encoded(sung(0.1))[0]
    assert len(decoder.decode(0, good)) == 2 * PACKET_SAMPLES, "the next good one is heard"


def test_packets_of_an_encoder_pass_the_check() -> None:
    packets = encoded(sung(1))
    for packet in packets:
        check(packet)
    assert all(a != b for a, b in pairwise(packets[:5]))
