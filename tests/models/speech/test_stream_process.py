"""A streaming transcriber in a process of its own: the same text, and no harm done when that process ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import psutil
import pytest
from numpy.typing import NDArray

from models.device import Device, DeviceKind
from models.errors import Unavailable
from models.fakes import FakeSentence, FakeStreamingTranscriber, build_fake
from models.speech import stream_process
from models.speech.stream_process import ProcessBounds, StreamLost, StreamProcess
from models.values import Segment

CPU = Device(DeviceKind.CPU, 0, 1, "a test")
NAME = "fake-transcribe-stream"
BOUNDS = ProcessBounds(memory_bytes=512 << 20, sentences=3)
HALF_SECOND = np.full(8000, 0.5, np.float32)
SECRET = "ANJUAN_SIGNING_SECRET"


class Odd(FakeSentence):
    """Ends its process over silence of one sample, hangs over one of two, takes a gibibyte over one of three."""

    def accept(self, samples: NDArray[np.float32]) -> str:
        if samples.size == 1:
            os.abort()
        if samples.size == 2:
            time.sleep(60)
        if samples.size == 3:
            np.ones(1 << 27)
        if samples.size == 4:
            return ",".join(sorted(os.environ))
        return super().accept(samples)


class OddTranscriber(FakeStreamingTranscriber):
    def stream(self) -> FakeSentence:
        return Odd()


class Unloadable(FakeStreamingTranscriber):
    def load(self, device: Device) -> None:
        raise Unavailable("model.package", "the package is not installed")


class Broken(FakeStreamingTranscriber):
    def load(self, device: Device) -> None:
        raise OSError("a fault that nobody thought of")


def build_odd(name: str) -> object:
    return {"unloadable": Unloadable, "broken": Broken}.get(name, OddTranscriber)(name)


@pytest.fixture
def odd() -> Iterator[StreamProcess]:
    made = StreamProcess(build_odd, NAME, BOUNDS)
    made.load(CPU)
    yield made
    made.close()


def test_a_sentence_is_what_it_is_without_a_process_of_its_own(odd: StreamProcess) -> None:
    here, apart = FakeSentence(), odd.stream()
    assert odd.identity == FakeStreamingTranscriber(NAME).identity
    for _ in range(3):
        assert apart.accept(HALF_SECOND) == here.accept(HALF_SECOND)
    assert apart.finish() == here.finish()
    silent = odd.stream()
    silent.accept(np.zeros(8000, np.float32))
    assert silent.finish() is None


def test_sentences_of_many_threads_do_not_meet(odd: StreamProcess) -> None:
    def say(times: int) -> Segment | None:
        sentence = odd.stream()
        for _ in range(times):
            sentence.accept(HALF_SECOND)
        return sentence.finish()

    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(say, [1, 2, 3] * 5))
    assert [one.text if one else "" for one in found] == ["有声", "有声" * 2, "有声" * 3] * 5


@pytest.mark.parametrize("by", ["crash", "kill -9", "too much memory"])
def test_a_process_that_ends_costs_its_open_sentences_and_the_next_finds_another(odd: StreamProcess, by: str) -> None:
    one, other, first = odd.stream(), odd.stream(), odd.pid
    assert first is not None
    if by == "kill -9":
        os.kill(first, signal.SIGKILL)
    with pytest.raises(StreamLost):
        one.accept(np.zeros(3 if by == "too much memory" else 1, np.float32))
    with pytest.raises(StreamLost):
        other.finish()
    one.close()
    again = odd.stream()
    assert again.accept(HALF_SECOND) == "有声"
    assert odd.pid not in (None, first)
    assert not psutil.pid_exists(first)


def test_a_process_that_answers_no_more_is_ended(odd: StreamProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_process, "ANSWER_S", 0.3)
    sentence, first = odd.stream(), odd.pid
    with pytest.raises(StreamLost):
        sentence.accept(np.zeros(2, np.float32))
    assert odd.pid is None
    monkeypatch.setattr(stream_process, "ANSWER_S", 30.0)
    assert odd.stream().accept(HALF_SECOND) == "有声"
    assert first is not None
    assert not psutil.pid_exists(first)


def test_more_sentences_than_there_is_room_for_are_refused_and_closed_ones_make_room(odd: StreamProcess) -> None:
    open_now = [odd.stream() for _ in range(3)]
    with pytest.raises(Unavailable, match="3 sentences are open"):
        odd.stream()
    open_now[0].close()
    open_now[0].close()
    odd.stream()


def test_a_sentence_that_is_over_is_refused_and_harms_no_other(odd: StreamProcess) -> None:
    over, other = odd.stream(), odd.stream()
    over.finish()
    with pytest.raises(Unavailable, match="over"):
        over.accept(HALF_SECOND)
    assert other.accept(HALF_SECOND) == "有声"


def test_the_process_knows_no_secret_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRET, "x")
    monkeypatch.setenv("A_MARK", "y")
    made = StreamProcess(build_odd, NAME, BOUNDS, marks=("A_MARK",))
    made.load(CPU)
    known = made.stream().accept(np.zeros(4, np.float32)).split(",")
    made.close()
    assert "A_MARK" in known
    assert SECRET not in known


def test_a_model_that_cannot_load_is_unavailable_and_leaves_no_process() -> None:
    before = {child.pid for child in psutil.Process().children()}
    made = StreamProcess(build_odd, "unloadable", BOUNDS)
    with pytest.raises(Unavailable, match="not installed") as refused:
        made.load(CPU)
    assert refused.value.code == "model.package"
    assert {child.pid for child in psutil.Process().children()} <= before


def test_a_process_that_ends_by_a_fault_says_which(capfd: pytest.CaptureFixture[str]) -> None:
    made = StreamProcess(build_odd, "broken", BOUNDS)
    with pytest.raises(StreamLost):
        made.load(CPU)
    assert "a fault that nobody thought of" in capfd.readouterr().err


def test_nothing_is_started_before_it_is_loaded_or_after_it_was_closed() -> None:
    made = StreamProcess(build_fake, NAME, BOUNDS)
    for _ in range(2):
        assert made.pid is None
        with pytest.raises(Unavailable, match="load first"):
            made.stream()
        made.close()


PARENT = """
import sys
import threading
import time
import numpy as np
from tests.models.speech import test_stream_process as odd
from models.speech.stream_process import StreamProcess
made = StreamProcess(odd.build_odd, odd.NAME, odd.BOUNDS)
made.load(odd.CPU)
sentence = made.stream()
threading.Thread(target=sentence.accept, args=(np.zeros(int(sys.argv[1]), np.float32),), daemon=True).start()
time.sleep(0.5)
print(made.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.parametrize("samples", [5, 2], ids=["at rest", "over a sentence that hangs"])
def test_the_process_ends_when_its_parent_is_killed(samples: int) -> None:
    with subprocess.Popen([sys.executable, "-c", PARENT, str(samples)], stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        assert psutil.pid_exists(pid)
        parent.kill()
    deadline = time.monotonic() + 20
    while psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "it outlives its parent"
        time.sleep(0.05)
