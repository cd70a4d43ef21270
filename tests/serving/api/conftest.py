"""A gateway behind a real server on a loopback port, for clients that bring their own HTTP."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import openai
import pytest
import uvicorn


@dataclass(frozen=True)
class Server:
    """A gateway behind uvicorn, and OpenAI's client for it."""

    gateway: object
    url: str
    client: openai.OpenAI


@pytest.fixture
def server(gateway) -> Iterator[Server]:
    """uvicorn on a free loopback port."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        config = uvicorn.Config(gateway.app, log_level="error", lifespan="off", timeout_graceful_shutdown=1)
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [held]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 10
        while not running.started and time.monotonic() < deadline:
            time.sleep(0.02)
        url = f"http://127.0.0.1:{held.getsockname()[1]}"
        key = gateway.key()["authorization"].removeprefix("Bearer ")
        with openai.OpenAI(api_key=key, base_url=f"{url}/v1", max_retries=0, timeout=30) as client:
            yield Server(gateway, url, client)
        running.should_exit = True
        thread.join(10)
