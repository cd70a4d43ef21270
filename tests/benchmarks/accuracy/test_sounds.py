"""Recordings made worse on purpose."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.sounds import (
    PAUSE_SECONDS,
    SAMPLE_RATE,
    Sound,
    joined,
    noisy,
    read,
    reverberant,
    telephone,
    write,
)


def tone(hertz: float, seconds: float = 1.0) -> Sound:
    return np.asarray(0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE))


def test_joined_utterances_lie_where_their_spans_say_with_pauses_around() -> None:
    parts = [tone(200), tone(300, 2.0)]
    made = joined(parts, 1)
    edges = [0, *(edge for span in made.spans for edge in span), made.sound.size]
    for (first, last), part in zip(made.spans, parts, strict=True):
        assert np.array_equal(made.sound[first:last], part)
    for before, after in zip(edges[::2], edges[1::2], strict=True):
        assert PAUSE_SECONDS[0] * SAMPLE_RATE - 1 <= after - before <= PAUSE_SECONDS[1] * SAMPLE_RATE


def test_everything_random_is_the_same_again() -> None:
    sound = tone(440)
    for make in (lambda: joined([sound], 3).sound, lambda: noisy(sound, 5, 3), lambda: reverberant(sound, 3)):
        assert np.array_equal(make(), make())


@pytest.mark.parametrize("decibels", [5.0, 10.0])
def test_noise_is_as_far_below_the_sound_as_asked(decibels: float) -> None:
    sound = tone(440)
    noise = noisy(sound, decibels, 1) - sound
    assert 10 * np.log10(np.mean(sound**2) / np.mean(noise**2)) == pytest.approx(decibels, abs=0.1)


def test_a_room_goes_on_after_the_sound_and_fades() -> None:
    sound = np.concatenate([tone(440, 0.5), np.zeros(SAMPLE_RATE)])
    heard = reverberant(sound, 1)
    quarter = SAMPLE_RATE // 4
    levels = [float(np.mean(heard[n : n + quarter] ** 2)) for n in range(SAMPLE_RATE // 2, sound.size, quarter)]
    assert levels[0] > 100 * levels[1] > 0
    assert heard.size == sound.size


@pytest.mark.parametrize(("hertz", "passes"), [(100.0, False), (1000.0, True), (5000.0, False)])
def test_a_telephone_passes_the_middle_of_the_voice_alone(hertz: float, passes: bool) -> None:
    sound = tone(hertz)
    heard = telephone(sound)
    assert heard.size == sound.size
    assert (np.mean(heard**2) > 0.9 * np.mean(sound**2)) is np.bool_(passes)


def test_mu_law_leaves_its_noise_of_eight_bits() -> None:
    sound = tone(1000.0)
    noise = telephone(sound) - sound
    assert 30 < 10 * np.log10(np.mean(sound**2) / np.mean(noise**2)) < 45


def test_a_written_sound_is_read_as_it_was(tmp_path: Path) -> None:
    sound = tone(440)
    write(tmp_path / "a.wav", sound)
    assert np.abs(read(tmp_path / "a.wav") - sound).max() < 1e-4
