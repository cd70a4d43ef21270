"""Filter bank energies, against an independent implementation that was itself checked against Kaldi."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.speech.fbank import BINS, FLOOR, FRAME, FRAMES_PER_CALL, STEP, fbank


def sweep(count: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """A rising tone in noise, the first part nearly silent."""
    t = np.arange(count) / 16000
    sound = 0.1 * np.random.default_rng(0).standard_normal(count) + 0.3 * np.sin(2 * np.pi * 440 * t * (1 + t))
    sound[: count // 6] *= 1e-3
    return sound.astype(np.float32)


def test_the_energies_are_those_of_transformers_kaldi_features() -> None:
    from transformers.audio_utils import mel_filter_bank, spectrogram, window_function

    sound = sweep(16000)
    filters = mel_filter_bank(
        num_frequency_bins=257,
        num_mel_filters=BINS,
        min_frequency=20.0,
        max_frequency=8000.0,
        sampling_rate=16000,
        norm=None,
        mel_scale="kaldi",
        triangularize_in_mel_space=True,
    )
    reference = spectrogram(
        sound * 32768.0,
        window_function(FRAME, "hamming", periodic=False),
        frame_length=FRAME,
        hop_length=STEP,
        fft_length=512,
        power=2.0,
        center=False,
        preemphasis=0.97,
        mel_filters=filters,
        log_mel="log",
        mel_floor=FLOOR,
        remove_dc_offset=True,
    ).T
    assert fbank(sound) == pytest.approx(reference, abs=1e-3)


def test_sound_in_several_calls_gives_what_one_call_gives() -> None:
    sound = sweep(STEP * (FRAMES_PER_CALL + 50) + FRAME)
    tail = fbank(sound[STEP * FRAMES_PER_CALL :])
    assert fbank(sound)[FRAMES_PER_CALL:] == pytest.approx(tail, abs=1e-4)


def test_digital_silence_gives_the_floor_and_no_infinity() -> None:
    assert np.unique(fbank(np.zeros(4000, np.float32))) == pytest.approx([np.log(FLOOR)])


@given(st.integers(0, 3000))
def test_there_is_a_frame_wherever_one_fits(count: int) -> None:
    assert fbank(np.zeros(count, np.float32)).shape == (max(0, (count - FRAME) // STEP + 1), BINS)
