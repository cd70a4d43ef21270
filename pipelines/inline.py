"""The Engine on threads in this process: one thread and one bounded queue a model; knows no Ray.

The command line and most tests run on it, and a single machine may serve on it. Requests of several callers that meet
in the queue go to the model as one batch. A model is loaded on its first request and stays warm.
"""

from __future__ import annotations

import queue
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

if TYPE_CHECKING:
    from models.weights import WeightsCache

AnyModel = Model[object, object]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class InlineLimits:
    """Bounds of an InlineEngine."""

    queue_items: int = 256
    """Requests that may wait for one model: a page or a chunk of speech is seconds of work, so more is minutes."""
    batch_items: int = 8
    """Requests that go to a model at once; more does not pay on the cards and cores that we measured."""
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
        self._queue: queue.Queue[_Request | None] = queue.Queue(limits.queue_items)
        self._thread = threading.Thread(target=self._serve, name=f"model-{model.identity.name}", daemon=True)
        self._thread.start()

    def submit(self, ref: object) -> Future[object]:
        """Queue one reference; raises Busy when the queue is full."""
        request = _Request(ref, Future())
        try:
            self._queue.put_nowait(request)
        except queue.Full:
            raise Busy("engine.busy", "the model's queue is full; try again shortly", retry_after_s=5.0) from None
        return request.answer

    def close(self) -> None:
        """Finish the batch in flight, refuse the rest, free the model."""
        deadline = time.monotonic() + self._limits.close_s
        try:
            self._queue.put(None, timeout=self._limits.close_s)
        except queue.Full:
            return
        self._thread.join(max(0.0, deadline - time.monotonic()))

    def _serve(self) -> None:
        model = self._runner.model
        try:
            model.load(self._device)
        except Exception as error:  # noqa: BLE001 - process border: the error travels to every caller
            self._refuse(error)
            return
        while (first := self._queue.get()) is not None:
            batch, last = self._gather(first)
            self._answer(batch)
            if last:
                break
        self._refuse(Unavailable("engine.closed", "the service is shutting down; try again later"), wait=False)
        model.close()

    def _gather(self, first: _Request) -> tuple[list[_Request], bool]:
        """Up to a batch of requests, and whether the end mark was among them."""
        batch = [first]
        deadline = time.monotonic() + self._limits.batch_wait_s
        while len(batch) < self._limits.batch_items:
            try:
                request = self._queue.get(timeout=max(0.0, deadline - time.monotonic()))
            except queue.Empty:
                return batch, False
            if request is None:
                return batch, True
            batch.append(request)
        return batch, False

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

    def _refuse(self, error: Exception, *, wait: bool = True) -> None:
        """Answer what is queued with `error`; with `wait`, also what still comes, until the end mark."""
        while True:
            try:
                request = self._queue.get(block=wait)
            except queue.Empty:
                return
            if request is None:
                return
            if request.answer.set_running_or_notify_cancel():
                request.answer.set_exception(error)


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
        """Queue every item and wait for all; `lane` makes no difference here, since each model has one thread."""
        serving = self._lane(kind, model)
        answers: list[Future[object]] = []
        deadline = time.monotonic() + self._limits.answer_s
        try:
            answers.extend(serving.submit(item) for item in items)
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
