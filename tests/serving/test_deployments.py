"""How models are shared out over cores and cards, and when a replica asks to be replaced."""

from __future__ import annotations

import asyncio
import mmap
from collections.abc import Sequence
from pathlib import Path

import pytest
from PIL import Image

from models.device import Device, DeviceKind
from models.errors import Unavailable
from models.fakes import FakePageReader, fake_names
from models.task import STREAMING, Task
from models.values import ItemError, PageImage, PageText
from pipelines.engine import Lane, PageRef
from serving.deployments import BATCHING, Means, ModelReplica, Plan, plans
from serving.ray_session import set_environment

SERVED = set(Task) - STREAMING
"""Tasks that an Engine serves."""
GROWTH_BYTES = 1024**3


def means(**changed: object) -> Means:
    """Two cores, no card."""
    given: dict[str, object] = {"cores": 2, "cards": 0.0, "device": "auto", "threads": 0, "queue_items": 16}
    given["growth_bytes"] = GROWTH_BYTES
    return Means(**{**given, **changed})  # type: ignore[arg-type]  # the test names fields by hand


def test_every_task_has_a_deployment_and_the_transcriber_a_live_one_beside() -> None:
    made = plans(fake_names, means())
    assert {plan.task for plan in made if plan.lane is Lane.BATCH} == SERVED
    assert [plan.task for plan in made if plan.lane is Lane.LIVE] == [Task.TRANSCRIBE]
    assert len({plan.name for plan in made}) == len(made)


def test_all_deployments_fit_on_two_cores() -> None:
    assert sum(plan.cpus for plan in plans(fake_names, means())) <= 1.0


def test_a_card_is_shared_and_never_overbooked() -> None:
    made = plans(fake_names, means(cards=1.0))
    assert all(plan.device.kind is DeviceKind.CUDA and plan.device.index == 0 for plan in made)
    assert 0.9 < sum(plan.gpus for plan in made) <= 1.0


def test_no_deployment_takes_more_than_one_card() -> None:
    assert all(plan.gpus == 1.0 for plan in plans(fake_names, means(cards=8.0)))


def test_cpu_leaves_the_cards_alone_and_says_why() -> None:
    made = plans(fake_names, means(cards=1.0, device="cpu"))
    assert all(plan.device.kind is DeviceKind.CPU and not plan.gpus for plan in made)
    assert {plan.device.reason for plan in made} == {"asked for"}


def test_auto_without_a_card_says_why() -> None:
    assert {plan.device.reason for plan in plans(fake_names, means())} == {"no CUDA card found"}


def test_a_card_that_is_asked_for_and_not_there_is_an_error() -> None:
    with pytest.raises(Unavailable, match="no CUDA card"):
        plans(fake_names, means(device="cuda"))


def test_threads_are_bounded_by_the_setting() -> None:
    assert {plan.device.threads for plan in plans(fake_names, means(cores=64, threads=4))} == {4}


def test_a_task_without_models_has_no_deployment() -> None:
    made = plans(lambda task: fake_names(task) if task is Task.DETECT else (), means())
    assert [plan.task for plan in made] == [Task.DETECT]


def test_every_task_says_how_it_is_batched() -> None:
    assert set(BATCHING) == SERVED


class GrowingReader(FakePageReader):
    """Takes `leak` bytes for every batch and never gives them back."""

    def __init__(self, leak: int) -> None:
        super().__init__()
        self._leak = leak
        self._held: list[mmap.mmap] = []

    def predict(self, batch: Sequence[PageImage]) -> list[PageText | ItemError]:
        # Pages of its own: the heap may hold as much that other tests gave back, and would grow by nothing.
        self._held.append(mmap.mmap(-1, self._leak))
        self._held[-1].write(b"x" * self._leak)
        return super().predict(batch)


def read_pages(leak: int, pages: int, folder: Path) -> ModelReplica:
    """A replica, here and without Serve, that has read so many pages."""
    # What Ray reads when it is first imported holds for every later test of this process.
    set_environment(threads=1)
    plan = Plan(Task.READ_PAGE, "growing", Lane.LIVE, Device(DeviceKind.CPU, 0, 1, ""), 0.1, 0.0, 4, 64 * 1024**2)
    replica = ModelReplica(plan, lambda _name: GrowingReader(leak))
    Image.new("RGB", (40, 30), "white").save(folder / "page.png")
    for _ in range(pages):
        (answer,) = asyncio.run(replica._batch([PageRef(folder / "page.png")]))
        assert isinstance(answer, PageText)
    return replica


def test_a_replica_that_leaks_fails_its_health_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.deployments.give_way", lambda _lane: None)
    replica = read_pages(40 * 1024**2, 3, tmp_path)
    with pytest.raises(RuntimeError, match="grown by"):
        asyncio.run(replica.check_health())


def test_a_replica_that_keeps_its_size_is_healthy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("serving.deployments.give_way", lambda _lane: None)
    asyncio.run(read_pages(1, 3, tmp_path).check_health())
