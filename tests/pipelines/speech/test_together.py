"""Recordings of one command: the short ones are heard together, the same way every time, and nothing is lost by it."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from cases.records import BlobRef
from models.device import Device
from models.errors import BadInput
from models.fakes import FakeTranscriber, FakeVoiceActivity
from models.task import Task
from models.values import ItemError, SpeechRequest, Transcription
from pipelines.inline import InlineEngine
from pipelines.pipeline import Setting
from pipelines.speech.params import TranscribeParams, parse_params
from pipelines.speech.plan import SOUND
from pipelines.speech.together import GROUP, finished
from pipelines.speech.transcribe import TranscribePipeline
from tests.pipelines.speech.test_transcribe import PROVENANCE

RATE = 16000


class Noting(FakeTranscriber):
    """Notes the length and the group of every clip, and fails on those of about 7 s while they have company."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[int, str]] = []
        self.groups: list[tuple[int, ...]] = []

    def predict(self, batch: Sequence[SpeechRequest]) -> list[Transcription | ItemError]:
        seen = [(round(request.clip.duration), request.group) for request in batch]
        self.seen += seen
        self.groups += [tuple(s for s, of in seen if of == group) for group in {group for _, group in seen if group}]
        return [self._moody(request) for request in batch]

    def _moody(self, request: SpeechRequest) -> Transcription | ItemError:
        if request.group and round(request.clip.duration) == 7:
            return ItemError("fake.mood", "not in company")
        return self._one(request)


@pytest.fixture
def noting(device: Device) -> Iterator[tuple[InlineEngine, Noting]]:
    fake = Noting()
    fakes = {Task.TRANSCRIBE: fake, Task.VOICE_ACTIVITY: FakeVoiceActivity()}
    by_name = {model.identity.name: model for model in fakes.values()}
    engine = InlineEngine(
        lambda name: by_name[name],
        lambda task: (fakes[task].identity.name,) if task in fakes else (),
        device,
    )
    yield engine, fake
    engine.close()


def settings(folder: Path, engine: InlineEngine, seconds: Sequence[float]) -> list[Setting[TranscribeParams]]:
    made = []
    for number, length in enumerate(seconds):
        path = folder / f"{number}.wav"
        sound = np.random.default_rng(number).uniform(-0.5, 0.5, int(length * RATE)) * 32767
        with wave.open(str(path), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(RATE)
            out.writeframes(sound.astype("<i2").tobytes())
        source = BlobRef(f"{number:064d}", path.stat().st_size, "audio/wav", path)
        made.append(Setting(source, parse_params({}), engine, folder / f"scratch-{number}"))
    return made


def text(setting: Setting[TranscribeParams]) -> str:
    pipeline = TranscribePipeline()
    parts = [part.payload for part in pipeline.run(setting, {})]
    return pipeline.assemble(setting, parts, PROVENANCE).record.text


def test_short_recordings_are_heard_in_one_group_and_each_once(
    tmp_path: Path, noting: tuple[InlineEngine, Noting]
) -> None:
    engine, fake = noting
    found = finished(settings(tmp_path, engine, [3, 4, 40, 5]), text)
    assert [seconds for seconds, group in fake.seen if group] == [3, 4, 5]
    assert sum(seconds for seconds, group in fake.seen if not group) == 40
    assert found == [text(one) for one in settings(tmp_path, engine, [3, 4, 40, 5])]


def test_which_meet_follows_from_the_order_alone(tmp_path: Path, noting: tuple[InlineEngine, Noting]) -> None:
    engine, fake = noting
    finished(settings(tmp_path, engine, [2.0] * GROUP + [3.0, 4.0]), text)
    assert sorted(fake.groups) == [(2,) * GROUP, (3, 4)]


def test_a_recording_that_is_alone_or_alone_in_being_short_keeps_its_window(
    tmp_path: Path, noting: tuple[InlineEngine, Noting]
) -> None:
    engine, fake = noting
    finished(settings(tmp_path, engine, [3.0]), text)
    finished(settings(tmp_path, engine, [3.0, 40.0]), text)
    assert not any(group for _, group in fake.seen)


def test_a_clip_that_fails_in_company_is_heard_by_itself(tmp_path: Path, noting: tuple[InlineEngine, Noting]) -> None:
    engine, fake = noting
    both = finished(settings(tmp_path, engine, [7.0, 3.0]), text)
    assert all(both)
    assert [seconds for seconds, group in fake.seen if not group] == [7]


def test_what_is_wrong_with_a_recording_is_told_when_it_is_finished(
    tmp_path: Path, noting: tuple[InlineEngine, Noting]
) -> None:
    engine, _ = noting
    made = settings(tmp_path, engine, [3.0, 3.0, 3.0])
    (tmp_path / "1.wav").write_bytes(b"no sound at all")
    told: list[str] = []

    def finish(setting: Setting[TranscribeParams]) -> str:
        try:
            return text(setting)
        except BadInput as error:
            told.append(error.code)
            return ""

    found = finished(made, finish)
    assert [bool(one) for one in found] == [True, False, True]
    assert len(told) == 1
    assert (made[0].scratch / SOUND).exists()
