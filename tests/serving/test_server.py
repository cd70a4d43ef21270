"""The whole service as people start it: two beside each other, killed and started again, ended without a trace."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.faults.inputs import Input, make_inputs
from benchmarks.faults.service import Service, ServiceOptions
from models.errors import Unavailable
from serving.run_folder import marked

SETTINGS = {"WORKER_LEASE_S": "5", "WORKER_HEARTBEAT_S": "1", "RAY_START_S": "300"}
SHUTDOWN_S = 15.0
RAY_PROCESSES = 8
"""More processes than these: the server is connected to its Ray, and deployments begin."""


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> list[Input]:
    """A recording, a volume and a clip."""
    return make_inputs(tmp_path_factory.mktemp("inputs"), variants=1)


@pytest.fixture
def services(tmp_path: Path) -> Iterator[list[Service]]:
    """Two services, not started yet; ended whatever happens."""
    pair = [Service(ServiceOptions(tmp_path / name, "ray", settings=SETTINGS)) for name in ("a", "b")]
    yield pair
    for service in pair:
        service.stop()
        service.client.close()


def mark_of(service: Service) -> str:
    """What the processes of a running server carry."""
    return str(json.loads((service.options.data / "run" / "server.json").read_text())["mark"])


def run_all(service: Service, inputs: list[Input]) -> list[str]:
    """Upload and submit everything; the jobs."""
    case = service.create_case("案件")
    return [service.submit(case, i.task, str(service.upload(case, i.path)["id"])) for i in inputs]


@pytest.mark.ray
@pytest.mark.timeout(600)
def test_two_servers_beside_each_other_load_serve_and_end_without_a_trace(
    services: list[Service], inputs: list[Input]
) -> None:
    first, second = services
    first.start()
    assert first.client.get("/healthz").status_code == 200
    assert first.client.get("/readyz").status_code == 503
    jobs = {first: run_all(first, inputs)}
    first.wait_until_ready()
    second.start()
    jobs[second] = run_all(second, inputs)
    second.wait_until_ready()
    for service, own in jobs.items():
        assert [service.finish(job, 120)["state"] for job in own] == ["done"] * len(inputs)
    marks = [mark_of(service) for service in services]
    assert marks[0] != marks[1]
    took = [service.stop() for service in services]
    assert max(took) < SHUTDOWN_S
    assert [marked(mark) for mark in marks] == [[], []]


@pytest.mark.ray
@pytest.mark.timeout(600)
def test_a_new_start_ends_what_kill_9_left(services: list[Service]) -> None:
    killed = services[0]
    killed.start()
    killed.wait_until_ready()
    left = mark_of(killed)
    assert len(marked(left)) > 5
    killed.kill()
    again = Service(ServiceOptions(killed.options.data, "inline", settings=SETTINGS))
    with again:
        assert marked(left) == []
        again.wait_until_ready()


@pytest.mark.fault
def test_sigterm_ends_a_server_that_still_loads(tmp_path: Path) -> None:
    service = Service(ServiceOptions(tmp_path / "data", "ray", settings=SETTINGS))
    service.start()
    mark = mark_of(service)
    assert service.stop() < SHUTDOWN_S
    assert marked(mark) == []
    service.client.close()


@pytest.mark.ray
@pytest.mark.fault
def test_sigterm_ends_a_server_whose_ray_runs_and_whose_models_load(tmp_path: Path) -> None:
    service = Service(ServiceOptions(tmp_path / "data", "ray", settings=SETTINGS))
    service.start()
    mark = mark_of(service)
    deadline = time.monotonic() + 120
    while len(marked(mark)) <= RAY_PROCESSES and time.monotonic() < deadline:
        time.sleep(0.2)
    assert service.client.get("/readyz").status_code == 503
    assert service.stop() < SHUTDOWN_S
    assert marked(mark) == []
    service.client.close()


@pytest.mark.fault
def test_a_job_that_sigterm_interrupts_is_done_after_the_next_start(tmp_path: Path, inputs: list[Input]) -> None:
    options = ServiceOptions(tmp_path / "data", settings=SETTINGS)
    with Service(options) as service:
        jobs = run_all(service, inputs)
        time.sleep(0.3)
    with Service(options) as service:
        assert [service.finish(job, 60)["state"] for job in jobs] == ["done"] * len(inputs)


@pytest.mark.fault
def test_a_second_server_on_the_same_folder_is_refused_and_harms_nothing(tmp_path: Path) -> None:
    options = ServiceOptions(tmp_path / "data", settings=SETTINGS)
    with Service(options) as service:
        second = Service(options)
        with pytest.raises(Unavailable, match="end it first"):
            second.start()
        second.client.close()
        assert service.client.get("/healthz").status_code == 200


@pytest.mark.fault
def test_the_first_password_is_shown_once(tmp_path: Path) -> None:
    with Service(ServiceOptions(tmp_path / "data")) as service:
        assert service.output.count("first sign-in: account admin, password ") == 1
        service.stop()
        service.start()
        assert service.output.count("first sign-in") == 1
