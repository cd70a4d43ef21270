"""The Engine on threads in this process: one thread and one bounded queue a model; knows no Ray.

The command line and most tests run on it, and a single machine may serve on it. Requests of several callers that meet
in the queue go to the model as one batch, and those of people (the live lane) go before those of jobs. A model is
loaded on its first request and stays warm.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeVar, cast

from cases.records import ModelUse
from models.device import Device
from models.errors import BadInput, Busy, Defect, Unavailable
from models.task import Model, Task
from models.values import ItemError
from pipelines.engine import Lane, OutT, RefT, TaskKind
from pipelines.runner import TaskRunner
from pipelines.waiting import Closed, Full, WaitingLine

if TYPE_CHECKING:
    from models.weights import WeightsCache

AnyModel = Model[object, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InlineLimits:
    """Bounds of an InlineEngine."""

    queue_items: int = 256
    """Requests that may wait for one model: a page or a chunk of speech is seconds of work, so more is minutes."""
    batch_items: int = 12
    """Requests that go to a model at once: chunks of speech, pages; more than a dozen pays little on a processor."""
    batch_items_beside_live: int = 2
    """The same for archive work while people use the model: what is in work cannot be broken off, so it is kept short
    (eight chunks of speech take a small Whisper 12 s on two cores)."""
    beside_live_s: float = 60.0
    """How long after a request of a person the next one is expected."""
    batch_wait_s: float = 0.005
    """How long the first request of a batch waits for company: unnoticed beside the model's own time."""
    answer_s: float = 1800.0
    """How long a caller waits for an answer, queue included."""
    close_s: float = 30.0
    """How long `close` waits for the batch in flight."""


@dataclass(frozen=True, slots=True)
class _Request:
    ref: object
    answer: Future[object]


class _Lane:
    """One model, its thread and its queue."""

    def __init__(self, kind: TaskKind[object, object], model: AnyModel, device: Device, limits: InlineLimits) -> None:
        self._runner = TaskRunner(kind, model)
        self._device = device
        self._limits = limits
        self._queue: WaitingLine[_Request] = WaitingLine(limits.queue_items)
        self._thread = threading.Thread(target=self._serve, name=f"model-{model.identity.name}", daemon=True)
        self._thread.start()

    def submit(self, ref: object, lane: Lane) -> Future[object]:
        """Queue one reference; raises Busy when the queue is full, Unavailable when it is closed."""
        request = _Request(ref, Future())
        try:
            self._queue.put(request, lane)
        except Closed:
            raise Unavailable("engine.closed", "the service is shutting down; try again later") from None
        except Full:
            raise Busy("engine.busy", "the model's queue is full; try again shortly", retry_after_s=5.0) from None
        return request.answer

    def close(self) -> None:
        """Finish what is queued within a bound, then free the model."""
        self._queue.close()
        self._thread.join(self._limits.close_s)

    def _serve(self) -> None:
        model = self._runner.model
        try:
            model.load(self._device)
        except Exception as error:  # noqa: BLE001 - process border: the error travels to every caller
            self._refuse(error)
            return
        with contextlib.suppress(Closed):
            while (first := self._queue.take()) is not None:
                self._answer(self._gather(*first))
        model.close()

    def _gather(self, first: _Request, lane: Lane) -> list[_Request]:
        """Up to a batch of requests of one lane: nobody waits for another lane's work in their own batch."""
        limits, batch = self._limits, [first]
        beside_live = lane is Lane.BATCH and self._queue.live_within(limits.beside_live_s)
        most = min(limits.batch_items, limits.batch_items_beside_live) if beside_live else limits.batch_items
        deadline = time.monotonic() + limits.batch_wait_s
        while len(batch) < most:
            try:
                found = self._queue.take(lane, max(0.0, deadline - time.monotonic()))
            except Closed:
                break
            if found is None:
                break
            batch.append(found[0])
        return batch

    def _answer(self, batch: list[_Request]) -> None:
        batch = [request for request in batch if request.answer.set_running_or_notify_cancel()]
        if not batch:
            return
        try:
            results = self._runner.run([request.ref for request in batch])
        except Exception as error:  # noqa: BLE001 - process border: the error travels to every caller
            for request in batch:
                request.answer.set_exception(error)
            return
        for request, result in zip(batch, results, strict=True):
            request.answer.set_result(result)

    def _refuse(self, error: Exception) -> None:
        """Answer what is queued, and what still comes until the end, with `error`."""
        with contextlib.suppress(Closed):
            while (found := self._queue.take()) is not None:
                if found[0].answer.set_running_or_notify_cancel():
                    found[0].answer.set_exception(error)


