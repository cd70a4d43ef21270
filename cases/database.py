"""The two engines under the store and the transactions on them; knows no act, and nothing but the store uses it.

SQLite: one writer at a time (a lock in this process, `BEGIN IMMEDIATE` between processes), `synchronous=FULL`,
foreign keys on. Write-ahead logging only where the linked SQLite has the WAL-reset fix; else a rollback journal,
truncated rather than deleted, since SQLite syncs a truncation at FULL but an unlinked journal may come back after
power loss and undo a commit. PostgreSQL: bounded pool, bounded waits, its own clock. What the engines raise leaves
here as errors of `models.errors`.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, DateTime, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.pool import ConnectionPoolEntry

from cases.audit import Act
from models.errors import AnjuanError, BadInput, Busy, Conflict, Defect, Tampered, Unavailable

log = logging.getLogger(__name__)

BUSY_MS = 10_000
"""Milliseconds to wait for another process's lock on the SQLite file; a commit holds it for some tens of them."""
BEGIN_TRIES = 3
"""How often a writing transaction asks for the lock, each time for BUSY_MS, before it answers Busy."""
POOL_SIZE = 8
POOL_OVERFLOW = 16
POOL_WAIT_S = 30.0
"""Connections kept, connections beyond them under load, seconds to wait for one: the gateway has 40 threads."""
LOCK_WAIT_MS = 10_000
STATEMENT_MS = 60_000
IDLE_MS = 60_000
"""PostgreSQL: longest wait for a lock, longest statement, longest idle open transaction, in milliseconds."""
CONNECT_S = 10
RETRY_AFTER_S = 2.0
"""What a caller is told when the database is busy."""

DUPLICATE = "store.duplicate"
"""The code of the Conflict that a broken unique or foreign key gives."""

Clock = Callable[[], datetime]
_WRITE = "anjuan_write"


class _DbapiConnection(Protocol):
    isolation_level: str | None

    def execute(self, sql: str) -> sqlite3.Cursor: ...


class Transaction:
    """One open transaction; `now` is the database's moment (UTC), the same for all that one transaction writes.

    `refusal` set before raising asks that the denied act be written down once this transaction is rolled back.
    """

    def __init__(self, connection: Connection, clock: Clock | None) -> None:
        self.connection = connection
        self.refusal: Act | None = None
        self._clock = clock
        self._now: datetime | None = None

    @property
    def on_postgres(self) -> bool:
        """Whether rows can be locked one by one."""
        return self.connection.dialect.name == "postgresql"

    @property
    def now(self) -> datetime:
        """The moment of this transaction: PostgreSQL's clock, or this machine's where the file is."""
        if self._now is None:
            self._now = self._ask()
        return self._now

    def _ask(self) -> datetime:
        if self._clock is not None:
            return self._clock()
        if self.on_postgres:
            asked = self.connection.execute(select(func.clock_timestamp(type_=DateTime(timezone=True))))
            return asked.scalar_one().astimezone(UTC)
        return datetime.now(UTC)


class Database:
    """An engine with its rule for reading and writing; thread-safe."""

    def __init__(self, engine: Engine, clock: Clock | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._one_writer = threading.Lock() if engine.dialect.name == "sqlite" else None

    @contextmanager
    def read(self) -> Iterator[Transaction]:
        """A transaction that writes nothing and sees one moment of the database; rolled back at the end."""
        with _translated(), self._engine.connect() as connection:
            if connection.dialect.name == "postgresql":
                connection.execution_options(isolation_level="REPEATABLE READ")
            yield Transaction(connection, self._clock)

    @contextmanager
    def write(self) -> Iterator[Transaction]:
        """A transaction that is committed at the end, or rolled back when an error passes."""
        with self._writers_turn(), _translated(), self._engine.connect() as connection:
            connection.execution_options(**{_WRITE: True})
            _begin(connection)
            yield Transaction(connection, self._clock)
            connection.commit()

    @contextmanager
    def _writers_turn(self) -> Iterator[None]:
        if self._one_writer is None:
            yield
            return
        if not self._one_writer.acquire(timeout=POOL_WAIT_S):
            raise Busy("store.busy", "the case store has too many writers; try again shortly", RETRY_AFTER_S)
        try:
            yield
        finally:
            self._one_writer.release()

    def close(self) -> None:
        """Give every connection back."""
        self._engine.dispose()


def _begin(connection: Connection) -> None:
    """Start the transaction now, so that waiting for the lock happens before any work."""
    for tried in range(1, BEGIN_TRIES + 1):
        try:
            connection.begin()
            return
        except OperationalError as error:
            if tried == BEGIN_TRIES or not _is_locked(error):
                raise
            log.info("the case store is locked by another process, try %s of %s", tried, BEGIN_TRIES)


# --- opening ----------------------------------------------------------------------------------------------------------
def open_database(url: str, clock: Clock | None = None) -> Database:
    """The database at `url` (`sqlite:////path/anjuan.db` or `postgresql+psycopg://...`); the schema is not touched.

    Raises BadInput for another kind of URL, Unavailable when the database cannot be reached.
    """
    try:
        parsed = make_url(url)
    except (ValueError, ArgumentError) as error:
        raise BadInput(
            "store.url", "the database URL cannot be read; use sqlite:////path or postgresql+psycopg://..."
        ) from error
    if parsed.get_backend_name() == "sqlite":
        return Database(_sqlite_engine(parsed), clock)
    if parsed.get_backend_name() == "postgresql":
        return Database(_postgres_engine(parsed), clock)
    raise BadInput("store.url", f"no case store on {parsed.get_backend_name()}; use sqlite or postgresql+psycopg")


def _postgres_engine(url: URL) -> Engine:
    bounds = {
        "timezone": "UTC",
        "lock_timeout": LOCK_WAIT_MS,
        "statement_timeout": STATEMENT_MS,
        "idle_in_transaction_session_timeout": IDLE_MS,
    }
    options = " ".join(f"-c {name}={value}" for name, value in bounds.items())
    return create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=POOL_SIZE,
        max_overflow=POOL_OVERFLOW,
        pool_timeout=POOL_WAIT_S,
        pool_pre_ping=True,
        connect_args={"options": options, "connect_timeout": CONNECT_S},
    )


