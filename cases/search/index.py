"""The index as a file beside the store: what it holds, how it is written and merged; knows no query and no rights.

One SQLite file, made of the store and made anew whenever it is missing: for a store on PostgreSQL too, each machine
keeps its own. Everything is parted by case: a reading opens the rows of the cases that it is given, and no row, count
or statistic of another. Statutes belong to the open case OPEN, which every reading sees.

Writing takes sources whole, in one transaction a batch: killed at any moment the file holds the old batch or the new
one. What a batch does to the tables is `cases.search.segments`'s.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from cases.database import journal_mode
from cases.failpoint import failpoint
from cases.search.document import Source
from cases.search.postings import MAX_PLACE
from cases.search.segments import add, forget, merge_levels, next_base, version_of
from models.errors import Unavailable

FOLDER = "search"
FILE = "index.sqlite"
BUSY_S = 30.0
"""Seconds to wait for another process's batch."""
FORMAT = "1"
"""Written into the file; another one is thrown away and made anew."""
_SCHEMA = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE cases (key INTEGER PRIMARY KEY, case_id TEXT NOT NULL UNIQUE);
CREATE TABLE sources (id INTEGER PRIMARY KEY, source TEXT NOT NULL UNIQUE, case_key INTEGER NOT NULL,
    version INTEGER NOT NULL);
CREATE TABLE documents (id INTEGER PRIMARY KEY, source_id INTEGER NOT NULL, case_key INTEGER NOT NULL,
    segment INTEGER NOT NULL, type TEXT NOT NULL, title TEXT NOT NULL, number TEXT NOT NULL, author TEXT NOT NULL,
    person TEXT NOT NULL, plate TEXT NOT NULL, day TEXT NOT NULL, until TEXT NOT NULL);
CREATE INDEX documents_of_case ON documents (case_key);
CREATE INDEX documents_of_source ON documents (source_id);
CREATE TABLE texts (id INTEGER PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE segments (id INTEGER PRIMARY KEY, case_key INTEGER NOT NULL, level INTEGER NOT NULL,
    documents BLOB NOT NULL);
CREATE INDEX segments_of_case ON segments (case_key);
CREATE TABLE postings (bucket INTEGER NOT NULL, case_key INTEGER NOT NULL, segment INTEGER NOT NULL,
    entries BLOB NOT NULL, PRIMARY KEY (bucket, case_key, segment)) WITHOUT ROWID;
CREATE TABLE names (key TEXT NOT NULL, case_key INTEGER NOT NULL, name TEXT NOT NULL, source_id INTEGER NOT NULL,
    PRIMARY KEY (key, case_key, name, source_id)) WITHOUT ROWID;
CREATE INDEX names_of_source ON names (source_id);
CREATE TABLE words (key TEXT NOT NULL, rank INTEGER NOT NULL, word TEXT NOT NULL, PRIMARY KEY (key, rank, word))
    WITHOUT ROWID;
"""


class SearchIndex:
    """The index of one data folder; threads and processes may read and write at once, writers take turns."""

    def __init__(self, data_dir: Path) -> None:
        self.file = data_dir / FOLDER / FILE

    # --- opening ------------------------------------------------------------------------------------------------------
    @contextmanager
    def opened(self) -> Iterator[sqlite3.Connection]:
        """A connection, closed at the end; raises Unavailable when the file cannot be used."""
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with closing(sqlite3.connect(self.file, timeout=BUSY_S, isolation_level=None)) as connection:
                connection.execute(f"PRAGMA mmap_size={1 << 30}").close()
                connection.execute("PRAGMA cache_size=-65536").close()
                if _format(connection) != FORMAT:
                    _create(connection, self.file)
                yield connection
        except (sqlite3.Error, OSError) as error:
            raise Unavailable(
                "search.index", f"the search index {self.file} cannot be used ({error}); remove it, it is made anew"
            ) from error

    def discard(self) -> None:
        """Remove the index: it is made anew from the store."""
        with self.opened() as connection, _writing(connection):
            for table in ("sources", "documents", "texts", "segments", "postings", "names", "cases", "meta"):
                connection.execute(f"DELETE FROM {table}")  # noqa: S608  # the names above
            connection.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))

    # --- what it holds ------------------------------------------------------------------------------------------------
    def versions(self) -> dict[str, int]:
        """Source -> the version that is indexed."""
        with self.opened() as connection:
            return dict(connection.execute("SELECT source, version FROM sources"))

    def reached(self) -> int | None:
        """The audit sequence that the index has followed the store to; None before it was once made whole."""
        with self.opened() as connection:
            row = connection.execute("SELECT value FROM meta WHERE name = 'reached'").fetchone()
        return int(row[0]) if row else None

    def is_full(self) -> bool:
        """Whether so much was replaced that the places run out and the index has to be made anew."""
        with self.opened() as connection:
            return next_base(connection) > MAX_PLACE

    # --- writing ------------------------------------------------------------------------------------------------------
    def write(self, sources: Sequence[Source], gone: Sequence[str] = (), reached: int | None = None) -> None:
        """Take these sources in place of what the index held of them, drop those `gone`, note how far it follows.

        One transaction. A source that the index holds in the same or a newer version is left as it is.
        """
        with self.opened() as connection, _writing(connection):
            forget(connection, gone)
            new = [source for source in sources if version_of(connection, source.id) < source.version]
            forget(connection, [source.id for source in new])
            failpoint("search.forgotten")
            touched = add(connection, new)
            failpoint("search.added")
            for case_key in touched:
                merge_levels(connection, case_key)
            if reached is not None:
                connection.execute("INSERT OR REPLACE INTO meta VALUES ('reached', ?)", (str(reached),))
            failpoint("search.merged")
        failpoint("search.committed")

    def learn_words(self, words: Iterable[tuple[str, int, str]]) -> None:
        """Take (Latin key, rank, word) of the dictionary, in place of an earlier one; rank 0 is the commonest."""
        with self.opened() as connection, _writing(connection):
            connection.execute("DELETE FROM words")
            connection.executemany("INSERT OR IGNORE INTO words VALUES (?, ?, ?)", words)

    def knows_words(self) -> bool:
        """Whether a dictionary was taken in."""
        with self.opened() as connection:
            return connection.execute("SELECT 1 FROM words LIMIT 1").fetchone() is not None


def _format(connection: sqlite3.Connection) -> str | None:
    if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
        return None
    row = connection.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
    return str(row[0]) if row else ""


def _create(connection: sqlite3.Connection, file: Path) -> None:
    file.chmod(0o600)  # it holds what the cases hold
    connection.execute("PRAGMA page_size=8192").close()
    connection.execute(f"PRAGMA journal_mode={journal_mode(sqlite3.sqlite_version_info)[0]}").close()
    with _writing(connection):
        if _format(connection) == FORMAT:
            return  # another process was faster
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (table,) in tables:
            connection.execute(f"DROP TABLE {table}")
        for statement in _SCHEMA.split(";"):
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))


@contextmanager
def _writing(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
