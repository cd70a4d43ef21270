"""Staff known by voice: who is recognised and who stays unknown, prints made from recordings, and the whole line."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from cases.codec import to_json
from cases.records import JsonValue
from cases.transcript import Transcript
from cases.voiceprints import StaffVoice
from models.errors import BadInput, TooLarge
from models.task import Task
from pipelines.inline import InlineEngine
from pipelines.pipeline import Setting
from pipelines.speech.params import STAFF
from pipelines.speech.staff import LEAST_SECONDS, MARGIN, SAME_PERSON, handed, read_handed, recognised, voiceprint_of
from pipelines.speech.transcribe import TranscribePipeline
from pipelines.speech.voices import SpeakerVoice
from tests.pipelines.speech.test_transcribe import HIGH, LOW, PROVENANCE, ROOM, dialogue

MODEL = "a" * 64


def towards(cosine: float, axis: int = 1) -> NDArray[np.float32]:
    """A voice with that likeness to `WANG`."""
    vector = np.zeros(256, np.float32)
    vector[0], vector[axis] = cosine, np.sqrt(1 - cosine**2)
    return vector


def person(account: str, vector: NDArray[np.float32], name: str | None = None) -> StaffVoice:
    return StaffVoice(account, name or account, MODEL, vector.astype("<f2").tobytes())


WANG = person("acc_wang", towards(1.0), "王敏")


def found(speakers: dict[str, NDArray[np.float32]], staff: Sequence[StaffVoice], seconds: float = 60) -> dict[str, str]:
    return recognised({name: SpeakerVoice(v, seconds) for name, v in speakers.items()}, staff, MODEL)


def test_who_is_alike_is_named_and_who_is_not_stays_unknown() -> None:
    assert found({"S1": towards(0.8), "S2": towards(0.1, 2)}, [WANG]) == {"S1": "王敏"}
    assert found({"S1": towards(SAME_PERSON - 0.01)}, [WANG]) == {}


def test_between_two_who_are_alike_nobody_is_named() -> None:
    twin = person("acc_li", towards(0.99))
    assert found({"S1": towards(0.9)}, [WANG, twin]) == {}
    assert found({"S1": towards(0.9), "S2": towards(0.9 - MARGIN / 2)}, [WANG]) == {}


def test_one_person_is_one_speaker_and_several_are_told_apart() -> None:
    li = person("acc_li", towards(0.0))
    assert found({"S1": towards(0.95), "S2": towards(0.05)}, [WANG, li]) == {"S1": "王敏", "S2": "acc_li"}


def test_little_speech_other_weights_and_nobody_enrolled_name_nobody() -> None:
    assert found({"S1": towards(1.0)}, [WANG], seconds=LEAST_SECONDS - 1) == {}
    assert found({"S1": towards(1.0)}, [replace(WANG, model="b" * 64)]) == {}
    assert found({"S1": towards(1.0)}, []) == {}
    assert found({}, [WANG]) == {}


def test_two_of_one_name_are_told_apart_in_it() -> None:
    other = person("acc_9876", towards(0.0), "王敏")
    names = found({"S1": towards(1.0), "S2": towards(0.0)}, [WANG, other])
    assert names == {"S1": "王敏 (wang)", "S2": "王敏 (9876)"}


def test_prints_come_through_as_they_are_handed_over() -> None:
    assert read_handed(json.loads(json.dumps(handed([WANG])))) == [WANG]
    assert read_handed(None) == []


def test_a_print_is_made_from_one_voice_and_leaves_no_more_than_its_numbers(
    tmp_path: Path, fake_engine: InlineEngine
) -> None:
    draft = voiceprint_of(dialogue(tmp_path / "a.wav", [(LOW, 25.0)]).path, fake_engine, tmp_path)
    assert len(draft.vector) == 512
    assert draft.seconds == pytest.approx(25.0, abs=0.1)
    assert draft.model == fake_engine.model(Task.SPEAKER_EMBEDDING).weights_sha256


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ([(LOW, 10.0)], "voiceprint.short"),
        ([(LOW, 5.0), (0.0, 30.0)], "voiceprint.silent"),
        ([(LOW, 12.0), (0.0, 1.0), (HIGH, 12.0)], "voiceprint.mixed"),
        ([(LOW, 130.0)], "audio.too-long"),
    ],
)
def test_a_recording_that_is_no_ones_voice_alone_is_refused(
    tmp_path: Path, fake_engine: InlineEngine, pattern: list[tuple[float, float]], code: str
) -> None:
    with pytest.raises((BadInput, TooLarge)) as refused:
        voiceprint_of(dialogue(tmp_path / "a.wav", pattern).path, fake_engine, tmp_path)
    assert refused.value.code == code


def transcribed(
    tmp_path: Path, engine: InlineEngine, staff: Sequence[StaffVoice], wanted: list[JsonValue]
) -> Transcript:
    pipeline = TranscribePipeline()
    params = pipeline.parse({"speakers": 2, "staff": wanted})
    source = dialogue(tmp_path / "a.wav", ROOM)
    one = Setting(source, params, engine, tmp_path / "scratch", others={STAFF: handed(staff)})
    return pipeline.assemble(one, [part.payload for part in pipeline.run(one, {})], PROVENANCE).record


def test_in_a_transcript_staff_have_their_name_and_ask_and_the_others_stay_as_they_were(
    tmp_path: Path, fake_engine: InlineEngine
) -> None:
    draft = voiceprint_of(dialogue(tmp_path / "w.wav", [(HIGH, 25.0)]).path, fake_engine, tmp_path)
    wang = StaffVoice("acc_wang", "王敏", draft.model, draft.vector)
    record = transcribed(tmp_path, fake_engine, [wang], ["acc_wang"])
    assert record.speakers == ("S1", "王敏")
    assert {turn.speaker for turn in record.turns} == {"S1", "王敏"}
    assert {segment.role for segment in record.segments if segment.speaker == "王敏"} == {"question"}
    assert {segment.speaker for segment in record.segments} == {"S1", "王敏"}
    assert draft.vector.hex()[:32] not in json.dumps(to_json(record))
    stranger = replace(wang, vector=towards(1.0, 200).astype("<f2").tobytes()[::-1])
    assert transcribed(tmp_path, fake_engine, [stranger], ["acc_wang"]).speakers == ("S1", "S2")
    assert transcribed(tmp_path, fake_engine, [], []).speakers == ("S1", "S2")


@pytest.mark.parametrize(
    "params",
    [
        {"staff": "members"},
        {"staff": "members", "speakers": 1},
        {"staff": "everybody", "speakers": 2},
        {"staff": [1], "speakers": 2},
        {"staff": ["a"] * 51, "speakers": 2},
        {"staff": "members", "channels": "speakers"},
    ],
)
def test_staff_without_voices_told_apart_or_in_another_shape_is_refused(params: dict[str, JsonValue]) -> None:
    with pytest.raises(BadInput):
        TranscribePipeline().parse(params)
