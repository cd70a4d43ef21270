"""The pipeline over fakes: silence, resume, failing chunks, limits."""

from __future__ import annotations

import threading
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from cases.codec import from_json, to_json
from cases.records import BlobRef, JsonValue, Provenance
from cases.transcript import Transcript, TranscriptSegment
from models.device import Device
from models.errors import BadInput, Defect
from models.fakes import FakeSpeakerSegmenter, FakeTranscriber, FakeVoiceActivity, build_fake, fake_names
from models.speech.doubts import NOT_TRANSCRIBED
from models.task import Model, Task
from models.values import AudioClip, ItemError, SpeechRequest, SpeechSpan, Transcription, VoiceSpans
from pipelines.inline import InlineEngine
from pipelines.lines import pipeline_for, run_pipeline
from pipelines.pipeline import Setting
from pipelines.speech.params import TranscribeParams
from pipelines.speech.plan import PLAN, SOUND
from pipelines.speech.transcribe import SpeechPart, TranscribePipeline

RATE = 16000
PROVENANCE = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "", "")


def recording(path: Path, pattern: Sequence[tuple[float, bool]]) -> BlobRef:
    """Loud and quiet stretches, in seconds."""
    rng = np.random.default_rng(1)
    pieces = [
        (rng.uniform(-0.5, 0.5, int(s * RATE)) * 32767 if loud else np.zeros(int(s * RATE))).astype("<i2")
        for s, loud in pattern
    ]
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.concatenate(pieces).tobytes())
    return BlobRef("0" * 64, path.stat().st_size, "audio/wav", path)


def setting(tmp_path: Path, source: BlobRef, engine: InlineEngine, **params: JsonValue) -> Setting[TranscribeParams]:
    return Setting(source, TranscribePipeline().parse(params), engine, tmp_path / "scratch")


def transcribe(one: Setting[TranscribeParams]) -> Transcript:
    pipeline = TranscribePipeline()
    parts = [part.payload for part in pipeline.run(one, {})]
    return pipeline.assemble(one, parts, PROVENANCE).record


TALK = [(1.0, False), (5.0, True), (1.0, False), (20.0, True), (2.0, False), (45.0, True), (1.0, False)] * 5


def test_segments_are_numbered_in_order_and_lie_in_the_loud_stretches(
    tmp_path: Path, fake_engine: InlineEngine
) -> None:
    record = transcribe(setting(tmp_path, recording(tmp_path / "a.wav", TALK), fake_engine))
    assert record.duration == 375.0
    assert [segment.id for segment in record.segments] == list(range(len(record.segments)))
    words = [word for segment in record.segments for word in segment.words]
    assert words == sorted(words, key=lambda word: word.start)
    assert record.segments[0].start >= 0.5
    assert record.segments[-1].end <= 374.5
    assert record.speakers == ()
    assert {segment.speaker for segment in record.segments} == {None}


def test_ten_minutes_of_silence_give_no_text_and_call_no_transcriber(tmp_path: Path, fake_engine: InlineEngine) -> None:
    one = setting(tmp_path, recording(tmp_path / "a.wav", [(600.0, False)]), fake_engine)
    (part,) = TranscribePipeline().run(one, {})
    record = TranscribePipeline().assemble(one, [part.payload], PROVENANCE).record
    assert (record.text, record.segments, record.duration) == ("", (), 600.0)
    assert part.total == 1


def test_a_run_resumed_after_any_part_gives_the_same_record(tmp_path: Path, fake_engine: InlineEngine) -> None:
    source = recording(tmp_path / "a.wav", TALK)
    pipeline = TranscribePipeline()
    whole = setting(tmp_path / "whole", source, fake_engine)
    parts = {part.index: part.payload for part in pipeline.run(whole, {})}
    assert len(parts) > 2
    record = pipeline.assemble(whole, [parts[n] for n in sorted(parts)], PROVENANCE)
    for kept in (0, 1, len(parts) - 1):
        done = {n: from_json(SpeechPart, to_json(parts[n])) for n in range(kept)}
        again = setting(tmp_path / f"again{kept}", source, fake_engine)
        rest = {part.index: part.payload for part in pipeline.run(again, done)}
        assert set(rest) == set(parts) - set(done)
        merged = {**done, **rest}
        assert pipeline.assemble(again, [merged[n] for n in sorted(merged)], PROVENANCE) == record


