"""A child process that reads what strangers made, under limits on memory, processor time, files and waiting.

Decoders of PDF and pictures are written in C and meet hostile input. They run in a process of their own: what breaks
there breaks the child alone, and the parent starts another. Parent and child speak JSON, one line a question and one
line an answer. This module knows the limits and the lines, and nothing of pages.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Self, cast

from cases.records import JsonObject
from models.errors import BadInput, Defect, TooLarge, Unavailable

logger = logging.getLogger(__name__)

ANSWER_BYTES = 4 << 20
"""The longest answer that is believed: the facts of a volume of 5,000 pages stay far below."""
CLOSE_S = 5.0
"""How long a child may take to end by itself before it is killed."""

Handler = Callable[[JsonObject], JsonObject]


@dataclass(frozen=True, slots=True)
class Bounds:
    """The limits of a child."""

    memory_bytes: int = 3 << 30
    """Address space: a picture of 200 megapixels, decoded and turned upright, needs 1.6 GB."""
    file_bytes: int = 2 << 30
    """Size of a file that the child may write: a searchable copy of a volume of some thousand pages."""
    open_files: int = 64
    """Files that the child may hold open."""
    processor_s: int = 60
    """Processor seconds for one answer: an ordinary page takes less than one."""
    answer_s: float = 120.0
    """Seconds that the parent waits for one answer: twice the processor's, since the machine may be busy."""
    answers: int = 500
    """Answers after which a child is replaced, so that what its decoders leak never adds up."""


class ChildLost(BadInput):
    """The child died or fell silent over a question: what it was given cannot be read safely."""


class Confined:
    """The parent's end: starts `module` as a child on the first question, and again after it was lost."""

    def __init__(self, module: str, bounds: Bounds | None = None) -> None:
        self._module = module
        self._bounds = bounds or Bounds()
        self._child: subprocess.Popen[bytes] | None = None
        self._given = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, question: JsonObject) -> JsonObject:
        """The child's answer.

        Raises the BadInput or TooLarge that the child found, ChildLost when it died or did not answer in time, and
        Defect when it failed over something that is no fault of the input.
        """
        if self._given >= self._bounds.answers:
            self.close()
        child = self._child or self._start()
        self._given += 1
        try:
            answer = _converse(child, question, self._bounds.answer_s)
        except (_Silent, BrokenPipeError) as silence:
            how = self._kill(str(silence))
            logger.warning("child %s lost: %s", self._module, how)
            raise ChildLost("child.lost", f"the file could not be read safely: its reader {how}") from None
        return _unpack(answer)

    def close(self) -> None:
        """End the child; the next question starts a new one."""
        child, self._child, self._given = self._child, None, 0
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe is not None:
                pipe.close()
        try:
            child.wait(CLOSE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def _start(self) -> subprocess.Popen[bytes]:
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", self._module, json.dumps(asdict(self._bounds))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env=_environment(),
        )
        return self._child

    def _kill(self, reason: str) -> str:
        """Kill the child and say how it ended."""
        child = self._child
        if child is None:
            return reason
        if reason == _Silent.LATE:
            child.kill()
        self.close()
        code = child.returncode
        if reason == _Silent.LATE or code is None or code >= 0:
            return reason
        return f"was ended by {signal.Signals(-code).name}"


def _environment() -> dict[str, str]:
    """What a child may know: how to find libraries, and no secret that the parent's environment may hold."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH") if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "OPENBLAS_NUM_THREADS": "1"}


class _Silent(Exception):
    """No answer came."""

    LATE = "did not finish in time"
    GONE = "ended without an answer"
    LONG = "answered beyond all bounds"


def _converse(child: subprocess.Popen[bytes], question: JsonObject, wait_s: float) -> JsonObject:
    """Write one line, read one line; raises _Silent or BrokenPipeError."""
    if child.stdin is None or child.stdout is None:
        raise Defect("child.pipes", "the child has no pipes")
    deadline = time.monotonic() + wait_s
    child.stdin.write(json.dumps(question).encode() + b"\n")
    answer = bytearray()
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while not answer.endswith(b"\n"):
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise _Silent(_Silent.LATE)
            piece = os.read(child.stdout.fileno(), 1 << 16)
            if not piece:
                raise _Silent(_Silent.GONE)
            answer += piece
            if len(answer) > ANSWER_BYTES:
                raise _Silent(_Silent.LONG)
    return cast(JsonObject, json.loads(answer))


def _unpack(answer: JsonObject) -> JsonObject:
    kind, code, message = (str(answer.get(key, "")) for key in ("error", "code", "message"))
    if not kind:
        return cast(JsonObject, answer["answer"])
    if kind == "TooLarge":
        raise TooLarge(code, message)
    if kind == "BadInput":
        raise BadInput(code, message)
    if kind == "MemoryError":
        raise ChildLost("child.memory", "the file could not be read safely: it needs too much memory")
    if kind == "OSError":
        raise Unavailable("child.disk", f"the file's reader could not write or read: {message}")
    raise Defect("child.failed", f"the file's reader failed: {message}")


def serve(handlers: Mapping[str, Handler]) -> None:
    """The child's end: take the limits from the command line, then answer questions until the parent hangs up."""
    bounds = Bounds(**json.loads(sys.argv[1]))
    resource.setrlimit(resource.RLIMIT_AS, (bounds.memory_bytes, bounds.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (bounds.file_bytes, bounds.file_bytes))
    resource.setrlimit(resource.RLIMIT_NOFILE, (bounds.open_files, bounds.open_files))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # A library that prints must not speak into the answers.
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    for line in sys.stdin.buffer:
        used = resource.getrusage(resource.RUSAGE_SELF)
        limit = int(used.ru_utime + used.ru_stime) + 1 + bounds.processor_s
        resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
        answers.write(json.dumps(_answer(handlers, json.loads(line))).encode() + b"\n")


def _answer(handlers: Mapping[str, Handler], question: JsonObject) -> JsonObject:
    try:
        return {"answer": handlers[str(question["ask"])](question)}
    except TooLarge as error:
        return {"error": "TooLarge", "code": error.code, "message": error.message}
    except BadInput as error:
        return {"error": "BadInput", "code": error.code, "message": error.message}
    except MemoryError:
        return {"error": "MemoryError", "code": "", "message": ""}
    except OSError as error:
        return {"error": "OSError", "code": "", "message": str(error.strerror)}
    except Exception as error:  # noqa: BLE001 - process border: the parent decides what it means
        return {"error": "Defect", "code": "", "message": f"{type(error).__name__}: {error}"}
