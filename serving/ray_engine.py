"""The Engine on Ray Serve: sends references through cached handles and waits, bounded; knows no job and no HTTP.

A request that meets a dying replica is sent once more, since Serve starts another; a second death means that the input
or the machine is at fault, and the caller hears Unavailable. A full queue is Busy at once for a person, and a while in
line for archive work. One call keeps only a few requests in flight, so that a long volume does not fill the queue.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from cases.records import ModelUse
from models.errors import BadInput, Busy, Defect, Lost, Unavailable
from models.task import Task
from models.values import ItemError
from pipelines.engine import Lane, OutT, RefT, TaskKind
from serving.deployments import BATCHING, Account, Plan, Refusal

if TYPE_CHECKING:
    from ray.serve.handle import DeploymentHandle, DeploymentResponse


@dataclass(frozen=True, slots=True)
class RayLimits:
    """Bounds of a RayEngine, in seconds."""

    answer_s: float = 1800.0
    """How long a caller waits for one item, queue included."""
    slice_s: float = 0.5
    """How often a waiting caller looks whether the service stops."""
    retry_after_s: float = 5.0
    """What a caller is told to wait when a queue is full."""
    patience_s: float = 60.0
    """How long archive work stands in line for a place in a full queue; a person is told at once."""
    account_s: float = 30.0
    """How long a replica may take to say what it runs on."""


@dataclass(frozen=True, slots=True)
class Route:
    """A deployment that runs: its plan, the identity of its model and the handle to it."""

    plan: Plan
    use: ModelUse
    handle: DeploymentHandle[object]


@dataclass(slots=True)
class _Sent:
    """One item on its way."""

    index: int
    ref: object
    response: DeploymentResponse[object]
    deadline: float
    resent: bool = False


class RayEngine:
    """An Engine over running deployments."""

    def __init__(self, routes: Sequence[Route], limits: RayLimits | None = None) -> None:
        self._routes = _by_task(routes)
        self._limits = limits or RayLimits()
        self._closed = threading.Event()
        self._device = self._ask_device(routes)

    @property
    def device(self) -> str:
        """The device that the replicas run on and why it was chosen."""
        return self._device

    def models(self, task: Task) -> tuple[str, ...]:
        """Names of the models that serve `task`, default first."""
        return tuple(dict.fromkeys(route.plan.model for route in self._routes.get(task, ())))

    def model(self, task: Task, name: str | None = None) -> ModelUse:
        """The identity of the model that answers."""
        return self._route(task, name, Lane.BATCH).use

    def run(
        self,
        kind: TaskKind[RefT, OutT],
        items: Sequence[RefT],
        *,
        model: str | None = None,
        lane: Lane = Lane.BATCH,
    ) -> list[OutT | ItemError]:
        """Send every item, a window at a time, and wait for all."""
        route = self._route(kind.task, model, lane)
        window = 2 * BATCHING[kind.task].items
        waiting = deque(enumerate(items))
        sent: deque[_Sent] = deque()
        results: list[object] = [None] * len(items)
        try:
            while waiting or sent:
                while waiting and len(sent) < window:
                    sent.append(self._send(route, *waiting.popleft()))
                item = sent.popleft()
                results[item.index] = self._await(route, item)
        finally:
            _cancel(sent)
        return cast("list[OutT | ItemError]", results)

    def close(self) -> None:
        """Refuse new calls and let waiting ones end with Unavailable; the deployments belong to whoever made them."""
        self._closed.set()

    def _route(self, task: Task, name: str | None, lane: Lane) -> Route:
        if self._closed.is_set():
            raise Unavailable("engine.closed", "the service is shutting down; try again later")
        routes = self._routes.get(task, ())
        if not routes:
            raise Unavailable("engine.task", f"no model serves {task} here")
        named = [route for route in routes if route.plan.model == (name or routes[0].plan.model)]
        if not named:
            there = ", ".join(self.models(task))
            raise BadInput("model.unknown", f"no model {name!r} serves {task} here; there are: {there}")
        return next((route for route in named if route.plan.lane is lane), named[0])

    def _send(self, route: Route, index: int, ref: object) -> _Sent:
        response = route.handle.answer.remote(ref)
        return _Sent(index, ref, response, time.monotonic() + self._limits.answer_s)

    def _await(self, route: Route, item: _Sent) -> object:
        """The item's result; sent again after the death of a replica (once) or a full queue (archive work, a while)."""
        from ray.exceptions import RayActorError, RayError, RayTaskError
        from ray.serve.exceptions import BackPressureError, RayServeException

        while True:
            try:
                return _checked(self._wait(item))
            except BackPressureError as error:
                self._stand_in_line(route, item, error)
            except RayTaskError as error:
                raise Defect("engine.replica", "a model's replica failed; the server log tells more") from error
            except RayActorError as error:
                if item.resent:
                    raise Lost(
                        "engine.replica", "the model's replica died twice on this input; try again later"
                    ) from error
                item.resent = True
            except (RayError, RayServeException) as error:
                raise Unavailable("engine.lost", "Ray does not answer; try again later") from error
            item.response = self._send(route, item.index, item.ref).response

    def _stand_in_line(self, route: Route, item: _Sent, error: Exception) -> None:
        """Wait before an item is sent again to a full queue; raises Busy for a person, or when it took too long."""
        limits = self._limits
        waited = limits.answer_s - (item.deadline - time.monotonic())
        if route.plan.lane is Lane.LIVE or waited > limits.patience_s:
            raise Busy("engine.busy", "the model's queue is full; try again shortly", limits.retry_after_s) from error
        self._closed.wait(limits.slice_s)

    def _wait(self, item: _Sent) -> object:
        while True:
            left = item.deadline - time.monotonic()
            if left <= 0:
                waited = f"{self._limits.answer_s:.0f} s"
                raise Unavailable("engine.timeout", f"a model gave no answer in {waited}; try again later")
            if self._closed.is_set():
                raise Unavailable("engine.closed", "the service is shutting down; try again later")
            try:
                return item.response.result(timeout_s=min(left, self._limits.slice_s))
            except TimeoutError:
                continue

    def _ask_device(self, routes: Sequence[Route]) -> str:
        if not routes:
            return "none"
        account = cast(Account, routes[0].handle.account.remote().result(timeout_s=self._limits.account_s))
        return account.device


def _by_task(routes: Sequence[Route]) -> Mapping[Task, tuple[Route, ...]]:
    tasks = dict.fromkeys(route.plan.task for route in routes)
    return {task: tuple(route for route in routes if route.plan.task is task) for task in tasks}


def _cancel(sent: Sequence[_Sent]) -> None:
    """Give up what nobody waits for any more: it is not worth a model's time."""
    from ray.exceptions import RayError
    from ray.serve.exceptions import RayServeException

    for item in sent:
        # Best effort: what failed or ended meanwhile says so here.
        with contextlib.suppress(RayError, RayServeException):
            item.response.cancel()


def _checked(answer: object) -> object:
    """The answer of a replica, its refusals raised."""
    if isinstance(answer, Refusal):
        raise (Defect if answer.defect else Unavailable)(answer.code, answer.message)
    return answer
