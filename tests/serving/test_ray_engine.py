"""The Engine on a real Ray: dead replicas, full queues, bad items, separate lanes, a token that keeps strangers out."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
import wave
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from models.device import Device
from models.errors import BadInput, Busy, Unavailable
from models.fakes import FakeTranscriber, fake_names
from models.task import ModelIdentity, Task
from models.values import ItemError, SpeechRequest, Transcription
from pipelines.engine import DETECT, TRANSCRIBE, Lane, SpeechPieces
from serving.deployments import AnyModel
from serving.priority import NICENESS
from serving.ray_engine import RayEngine, RayLimits
from serving.ray_session import RayOptions, RaySession, set_environment
from serving.run_folder import RunFolder, marked

pytestmark = [pytest.mark.ray, pytest.mark.timeout(400)]


class ObedientTranscriber:
    """Does what the first hotword says: sleep, raise, die once or die always."""

    def __init__(self, name: str) -> None:
        self._fake = FakeTranscriber(name)

    @property
    def identity(self) -> ModelIdentity:
        return self._fake.identity

    def load(self, device: Device) -> None:
        self._fake.load(device)

    def close(self) -> None:
        self._fake.close()

    def predict(self, batch: Sequence[SpeechRequest]) -> list[Transcription | ItemError]:
        for request in batch:
            if request.hotwords:
                self._obey(*request.hotwords)
        return self._fake.predict(batch)

    def _obey(self, order: str, argument: str = "") -> None:
        if order == "sleep":
            time.sleep(float(argument))
        elif order == "raise":
            raise RuntimeError("told to")
        elif order == "die" and not (argument and Path(argument).exists()):
            if argument:
                Path(argument).touch()
            os.kill(os.getpid(), signal.SIGKILL)


def build(name: str) -> AnyModel:
    """The only model of these tests."""
    return ObedientTranscriber(name)  # type: ignore[return-value]  # narrower item types than object, by design


def names(task: Task) -> tuple[str, ...]:
    """Transcription alone, so that Ray starts two replicas only."""
    return fake_names(task) if task is Task.TRANSCRIBE else ()


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RayEngine]:
    """One Ray for all tests of this file; nothing of it is left afterwards."""
    set_environment(threads=1)
    import ray.cloudpickle

    # Replicas cannot import this file.
    ray.cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with RunFolder(tmp_path_factory.mktemp("data")) as run:
        options = RayOptions(build, names, queue_items=4, limits=RayLimits(answer_s=120.0))
        session = RaySession(options, run.note_temporary)
        try:
            engine = session.start()
            yield engine
            engine.close()
        finally:
            session.stop()
        mark = run.mark
    assert marked(mark) == []


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A second of loud tone, normalised."""
    path = tmp_path_factory.mktemp("sound") / "tone.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes((np.sin(np.arange(16000) / 10) * 12000).astype("<i2").tobytes())
    return path


def span(sound: Path, *order: str) -> SpeechPieces:
    """The tone, with an order to the model."""
    return SpeechPieces(sound, ((0, 16000),), hotwords=order)


def test_items_come_back_in_order_with_the_error_of_a_bad_one_in_its_place(engine: RayEngine, sound: Path) -> None:
    gone = SpeechPieces(sound.with_name("gone.wav"), ((0, 16000),))
    first, second, third = engine.run(TRANSCRIBE, [span(sound), gone, span(sound)])
    assert isinstance(first, Transcription)
    assert isinstance(second, ItemError)
    assert first == third


def test_an_item_that_raises_fails_alone(engine: RayEngine, sound: Path) -> None:
    results = engine.run(TRANSCRIBE, [span(sound), span(sound, "raise"), span(sound)])
    assert [type(result) for result in results] == [Transcription, ItemError, Transcription]
    bad = results[1]
    assert isinstance(bad, ItemError)
    assert bad.code == "model.failed"
    assert "told to" not in bad.message


