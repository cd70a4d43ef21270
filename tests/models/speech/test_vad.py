"""Spans out of speech probabilities, and the real network on silence and noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.device import Device
from models.manifest import load_manifest
from models.speech import vad
from models.values import AudioClip, ItemError
from models.weights import WeightsCache

STEP = vad.WINDOW / vad.SAMPLE_RATE


def test_a_stretch_above_the_threshold_is_a_span_with_some_room() -> None:
    probabilities = np.array([0.0] * 20 + [0.9] * 20 + [0.0] * 20, np.float32)
    (span,) = vad.spans(probabilities, 60 * STEP)
    assert span.start == pytest.approx(20 * STEP - vad.PAD)
    assert span.end == pytest.approx(40 * STEP + vad.PAD)


def test_short_dips_do_not_part_a_span_and_pauses_do() -> None:
    dip = [0.9] * 10 + [0.1] * (vad.PAUSE_WINDOWS - 1) + [0.9] * 10
    pause = [0.9] * 10 + [0.1] * (vad.PAUSE_WINDOWS + 5) + [0.9] * 10
    assert vad.speech_windows(np.array(dip, np.float32)) == [(0, len(dip))]
    assert vad.speech_windows(np.array(pause, np.float32)) == [(0, 10), (vad.PAUSE_WINDOWS + 15, len(pause))]


def test_between_the_thresholds_speech_goes_on_but_does_not_begin() -> None:
    assert vad.speech_windows(np.array([0.4] * 50, np.float32)) == []
    assert vad.speech_windows(np.array([0.9] * 5 + [0.4] * 50, np.float32)) == [(0, 55)]


def test_a_click_is_no_speech() -> None:
    probabilities = np.zeros(50, np.float32)
    probabilities[10 : 10 + vad.SPEECH_WINDOWS - 1] = 1.0
    assert vad.spans(probabilities, 50 * STEP) == ()


@given(st.lists(st.floats(0, 1, width=32), max_size=300))
def test_spans_are_in_order_apart_and_inside(raw: list[float]) -> None:
    duration = len(raw) * STEP
    found = vad.spans(np.array(raw, np.float32), duration)
    edges = [edge for span in found for edge in (span.start, span.end)]
    assert edges == sorted(edges)
    assert all(span.end > span.start for span in found)
    assert all(0.0 <= edge <= duration for edge in edges)


@pytest.fixture(scope="module")
def silero(cpu: Device) -> vad.SileroVad:
    model = vad.SileroVad(load_manifest("silero-vad"), WeightsCache())
    model.load(cpu)
    return model


def noises(seconds: int) -> dict[str, np.ndarray]:
    """Silence and noises of a room, as float32 at several loudnesses."""
    rng = np.random.default_rng(7)
    count = seconds * vad.SAMPLE_RATE
    white = rng.uniform(-1, 1, count)
    spectrum = np.fft.rfft(rng.standard_normal(count)) / np.sqrt(np.maximum(np.fft.rfftfreq(count), 1e-4))
    pink = np.fft.irfft(spectrum, count)
    t = np.arange(count) / vad.SAMPLE_RATE
    hum = sum(np.sin(2 * np.pi * 50 * k * t) / k for k in range(1, 8))
    return {
        "silence": np.zeros(count),
        "white": white,
        "pink": pink / np.abs(pink).max(),
        "hum": hum / np.abs(hum).max(),
    }


@pytest.mark.model
def test_ten_minutes_of_silence_and_of_noise_hold_no_speech(silero: vad.SileroVad) -> None:
    for name, sound in noises(600).items():
        for loudness in (0.01, 0.5):
            clip = AudioClip((sound * loudness).astype(np.float32), vad.SAMPLE_RATE)
            assert silero.predict([clip]) == [()], (name, loudness)


@pytest.mark.model
def test_a_clip_of_another_rate_fails_alone(silero: vad.SileroVad) -> None:
    good = AudioClip(np.zeros(16000, np.float32), 16000)
    wrong, right = silero.predict([AudioClip(np.zeros(8000, np.float32), 8000), good])
    assert isinstance(wrong, ItemError)
    assert right == ()


@pytest.mark.model
@pytest.mark.parametrize("count", [1, 511, 512, 513, 5000])
def test_clips_of_any_length_have_one_probability_a_window(silero: vad.SileroVad, count: int) -> None:
    assert silero.probabilities(np.zeros(count, np.float32)).shape == (-(-count // vad.WINDOW),)


@pytest.mark.model
@settings(deadline=None, max_examples=20)
@given(cuts=st.lists(st.integers(1, 9000), min_size=1, max_size=40))
def test_a_stream_hears_what_the_whole_clip_holds_however_it_is_cut(silero: vad.SileroVad, cuts: list[int]) -> None:
    sound = (noises(2)["pink"] * 0.3).astype(np.float32)
    stream, found, first = silero.stream(), list[float](), 0
    for cut in cuts:
        found += stream.accept(sound[first : first + cut])
        first += cut
    found += stream.accept(sound[first:])
    assert found == pytest.approx(silero.probabilities(sound)[: sound.size // vad.WINDOW].tolist(), abs=1e-5)
