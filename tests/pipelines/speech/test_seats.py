"""Channels that are seats: through the whole pipeline over fakes, and the pieces that put sentences in order."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cases.codec import from_json, to_json
from cases.records import BlobRef, JsonValue, Provenance
from cases.transcript import SpeakerTurn, Transcript, TranscriptSegment, TranscriptWord
from models.errors import BadInput
from models.speech.doubts import OVERLAP
from pipelines.inline import InlineEngine
from pipelines.media.audio import read_span
from pipelines.pipeline import Setting
from pipelines.speech.chunks import Chunk
from pipelines.speech.params import TranscribeParams
from pipelines.speech.plan import PLAN, channel_sound
from pipelines.speech.seats import in_order, joined, seated_roles, turns_of
from pipelines.speech.transcribe import SpeechPart, TranscribePipeline

RATE = 16000
PROVENANCE = Provenance("transcribe", "1", "0", (), {}, "cpu", "0" * 64, "", "")


def spoken(seed: int, seconds: float, spans: list[tuple[float, float]]) -> NDArray[np.float64]:
    rng = np.random.default_rng(seed)
    sound = rng.standard_normal(int(seconds * RATE)) * 0.15
    heard = np.zeros(sound.size, np.bool_)
    for start, end in spans:
        heard[int(start * RATE) : int(end * RATE)] = True
    return sound * heard


def written(path: Path, channels: NDArray[np.float64]) -> BlobRef:
    """Samples [channels, n] as a WAV file."""
    with wave.open(str(path), "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes((np.clip(channels.T, -1, 1) * 32767).astype("<i2").tobytes())
    return BlobRef("0" * 64, path.stat().st_size, "audio/wav", path)


ASKED, ANSWERED = [(1.0, 6.0), (20.0, 26.0)], [(8.0, 18.0), (24.0, 40.0)]


def room(path: Path) -> BlobRef:
    """Two seats whose voices leak into each other's microphone by -12 dB, 5 ms later; the second begins too early."""
    one, two = spoken(1, 42, ASKED), spoken(2, 42, ANSWERED)
    return written(path, np.stack([one + 0.25 * np.roll(two, 80), two + 0.25 * np.roll(one, 80)]))


def setting(tmp_path: Path, source: BlobRef, engine: InlineEngine, **params: JsonValue) -> Setting[TranscribeParams]:
    given: dict[str, JsonValue] = {"channels": "speakers", **params}
    return Setting(source, TranscribePipeline().parse(given), engine, tmp_path / "scratch")


def transcribe(one: Setting[TranscribeParams]) -> Transcript:
    pipeline = TranscribePipeline()
    parts = [part.payload for part in pipeline.run(one, {})]
    return pipeline.assemble(one, parts, PROVENANCE).record


def test_each_voice_is_written_down_once_at_its_own_seat(tmp_path: Path, fake_engine: InlineEngine) -> None:
    record = transcribe(setting(tmp_path, room(tmp_path / "a.wav"), fake_engine, seats=["question", "answer"]))
    assert record.speakers == ("S1", "S2")
    for speaker, spans in (("S1", ASKED), ("S2", ANSWERED)):
        turns = [(turn.start, turn.end) for turn in record.turns if turn.speaker == speaker]
        assert np.allclose(turns, spans, atol=0.5), turns
    for segment in record.segments:
        spans = {"S1": ASKED, "S2": ANSWERED}[str(segment.speaker)]
        assert any(start - 0.6 <= segment.start and segment.end <= end + 0.6 for start, end in spans)
        assert segment.role == {"S1": "question", "S2": "answer"}[str(segment.speaker)]
        edges = [edge for word in segment.words for edge in (word.start, word.end)]
        assert edges == sorted(edges)
    assert [segment.start for segment in record.segments] == sorted(segment.start for segment in record.segments)
    both = [segment for segment in record.segments if OVERLAP in segment.flags]
    assert {segment.speaker for segment in both} == {"S1", "S2"}
    assert all(segment.start < 26.5 and segment.end > 23.5 for segment in both)


def test_roles_that_are_declined_are_not_taken_from_seats(tmp_path: Path, fake_engine: InlineEngine) -> None:
    wanted: dict[str, JsonValue] = {"seats": ["question", "answer"], "roles": False}
    record = transcribe(setting(tmp_path, room(tmp_path / "a.wav"), fake_engine, **wanted))
    assert {segment.role for segment in record.segments} == {None}


def test_what_leaked_is_silence_in_the_copy_that_is_written_down(tmp_path: Path, fake_engine: InlineEngine) -> None:
    one = setting(tmp_path, room(tmp_path / "a.wav"), fake_engine)
    transcribe(one)
    first = channel_sound(one.scratch, 0)
    assert not read_span(first, 9 * RATE, 17 * RATE).samples.any()
    assert read_span(first, 2 * RATE, 5 * RATE).samples.std() > 0.1
    assert (one.scratch / "channel-2.wav").exists()