def test_a_long_list_passes_a_short_queue(engine: RayEngine, sound: Path) -> None:
    assert len(engine.run(TRANSCRIBE, [span(sound)] * 40)) == 40


def test_who_answers_is_told_in_the_words_of_provenance(engine: RayEngine) -> None:
    assert engine.models(Task.TRANSCRIBE) == ("fake-transcribe",)
    assert engine.model(Task.TRANSCRIBE).name == "fake-transcribe"
    assert len(engine.model(Task.TRANSCRIBE).weights_sha256) == 64
    assert engine.device.startswith(("cpu:0", "cuda:0"))


def test_a_model_or_task_that_is_not_served_is_told(engine: RayEngine, sound: Path) -> None:
    with pytest.raises(BadInput, match="fake-transcribe"):
        engine.run(TRANSCRIBE, [span(sound)], model="whisper-9")
    with pytest.raises(Unavailable):
        engine.run(DETECT, [])


def test_a_full_queue_is_busy_for_a_person_with_the_time_to_wait(engine: RayEngine, sound: Path) -> None:
    def ask(_number: int) -> str:
        try:
            engine.run(TRANSCRIBE, [span(sound, "sleep", "0.3")], lane=Lane.LIVE)
        except Busy as error:
            return f"busy for {error.retry_after_s:.0f} s"
        return "done"

    with ThreadPoolExecutor(40) as callers:
        answers = list(callers.map(ask, range(40)))
    assert set(answers) == {"busy for 5 s", "done"}


def test_archive_work_never_keeps_a_person_waiting(engine: RayEngine, sound: Path) -> None:
    archive = threading.Thread(target=engine.run, args=(TRANSCRIBE, [span(sound, "sleep", "6")]))
    archive.start()
    time.sleep(0.5)
    began = time.monotonic()
    engine.run(TRANSCRIBE, [span(sound)], lane=Lane.LIVE)
    took = time.monotonic() - began
    assert archive.is_alive()
    archive.join(60)
    assert took < 5


def test_a_person_s_replica_comes_first_at_the_cores(engine: RayEngine, sound: Path) -> None:
    for lane in Lane:
        engine.run(TRANSCRIBE, [span(sound)], lane=lane)
    found = {}
    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            name = " ".join(child.cmdline())
            found |= {lane: child.nice() for lane in Lane if "ServeReplica" in name and f"-{lane.value}" in name}
    assert found == NICENESS


def test_a_replica_killed_in_the_middle_of_a_request_is_made_up_for(
    engine: RayEngine, sound: Path, tmp_path: Path
) -> None:
    (result,) = engine.run(TRANSCRIBE, [span(sound, "die", str(tmp_path / "died"))])
    assert (tmp_path / "died").exists()
    assert isinstance(result, Transcription)


def test_an_input_that_kills_every_replica_is_unavailable_and_others_are_served_after_it(
    engine: RayEngine, sound: Path
) -> None:
    with pytest.raises(Unavailable):
        engine.run(TRANSCRIBE, [span(sound, "die")])
    (result,) = engine.run(TRANSCRIBE, [span(sound)])
    assert isinstance(result, Transcription)


def test_a_stranger_without_the_token_gets_nothing(engine: RayEngine) -> None:
    import ray

    address = ray.get_runtime_context().gcs_address
    code = f"import ray; ray.init(address={address!r}, logging_level='ERROR'); print('inside')"
    stranger = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code],
        env={**os.environ, "RAY_AUTH_TOKEN": "0" * 64},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )
    assert "inside" not in stranger.stdout
    assert stranger.returncode != 0


def test_ray_listens_on_loopback_or_asks_for_the_token(engine: RayEngine) -> None:
    import ray

    assert ray.get_runtime_context().gcs_address.startswith("127.0.0.1:")
    assert os.environ["RAY_AUTH_MODE"] == "token"
