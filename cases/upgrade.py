"""Brings a database to the schema of this version, once, whatever number of processes start; knows no act.

Alembic is imported only when there is something to do, since every command of the command line opens a store.
"""

from __future__ import annotations

import logging
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from cases.database import Database
from cases.schema import REVISION
from models.errors import Unavailable

log = logging.getLogger(__name__)

_LOCK = 0x616E6A75
"""PostgreSQL advisory lock that processes which start together take in turn ("anju")."""


def revision_of(connection: Connection) -> str | None:
    """The schema revision of a database; None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def require_current(database: Database) -> None:
    """Raise Unavailable unless the database has exactly this version's schema; changes nothing."""
    with database.read() as tx:
        found = revision_of(tx.connection)
    if found != REVISION:
        raise Unavailable(
            "store.schema",
            f"the case store has schema {found or 'none'}, this version needs {REVISION}; start its server once",
        )


def bring_up(database: Database) -> None:
    """Migrate the database to this version's schema; raises Unavailable when a newer version has written it."""
    with database.read() as tx:
        if revision_of(tx.connection) == REVISION:
            return
    with database.write() as tx:
        if tx.on_postgres:
            tx.connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            tx.connection.execute(text("SET LOCAL statement_timeout = 0"))
        found = revision_of(tx.connection)
        if found != REVISION:
            _migrate(tx.connection, found)


def _migrate(connection: Connection, found: str | None) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if found is not None and found not in known:
        raise Unavailable(
            "store.newer", f"the case store was written by a newer version (schema {found}); upgrade Anjuan to open it"
        )
    log.info("case store: schema %s -> %s", found or "none", REVISION)
    command.upgrade(config, "head")
