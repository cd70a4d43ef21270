"""References to values, right where the model lives: bad ones fail alone, and video goes in batches."""

from __future__ import annotations

import wave
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from PIL import Image

from models.fakes import FakeDetector, FakePageReader, FakePlates, FakeTranscriber, FakeVoiceActivity
from models.task import Model, Task
from models.values import AudioClip, Frame, ItemError, PageImage, Plate, SpeechRequest, SpeechSpan, Transcription
from pipelines.engine import (
    DETECT,
    READ_PAGE,
    READ_PLATES,
    SPEAKER_EMBEDDING,
    TRANSCRIBE,
    TRANSCRIBE_GROUP,
    VOICE_ACTIVITY,
    AudioPieces,
    AudioSpan,
    FramePart,
    FrameParts,
    PageRef,
    SpeechGroup,
    SpeechPieces,
    TaskKind,
    VideoSpan,
)
from pipelines.runner import FRAMES_PER_BATCH, TaskRunner, open_item, probe_value, warm_up_value


def runner(kind: TaskKind[object, object], fake: object) -> TaskRunner[object, object]:
    return TaskRunner(kind, cast("Model[object, object]", fake))


class Grouped(FakeTranscriber):
    """Notes the groups of what it is asked."""

    def predict(self, batch: Sequence[SpeechRequest]) -> list[Transcription | ItemError]:
        self.groups = [request.group for request in batch]
        return super().predict(batch)


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    path = tmp_path / "sound.wav"
    loud = (np.sin(np.arange(32000) / 10) * 8000).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(loud.tobytes())
    return path


def test_pieces_of_sound_become_one_request_with_its_hotwords(sound: Path) -> None:
    value = open_item(TRANSCRIBE, SpeechPieces(sound, ((0, 8000), (16000, 24000)), "zh", ("张三",)))
    assert isinstance(value, SpeechRequest)
    assert value.clip.samples.shape == (16000,)
    assert value.hotwords == ("张三",)


def test_voice_activity_takes_the_clip_alone(sound: Path) -> None:
    assert isinstance(open_item(VOICE_ACTIVITY, AudioSpan(sound, 0, 16000)), AudioClip)
    spans = runner(cast("TaskKind[object, object]", VOICE_ACTIVITY), FakeVoiceActivity()).run(
        [AudioSpan(sound, 0, 32000)]
    )
    assert spans == [(SpeechSpan(0.0, 2.0),)]


def test_pieces_of_one_voice_become_one_clip(sound: Path) -> None:
    value = open_item(SPEAKER_EMBEDDING, AudioPieces(sound, ((0, 8000), (16000, 20000))))
    assert isinstance(value, AudioClip)
    assert value.samples.shape == (12000,)


def test_a_file_that_cannot_be_opened_fails_alone(sound: Path, tmp_path: Path) -> None:
    fake = FakeTranscriber()
    asked = [SpeechPieces(path, ((0, 16000),)) for path in (sound, tmp_path / "none.wav", sound)]
    first, second, third = runner(cast("TaskKind[object, object]", TRANSCRIBE), fake).run(list(asked))
    assert isinstance(first, Transcription)
    assert isinstance(second, ItemError)
    assert isinstance(third, Transcription)
    assert fake.batches == [2], "the good ones went as one batch"


def test_a_group_of_clips_gives_a_result_for_each_and_is_told_apart_from_others(sound: Path, tmp_path: Path) -> None:
    fake = Grouped()
    clip, gone = SpeechPieces(sound, ((0, 16000),)), SpeechPieces(tmp_path / "none.wav", ((0, 10),))
    asked = [SpeechGroup((clip, gone)), clip, SpeechGroup((clip, clip))]
    first, second, third = runner(cast("TaskKind[object, object]", TRANSCRIBE_GROUP), fake).run(list(asked))
    assert [type(one) for one in cast("tuple[object, ...]", first)] == [Transcription, ItemError]
    assert isinstance(second, Transcription)
    assert [type(one) for one in cast("tuple[object, ...]", third)] == [Transcription, Transcription]
    assert fake.groups == ["0", "", "2", "2"]


