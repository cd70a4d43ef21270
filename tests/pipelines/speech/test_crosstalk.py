"""Leaks between microphones, on noise that stands for voices: both are broad, and no two are coherent."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from pipelines.speech.chunks import RATE, Span
from pipelines.speech.crosstalk import STEP, Leaks, find_leaks, foreign, own_speech, share_within

Sound = NDArray[np.float32]
SECONDS = 40
"""More than one block."""
DELAY = 80
"""5 ms: 1.7 m."""


def voice(seed: int, spans: list[tuple[float, float]]) -> Sound:
    """Noise between the given seconds, its loudness changing as that of syllables does."""
    rng = np.random.default_rng(seed)
    sound = rng.standard_normal(SECONDS * RATE) * 0.1
    sound *= np.repeat(rng.uniform(0.3, 1.0, SECONDS * 5), RATE // 5)
    spoken = np.zeros(sound.size, np.bool_)
    for start, end in spans:
        spoken[int(start * RATE) : int(end * RATE)] = True
    return np.asarray(sound * spoken, np.float32)


def leaks_of(*channels: Sound) -> Leaks:
    return find_leaks(lambda n, first, last: channels[n][first:last], len(channels), channels[0].size)


def noise(seed: int) -> Sound:
    return np.asarray(np.random.default_rng(seed).standard_normal(SECONDS * RATE) * 0.001, np.float32)


def room(one: Sound, two: Sound, leak_db: float) -> tuple[Sound, Sound]:
    """What the microphones of two seats hear."""
    gain = np.float32(10 ** (-leak_db / 20))
    return one + gain * np.roll(two, DELAY) + noise(8), two + gain * np.roll(one, DELAY) + noise(9)


def moments(leaked: NDArray[np.bool_], start: float, end: float) -> float:
    """Share of the moments between two seconds."""
    return float(leaked[int(start * RATE / STEP) : int(end * RATE / STEP)].mean())


@pytest.mark.parametrize("leak_db", [6.0, 12.0, 24.0])
def test_a_voice_is_heard_at_its_own_seat_and_is_a_leak_at_the_other(leak_db: float) -> None:
    one, two = voice(1, [(2, 12), (25, 36)]), voice(2, [(14, 24)])
    found = leaks_of(*room(one, two, leak_db))
    for start, end in ((3, 11), (26, 35)):
        assert moments(found.leaked[1], start, end) > 0.99
        assert moments(found.leaked[0], start, end) == 0
        assert moments(found.own[0], start, end) > 0.99
    assert moments(found.leaked[0], 15, 23) > 0.99
    assert moments(found.leaked[1], 15, 23) == 0


def test_two_who_speak_at_once_are_both_heard() -> None:
    one, two = voice(1, [(5, 30)]), voice(2, [(10, 20)])
    found = leaks_of(*room(one, two, 15.0))
    assert moments(found.leaked[0], 11, 19) < 0.1
    assert moments(found.leaked[1], 11, 19) < 0.1
    assert moments(found.leaked[1], 22, 29) > 0.99


def test_silence_and_noise_of_their_own_leak_nowhere() -> None:
    found = leaks_of(noise(1), np.zeros(SECONDS * RATE, np.float32), noise(2))
    assert found.leaked.mean() < 0.01
    assert not found.same.any()


def test_a_copied_channel_is_the_same_and_a_microphone_is_not() -> None:
    one, two = voice(1, [(2, 12)]), voice(2, [(14, 24)])
    first, second = room(one, two, 12.0)
    found = leaks_of(first, second, first * np.float32(0.98))
    assert share_within([(2 * RATE, 12 * RATE)], found.same[2]) > 0.95
    assert share_within([(14 * RATE, 24 * RATE)], found.same[1]) == 0


def flags(*spans: Span) -> NDArray[np.bool_]:
    """Bool over ten seconds."""
    found = np.zeros(10 * RATE // STEP, np.bool_)
    for first, last in spans:
        found[first // STEP : last // STEP] = True
    return found


S = RATE
NOWHERE = flags()


def test_speech_into_which_nothing_leaks_stays_whole() -> None:
    assert own_speech([(S, 3 * S)], NOWHERE, NOWHERE) == [(S, 3 * S)]


def test_of_speech_with_a_leak_before_it_ones_own_is_left_with_its_soft_begin() -> None:
    (found,) = own_speech([(0, 8 * S)], flags((0, 4 * S)), flags((4 * S, 8 * S)))
    assert found == (4 * S - S // 10, 8 * S)


def test_a_click_between_leaks_is_nobody_speaking() -> None:
    away = flags((0, 4 * S), (4 * S + S // 10, 8 * S))
    assert own_speech([(0, 8 * S)], away, flags((4 * S, 4 * S + S // 10))) == []


def test_what_only_leaked_is_told_apart_from_ones_own_within_the_recording() -> None:
    away = flags((0, 4 * S), (6 * S, 10 * S))
    assert foreign([(3 * S, 7 * S)], away, 9 * S) == [(0, 3 * S), (7 * S, 9 * S)]
