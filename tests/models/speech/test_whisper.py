"""Whisper with real weights: batches, scripts, errors, determinism; and the parts that need none."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.accuracy.chinese_text import character_errors, comparable, edit_distance
from models.device import Device
from models.errors import Unavailable
from models.manifest import load_manifest
from models.speech.doubts import NO_SPEECH
from models.speech.encoding import lay_out
from models.speech.whisper import (
    CLIP_SECONDS,
    FRAMES_PER_SECOND,
    LONG_STEP_SECONDS,
    SHORT_SECONDS,
    WhisperTranscriber,
    room_seconds,
)
from models.values import AudioClip, ItemError, SpeechRequest, Transcription
from models.weights import WeightsCache
from pipelines.media.audio import normalise, read_span

RATE = 16000


@pytest.fixture(scope="module")
def whisper(cpu: Device) -> WhisperTranscriber:
    """The small model: what is tested here does not hang on accuracy."""
    model = WhisperTranscriber(load_manifest("whisper-base"), WeightsCache())
    model.load(cpu)
    return model


@pytest.fixture(scope="module")
def packing(cpu: Device) -> WhisperTranscriber:
    """The default model, which lets short clips share windows."""
    model = WhisperTranscriber(load_manifest("whisper-small"), WeightsCache())
    model.load(cpu)
    return model


def utterances(shared: Path, folder: Path, count: int) -> list[tuple[AudioClip, str]]:
    """The first measuring utterances with what is said in them."""
    audio = shared / "data" / "audio" / "aishell_sample"
    with (audio / "transcripts.tsv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[100 : 100 + count]
    found = []
    for row in rows:
        samples = normalise(audio / row["file"], folder / "u.wav")
        found.append((read_span(folder / "u.wav", 0, samples), row["text"]))
    return found


def text_of(answer: Transcription | ItemError) -> str:
    assert isinstance(answer, Transcription)
    return "".join(segment.text for segment in answer.segments)


def noise(seconds: float) -> AudioClip:
    samples = np.random.default_rng(0).uniform(-0.1, 0.1, int(seconds * RATE)).astype(np.float32)
    return AudioClip(samples, RATE)


def test_a_model_that_is_not_loaded_says_so() -> None:
    with pytest.raises(Unavailable, match="load"):
        WhisperTranscriber(load_manifest("whisper-base"), WeightsCache()).predict([SpeechRequest(noise(1.0))])


@given(st.floats(0.0001, CLIP_SECONDS))
def test_a_clip_has_room_for_itself_and_for_little_more(seconds: float) -> None:
    step = 1 if seconds <= SHORT_SECONDS else LONG_STEP_SECONDS
    assert seconds <= room_seconds(seconds) < seconds + step


@pytest.mark.model
def test_bad_clips_fail_alone_and_in_their_place(whisper: WhisperTranscriber) -> None:
    batch = [
        SpeechRequest(AudioClip(np.zeros(0, np.float32), RATE)),
        SpeechRequest(noise(2.0)),
        SpeechRequest(noise(31.0)),
        SpeechRequest(AudioClip(np.zeros(8000, np.float32), 8000)),
        SpeechRequest(noise(2.0), language="xx"),
        SpeechRequest(AudioClip(np.zeros(1, np.float32), RATE)),
    ]
    answers = whisper.predict(batch)
    codes = [answer.code if isinstance(answer, ItemError) else None for answer in answers]
    assert codes == ["audio.empty", None, "audio.too-long", "audio.rate", "speech.language", None]


@pytest.mark.model
def test_an_empty_batch_is_an_empty_answer(whisper: WhisperTranscriber) -> None:
    assert whisper.predict([]) == []


@pytest.mark.model
def test_cantonese_is_chinese_to_a_model_that_does_not_part_them(whisper: WhisperTranscriber) -> None:
    (answer,) = whisper.predict([SpeechRequest(noise(1.0), language="yue")])
    assert isinstance(answer, Transcription)
    assert answer.language == "zh"


@pytest.mark.model
@pytest.mark.shared
def test_a_batch_reads_as_its_clips_do_alone(whisper: WhisperTranscriber, shared: Path, tmp_path: Path) -> None:
    said = utterances(shared, tmp_path, 4)
    requests = [SpeechRequest(clip) for clip, _ in said]
    together = whisper.predict(requests)
    alone = [whisper.predict([request])[0] for request in requests]
    # Batches are summed in another order: a close call may fall to the other side, a sentence may not.
    for one, other in zip(together, alone, strict=True):
        assert character_errors(comparable(text_of(one)), comparable(text_of(other))).rate <= 0.2
    assert whisper.predict(requests) == together


@pytest.mark.model
@pytest.mark.shared
def test_clips_of_one_group_in_one_window_are_written_down_as_well_as_alone(
    packing: WhisperTranscriber, shared: Path, tmp_path: Path
) -> None:
    said = utterances(shared, tmp_path, 4)
    windows = lay_out([math.ceil(clip.duration * FRAMES_PER_SECOND) for clip, _ in said], ["command"] * len(said))
    assert len(windows) == 1
    together = packing.predict([SpeechRequest(clip, group="command") for clip, _ in said])
    alone = [packing.predict([SpeechRequest(clip)])[0] for clip, _ in said]

    def edits(answers: list[Transcription | ItemError]) -> int:
        pairs = zip(answers, said, strict=True)
        return sum(edit_distance(comparable(text), comparable(text_of(answer))) for answer, (_, text) in pairs)

    length = sum(len(comparable(text)) for _, text in said)
    assert edits(together) <= edits(alone) + length // 8
    for answer, (clip, _) in zip(together, said, strict=True):
        assert isinstance(answer, Transcription)
        assert all(segment.end <= clip.duration for segment in answer.segments)
        assert not any(NO_SPEECH in segment.flags for segment in answer.segments)


@pytest.mark.model
@pytest.mark.shared
def test_what_else_is_in_a_batch_changes_nothing_in_a_group(
    packing: WhisperTranscriber, shared: Path, tmp_path: Path
) -> None:
    said = [clip for clip, _ in utterances(shared, tmp_path, 9)]
    group = [SpeechRequest(clip, group="a") for clip in said[:4]]
    others = [SpeechRequest(clip, group="b") for clip in said[4:8]]
    alone = packing.predict(group)
    beside = packing.predict([*others, *group, SpeechRequest(said[8])])[4:8]
    assert [text_of(one) for one in beside] == [text_of(one) for one in alone]


@pytest.mark.model
@pytest.mark.shared
def test_words_make_up_the_text_with_times_inside_the_clip(
    whisper: WhisperTranscriber, shared: Path, tmp_path: Path
) -> None:
    for clip, _ in utterances(shared, tmp_path, 3):
        (answer,) = whisper.predict([SpeechRequest(clip)])
        assert isinstance(answer, Transcription)
        for segment in answer.segments:
            assert "".join(word.text for word in segment.words).strip() == segment.text
            edges = [edge for word in segment.words for edge in (word.start, word.end)]
            assert edges == sorted(edges)
            assert 0.0 <= edges[0] <= edges[-1] <= clip.duration
            assert all(0.0 <= word.probability <= 1.0 for word in segment.words)


@pytest.mark.model
@pytest.mark.shared
def test_the_language_is_found_when_it_is_not_told(whisper: WhisperTranscriber, shared: Path, tmp_path: Path) -> None:
    ((clip, _),) = utterances(shared, tmp_path, 1)
    (answer,) = whisper.predict([SpeechRequest(clip, language=None)])
    assert isinstance(answer, Transcription)
    assert answer.language == "zh"


@pytest.mark.model
@pytest.mark.shared
def test_a_hotword_helps_to_write_a_name(whisper: WhisperTranscriber, shared: Path, tmp_path: Path) -> None:
    audio = shared / "data" / "audio" / "single" / "funasr_asr_example.wav"
    samples = normalise(audio, tmp_path / "u.wav")
    clip = read_span(tmp_path / "u.wav", 0, samples)
    (answer,) = whisper.predict([SpeechRequest(clip, hotwords=("达摩院", "语音识别"))])
    assert "达摩院" in text_of(answer)


@pytest.mark.model
@pytest.mark.shared
def test_more_hotwords_than_there_is_room_for_do_no_harm(
    whisper: WhisperTranscriber, shared: Path, tmp_path: Path
) -> None:
    ((clip, said),) = utterances(shared, tmp_path, 1)
    many = tuple(f"证人{number}号" for number in range(1000))
    (answer,) = whisper.predict([SpeechRequest(clip, hotwords=many)])
    assert character_errors(comparable(said), comparable(text_of(answer))).rate < 0.6