class InlineEngine:
    """An Engine on threads; `build` makes a model by name, `names` lists the models of a task, default first."""

    def __init__(
        self,
        build: Callable[[str], AnyModel],
        names: Callable[[Task], tuple[str, ...]],
        device: Device,
        limits: InlineLimits | None = None,
    ) -> None:
        self._build = build
        self._names = names
        self._device = device
        self._limits = limits or InlineLimits()
        self._lock = threading.Lock()
        self._lanes: dict[str, _Lane] = {}
        self._known: dict[str, AnyModel] = {}
        self._closed = False

    @classmethod
    def from_registry(cls, cache: WeightsCache, device: Device, limits: InlineLimits | None = None) -> Self:
        """An engine over every model that the manifests name."""
        from models import registry

        return cls(lambda name: registry.build(name, cache), registry.names, device, limits)

    @property
    def device(self) -> str:
        """The device and why it was chosen."""
        return f"{self._device.kind}:{self._device.index}, {self._device.threads} threads ({self._device.reason})"

    def models(self, task: Task) -> tuple[str, ...]:
        """Names of the models that serve `task`, default first."""
        return self._names(task)

    def model(self, task: Task, name: str | None = None) -> ModelUse:
        """The model's identity; does not load it."""
        with self._lock:
            identity = self._model(task, name).identity
        return ModelUse(identity.name, identity.task.value, identity.weights_sha256, identity.licence)

    def run(
        self,
        kind: TaskKind[RefT, OutT],
        items: Sequence[RefT],
        *,
        model: str | None = None,
        lane: Lane = Lane.BATCH,
    ) -> list[OutT | ItemError]:
        """Queue every item and wait for all; each model has one thread, which takes the live lane's requests first."""
        serving = self._lane(kind, model)
        answers: list[Future[object]] = []
        deadline = time.monotonic() + self._limits.answer_s
        try:
            answers.extend(serving.submit(item, lane) for item in items)
            return [cast("OutT | ItemError", a.result(max(0.0, deadline - time.monotonic()))) for a in answers]
        except FutureTimeout:
            waited = f"{self._limits.answer_s:.0f} s"
            raise Unavailable("engine.timeout", f"{kind.task} gave no answer in {waited}; try again later") from None
        finally:
            # Whatever nobody waits for any more is not worth a model's time.
            for answer in answers:
                answer.cancel()

    def close(self) -> None:
        """Stop every model's thread; a second call does nothing."""
        with self._lock:
            self._closed = True
            lanes, self._lanes = list(self._lanes.values()), {}
        for lane in lanes:
            lane.close()

    def _model(self, task: Task, name: str | None) -> AnyModel:
        names = self._names(task)
        if not names:
            raise Unavailable("engine.task", f"no model serves {task} here")
        wanted = name or names[0]
        if wanted not in names:
            raise BadInput("model.unknown", f"no model {wanted!r} serves {task}; there are: {', '.join(names)}")
        if wanted not in self._known:
            self._known[wanted] = self._build(wanted)
        return self._known[wanted]

    def _lane(self, kind: TaskKind[RefT, OutT], name: str | None) -> _Lane:
        with self._lock:
            if self._closed:
                raise Unavailable("engine.closed", "the service is shutting down; try again later")
            model = self._model(kind.task, name)
            found = self._lanes.get(model.identity.name)
            if found is None:
                found = _Lane(cast("TaskKind[object, object]", kind), model, self._device, self._limits)
                self._lanes[model.identity.name] = found
            return found


def first_result(results: Sequence[OutT | ItemError]) -> OutT:
    """The only result of a one-item run; raises BadInput with the item's error."""
    if len(results) != 1:
        raise Defect("engine.count", f"one item gave {len(results)} results")
    (result,) = results
    if isinstance(result, ItemError):
        raise BadInput(result.code, result.message)
    return result
