"""A streaming transcriber in a process of its own: what breaks in its native code breaks no session; knows no model.

The parent's end. It is a `StreamingTranscriber` like the one it keeps apart, starts the child with the first need, and
again after it was lost: every sentence that was open then raises `StreamLost`, and whoever has the sound says it again.
The child's end is `models.speech.stream_child`; between them runs a socket pair, one message a question and one an
answer, in any order of sentences. The child's answers are JSON: nothing it says is ever executed.
"""

from __future__ import annotations

import json
import logging
import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import asdict, dataclass
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from models.device import Device
from models.errors import Unavailable
from models.task import ModelIdentity, StreamingTranscriber
from models.values import Segment, Word

log = logging.getLogger(__name__)

MIB = 1 << 20
HEADER = struct.Struct(">cQ")
"""What every message begins with: the question, and the sentence it is about."""
OPEN, ACCEPT, FINISH, CLOSE = b"o", b"a", b"f", b"c"
SPARE_SENTENCES = 8
"""Sentences beyond those of the places: sessions that are being ended."""
START_S = 60.0
"""Loading takes a second or two, a busy machine or a cold disk much longer."""
ANSWER_S = 30.0
"""An answer takes hundredths of a second, a sentence of half a minute at once some seconds; silence is death."""
RESTART_S = 1.0
"""Least time from one start to the next: a child that dies at once must not keep the machine busy."""
END_S = 3.0
"""How long a child may take to end by itself before it is killed."""
CARRIED = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "HOME", "TMPDIR")
"""What the child may know of the environment; no secret is in any of it."""


@dataclass(frozen=True, slots=True)
class ProcessBounds:
    """The limits of a child."""

    memory_bytes: int
    """Its private memory (RLIMIT_DATA)."""
    sentences: int
    """Sentences open at once."""
    threads: int = 4
    """Sentences worked on at once; more than there are cores is of no use."""
    message_bytes: int = 16 * MIB
    """One message: four minutes of sound."""

    @classmethod
    def of(cls, places: int) -> ProcessBounds:
        """The limits for so many people who speak at once, each with a sentence and a look at it."""
        return cls(memory_bytes=512 * MIB + places * 256 * MIB, sentences=2 * places + SPARE_SENTENCES)


class StreamLost(Unavailable):
    """The child ended, or answered no more, while this sentence was open; the next one finds another child."""


class StreamProcess:
    """`build(name)` in a child; both are pickled, so `build` is a function of a module. `marks` are variables of the
    environment that the child carries too."""

    def __init__(
        self, build: Callable[[str], object], name: str, bounds: ProcessBounds, marks: Sequence[str] = ()
    ) -> None:
        self._build = build
        self._name = name
        self._bounds = bounds
        self._marks = marks
        self._identity = cast(StreamingTranscriber, build(name)).identity
        self._device: Device | None = None
        self._lock = threading.Lock()
        self._child: _Child | None = None
        self._started = -RESTART_S
        self._count = 0

    @property
    def identity(self) -> ModelIdentity:
        """That of the model in the child."""
        return self._identity

    @property
    def pid(self) -> int | None:
        """The child's, while there is one."""
        child = self._child
        return child.process.pid if child is not None and child.alive else None

    def load(self, device: Device) -> None:
        """Start the child and have it load; raises Unavailable when it cannot."""
        self._device = device
        self._living()

    def stream(self) -> RemoteSentence:
        """A new sentence; starts the child where there is none. Raises Unavailable when it cannot be had."""
        child = self._living()
        with self._lock:
            self._count += 1
            number = self._count
        child.ask(OPEN, number)
        return RemoteSentence(child, number)

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._device = None
            child, self._child = self._child, None
        if child is not None:
            child.end()

    def _living(self) -> _Child:
        with self._lock:
            if self._device is None:
                raise Unavailable("model.not-loaded", f"{self._name} is not loaded; call load first")
            if self._child is not None and self._child.alive:
                return self._child
            if self._child is not None:
                self._child.end()
            time.sleep(max(0.0, self._started + RESTART_S - time.monotonic()))
            self._started = time.monotonic()
            self._child = _Child(self._bounds, self._marks)
            self._child.load(pickle.dumps((self._build, self._name, self._device)))
            return self._child