def test_a_page_that_cannot_be_opened_fails_alone(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.png", tmp_path / "bad.png"
    Image.new("RGB", (80, 60), "white").save(good)
    bad.write_bytes(b"no picture")
    answers = runner(cast("TaskKind[object, object]", READ_PAGE), FakePageReader()).run([PageRef(bad), PageRef(good)])
    assert isinstance(answers[0], ItemError)
    assert not isinstance(answers[1], ItemError)


def test_video_goes_to_the_detector_in_batches_and_keeps_its_frame_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    import pipelines.media.video

    def frames(path: Path, first: int, last: int, stride: int) -> list[Frame]:
        return [Frame(np.full((48, 64, 3), 99, np.uint8), n, n / 25) for n in range(first, last, stride)]

    monkeypatch.setattr(pipelines.media.video, "read_frames", frames)
    fake = FakeDetector()
    (answer,) = runner(cast("TaskKind[object, object]", DETECT), fake).run([VideoSpan(Path("x"), 0, 40, 2)])
    assert [d.index for d in cast("tuple[Frame, ...]", answer)] == list(range(0, 40, 2))
    assert fake.batches == [FRAMES_PER_BATCH, FRAMES_PER_BATCH, 4]


def test_plates_are_sought_in_parts_of_frames_and_placed_in_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    import pipelines.media.video

    asked: list[list[int]] = []

    def frames(path: Path, numbers: Sequence[int]) -> Iterator[Frame]:
        asked.append(list(numbers))
        # Frame 5 is damaged, 9 lies beyond the end.
        yield from (Frame(np.full((90, 160, 3), 99, np.uint8), n, n / 25) for n in numbers if n not in (5, 9))

    monkeypatch.setattr(pipelines.media.video, "chosen_frames", frames)
    fake = FakePlates()
    parts = tuple(FramePart(n, box) for n, box in ((2, (0, 0, 80, 60)), (2, (70, 20, 150, 80)), (5, (0, 0, 80, 60)),
                                                   (7, (10, 10, 90, 70)), (9, (0, 0, 9, 9))))  # fmt: skip
    (answer,) = runner(cast("TaskKind[object, object]", READ_PLATES), fake).run([FrameParts(Path("x"), parts)])
    found = cast("tuple[tuple[Plate, ...], ...]", answer)
    assert asked == [[2, 5, 7, 9]]
    assert [len(plates) for plates in found] == [1, 1, 0, 1, 0]
    assert [found[n][0].text for n in (0, 1, 3)] == ["京A00002", "京A00002", "京A00007"]
    assert found[1][0].box[0] == (80.0, 30.0)


@pytest.mark.parametrize(
    ("task", "kind"),
    [
        (Task.TRANSCRIBE, SpeechRequest),
        (Task.VOICE_ACTIVITY, AudioClip),
        (Task.READ_PAGE, PageImage),
        (Task.DETECT, Frame),
        (Task.SPEAKER_SEGMENTATION, AudioClip),
        (Task.SPEAKER_EMBEDDING, AudioClip),
        (Task.READ_PLATES, Frame),
    ],
)
def test_every_task_has_something_to_warm_up_with(task: Task, kind: type) -> None:
    assert isinstance(warm_up_value(task), kind)
    assert isinstance(probe_value(task), kind)


def test_a_page_to_warm_up_with_has_the_size_of_paper_and_one_to_ask_with_is_tiny() -> None:
    page, probe = warm_up_value(Task.READ_PAGE), probe_value(Task.READ_PAGE)
    assert isinstance(page, PageImage)
    assert isinstance(probe, PageImage)
    assert (page.width, page.height) == (1654, 2339)
    assert probe.width * probe.height < 10_000
