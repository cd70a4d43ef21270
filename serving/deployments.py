"""Models as Ray Serve deployments: one class, generic over the task and the model; knows no job, no case, no HTTP.

A replica holds one loaded model. Requests that meet become one batch, the model runs in a thread of its own so that
health checks and the next batch never wait for the event loop, and an item that fails, fails alone. Interactive and
archive transcription are separate deployments of the same model with priorities of their own, so that night jobs never
starve a person.

Only references cross a handle, never media. The one thing that a replica raises is what Ray itself raises: errors of
ours come back as values (`Refusal`), since exceptions with arguments of their own do not survive Ray's wrapping.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from models.device import Device, DeviceKind
from models.errors import AnjuanError, BadInput, Defect, Unavailable
from models.task import STREAMING, Model, Task
from models.values import ItemError
from pipelines.engine import Lane, TaskKind
from serving.growth import GrowthWatch
from serving.priority import give_way

if TYPE_CHECKING:
    from ray.serve import Application

AnyModel = Model[object, object]
Build = Callable[[str], AnyModel]
"""Makes a model by name, not loaded; travels to the replica, so it is a module's function or a partial of one."""

log = logging.getLogger(__name__)

HEALTH_PERIOD_S = 15.0
"""How often Serve asks a replica: a dead one is replaced within this time."""
HEALTH_TIMEOUT_S = 90.0
"""Longer than PROBE_S, so that the replica's own verdict comes first."""
PROBE_S = 60.0
"""Longest time for one tiny input; the slowest model takes about 2 s of it on two busy cores."""
PROBE_EVERY_S = 300.0
"""A model that answered within this time needs no probe: probing Whisper each period would cost a tenth of a core."""
STUCK_S = 1800.0
"""A batch in flight this long means that the model hangs: as long as any caller waits for an answer."""
DRAIN_S = 5.0
"""How long a replica may finish what it has when it is stopped; callers try again elsewhere."""


@dataclass(frozen=True, slots=True)
class Batching:
    """How requests of one model are put together; items, and seconds."""

    items: int
    wait_s: float


BATCHING: dict[Task, Batching] = {
    # A chunk of speech is up to 30 s of sound: eight decode together at little more than the cost of one on a card.
    Task.TRANSCRIBE: Batching(8, 0.01),
    # An hour of sound each, read as it is needed: one at a time.
    Task.VOICE_ACTIVITY: Batching(4, 0.005),
    # A4 at 200 dpi is 12 MB of pixels a page; a few are read at the same time, and none waits long for the last.
    Task.READ_PAGE: Batching(8, 0.01),
    # A span of video is hundreds of frames; the runner batches frames itself.
    Task.DETECT: Batching(1, 0.0),
    # Some frames of a file, each with the parts of it that hold a vehicle; they are decoded there.
    Task.READ_PLATES: Batching(1, 0.0),
    # Ten seconds of sound each, and a few seconds of one voice: tens of milliseconds of work.
    Task.SPEAKER_SEGMENTATION: Batching(8, 0.005),
    Task.SPEAKER_EMBEDDING: Batching(8, 0.005),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """One deployment to be made: a model for a task on a lane, and what it may use."""

    task: Task
    model: str
    lane: Lane
    device: Device
    cpus: float
    gpus: float
    queue_items: int
    growth_bytes: int

    @property
    def name(self) -> str:
        """The deployment's name, also the application's."""
        return f"{self.task.value}-{self.model}-{self.lane.value}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a replica could not serve a request, as a value; `defect` false means that it is worth trying again."""

    code: str
    message: str
    defect: bool


@dataclass(frozen=True, slots=True)
class Account:
    """What a replica says of itself: the device in words, and the process, for measurements and tests."""

    device: str
    process: int


class ModelReplica:
    """One loaded model behind a batch queue; Serve makes it, warms it and asks it for its health."""

    def __init__(self, plan: Plan, build: Build) -> None:
        from ray import serve

        from pipelines.runner import TaskRunner, warm_up_value

        # Before the model makes its threads.
        give_way(plan.lane)
        self._plan = plan
        self._model = build(plan.model)
        self._model.load(plan.device)
        self._runner: TaskRunner[object, object] = TaskRunner(TaskKind(plan.task), self._model)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"model-{plan.model}")
        self._began: float | None = None
        self._hear(warm_up_value(plan.task))
        self._growth = GrowthWatch(plan.growth_bytes)
        batching = BATCHING[plan.task]
        self._batched = serve.batch(max_batch_size=batching.items, batch_wait_timeout_s=batching.wait_s)(self._batch)

    async def answer(self, ref: object) -> object:
        """The result, ItemError or Refusal for one reference."""
        return await self._batched(ref)

    async def account(self) -> Account:
        """What this replica runs on."""
        import os

        d = self._plan.device
        return Account(f"{d.kind}:{d.index}, {d.threads} threads ({d.reason})", os.getpid())

    async def check_health(self) -> None:
        """Raise when the model hangs, no longer answers a tiny real input, or has grown too much since it was warm.

        Serve then replaces this replica; a caller whose batch was in hand asks the new one.
        """
        if (complaint := self._growth.complaint) is not None:
            raise RuntimeError(f"{self._plan.name}: {complaint}")
        if self._began is not None:
            if time.monotonic() - self._began > STUCK_S:
                raise RuntimeError(f"{self._plan.name}: one batch has run for more than {STUCK_S:.0f} s")
            return
        if time.monotonic() - self._answered < PROBE_EVERY_S:
            return
        loop = asyncio.get_running_loop()
        await asyncio.wait_for(loop.run_in_executor(self._thread, self._probe), PROBE_S)

    def _probe(self) -> None:
        from pipelines.runner import probe_value

        self._hear(probe_value(self._plan.task))

    def _hear(self, value: object) -> None:
        """Raise when the model gives an error for an input that is known to be good."""
        (answer,) = self._model.predict([value])
        if isinstance(answer, ItemError):
            raise RuntimeError(f"{self._plan.name}: a good input gave {answer.code}: {answer.message}")
        self._answered = time.monotonic()

    async def _batch(self, refs: list[object]) -> list[object]:
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answers, refs)

    def _answers(self, refs: Sequence[object]) -> list[object]:
        """As many answers as references; when the batch fails as a whole, each item is tried alone."""
        self._began = time.monotonic()
        try:
            return self._runner.run(refs)
        except Exception as error:  # request border: one bad item must not take its neighbours with it
            log.exception("%s: a batch of %d failed", self._plan.name, len(refs))
            if len(refs) == 1:
                return [_as_answer(error)]
            return [self._alone(ref) for ref in refs]
        finally:
            self._began = None
            self._answered = time.monotonic()
            self._growth.look()

    def _alone(self, ref: object) -> object:
        try:
            (answer,) = self._runner.run([ref])
        except Exception as error:  # request border: see _answers
            log.exception("%s: one item failed", self._plan.name)
            return _as_answer(error)
        return answer


