"""A gateway without console over a real store, real blobs and fake models; people of every role, and small media."""

from __future__ import annotations

import io
import math
import os
import struct
import wave
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from cases.accounts import Account
from cases.blobs import LocalBlobs
from cases.records import Actor, Role
from cases.store import Store
from models.fakes import build_fake, fake_names
from pipelines.engine import Engine
from pipelines.inline import InlineEngine
from serving.api.live.models import LiveModels
from serving.app import create_app
from serving.security.api_keys import make_key
from serving.settings import Settings


@dataclass(frozen=True)
class Gateway:
    """One running gateway: its parts, and a client that carries no key."""

    app: FastAPI
    store: Store
    settings: Settings
    client: TestClient

    def account(self, name: str, role: Role, password_hash: str | None = None) -> Account:
        """The account of that name, made when missing."""
        return self.store.accounts.by_name(name) or self.store.accounts.add(name, role, password_hash)

    def key(self, name: str = "wang", role: Role = Role.OFFICER, key_role: Role | None = None) -> dict[str, str]:
        """The header of a fresh key of an account."""
        made = make_key()
        account = self.account(name, role)
        self.store.accounts.add_key(account.id, "test", made.prefix, made.key_hash, key_role)
        return {"authorization": f"Bearer {made.text}"}

    def actor(self, name: str = "wang", role: Role = Role.OFFICER) -> Actor:
        """The actor behind `key`."""
        return self.account(name, role).actor()

    def case(self, headers: dict[str, str], name: str = "张三盗窃案") -> str:
        """A fresh case of whoever holds the key."""
        answer = self.client.post("/api/v1/cases", headers=headers, json={"name": name})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def evidence(self, headers: dict[str, str], case: str, content: bytes, name: str = "a.wav") -> str:
        """A fresh piece of evidence."""
        answer = self.client.put(f"/api/v1/cases/{case}/evidence/{name}", headers=headers, content=content)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def files(self) -> list[str]:
        """Every file under blobs and work."""
        roots = (self.settings.blobs_dir, self.settings.work_dir)
        # os.walk passes over folders that are removed meanwhile.
        found = (Path(folder, name) for root in roots for folder, _, names in os.walk(root) for name in names)
        return sorted(str(file.relative_to(self.settings.data_dir)) for file in found)


@pytest.fixture
def open_gateway(tmp_path: Path, fake_engine: InlineEngine) -> Callable[..., object]:
    """Opens a gateway over the folder of this test; a second one finds what the first left."""

    @contextmanager
    def opened(engine: Engine = fake_engine, **changes: object) -> Iterator[Gateway]:
        folder = tmp_path / "data"
        folder.mkdir(exist_ok=True)
        given: dict[str, object] = {"data_dir": folder, "console": False, "read_note_s": 0, **changes}
        settings = Settings.model_validate(given)
        store = Store.open(settings.store_url, signing_key_path=settings.signing_key_path)
        try:
            live = LiveModels(build_fake, fake_names, bounds=None)
            app = create_app(settings, engine, store, LocalBlobs(settings.blobs_dir), live)
            with TestClient(app) as client:
                yield Gateway(app, store, settings, client)
        finally:
            store.close()

    return opened


@pytest.fixture
def gateway(open_gateway: Callable[..., object]) -> Iterator[Gateway]:
    """A gateway with the default settings."""
    with open_gateway() as found:  # type: ignore[attr-defined]
        yield found


@pytest.fixture(scope="session")
def tone() -> bytes:
    """Two seconds of a loud tone: WAV, 16 kHz, mono."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(n / 10))) for n in range(32000)))
    return out.getvalue()
