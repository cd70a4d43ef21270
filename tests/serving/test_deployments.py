"""How models are shared out over cores and cards."""

from __future__ import annotations

import pytest

from models.device import DeviceKind
from models.errors import Unavailable
from models.fakes import fake_names
from models.task import STREAMING, Task
from pipelines.engine import Lane
from serving.deployments import BATCHING, Means, plans

SERVED = set(Task) - STREAMING
"""Tasks that an Engine serves."""


def means(**changed: object) -> Means:
    """Two cores, no card."""
    given: dict[str, object] = {"cores": 2, "cards": 0.0, "device": "auto", "threads": 0, "queue_items": 16}
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
