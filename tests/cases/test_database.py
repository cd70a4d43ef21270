"""The two engines: how SQLite is set up, who waits for whom, what a full or damaged disk says, upgrades."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import event, text

from cases import database, schema
from cases.blobs import LocalBlobs
from cases.database import journal_mode, open_database
from cases.records import Actor, Role
from cases.store import Store
from models.errors import AnjuanError, BadInput, Busy, Tampered, Unavailable

if TYPE_CHECKING:
    from tests.cases.conftest import Attacker, Scene

WRITER = Path(__file__).parent / "writer.py"
LI = Actor("acc_li", "li", Role.OFFICER)


def _cases_until_full(store: Store) -> int:
    """How many cases could be opened before the store said that the disk is full."""
    for made in range(1000):
        try:
            store.create_case(LI, f"case {made} " + "x" * 400)
        except Unavailable as error:
            if error.code == "store.full":
                return made
            raise
    pytest.fail("the disk never became full")


@pytest.mark.parametrize(
    ("version", "mode"),
    [
        ((3, 40, 1), "TRUNCATE"),
        ((3, 44, 5), "TRUNCATE"),
        ((3, 44, 6), "WAL"),
        ((3, 45, 0), "TRUNCATE"),
        ((3, 50, 6), "TRUNCATE"),
        ((3, 50, 7), "WAL"),
        ((3, 51, 0), "TRUNCATE"),
        ((3, 51, 3), "WAL"),
        ((3, 52, 0), "WAL"),
    ],
)
def test_a_sqlite_without_the_wal_reset_fix_gets_a_rollback_journal(version: tuple[int, int, int], mode: str) -> None:
    assert journal_mode(version)[0] == mode


def test_every_sqlite_connection_is_set_up_for_evidence(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path / 'a.db'}")
    with opened.read() as tx:

        def pragma(name: str) -> object:
            return tx.connection.execute(text(f"PRAGMA {name}")).scalar()

        assert pragma("synchronous") == 2
        assert pragma("foreign_keys") == 1
        assert pragma("busy_timeout") == database.BUSY_MS
        assert pragma("recursive_triggers") == 1
        assert str(pragma("journal_mode")).upper() == journal_mode(sqlite3.sqlite_version_info)[0]
    opened.close()
    assert (tmp_path / "a.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://x/y", "no url"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(BadInput):
        Store.open(url)


def test_a_database_that_is_away_is_said() -> None:
    with pytest.raises(Unavailable) as raised:
        Store.open("postgresql+psycopg://anjuan:secret@127.0.0.1:9/none")
    assert "secret" not in str(raised.value)


def test_a_file_that_is_no_database_is_said(tmp_path: Path) -> None:
    (tmp_path / "anjuan.db").write_bytes(b"no database at all, and long enough to be looked at" * 100)
    with pytest.raises(Tampered):
        Store.open(f"sqlite:///{tmp_path / 'anjuan.db'}")


def test_a_writer_that_never_gets_its_turn_is_told_to_come_back(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "anjuan.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr(database, "BUSY_MS", 20)
    store = Store.open(f"sqlite:///{path}")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Busy) as raised:
        store.create_case(LI, "a case")
    assert raised.value.retry_after_s > 0
    holder.execute("COMMIT")
    holder.close()
    assert store.create_case(LI, "a case").name == "a case"
    store.close()


def test_a_store_that_another_process_holds_when_it_is_opened_is_busy(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "anjuan.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr(database, "BUSY_MS", 20)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(Busy):
        Store.open(f"sqlite:///{path}")
    holder.close()


def test_a_file_held_in_write_ahead_mode_is_not_used_by_a_sqlite_without_the_fix(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "anjuan.db"
    path.write_bytes(sqlite_template.read_bytes())
    monkeypatch.setattr(database, "BUSY_MS", 20)
    monkeypatch.setattr(database, "journal_mode", lambda _version: ("TRUNCATE", "a test"))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("PRAGMA journal_mode=WAL")
    holder.execute("SELECT * FROM alembic_version").fetchall()
    with pytest.raises((Busy, Unavailable)):
        Store.open(f"sqlite:///{path}")
    holder.close()
    Store.open(f"sqlite:///{path}").close()


def test_a_full_disk_changes_nothing_and_is_said(sqlite_template: Path, tmp_path: Path, blobs: LocalBlobs) -> None:
    path = tmp_path / "anjuan.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{path}")
    pages = sqlite3.connect(path).execute("PRAGMA page_count").fetchone()[0]
    limit = [pages + 3]

    def small(connection: sqlite3.Connection, _entry: object) -> None:
        connection.execute(f"PRAGMA max_page_count={limit[0]}")

    store._database._engine.dispose()
    event.listen(store._database._engine, "connect", small)
    made = _cases_until_full(store)
    assert 0 < made == len(store.cases(LI, limit=1000))
    assert store.verify(None, blobs) == []
    limit[0] = 100_000
    store._database._engine.dispose()
    store.create_case(LI, "after")
    assert store.verify(None, blobs) == []
    store.close()


@pytest.mark.fault
def test_processes_write_one_store_at_once(database_url: str, store: Store, blobs: LocalBlobs) -> None:
    writers = [subprocess.Popen([sys.executable, WRITER, "cases", database_url, "10", f"p{n}"]) for n in range(3)]
    for n in range(10):
        store.create_case(LI, f"own {n}")
        assert store.verify(None, blobs) == []
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(store.cases(LI, limit=100)) == 40
    assert store.verify(None, blobs) == []


# --- schema -----------------------------------------------------------------------------------------------------------
def test_the_migrations_make_the_schema_that_the_code_knows(store: Store) -> None:
    with store._database.read() as tx:
        context = MigrationContext.configure(tx.connection, opts={"compare_type": True})
        assert compare_metadata(context, schema.metadata) == []


def test_the_newest_migration_is_the_schemas_revision() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(schema.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == schema.REVISION


def test_a_store_of_the_first_schema_is_upgraded_with_what_it_holds(empty_url: str, blobs: LocalBlobs) -> None:
    store = Store.open(empty_url)
    case = store.create_case(LI, "张三盗窃案")
    with store._database.write() as tx:
        for later in ("case_hotwords", "voiceprints", "alarm_answers"):
            tx.connection.execute(text(f"DROP TABLE {later}"))
        tx.connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    store.close()
    with pytest.raises(Unavailable):
        Store.open(empty_url, upgrade=False)
    again = Store.open(empty_url)
    assert again.set_hotwords(LI, case.id, ["张三"]) == ("张三",)
    assert again.case(LI, case.id).name == "张三盗窃案"
    assert again.verify(None, blobs) == []
    again.close()


@pytest.mark.fault
def test_processes_that_start_together_upgrade_once(empty_url: str) -> None:
    starters = [subprocess.Popen([sys.executable, WRITER, "open", empty_url]) for _ in range(3)]
    assert [starter.wait(60) for starter in starters] == [0, 0, 0]
    Store.open(empty_url, upgrade=False).close()


def test_a_store_is_upgraded_from_any_working_directory(
    empty_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Store.open(empty_url).close()
    Store.open(empty_url, upgrade=False).close()


def test_a_store_without_a_schema_is_not_made_when_only_looked_at(empty_url: str) -> None:
    with pytest.raises(Unavailable, match="schema none"):
        Store.open(empty_url, upgrade=False)


def test_a_store_of_a_newer_version_is_refused_unchanged(
    store: Store, scene: Scene, database_url: str, attacker: Attacker
) -> None:
    attacker.do("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Unavailable, match="newer version"):
        Store.open(database_url)
    assert attacker.rows("SELECT version_num FROM alembic_version") == [{"version_num": "9999"}]


def test_what_an_engine_raises_names_no_value(store: Store) -> None:
    with pytest.raises(AnjuanError) as raised, store._database.write() as tx:
        tx.connection.execute(text("SELECT secret_column FROM cases WHERE name = :name"), {"name": "张三"})
    assert "张三" not in str(raised.value)