class RemoteSentence:
    """One sentence in the child."""

    def __init__(self, child: _Child, number: int) -> None:
        self._child = child
        self._number = number
        self._over = False

    def accept(self, samples: NDArray[np.float32]) -> str:
        """The sentence so far; raises StreamLost."""
        return str(self._child.ask(ACCEPT, self._number, samples.astype("<f4").tobytes()))

    def finish(self) -> Segment | None:
        """The whole sentence; raises StreamLost."""
        self._over = True
        return _segment(self._child.ask(FINISH, self._number))

    def close(self) -> None:
        """Let go of the sentence; one whose child is gone is gone with it."""
        if self._over:
            return
        self._over = True
        try:
            self._child.ask(CLOSE, self._number)
        except Unavailable as error:
            log.debug("a sentence went with its process: %s", error)


class _Child:
    """One process, from its start to its end; questions may be asked from many threads at once."""

    def __init__(self, bounds: ProcessBounds, marks: Sequence[str]) -> None:
        ours, theirs = Pipe()
        self._bounds = bounds
        self._pipe: Connection = ours
        self._sending = threading.Lock()
        self._asked: dict[int, Future[object]] = {}
        self._lock = threading.Lock()
        with theirs:
            handle = theirs.fileno()
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-m", "models.speech.stream_child", str(handle), json.dumps(asdict(bounds))],
                pass_fds=(handle,),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=_environment(marks),
                # Ctrl-C is for the server, which ends its children in order.
                start_new_session=True,
            )
        self.alive = True
        threading.Thread(target=self._hear, name="stream-process", daemon=True).start()

    def load(self, what: bytes) -> None:
        """Have the model loaded; raises Unavailable, and then the child is over."""
        try:
            self._ask(0, what, START_S)
        except Unavailable:
            self.end()
            raise

    def ask(self, kind: bytes, sentence: int, data: bytes = b"") -> object:
        """The answer about a sentence, which asks one question at a time; raises StreamLost."""
        return self._ask(sentence, HEADER.pack(kind, sentence) + data, ANSWER_S)

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._lost(None)
        try:
            self.process.wait(END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def _ask(self, sentence: int, message: bytes, wait_s: float) -> object:
        answer: Future[object] = Future()
        with self._lock:
            if not self.alive:
                raise _lost()
            self._asked[sentence] = answer
        try:
            with self._sending:
                self._pipe.send_bytes(message)
            return answer.result(wait_s)
        except FutureTimeout:
            self._lost(f"no answer came in {wait_s:.0f} s")
            self.process.kill()
            raise _lost() from None
        except OSError:
            self._lost("it takes nothing any more")
            raise _lost() from None

    def _hear(self) -> None:
        """Hand out the answers until the child is gone."""
        try:
            while True:
                answer = json.loads(self._pipe.recv_bytes(self._bounds.message_bytes))
                with self._lock:
                    asked = self._asked.pop(int(answer["sentence"]), None)
                if asked is None:
                    continue
                if "error" in answer:
                    asked.set_exception(Unavailable(str(answer["error"]), str(answer["message"])))
                else:
                    asked.set_result(answer["answer"])
        except (OSError, EOFError, ValueError, KeyError, TypeError) as end:
            self._lost(f"{type(end).__name__} on its line")
        finally:
            # Whoever still writes to it hears at once that nobody reads.
            self._pipe.close()

    def _lost(self, why: str | None) -> None:
        with self._lock:
            if not self.alive:
                return
            self.alive = False
            asked, self._asked = self._asked, {}
        if why is not None:
            log.warning("the process of the quick pass (%d) is lost: %s", self.process.pid, why)
        self.process.terminate()
        for one in asked.values():
            one.set_exception(_lost())


def _lost() -> StreamLost:
    return StreamLost(
        "live.quick", "the quick text was broken off by a fault and starts again; the sound is being kept"
    )


def _segment(answer: object) -> Segment | None:
    if answer is None:
        return None
    found = cast("dict[str, object]", answer)
    words = tuple(Word(**word) for word in cast("list[dict[str, object]]", found.pop("words")))  # type: ignore[arg-type]
    flags = tuple(cast("list[str]", found.pop("flags")))
    return Segment(**found, words=words, flags=flags)  # type: ignore[arg-type]


def _environment(marks: Sequence[str]) -> dict[str, str]:
    """How to find libraries and weights, and no secret that the parent's environment may hold."""
    kept = {name: os.environ[name] for name in (*CARRIED, *marks) if name in os.environ}
    # One sentence is one thread's work: linear algebra with threads of its own would only take cores from others.
    threads = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return {**kept, **threads, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}