def test_what_an_earlier_process_left_is_taken_up_and_what_it_broke_is_made_again(
    tmp_path: Path, fake_engine: InlineEngine
) -> None:
    one = setting(tmp_path, recording(tmp_path / "a.wav", TALK), fake_engine)
    record = transcribe(one)
    made = (one.scratch / SOUND).stat().st_mtime_ns
    assert transcribe(one) == record
    assert (one.scratch / SOUND).stat().st_mtime_ns == made
    (one.scratch / PLAN).write_text('{"samples": "many"')
    assert transcribe(one) == record
    (one.scratch / SOUND).unlink()
    assert transcribe(one) == record


def test_one_speaker_has_a_name_on_every_segment(tmp_path: Path, fake_engine: InlineEngine) -> None:
    record = transcribe(setting(tmp_path, recording(tmp_path / "a.wav", TALK), fake_engine, speakers=1))
    assert record.speakers == ("S1",)
    assert {segment.speaker for segment in record.segments} == {"S1"}


def test_roles_that_are_wanted_are_on_every_sentence(tmp_path: Path, fake_engine: InlineEngine) -> None:
    source = recording(tmp_path / "a.wav", TALK)
    seated = transcribe(setting(tmp_path, source, fake_engine, speakers=1, roles={"S1": "question"}))
    assert {segment.role for segment in seated.segments} == {"question"}
    plain = transcribe(setting(tmp_path, source, fake_engine, speakers=1))
    assert {segment.role for segment in plain.segments} == {None}


def layered(tmp_path: Path, engine: InlineEngine, text: str, **params: JsonValue) -> Transcript:
    """What assemble makes of one sentence."""
    one = setting(tmp_path, BlobRef("0" * 64, 0, "audio/wav", tmp_path), engine, **params)
    heard = TranscriptSegment(0, 0.0, 1.0, None, None, text, 0.9, (), ())
    return TranscribePipeline().assemble(one, [SpeechPart("zh", 1.0, (heard,))], PROVENANCE).record


def test_numbers_lie_over_the_text_and_leave_it_alone(tmp_path: Path, fake_engine: InlineEngine) -> None:
    record = layered(tmp_path, fake_engine, "给了三千块", hotwords=["李四"])
    assert (record.text, [span.text for span in record.segments[0].numbers]) == ("给了三千块", ["3000"])


@pytest.mark.parametrize("params", [{"itn": False}, {"language": "en"}, {"hotwords": ["三千块"]}])
def test_there_is_no_number_layer_unasked_in_english_or_over_a_name(
    tmp_path: Path, fake_engine: InlineEngine, params: dict[str, JsonValue]
) -> None:
    assert layered(tmp_path, fake_engine, "给了三千块", **params).segments[0].numbers == ()


def test_what_sounds_like_a_hotword_is_suggested_and_not_put_in(tmp_path: Path, fake_engine: InlineEngine) -> None:
    record = layered(tmp_path, fake_engine, "我认识章伟", hotwords=["张伟"])
    assert record.text == "我认识章伟"
    assert [one.hotword for one in record.segments[0].suggestions] == ["张伟"]
    assert layered(tmp_path, fake_engine, "我认识章伟").segments[0].suggestions == ()


LOW, HIGH = 100, 800
ROOM = [(0.0, 1.0), (LOW, 4.0), (0.0, 1.0), (HIGH, 6.0), (LOW, 2.0), (0.0, 5.0), (HIGH, 30.0), (LOW, 20.0)] * 5


def dialogue(path: Path, pattern: Sequence[tuple[float, float]]) -> BlobRef:
    """Tones, which are voices to the fakes, and silence (0 hertz), in seconds."""
    pieces = []
    for hertz, seconds in pattern:
        t = np.arange(int(seconds * RATE)) / RATE
        pieces.append((np.sin(2 * np.pi * hertz * t + 0.1) * (16000 if hertz else 0)).astype("<i2"))
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(np.concatenate(pieces).tobytes())
    return BlobRef("0" * 64, path.stat().st_size, "audio/wav", path)


