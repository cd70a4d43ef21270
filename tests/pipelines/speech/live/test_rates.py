"""Other sampling rates: second t stays second t."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.speech.live.rates import Rates, at_once


def tone(rate: int) -> np.ndarray:
    """Half a second of silence, then one of 300 Hz."""
    t = np.arange(rate) / rate
    return np.concatenate([np.zeros(rate // 2), 9000 * np.sin(2 * np.pi * 300 * t)]).astype(np.int16)


@pytest.mark.parametrize("rate", [8000, 16000, 48000])
@pytest.mark.parametrize("piece", [1000, 24_000])
def test_a_running_conversion_keeps_length_and_time(rate: int, piece: int) -> None:
    sound, rates = tone(rate), Rates(rate)
    made = [rates.accept(sound[n : n + piece]) for n in range(0, sound.size, piece)]
    out = np.concatenate([*made, rates.finish()])
    assert abs(out.size - 24_000) <= 40
    assert abs(int(np.argmax(np.abs(out) > 0.02)) - 8000) < 80
    expected = at_once(sound, rate) / 32768
    count = min(out.size, expected.size)
    assert np.corrcoef(out[:count], expected[:count])[0, 1] > 0.99