def journal_mode(version: tuple[int, int, int]) -> tuple[str, str]:
    """The journal mode for a SQLite of this version, and why (sqlite.org: the WAL-reset bug)."""
    fixed = version >= (3, 51, 3) or (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
    if fixed:
        return "WAL", "this SQLite has the WAL-reset fix"
    return "TRUNCATE", "this SQLite lacks the WAL-reset fix (3.51.3, 3.50.7, 3.44.6), so no write-ahead log"


def _sqlite_engine(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise BadInput("store.url", "the case store needs a file; use sqlite:////path/anjuan.db")
    path = Path(url.database)
    _make_private(path)
    mode, reason = journal_mode(sqlite3.sqlite_version_info)
    log.info("case store %s: SQLite %s, journal %s: %s", path, sqlite3.sqlite_version, mode, reason)
    engine = create_engine(url, pool_size=POOL_SIZE, max_overflow=POOL_OVERFLOW, pool_timeout=POOL_WAIT_S)

    def on_connect(connection: _DbapiConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # the "begin" event below starts transactions, not the driver
        connection.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()
        _set_journal(connection, mode)
        for pragma in (
            "synchronous=FULL",
            "foreign_keys=ON",
            "recursive_triggers=ON",  # so that REPLACE fires the triggers that refuse deletion
            "trusted_schema=OFF",
        ):
            connection.execute(f"PRAGMA {pragma}").close()

    def on_begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    event.listen(engine, "connect", on_connect)
    event.listen(engine, "begin", on_begin)
    return engine


def _set_journal(connection: _DbapiConnection, mode: str) -> None:
    """Set the journal mode; raises Unavailable when the file stays in a mode that is unsafe for this SQLite."""
    found = str(connection.execute(f"PRAGMA journal_mode={mode}").fetchone()[0]).upper()
    if found == mode:
        return
    if found == "WAL":
        raise Unavailable(
            "store.journal",
            "the case store's file is in use with a write-ahead log by a newer SQLite; stop the other program first",
        )
    # A file system without shared memory refuses the log: the rollback journal serves as well.
    connection.execute("PRAGMA journal_mode=TRUNCATE").close()


def _make_private(path: Path) -> None:
    """The database file, readable by its owner alone, before SQLite would make it readable by all."""
    try:
        if path.exists():
            return  # it may lie on a medium that is read-only, to be verified there
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise Unavailable("store.path", f"the case store {path} cannot be opened: {error.strerror}") from error


# --- errors -----------------------------------------------------------------------------------------------------------
@contextmanager
def _translated() -> Iterator[None]:
    """Errors of the engines as errors of ours; no statement and no value of a row goes into a message."""
    try:
        yield
    except PoolTimeout as error:
        raise Busy(
            "store.busy", "every connection to the case store is in use; try again shortly", RETRY_AFTER_S
        ) from error
    except DBAPIError as error:
        raise translated(error) from error
    except sqlite3.Error as error:  # of setting a new connection up, which SQLAlchemy does not wrap
        raise translated(DBAPIError(None, None, error)) from error


def _is_locked(error: DBAPIError) -> bool:
    return "database is locked" in str(error.orig)


_POSTGRES_BUSY = ("40001", "40P01", "55P03", "57014", "53300")
"""Serialisation failure, deadlock, lock not available, statement timeout, too many connections."""


def translated(error: DBAPIError) -> AnjuanError:
    """What an engine's error means to the caller."""
    words = str(error.orig)
    state = getattr(error.orig, "sqlstate", None)
    if _is_locked(error) or state in _POSTGRES_BUSY:
        return Busy("store.busy", "the case store is busy; try again shortly", RETRY_AFTER_S)
    if "disk is full" in words or state == "53100":
        return Unavailable("store.full", "the disk of the case store is full; free space, nothing was changed")
    if "malformed" in words or "not a database" in words:
        return Tampered("store.damaged", "the case store's file is damaged; restore it from a backup")
    if "append-only" in words:
        return Defect("store.append_only", f"the database refused to change what is append-only: {words}")
    if isinstance(error, IntegrityError):
        return Conflict(DUPLICATE, "the same thing was stored already")
    if isinstance(error, OperationalError):
        return Unavailable("store.unreachable", f"the case store cannot be used now ({type(error.orig).__name__})")
    return Defect("store.refused", f"the database refused a statement ({type(error.orig).__name__})")
