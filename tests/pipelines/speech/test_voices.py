"""Windows over the plan, and the voices of each, heard by models that fail now and then."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.values import ItemError, SpeakerEmbedding, SpeechSpan, VoiceSpans
from pipelines.engine import AudioPieces, AudioSpan
from pipelines.speech.chunks import RATE, Chunk, Span, pack, parts_of
from pipelines.speech.material import LEAST
from pipelines.speech.voices import HOP, WINDOW, hear_voices, window_spans


@st.composite
def plans(draw: st.DrawFn) -> tuple[list[tuple[Chunk, ...]], int]:
    """Parts over random speech, and the length of the recording."""
    speech: list[Span] = []
    now = 0
    for pause, length in draw(st.lists(st.tuples(st.integers(1, 90), st.integers(1, 60)), max_size=12)):
        speech.append((now + pause * RATE // 2, now + pause * RATE // 2 + length * RATE // 2))
        now = speech[-1][1]
    samples = now + draw(st.integers(1, 20 * RATE))
    return parts_of(pack(speech, samples, lambda first, last: last)), samples


@given(plans())
def test_every_moment_of_speech_is_in_two_windows_and_each_window_in_one_part(
    plan: tuple[list[tuple[Chunk, ...]], int],
) -> None:
    parts, samples = plan
    found = window_spans(parts, samples)
    assert len(found) == len(parts)
    spans = [span for some in found for span in some]
    assert len(set(spans)) == len(spans)
    assert spans == sorted(spans)
    assert all(0 <= first < last <= samples and last - first <= WINDOW for first, last in spans)
    for chunk in (chunk for chunks in parts for chunk in chunks):
        for first, last in chunk.speech:
            for moment in (first, (first + last) // 2, last - 1):
                holding = sum(start <= moment < end for start, end in spans)
                assert holding == (1 if moment < HOP else 2)


def test_silence_has_no_windows() -> None:
    assert window_spans(parts_of([]), 600 * RATE) == [()]


def voice(*spans: tuple[float, float]) -> VoiceSpans:
    return VoiceSpans(tuple(SpeechSpan(start, end) for start, end in spans))


def embedding(asked: Sequence[AudioPieces]) -> list[SpeakerEmbedding | ItemError]:
    """A vector that tells how many seconds of sound were given."""
    return [
        SpeakerEmbedding(np.eye(256, dtype=np.float32)[sum(last - first for first, last in one.pieces) // RATE])
        for one in asked
    ]


def test_voices_are_placed_in_the_recording_and_keep_what_they_sound_like() -> None:
    answers = [(voice((0.0, 2.0), (4.0, 6.5)), voice((1.5, 1.6))), ItemError("fake.mood", "not today")]
    spans = [(HOP, HOP + WINDOW), (2 * HOP, 2 * HOP + WINDOW)]

    def segment(asked: Sequence[AudioSpan]) -> list[tuple[VoiceSpans, ...] | ItemError]:
        assert [(one.first, one.last) for one in asked] == spans
        return list(answers)

    # Nobody speaks from 6 s of the first window on, whatever its network says.
    speech = [(0, HOP + 6 * RATE)]
    first, second = hear_voices(Path("sound.wav"), spans, speech, segment, embedding)
    assert second.voices == ()
    early, late, short = first.voices
    assert (early.voice, late.voice, short.voice) == (0, 0, 1)
    assert early.spans == ((HOP, HOP + 2 * RATE),)
    assert late.spans == ((HOP + 4 * RATE, HOP + 6 * RATE),)
    assert (early.embedding, early.seconds) == ("", 0.0), "the window before hears it better"
    assert late.seconds == pytest.approx(2.0)
    assert late.vector.tolist() == np.eye(256)[2].tolist()
    assert (short.embedding, short.vector.size) == ("", 0)
    assert round(0.1 * RATE) < LEAST


def test_a_voice_that_the_model_fails_on_stays_without_a_vector() -> None:
    def moody(asked: Sequence[AudioPieces]) -> list[SpeakerEmbedding | ItemError]:
        return [ItemError("fake.mood", "not today") for _ in asked]

    speech = [(0, WINDOW)]
    (window,) = hear_voices(Path("sound.wav"), [(0, WINDOW)], speech, lambda _: [(voice((0.0, 9.0)),)], moody)
    assert [(one.embedding, one.seconds) for one in window.voices] == [("", 0.0)]
