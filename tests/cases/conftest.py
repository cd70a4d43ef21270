"""Stores of both engines, blob stores, people, a clock that tests turn, and an attacker who holds the database."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from cases.blobs import LocalBlobs, StoredBlob
from cases.records import Actor, Case, EvidenceItem, Job, Role
from cases.schema import APPEND_ONLY
from cases.store import Store

START_S = 30.0
"""Longest that a PostgreSQL server may take to answer."""


class TurnedClock:
    """The real time plus what the test turned it by."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def turn(self, seconds: float) -> None:
        """Let that many seconds pass."""
        self.ahead += timedelta(seconds=seconds)


@dataclass(frozen=True)
class Attacker:
    """Somebody who may do anything to the database, past the store."""

    url: str

    def do(self, *statements: str, **values: object) -> None:
        """Drop what refuses changes, then run the statements."""
        engine = create_engine(self.url)
        with engine.begin() as connection:
            for table in APPEND_ONLY:
                if engine.dialect.name == "postgresql":
                    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
                else:
                    for act in ("update", "delete"):
                        connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_refuse_{act}"))
            for statement in statements:
                connection.execute(text(statement), values)
        engine.dispose()

    def rows(self, query: str) -> list[dict[str, object]]:
        """What a query answers."""
        engine = create_engine(self.url)
        with engine.connect() as connection:
            found = [dict(row._mapping) for row in connection.execute(text(query))]
        engine.dispose()
        return found


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """A folder in memory where the system has one: what is tested is the order of syncs, not the speed of a disk."""
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="anjuan-", dir=memory if os.access(memory, os.W_OK) else None) as folder:
        yield Path(folder)


# --- engines ----------------------------------------------------------------------------------------------------------
def _binaries() -> Path | None:
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).parent
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """A PostgreSQL server on a socket of its own, as another user when the tests run as root."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("PostgreSQL (server) is not installed")
    folder = Path(tempfile.mkdtemp(prefix="anjuan-pg-"))
    owner: dict[str, object] = {}
    if os.getuid() == 0:
        user = pwd.getpwnam("postgres")
        os.chown(folder, user.pw_uid, user.pw_gid)
        owner = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    data = folder / "data"
    command = [binaries / "initdb", "-D", data, "-A", "trust", "-U", "anjuan", "-E", "UTF8", "--no-sync"]
    subprocess.run(command, check=True, capture_output=True, timeout=60, cwd=folder, **owner)  # type: ignore[call-overload]
    quick = ["-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=60"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(  # type: ignore[call-overload]
            [binaries / "postgres", "-D", data, "-k", folder, *quick], stdout=log, stderr=log, cwd=folder, **owner
        )
    try:
        _wait_for(folder, server)
        yield f"postgresql+psycopg://anjuan@/{{name}}?host={folder}"
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(folder: Path, server: subprocess.Popen[bytes]) -> None:
    engine = create_engine(f"postgresql+psycopg://anjuan@/postgres?host={folder}")
    until = time.monotonic() + START_S
    while True:
        try:
            with engine.connect():
                break
        except Exception:
            if time.monotonic() > until or server.poll() is not None:
                raise
            time.sleep(0.1)
    engine.dispose()


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> str:
    """The name of a database with the schema, to copy for each test."""
    _administer(postgres_server, "CREATE DATABASE template_anjuan")
    Store.open(postgres_server.format(name="template_anjuan")).close()
    return "template_anjuan"


def _administer(server: str, statement: str) -> None:
    engine = create_engine(server.format(name="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the schema, to copy for each test."""
    path = tmp_path_factory.mktemp("template") / "anjuan.db"
    Store.open(f"sqlite:///{path}").close()
    return path


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the schema, on either engine."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "anjuan.db")
        yield f"sqlite:///{tmp_path / 'anjuan.db'}"
        return
    template = request.getfixturevalue("postgres_template")
    server = request.getfixturevalue("postgres_server")
    name = f"t{time.time_ns()}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.format(name=name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without a schema, on either engine."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server = request.getfixturevalue("postgres_server")
    name = f"e{time.time_ns()}"
    _administer(server, f"CREATE DATABASE {name}")
    yield server.format(name=name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


# --- what tests act with ----------------------------------------------------------------------------------------------
@pytest.fixture
def clock() -> TurnedClock:
    """The clock of `store`."""
    return TurnedClock()


@pytest.fixture
def store(database_url: str, tmp_path: Path, clock: TurnedClock) -> Iterator[Store]:
    """A store on either engine."""
    opened = Store.open(database_url, signing_key_path=tmp_path / "keys" / "audit.ed25519", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def attacker(database_url: str) -> Attacker:
    """Who holds the database of `store`."""
    return Attacker(database_url)


@pytest.fixture
def blobs(tmp_path: Path) -> LocalBlobs:
    """Blobs in a folder."""
    return LocalBlobs(tmp_path / "blobs")


@pytest.fixture
def officer() -> Actor:
    """Who opens cases."""
    return Actor("acc_li", "li", Role.OFFICER, "key:test")


@pytest.fixture
def stranger() -> Actor:
    """An officer of no case here."""
    return Actor("acc_wang", "wang", Role.OFFICER, "key:test")


def keep(blobs: LocalBlobs, content: bytes) -> StoredBlob:
    """Content in the blob store."""
    with blobs.receive() as incoming:
        incoming.write(content)
        return incoming.commit()


@pytest.fixture
def kept(blobs: LocalBlobs) -> Callable[[bytes], StoredBlob]:
    """Keeps content in the blob store."""
    return lambda content: keep(blobs, content)


@dataclass(frozen=True)
class Scene:
    """A case with one recording, and a job on it."""

    case: Case
    evidence: EvidenceItem
    job: Job


@pytest.fixture
def scene(store: Store, blobs: LocalBlobs, officer: Actor) -> Scene:
    """A case with evidence and a queued job."""
    case = store.create_case(officer, "张三盗窃案", case_no="2026-001", cause="盗窃")
    item = store.add_evidence(officer, case.id, "讯问.wav", keep(blobs, b"sound"), "audio/wav", {"duration": 1.5})
    job = store.submit_job(officer, case.id, item.id, "transcribe", {"language": "zh"}, "1")
    return Scene(case, item, job)
