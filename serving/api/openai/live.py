"""A transcription run while its client waits: the transcribe pipeline in a thread, on the live lane; knows no HTTP.

The thread tells parts and its end to the event loop; when nobody listens any more it stops at the next part. It holds
its place among the live runs until it has really ended, so that clients who give up cannot pile work up.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases.records import BlobRef, JsonObject
from cases.transcript import Transcript
from models.errors import Defect
from models.values import ItemError
from pipelines.engine import BorrowedEngine, Engine, Lane, OutT, RefT, TaskKind
from pipelines.lines import pipeline_for, run_pipeline
from pipelines.pipeline import Part, Setting


class LiveEngine(BorrowedEngine):
    """An Engine that sends everything down the live lane, so that archive work never stands before a person."""

    def run(
        self,
        kind: TaskKind[RefT, OutT],
        items: Sequence[RefT],
        *,
        model: str | None = None,
        lane: Lane = Lane.BATCH,
    ) -> list[OutT | ItemError]:
        """As the engine's, on the live lane whatever `lane` says."""
        return super().run(kind, items, model=model, lane=Lane.LIVE)


@dataclass(frozen=True, slots=True)
class LiveJob:
    """What a live run works on."""

    engine: Engine
    source: BlobRef
    params: JsonObject
    scratch: Path


class _NobodyListens(Exception):
    """The client is gone."""


@dataclass(frozen=True, slots=True)
class _End:
    """How a run ended."""

    transcript: Transcript | None = None
    error: Exception | None = None


Heard = Part[object] | Transcript
"""What a listener hears: parts as they come, the transcript at last."""


class LiveRun:
    """One run; `ended` is called once, from the run's thread, when it is really over."""

    def __init__(self, job: LiveJob, ended: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        # One message a part and one for the end: the run's own length bounds the queue and the waiting.
        self._heard: asyncio.Queue[Part[object] | _End] = asyncio.Queue()
        self._gone = threading.Event()
        work = threading.Thread(target=_work, args=(job, self._tell, ended), name="live-transcription", daemon=True)
        work.start()

    async def listen(self) -> AsyncGenerator[Heard]:
        """Parts as they come, the transcript at last; raises what the pipeline raises."""
        while not isinstance(message := await self._heard.get(), _End):
            yield message
        if message.error is not None:
            raise message.error
        if message.transcript is None:
            raise Defect("live.result", "the live run gave no transcript")
        yield message.transcript

    def leave(self) -> None:
        """Nobody listens any more: the run stops at its next part."""
        self._gone.set()

    def _tell(self, message: Part[object] | _End) -> None:
        if self._gone.is_set():
            raise _NobodyListens
        self._loop.call_soon_threadsafe(self._heard.put_nowait, message)


def _work(job: LiveJob, tell: Callable[[Part[object] | _End], None], ended: Callable[[], None]) -> None:
    try:
        end = _outcome(job, tell)
    finally:
        # Before the last word, so that whoever has heard it finds nothing of the run left.
        ended()
    if end is not None:
        _tell_last(tell, end)


def _outcome(job: LiveJob, tell: Callable[[Part[object] | _End], None]) -> _End | None:
    try:
        return _End(transcript=_transcribe(job, tell))
    except _NobodyListens:
        return None
    except Exception as error:  # noqa: BLE001 - the thread's border: the error travels to who waits
        return _End(error=error)


def _tell_last(tell: Callable[[Part[object] | _End], None], end: _End) -> None:
    try:
        tell(end)
    except (_NobodyListens, RuntimeError):
        # The listener, or its whole event loop, is gone: there is nobody to tell.
        return


def _transcribe(job: LiveJob, tell: Callable[[Part[object] | _End], None]) -> Transcript:
    pipeline = pipeline_for("transcribe")
    setting: Setting[object] = Setting(job.source, pipeline.parse(job.params), LiveEngine(job.engine), job.scratch)
    outcome = run_pipeline(pipeline, setting, parameters=job.params, on_part=tell)
    if not isinstance(outcome.record, Transcript):
        raise Defect("live.result", "the transcribe pipeline gave no transcript")
    return outcome.record
