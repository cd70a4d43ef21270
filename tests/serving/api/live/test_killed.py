"""A server, or its quick pass alone, killed in the middle of a sentence: what was acknowledged and shown is there."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import numpy as np
import psutil
import pytest

from benchmarks.faults.service import Service, ServiceOptions
from benchmarks.load.live import SETTINGS, lost_lines
from benchmarks.load.live_client import LiveClient
from tests.serving.api.live.conftest import TWO_LINES

pytestmark = [pytest.mark.fault, pytest.mark.timeout(300)]


async def _speak(client: LiveClient, sound: bytes) -> None:
    for first in range(0, len(sound), 3200):
        await client.say(sound[first : first + 3200])
        await asyncio.sleep(0.005)


async def _acknowledged(client: LiveClient, least: int) -> int:
    while True:
        acks = [int(c.number("next")) for c in client.came if c.kind == "ack"]
        if acks and acks[-1] >= least:
            return acks[-1]
        await asyncio.sleep(0.05)


def test_a_session_outlives_kill_9_with_every_acknowledged_sample_and_every_line_shown(tmp_path: Path) -> None:
    options = ServiceOptions(tmp_path / "data", "inline", True, settings=SETTINGS)
    chance = np.random.default_rng(3)

    async def through_two_kills(service: Service) -> LiveClient:
        client = LiveClient(service, service.create_case("killed"))
        await client.begin()
        for _ in range(2):
            await _speak(client, TWO_LINES * 2)
            await _acknowledged(client, int(chance.uniform(0.5, 0.9) * len(client.sound) / 2))
            await asyncio.to_thread(service.kill)
            await client.drop()
            await asyncio.to_thread(service.start)
            await asyncio.to_thread(service.wait_until_ready)
        await _speak(client, TWO_LINES)
        await client.end()
        return client

    with Service(options) as service:
        service.wait_until_ready()
        client = asyncio.run(through_two_kills(service))
        ended = client.came[-1].event
        assert service.content(str(ended["evidence"]))[44:] == bytes(client.sound)
        assert lost_lines(service, client) == 0
        assert len([c for c in client.came if c.kind == "final"]) == 10
        # The server said which sample came next after each kill: never one before what it had acknowledged.
        acknowledged = 0
        for came in client.came:
            if came.kind == "ack":
                acknowledged = max(acknowledged, int(came.number("next")))
            if came.kind == "state":
                assert came.number("next") >= acknowledged
        assert service.run("verify").returncode == 0


def test_a_session_that_was_killed_and_never_taken_up_again_can_be_ended_into_evidence(tmp_path: Path) -> None:
    options = ServiceOptions(tmp_path / "data", "inline", True, settings=SETTINGS)

    async def until_killed(service: Service) -> LiveClient:
        client = LiveClient(service, service.create_case("killed"))
        await client.begin()
        await _speak(client, TWO_LINES)
        await _acknowledged(client, len(TWO_LINES) // 2)
        await asyncio.to_thread(service.kill)
        await client.drop()
        return client

    with Service(options) as service:
        service.wait_until_ready()
        client = asyncio.run(until_killed(service))
        service.start()
        service.wait_until_ready()
        answer = service.client.post(f"/api/v1/live/{client.session}/end", timeout=60)
        assert answer.status_code == 200, answer.text
        assert service.content(answer.json()["evidence"])[44:] == TWO_LINES
        assert len(list(service.record(answer.json()["record"])["segments"])) == 2  # type: ignore[arg-type]


def _quick_process(service: Service) -> psutil.Process:
    """The process of the quick pass, one and living."""
    deadline = time.monotonic() + 30
    while True:
        children = psutil.Process(service.pid).children(recursive=True)
        found = [c for c in children if "models.speech.stream_child" in c.cmdline()]
        if len(found) == 1:
            return found[0]
        assert time.monotonic() < deadline, found
        time.sleep(0.1)


def test_a_quick_pass_that_is_killed_in_the_middle_of_a_sentence_costs_no_line_and_no_session(tmp_path: Path) -> None:
    options = ServiceOptions(tmp_path / "data", "inline", True, settings=SETTINGS)

    async def through_kills(service: Service) -> LiveClient:
        client = LiveClient(service, service.create_case("killed"))
        await client.begin()
        for _ in range(3):
            # Into the second sentence of two.
            await _speak(client, TWO_LINES[: 2 * 70_000])
            await _acknowledged(client, len(client.sound) // 2)
            (await asyncio.to_thread(_quick_process, service)).kill()
            await _speak(client, TWO_LINES[2 * 70_000 :])
        await client.end()
        return client

    with Service(options) as service:
        service.wait_until_ready()
        client = asyncio.run(through_kills(service))
        assert client.drops == 0, "the socket never notices"
        assert not [c for c in client.came if c.kind == "error"]
        finals = [c.event for c in client.came if c.kind == "final"]
        assert [f["line"] for f in finals] == list(range(6))
        assert [f["text"] for f in finals] == ["有声" * 4, "有声" * 3] * 3
        assert lost_lines(service, client) == 0
        assert service.content(str(client.came[-1].event["evidence"]))[44:] == bytes(client.sound)
        last = _quick_process(service)
    assert not last.is_running()
