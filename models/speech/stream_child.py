"""A streaming transcriber in a process of its own, the child's end: loads one model and answers until its parent is
gone; knows no session. See `models.speech.stream_process`.
"""

from __future__ import annotations

import json
import os
import pickle
import resource
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from multiprocessing.connection import Connection
from typing import cast

import numpy as np

from models.device import Device
from models.errors import AnjuanError, Unavailable
from models.speech.stream_process import ACCEPT, CLOSE, FINISH, HEADER, OPEN, ProcessBounds
from models.task import StreamingTranscriber, TranscriptionStream


class Child:
    """The open sentences of one model; `answer` may be called from many threads, once at a time for one sentence."""

    def __init__(self, model: StreamingTranscriber, most: int) -> None:
        self._model = model
        self._most = most
        self._sentences: dict[int, TranscriptionStream] = {}

    def answer(self, kind: bytes, number: int, data: memoryview) -> object:
        """What the parent is told; raises AnjuanError."""
        if kind == OPEN:
            if len(self._sentences) >= self._most:
                raise Unavailable("live.sentences", f"{self._most} sentences are open at once, more are not taken")
            self._sentences[number] = self._model.stream()
            return None
        if number not in self._sentences:
            raise Unavailable("live.sentence", "this sentence is over; begin another")
        if kind == ACCEPT:
            return self._sentences[number].accept(np.frombuffer(data, "<f4"))
        sentence = self._sentences.pop(number)
        if kind == FINISH:
            heard = sentence.finish()
            return None if heard is None else asdict(heard)
        if kind == CLOSE:
            sentence.close()
        return None


class Line:
    """The line to the parent, with answers from many threads."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.Lock()

    def tell(self, number: int, answer: object) -> None:
        """Send an answer; a parent that is gone hears none."""
        self._send({"sentence": number, "answer": answer})

    def fail(self, number: int, error: AnjuanError) -> None:
        """Send what went wrong."""
        self._send({"sentence": number, "error": error.code, "message": error.message})

    def _send(self, what: dict[str, object]) -> None:
        with self._lock:
            self._pipe.send_bytes(json.dumps(what).encode())


def serve(pipe: Connection, bounds: ProcessBounds) -> None:
    """Load what the first message names, then answer until the parent hangs up."""
    line = Line(pipe)
    # From the parent alone: the pipe has no other end.
    build, name, device = pickle.loads(pipe.recv_bytes())  # noqa: S301
    model = cast(StreamingTranscriber, build(name))
    try:
        model.load(cast(Device, device))
    except AnjuanError as error:
        line.fail(0, error)
        return
    line.tell(0, None)
    child, pool = Child(model, bounds.sentences), ThreadPoolExecutor(bounds.threads)
    while True:
        message = pipe.recv_bytes(bounds.message_bytes)
        kind, number = HEADER.unpack_from(message)
        pool.submit(_work, child, line, kind, number, memoryview(message)[HEADER.size :])


def _work(child: Child, line: Line, kind: bytes, number: int, data: memoryview) -> None:
    try:
        line.tell(number, child.answer(kind, number, data))
    except AnjuanError as error:
        line.fail(number, error)
    except BaseException as error:  # noqa: BLE001 - process border: the parent starts another and says the sound again
        _end(error)


def _end(error: BaseException) -> None:
    """End the process, whatever its threads do: one may be inside native code that never comes back."""
    if isinstance(error, EOFError | ConnectionError):
        os._exit(0)  # the parent is gone
    sys.excepthook(type(error), error, error.__traceback__)
    os._exit(1)


def main() -> None:
    """`python -m models.speech.stream_child FILE_NUMBER BOUNDS`: started by `StreamProcess` alone."""
    bounds = ProcessBounds(**json.loads(sys.argv[2]))
    resource.setrlimit(resource.RLIMIT_DATA, (bounds.memory_bytes, bounds.memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        serve(Connection(int(sys.argv[1])), bounds)
    except BaseException as error:  # noqa: BLE001 - process border: the parent is told by the end of the line
        _end(error)


if __name__ == "__main__":
    main()