def _as_answer(error: Exception) -> ItemError | Refusal:
    """An exception as a value: the item's own fault, a passing want, or a defect."""
    if isinstance(error, BadInput):
        return ItemError(error.code, error.message)
    if isinstance(error, AnjuanError):
        return Refusal(error.code, error.message, isinstance(error, Defect))
    if isinstance(error, MemoryError) or "out of memory" in str(error).lower():
        return Refusal("model.memory", "the model ran out of memory; try again later", False)
    return ItemError(
        "model.failed", f"the model failed on this item ({type(error).__name__}); the server log tells more"
    )


def application(plan: Plan, build: Build) -> Application:
    """The Serve application of one plan; bounded queue, CPU share and GPU share as planned."""
    from ray import serve

    items = BATCHING[plan.task].items
    deployment = serve.deployment(
        name=plan.name,
        num_replicas=1,
        max_ongoing_requests=2 * items,
        max_queued_requests=plan.queue_items,
        health_check_period_s=HEALTH_PERIOD_S,
        health_check_timeout_s=HEALTH_TIMEOUT_S,
        graceful_shutdown_timeout_s=DRAIN_S,
        graceful_shutdown_wait_loop_s=0.5,
        ray_actor_options={"num_cpus": plan.cpus, "num_gpus": plan.gpus},
    )(ModelReplica)
    return cast("Application", deployment.bind(plan, build))


@dataclass(frozen=True, slots=True)
class Means:
    """What there is to share out: cores and cards, the device asked for, CPU threads a model, requests a queue, and
    bytes that a replica may grow by."""

    cores: int
    cards: float
    device: str
    threads: int
    queue_items: int
    growth_bytes: int


CPU_SHARE = 0.1
"""Bookkeeping, not isolation: small enough that eight deployments and Serve's own actors fit on two cores."""


def plans(names: Callable[[Task], Sequence[str]], means: Means) -> tuple[Plan, ...]:
    """The deployments for the default model of every task, and a live one of the transcriber.

    Cards are shared out evenly. Raises Unavailable when a card is asked for and none is here.
    """
    if means.device.startswith("cuda") and not means.cards:
        raise Unavailable("device.missing", f"{means.device} was asked for, and no CUDA card is here; use auto or cpu")
    served = [task for task in Task if task not in STREAMING]
    wanted = [(task, names(task)[0], Lane.BATCH) for task in served if names(task)]
    wanted += [(task, model, Lane.LIVE) for task, model, _ in wanted if task is Task.TRANSCRIBE]
    share = _card_share(means, len(wanted))
    device = _device(means, share)
    return tuple(
        Plan(task, model, lane, device, CPU_SHARE, share, means.queue_items, means.growth_bytes)
        for task, model, lane in wanted
    )


def _card_share(means: Means, deployments: int) -> float:
    """Each deployment's part of a card, rounded down to what Ray can book; never more than one card."""
    if means.device == "cpu" or not deployments:
        return 0.0
    return min(1.0, int(means.cards / deployments * 100) / 100)


def _device(means: Means, share: float) -> Device:
    """The device as a replica sees it: Ray shows it its own card only, so that the index is 0."""
    threads = means.threads or means.cores
    if share:
        return Device(DeviceKind.CUDA, 0, threads, f"{share:g} of {means.cards:g} CUDA card(s)")
    reason = "asked for" if means.device == "cpu" else "no CUDA card found"
    return Device(DeviceKind.CPU, 0, threads, reason)
