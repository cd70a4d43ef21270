"""Frames to voices, and the real network on silence and on two voices."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.device import Device
from models.manifest import load_manifest
from models.speech import segmentation
from models.values import AudioClip, ItemError
from models.weights import WeightsCache
from pipelines.media.audio import normalise, read_span

FRAMES = 589


def logits(answers: list[int]) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Logits that say these answers, one a frame."""
    return np.eye(7, dtype=np.float32)[answers]


def test_an_answer_of_two_voices_is_speech_of_both() -> None:
    speaking = segmentation.active(logits([0, 1, 4, 6, 3]))
    assert speaking.tolist() == [
        [False, False, False],
        [True, False, False],
        [True, True, False],
        [False, True, True],
        [False, False, True],
    ]


def test_voices_come_by_their_first_word_and_silent_ones_not_at_all() -> None:
    voices = segmentation.voice_spans(segmentation.active(logits([0] * 10 + [3] * 10 + [0] * 10 + [1] * 10)), 1.0)
    assert [len(voice.spans) for voice in voices] == [1, 1]
    assert voices[0].spans[0].end < voices[1].spans[0].start
    step = segmentation.FRAME_STEP / segmentation.SAMPLE_RATE
    assert voices[0].spans[0].end - voices[0].spans[0].start == pytest.approx(10 * step)


@given(st.lists(st.integers(0, 6), max_size=FRAMES), st.floats(0.0, 10.0))
def test_spans_lie_inside_the_clip_in_order(answers: list[int], duration: float) -> None:
    for voice in segmentation.voice_spans(segmentation.active(logits(answers)), duration):
        edges = [edge for span in voice.spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(0.0 <= edge <= duration for edge in edges)


@pytest.fixture(scope="module")
def network(cpu: Device) -> segmentation.PyannoteSegmentation:
    model = segmentation.PyannoteSegmentation(load_manifest("pyannote-segmentation"), WeightsCache())
    model.load(cpu)
    return model


@pytest.mark.model
def test_silence_and_faint_noise_hold_no_voice(network: segmentation.PyannoteSegmentation) -> None:
    noise = np.random.default_rng(1).uniform(-0.01, 0.01, 160000).astype(np.float32)
    answers = network.predict([AudioClip(np.zeros(160000, np.float32), 16000), AudioClip(noise, 16000)])
    assert answers == [(), ()]


@pytest.mark.model
def test_wrong_clips_fail_alone(network: segmentation.PyannoteSegmentation) -> None:
    good = AudioClip(np.zeros(16000, np.float32), 16000)
    slow, good_answer, long = network.predict(
        [AudioClip(np.zeros(8000, np.float32), 8000), good, AudioClip(np.zeros(160001, np.float32), 16000)]
    )
    assert isinstance(slow, ItemError)
    assert good_answer == ()
    assert isinstance(long, ItemError)


@pytest.mark.model
@pytest.mark.shared
def test_two_voices_one_after_the_other_are_two(
    network: segmentation.PyannoteSegmentation, shared: Path, tmp_path: Path
) -> None:
    folder = shared / "data" / "audio" / "aishell_sample"
    pieces = []
    for speaker in ("S0150", "S0252"):
        count = normalise(sorted(folder.glob(f"*{speaker}*.flac"))[3], tmp_path / "u.wav")
        pieces.append(read_span(tmp_path / "u.wav", 0, min(count, 72000)).samples)
    (voices,) = network.predict([AudioClip(np.concatenate(pieces), 16000)])
    assert not isinstance(voices, ItemError)
    first, second = voices
    assert first.spans[-1].end == pytest.approx(pieces[0].size / 16000, abs=0.7)
    assert second.spans[0].start == pytest.approx(pieces[0].size / 16000, abs=0.7)
