"""A gateway with the console, over a real store, real blobs and the fake engine; and small media made on the spot."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

from cases.blobs import LocalBlobs
from cases.records import Actor, Role
from cases.store import Store
from models.device import Device, DeviceKind
from models.fakes import build_fake, fake_names
from pipelines.inline import InlineEngine
from serving.app import create_app
from serving.security.passwords import hash_password
from serving.settings import Settings

PASSWORD = "a long enough password"


@dataclass(frozen=True)
class Office:
    """A gateway with its parts, and the accounts that use it."""

    app: FastAPI
    store: Store
    blobs: LocalBlobs
    engine: InlineEngine
    settings: Settings
    officer: Actor


def open_office(folder: Path) -> Office:
    """An office in `folder`: the officer 王敏 (name wang), the reader li and the auditor shen share one password."""
    settings = Settings(data_dir=folder, read_note_s=60)
    folder.mkdir(parents=True, exist_ok=True)
    store = Store.open(settings.store_url, signing_key_path=settings.signing_key_path)
    blobs = LocalBlobs(settings.blobs_dir)
    engine = InlineEngine(build_fake, fake_names, Device(DeviceKind.CPU, 0, 2, "a test"))
    hashed = hash_password(PASSWORD)
    officer = store.accounts.add("wang", Role.OFFICER, hashed, "王敏")
    store.accounts.add("li", Role.READER, hashed, "李强")
    store.accounts.add("shen", Role.AUDITOR, hashed, "沈静")
    actor = Actor(officer.id, officer.name, officer.role)
    return Office(create_app(settings, engine, store, blobs), store, blobs, engine, settings, actor)


def close_office(office: Office) -> None:
    """Give back what an office holds."""
    office.engine.close()
    office.store.close()


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """One office for a module's tests: each makes cases of its own in it."""
    made = open_office(tmp_path_factory.mktemp("office"))
    yield made
    close_office(made)


def sign_in(client: TestClient, name: str = "wang", password: str = PASSWORD) -> None:
    """Sign a client in; its cookie jar keeps the session."""
    answer = client.post("/sign-in", data={"name": name, "password": password}, follow_redirects=False)
    assert answer.status_code == 303, answer.text


def csrf_of(page: str) -> str:
    """The token that a page's forms carry."""
    return page.partition('name="csrf-token" content="')[2].partition('"')[0]


@pytest.fixture
def visitor(office: Office) -> Iterator[TestClient]:
    """A browser without scripts that nobody has signed in yet."""
    with TestClient(office.app, base_url="http://testserver") as client:
        yield client


@pytest.fixture
def clerk(visitor: TestClient) -> TestClient:
    """The officer wang, signed in."""
    sign_in(visitor)
    return visitor


@pytest.fixture(scope="module")
def address(office: Office) -> Iterator[str]:
    """The office on a real socket, for a real browser."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    config = uvicorn.Config(office.app, host="127.0.0.1", port=port, log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(10)
