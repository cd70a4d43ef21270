"""The fakes answer alike every time and follow from their input alone."""

from __future__ import annotations

import numpy as np
import pytest

from models.errors import BadInput
from models.fakes import (
    FakeDetector,
    FakePageReader,
    FakeSpeakerEmbedder,
    FakeSpeakerSegmenter,
    FakeStreamingTranscriber,
    FakeTranscriber,
    FakeVoiceActivity,
    build_fake,
    fake_names,
)
from models.task import Task
from models.values import AudioClip, Frame, ItemError, PageImage, SpeakerEmbedding, SpeechRequest, Transcription

LOUD = AudioClip(np.full(32000, 0.5, np.float32), 16000)
QUIET = AudioClip(np.zeros(32000, np.float32), 16000)


def test_a_quiet_clip_says_nothing_and_a_loud_one_a_word_a_second() -> None:
    loud, quiet = FakeTranscriber().predict([SpeechRequest(LOUD), SpeechRequest(QUIET)])
    assert isinstance(loud, Transcription)
    assert [w.start for w in loud.segments[0].words] == [0.0, 1.0]
    assert quiet == Transcription("zh", ())


def test_an_empty_clip_is_an_item_error() -> None:
    (answer,) = FakeTranscriber().predict([SpeechRequest(AudioClip(np.zeros(0, np.float32), 16000))])
    assert isinstance(answer, ItemError)


def test_voice_is_found_where_it_is_loud() -> None:
    clip = AudioClip(np.concatenate([QUIET.samples, LOUD.samples]), 16000)
    (spans,) = FakeVoiceActivity().predict([clip])
    assert not isinstance(spans, ItemError)
    assert [(s.start, s.end) for s in spans] == [(2.0, 4.0)]


def test_ink_gives_a_second_line_and_a_moving_car_follows_the_frame_number() -> None:
    white, black = np.full((80, 100, 3), 255, np.uint8), np.zeros((80, 100, 3), np.uint8)
    pages = FakePageReader().predict([PageImage(white), PageImage(black)])
    assert [len(p.lines) for p in pages if not isinstance(p, ItemError)] == [1, 2]
    frames = FakeDetector().predict([Frame(white, 3, 0.1), Frame(black, 4, 0.2)])
    assert [[d.left for d in f] for f in frames if not isinstance(f, ItemError)] == [[6.0], []]


def test_a_high_and_a_low_tone_are_two_voices() -> None:
    t = np.arange(16000) / 16000
    low, high = (np.sin(2 * np.pi * hertz * t + 0.1).astype(np.float32) for hertz in (100, 800))
    (voices,) = FakeSpeakerSegmenter().predict([AudioClip(np.concatenate([low, high, low]), 16000)])
    assert not isinstance(voices, ItemError)
    assert [[(s.start, s.end) for s in voice.spans] for voice in voices] == [
        [(0.0, 0.5), (0.5, 1.0), (2.0, 2.5), (2.5, 3.0)],
        [(1.0, 1.5), (1.5, 2.0)],
    ]
    vectors = FakeSpeakerEmbedder().predict([AudioClip(tone, 16000) for tone in (low, high, low[:8000])])
    one, other, again = (v.vector for v in vectors if isinstance(v, SpeakerEmbedding))
    assert (float(one @ other), float(one @ again)) == (0.0, 1.0)


@pytest.mark.parametrize("task", list(Task))
def test_every_task_has_a_fake_that_goes_by_its_name(task: Task) -> None:
    (name,) = fake_names(task)
    assert build_fake(name).identity.task is task


def test_another_name_is_refused() -> None:
    with pytest.raises(BadInput):
        build_fake("fake-oracle")


def test_streams_follow_loudness_as_it_comes() -> None:
    voice, sentence = FakeVoiceActivity().stream(), FakeStreamingTranscriber().stream()
    assert voice.accept(QUIET.samples[:700]) == [0.0]
    assert voice.accept(LOUD.samples[:700]) == [1.0], "188 quiet samples and 324 loud ones are one window"
    assert [sentence.accept(LOUD.samples[:4000]) for _ in range(4)] == ["", "有声", "有声", "有声有声"]
    heard = sentence.finish()
    assert heard is not None
    assert (heard.text, heard.end) == ("有声有声", 1.0)


def test_a_sentence_of_silence_has_no_words() -> None:
    sentence = FakeStreamingTranscriber().stream()
    assert sentence.accept(QUIET.samples) == ""
    assert sentence.finish() is None
