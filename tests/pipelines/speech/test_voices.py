"""Windows over the plan, and which sound a voice is known by."""

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
from pipelines.speech.voices import (
    HOP,
    LEAST,
    MATERIAL,
    WINDOW,
    hear_voices,
    inside,
    material,
    window_spans,
    without,
)


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


def test_what_others_say_is_taken_out() -> None:
    assert without([(0, 10), (20, 30)], [(2, 4), (8, 22), (29, 40)]) == [(0, 2), (4, 8), (22, 29)]
    assert without([(0, 10)], []) == [(0, 10)]
    assert without([(0, 10)], [(0, 10)]) == []


def test_a_voice_is_known_by_where_it_is_alone_near_the_middle() -> None:
    window = (0, WINDOW)
    whole = material([(0, WINDOW)], [], window)
    assert whole.alone
    assert whole.samples == MATERIAL
    assert inside(whole.pieces, (WINDOW // 4, WINDOW - WINDOW // 4)) == list(whole.pieces)
    beside = material([(0, 3 * RATE)], [(RATE, 2 * RATE)], window)
    assert beside.alone
    assert without(beside.pieces, [(0, RATE), (2 * RATE, 3 * RATE)]) == []


def test_a_voice_that_is_never_alone_is_known_by_what_there_is_and_that_is_said() -> None:
    never = material([(0, 2 * RATE)], [(0, 3 * RATE)], (0, WINDOW))
    assert not never.alone
    assert never.samples == 2 * RATE


def voice(*spans: tuple[float, float]) -> VoiceSpans:
    return VoiceSpans(tuple(SpeechSpan(start, end) for start, end in spans))


def embedding(asked: Sequence[AudioPieces]) -> list[SpeakerEmbedding | ItemError]:
    """A vector that tells how much sound was given; too much of it is an error."""
    found: list[SpeakerEmbedding | ItemError] = []
    for one in asked:
        samples = sum(last - first for first, last in one.pieces)
        vector = np.zeros(256, np.float32)
        vector[samples // RATE] = 1.0
        found.append(SpeakerEmbedding(vector) if samples < 3 * RATE else ItemError("fake.mood", "not today"))
    return found


def test_voices_are_placed_in_the_recording_and_keep_what_they_sound_like() -> None:
    answers = [(voice((0.0, 1.0), (4.0, 4.5)), voice((0.5, 0.6))), ItemError("fake.mood", "not today")]
    spans = [(HOP, HOP + WINDOW), (2 * HOP, 2 * HOP + WINDOW)]

    def segment(asked: Sequence[AudioSpan]) -> list[tuple[VoiceSpans, ...] | ItemError]:
        assert [(one.first, one.last) for one in asked] == spans
        return list(answers)

    first, second = hear_voices(Path("sound.wav"), spans, segment, embedding)
    assert second.voices == ()
    long, short = first.voices
    assert long.spans == ((HOP, HOP + RATE), (HOP + 4 * RATE, HOP + 4 * RATE + RATE // 2))
    assert long.seconds == pytest.approx(1.4)
    assert long.vector.tolist() == np.eye(256)[1].tolist()
    assert (short.embedding, short.seconds, short.vector.size) == ("", 0.0, 0)
    assert round(0.1 * RATE) < LEAST


def test_a_voice_that_the_model_fails_on_stays_without_a_vector() -> None:
    (window,) = hear_voices(Path("sound.wav"), [(0, WINDOW)], lambda _: [(voice((0.0, 9.0)),)], embedding)
    assert [(one.embedding, one.seconds) for one in window.voices] == [("", 0.0)]
