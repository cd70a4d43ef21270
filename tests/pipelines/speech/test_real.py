"""The whole line with the default models: far-field speech within bounds, noise without a word."""

from __future__ import annotations

import csv
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from benchmarks.accuracy.chinese_text import character_errors, comparable
from benchmarks.accuracy.dialogues import utterances_in
from benchmarks.accuracy.diarisation import Mixture, mixed, score, speaker_errors, voices_alone
from benchmarks.accuracy.seats import seat_turns, seated
from benchmarks.accuracy.speech import samples_in, transcribe
from models.device import Device, DeviceKind
from models.weights import WeightsCache
from pipelines.inline import InlineEngine
from pipelines.media.audio import normalise, read_span
from pipelines.speech.diarize import diarize

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def engine() -> Iterator[InlineEngine]:
    made = InlineEngine.from_registry(WeightsCache(), Device(DeviceKind.CPU, 0, 2, "a test"))
    yield made
    made.close()


def test_noise_gives_no_text_with_the_real_models(engine: InlineEngine, tmp_path: Path) -> None:
    samples = np.random.default_rng(3).uniform(-0.3, 0.3, 120 * 16000) * 32767
    with wave.open(str(tmp_path / "n.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(samples.astype("<i2").tobytes())
    record = transcribe(engine, tmp_path / "n.wav", {})
    assert (record.text, record.segments, record.duration) == ("", (), 120.0)


@pytest.mark.shared
def test_far_field_speech_is_written_down_as_spoken(engine: InlineEngine, shared: Path) -> None:
    folder = shared / "data" / "audio" / "single"
    with (folder / "transcripts.tsv").open(encoding="utf-8") as file:
        (row,) = [row for row in csv.DictReader(file, delimiter="\t") if row["file"].startswith("TEST_MEETING")]
    record = transcribe(engine, folder / row["file"], {})
    assert character_errors(comparable(row["text"]), comparable(record.text)).rate <= 0.20
    edges = [edge for s in record.segments for w in s.words for edge in (w.start, w.end)]
    assert edges == sorted(edges)
    assert 0.0 <= edges[0] <= edges[-1] <= record.duration


@pytest.mark.shared
def test_no_sentence_is_left_out_where_many_share_a_chunk(engine: InlineEngine, shared: Path, tmp_path: Path) -> None:
    said = samples_in(shared / "data" / "audio" / "aishell_sample", 30)[10:20]
    pieces = []
    for sample in said:
        length = normalise(sample.path, tmp_path / "u.wav")
        pieces += [read_span(tmp_path / "u.wav", 0, length).samples, np.zeros(8000, np.float32)]
    with wave.open(str(tmp_path / "long.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes((np.concatenate(pieces) * 32767).astype("<i2").tobytes())
    record = transcribe(engine, tmp_path / "long.wav", {})
    errors = character_errors(comparable("".join(sample.reference for sample in said)), comparable(record.text))
    assert errors.deletions <= 0.05 * errors.length
    assert errors.rate <= 0.2


@pytest.mark.shared
def test_two_people_who_talk_to_each_other_are_told_apart(engine: InlineEngine, shared: Path, tmp_path: Path) -> None:
    table = shared / "data" / "audio" / "aishell_sample" / "transcripts.tsv"
    recording = next(mixed(utterances_in(table), [Mixture(None, 0.7, "quiet", 21)], tmp_path))
    windows, samples, _ = voices_alone(engine, recording.path)
    for speakers in (2, None):
        found = score(recording, diarize(windows, samples, speakers))
        assert found.found == 2
        assert found.confusion <= 0.02
        assert found.der <= 0.12


@pytest.mark.shared
def test_each_voice_is_written_down_once_at_its_own_microphone(
    engine: InlineEngine, shared: Path, tmp_path: Path
) -> None:
    table = shared / "data" / "audio" / "aishell_sample" / "transcripts.tsv"
    recording = next(seated(table, 0.5, [3], [10.0], tmp_path))
    turns, _ = seat_turns(engine, recording.path)
    found = score(recording, turns)
    assert found.confusion <= 0.01
    assert found.der <= 0.10
    record = transcribe(engine, recording.path, {"channels": "speakers", "seats": ["question", "answer"]})
    assert speaker_errors(recording, record) <= 0.2
    assert {(one.speaker, one.role) for one in record.segments} == {("S1", "question"), ("S2", "answer")}
