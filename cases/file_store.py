"""Opens a SQLite file of reference material under the data folder; knows no table."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from models.errors import Unavailable

BUSY_S = 30.0
"""Seconds to wait for another import's commit; a batch takes some tens of milliseconds."""


@contextmanager
def opened(file: Path, schema: str, code: str, named: str) -> Iterator[sqlite3.Connection]:
    """A connection with `schema` laid out, closed at the end; raises Unavailable `code` where it cannot be used."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with closing(sqlite3.connect(file, timeout=BUSY_S)) as connection:
            connection.executescript(schema)
            yield connection
    except (sqlite3.Error, OSError) as error:
        raise Unavailable(code, f"{named} in {file} cannot be used: {error}") from error