def test_a_run_resumed_after_any_part_gives_the_same_record(tmp_path: Path, fake_engine: InlineEngine) -> None:
    one, two = [(1.0, 160.0), (170.0, 330.0)], [(161.0, 169.0), (331.0, 500.0)]
    source = written(tmp_path / "a.wav", np.stack([spoken(1, 501, one), spoken(2, 501, two)]))
    pipeline = TranscribePipeline()
    whole = setting(tmp_path / "whole", source, fake_engine)
    parts = {part.index: part.payload for part in pipeline.run(whole, {})}
    assert len(parts) > 3
    record = pipeline.assemble(whole, [parts[n] for n in sorted(parts)], PROVENANCE).record
    done = {n: from_json(SpeechPart, to_json(parts[n])) for n in (0, 2)}
    again = setting(tmp_path / "again", source, fake_engine)
    merged = {**done, **{part.index: part.payload for part in pipeline.run(again, done)}}
    assert pipeline.assemble(again, [merged[n] for n in sorted(merged)], PROVENANCE).record == record
    (again.scratch / PLAN).unlink()
    assert transcribe(again) == record
    channel_sound(again.scratch, 1).unlink()
    assert transcribe(again) == record


def test_silence_on_all_seats_gives_no_text(tmp_path: Path, fake_engine: InlineEngine) -> None:
    record = transcribe(setting(tmp_path, written(tmp_path / "a.wav", np.zeros((3, 5 * RATE))), fake_engine))
    assert (record.text, record.segments, record.turns, record.duration) == ("", (), (), 5.0)


@pytest.mark.parametrize(
    ("channels", "params", "code"),
    [
        (np.stack([spoken(1, 5, [(1, 4)])]), {}, "audio.mono"),
        (np.stack([spoken(1, 5, [(1, 4)])] * 2), {}, "audio.same-channels"),
        (np.stack([spoken(1, 5, [(1, 4)]), spoken(2, 5, [(1, 2)])]), {"seats": ["question"] * 3}, "params.seats"),
        (np.zeros((9, RATE)), {}, "audio.channels"),
    ],
)
def test_a_recording_without_a_microphone_for_each_seat_is_refused(
    tmp_path: Path,
    fake_engine: InlineEngine,
    channels: NDArray[np.float64],
    params: dict[str, JsonValue],
    code: str,
) -> None:
    with pytest.raises(BadInput) as refused:
        transcribe(setting(tmp_path, written(tmp_path / "a.wav", channels), fake_engine, **params))
    assert refused.value.code == code


@pytest.mark.parametrize(
    "params",
    [
        {"channels": "both"},
        {"channels": "speakers", "speakers": 2},
        {"seats": ["question", "answer"]},
        {"channels": "speakers", "seats": ["judge", "answer"]},
        {"channels": "speakers", "seats": "question"},
        {"channels": "speakers", "seats": ["question"]},
        {"channels": "speakers", "seats": ["question", None], "roles": {"S1": "answer"}},
    ],
)
def test_parameters_that_contradict_each_other_are_refused(params: dict[str, JsonValue]) -> None:
    with pytest.raises(BadInput):
        TranscribePipeline().parse(params)


def test_seats_tell_the_roles_of_their_speakers_and_null_tells_nothing() -> None:
    params = TranscribePipeline().parse({"channels": "speakers", "seats": ["question", None, "aside"]})
    assert (params.seated, params.seats, params.named_seats) == (True, (("S1", "question"), ("S3", "aside")), 3)


def sentence(speaker: str, start: float, end: float, role: str | None = None) -> TranscriptSegment:
    word = TranscriptWord(start, end, "好", 0.9)
    return TranscriptSegment(0, start, end, speaker, role, "好", 0.9, (), (word,))


def test_sentences_of_all_seats_come_by_their_beginning_and_overlap_is_marked() -> None:
    turns = [SpeakerTurn("S1", 0.0, 5.0), SpeakerTurn("S2", 3.0, 6.0)]
    found = in_order([sentence("S1", 0.0, 5.0), sentence("S1", 7.0, 8.0), sentence("S2", 3.0, 6.0)], turns)
    assert [(one.speaker, one.start, OVERLAP in one.flags) for one in found] == [
        ("S1", 0.0, True),
        ("S2", 3.0, True),
        ("S1", 7.0, False),
    ]


def test_a_seat_decides_the_role_whatever_the_words_say() -> None:
    found = seated_roles([sentence("S1", 0, 1, "answer"), sentence("S2", 1, 2, "answer")], {"S1": "question"})
    assert [one.role for one in found] == ["question", "answer"]


def test_a_breath_or_the_end_of_a_part_ends_no_turn() -> None:
    chunk = Chunk(((0, 10 * RATE),), ((RATE, 2 * RATE), (2 * RATE + 3200, 3 * RATE), (4 * RATE, 5 * RATE)))
    later = Chunk(((5 * RATE, 9 * RATE),), ((5 * RATE, 6 * RATE),))
    other = SpeakerTurn("S1", 1.5, 1.8)
    found = joined([*turns_of([chunk], "S2"), other, *turns_of([later], "S2")])
    assert found == (SpeakerTurn("S2", 1.0, 3.0), other, SpeakerTurn("S2", 4.0, 6.0))