@pytest.mark.parametrize("speakers", [2, "auto"])
def test_every_sentence_has_one_speaker_and_is_cut_where_the_voice_changes(
    tmp_path: Path, fake_engine: InlineEngine, speakers: JsonValue
) -> None:
    record = transcribe(setting(tmp_path, dialogue(tmp_path / "a.wav", ROOM), fake_engine, speakers=speakers))
    assert record.speakers == ("S1", "S2")
    assert [(turn.speaker, turn.start, turn.end) for turn in record.turns[:3]] == [
        ("S1", 1.0, 5.0),
        ("S2", 6.0, 12.0),
        ("S1", 12.0, 14.0),
    ]
    for segment in record.segments:
        inside = [
            turn.speaker for turn in record.turns if turn.start < segment.end - 0.6 and turn.end > segment.start + 0.6
        ]
        assert set(inside) <= {segment.speaker}
    assert [segment.id for segment in record.segments] == list(range(len(record.segments)))


def test_the_text_is_the_same_whether_speakers_are_told_apart_or_not(tmp_path: Path, fake_engine: InlineEngine) -> None:
    source = dialogue(tmp_path / "a.wav", ROOM)
    plain = transcribe(setting(tmp_path / "p", source, fake_engine))
    told = transcribe(setting(tmp_path / "t", source, fake_engine, speakers=2, words=False))
    assert told.text == plain.text
    assert all(segment.words == () for segment in told.segments)


def test_a_resumed_run_hears_the_same_speakers(tmp_path: Path, fake_engine: InlineEngine) -> None:
    source = dialogue(tmp_path / "a.wav", ROOM)
    pipeline = TranscribePipeline()
    whole = setting(tmp_path / "whole", source, fake_engine, speakers="auto")
    parts = {part.index: part.payload for part in pipeline.run(whole, {})}
    assert len(parts) > 2
    record = pipeline.assemble(whole, [parts[n] for n in sorted(parts)], PROVENANCE)
    done = {n: from_json(SpeechPart, to_json(parts[n])) for n in (0, 1)}
    again = setting(tmp_path / "again", source, fake_engine, speakers="auto")
    merged = {**done, **{part.index: part.payload for part in pipeline.run(again, done)}}
    assert pipeline.assemble(again, [merged[n] for n in sorted(merged)], PROVENANCE) == record


def test_words_do_not_wait_for_voices(tmp_path: Path, device: Device) -> None:
    asked = threading.Event()
    in_time: list[bool] = []

    class Writing(FakeTranscriber):
        def predict(self, batch: Sequence[SpeechRequest]) -> list[Transcription | ItemError]:
            asked.set()
            return super().predict(batch)

    class Patient(FakeSpeakerSegmenter):
        def predict(self, batch: Sequence[AudioClip]) -> list[tuple[VoiceSpans, ...] | ItemError]:
            in_time.append(asked.wait(5.0))
            return super().predict(batch)

    models = {fake_names(one.identity.task)[0]: cast("Model[object, object]", one) for one in (Writing(), Patient())}
    engine = InlineEngine(lambda name: models.get(name) or build_fake(name), fake_names, device)
    try:
        record = transcribe(setting(tmp_path, dialogue(tmp_path / "a.wav", ROOM[:5]), engine, speakers=2))
    finally:
        engine.close()
    assert in_time == [True]
    assert record.speakers == ("S1", "S2")


def test_provenance_names_the_models_that_told_speakers_apart(fake_engine: InlineEngine) -> None:
    pipeline = TranscribePipeline()
    named = [use.task for use in pipeline.models(pipeline.parse({"speakers": "auto"}), fake_engine)]
    assert named == ["voice-activity", "transcribe", "speaker-segmentation", "speaker-embedding"]


def test_words_are_left_out_when_not_wanted(tmp_path: Path, fake_engine: InlineEngine) -> None:
    record = transcribe(setting(tmp_path, recording(tmp_path / "a.wav", TALK), fake_engine, words=False))
    assert record.segments
    assert all(segment.words == () for segment in record.segments)


def test_an_unknown_model_is_refused_before_any_work(tmp_path: Path, fake_engine: InlineEngine) -> None:
    one = setting(tmp_path, recording(tmp_path / "a.wav", TALK), fake_engine, model="whisper-huge")
    with pytest.raises(BadInput, match="whisper-huge"):
        list(TranscribePipeline().run(one, {}))
    assert not (one.scratch / SOUND).exists()


def test_a_file_that_is_no_sound_is_bad_input(tmp_path: Path, fake_engine: InlineEngine) -> None:
    path = tmp_path / "a.txt"
    path.write_text("no sound")
    with pytest.raises(BadInput):
        list(TranscribePipeline().run(setting(tmp_path, BlobRef("0" * 64, 8, "x", path), fake_engine), {}))


def test_the_pipeline_is_found_by_its_task_and_its_record_names_its_models(
    tmp_path: Path, fake_engine: InlineEngine
) -> None:
    pipeline = pipeline_for("transcribe")
    source = recording(tmp_path / "a.wav", TALK[:2])
    one = Setting(source, pipeline.parse({}), fake_engine, tmp_path / "scratch")
    record = run_pipeline(pipeline, one, parameters={}).record
    assert isinstance(record, Transcript)
    assert [use.name for use in record.provenance.models] == ["fake-voice-activity", "fake-transcribe"]
    assert from_json(Transcript, to_json(record)) == record


class Moody(FakeTranscriber):
    """Fails on clips of 5 to 6 seconds, always or the first time only."""

    def __init__(self, *, always: bool, shortest: float = 5.0) -> None:
        super().__init__()
        self.always = always
        self.shortest = shortest
        self.failed = 0

    def predict(self, batch: Sequence[SpeechRequest]) -> list[Transcription | ItemError]:
        return [self._moody(request) for request in batch]

    def _moody(self, request: SpeechRequest) -> Transcription | ItemError:
        if self.shortest <= request.clip.duration and (self.always or not self.failed):
            self.failed += 1
            return ItemError("fake.mood", "not today")
        return self._one(request)


class Deaf(FakeVoiceActivity):
    """Fails on every window."""

    def predict(self, batch: Sequence[AudioClip]) -> list[tuple[SpeechSpan, ...] | ItemError]:
        return [ItemError("fake.deaf", "cannot hear") for _ in batch]


@pytest.fixture
def engine_with(device: Device) -> Iterator[object]:
    made: list[InlineEngine] = []

    def make(model: Model[object, object], task: Task) -> InlineEngine:
        name = fake_names(task)[0]
        engine = InlineEngine(lambda n: model if n == name else build_fake(n), fake_names, device)
        made.append(engine)
        return engine

    yield make
    for engine in made:
        engine.close()


def test_a_chunk_that_fails_once_is_asked_for_again(tmp_path: Path, engine_with, fake_engine: InlineEngine) -> None:  # type: ignore[no-untyped-def]
    source = recording(tmp_path / "a.wav", TALK)
    moody = Moody(always=False)
    record = transcribe(setting(tmp_path / "m", source, engine_with(moody, Task.TRANSCRIBE)))
    assert moody.failed == 1
    assert record == transcribe(setting(tmp_path / "f", source, fake_engine))


def test_a_chunk_that_always_fails_leaves_a_flag_and_its_time(tmp_path: Path, engine_with) -> None:  # type: ignore[no-untyped-def]
    talk = [(2.0, True), (35.0, False), (8.0, True), (5.0, False), (4.0, True), (35.0, False), (2.0, True)]
    source = recording(tmp_path / "a.wav", talk)
    record = transcribe(setting(tmp_path, source, engine_with(Moody(always=True), Task.TRANSCRIBE)))
    lost = [(one.text, one.start, one.end) for one in record.segments if NOT_TRANSCRIBED in one.flags]
    assert lost == [("", 37.0, 45.0), ("", 50.0, 54.0)]
    assert len(record.segments) == 4


def test_a_model_that_fails_on_everything_fails_the_job(tmp_path: Path, engine_with) -> None:  # type: ignore[no-untyped-def]
    source = recording(tmp_path / "a.wav", TALK[:4])
    one = setting(tmp_path, source, engine_with(Moody(always=True, shortest=0.0), Task.TRANSCRIBE))
    with pytest.raises(Defect):
        transcribe(one)


def test_where_voice_activity_fails_everything_is_written_down(tmp_path: Path, engine_with) -> None:  # type: ignore[no-untyped-def]
    source = recording(tmp_path / "a.wav", [(70.0, True)])
    record = transcribe(setting(tmp_path, source, engine_with(Deaf(), Task.VOICE_ACTIVITY)))
    assert record.segments[0].start < 1.0
    assert record.segments[-1].end > 69.0
