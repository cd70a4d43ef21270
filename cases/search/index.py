"""The index as a file beside the store: what it holds, how it is written and merged; knows no query and no rights.

One SQLite file, made of the store and made anew whenever it is missing: for a store on PostgreSQL too, each machine
keeps its own. Everything is parted by case: a reading opens the rows of the cases that it is given, and no row, count
or statistic of another. Statutes belong to the open case OPEN, which every reading sees.

Writing takes sources whole, in one transaction a batch: killed at any moment the file holds the old batch or the new
one. A case's postings lie in segments; of FANOUT segments of one level one of the next is made, which drops what was
replaced (a log-structured merge tree: O'Neil et al., 1996).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from cases.database import journal_mode
from cases.failpoint import failpoint
from cases.search.document import KINDS, Document, Source
from cases.search.folding import fold
from cases.search.packing import packed_text
from cases.search.postings import BUCKETS, MAX_PLACE, Entries, entries_of, rows_of, units_of, unpacked
from models.errors import Unavailable

FOLDER = "search"
FILE = "index.sqlite"
BUSY_S = 30.0
"""Seconds to wait for another process's batch."""
OPEN = 0
"""The key of what belongs to no case."""
FANOUT = 8
FORMAT = "1"
"""Written into the file; another one is thrown away and made anew."""
DOCUMENTS = np.dtype(
    [("base", "<u4"), ("length", "<u4"), ("id", "<u4"), ("case", "<u4"), ("at", "<u4"), ("kind", "<u4")]
)
"""A document in a segment's list: its places, its id and case, minutes since 1970, its kind."""
Table = NDArray[np.void]
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
            return _next_base(connection) > MAX_PLACE

    # --- writing ------------------------------------------------------------------------------------------------------
    def write(self, sources: Sequence[Source], gone: Sequence[str] = (), reached: int | None = None) -> None:
        """Take these sources in place of what the index held of them, drop those `gone`, note how far it follows.

        One transaction. A source that the index holds in the same or a newer version is left as it is.
        """
        with self.opened() as connection, _writing(connection):
            _forget(connection, gone)
            new = [source for source in sources if _version(connection, source.id) < source.version]
            _forget(connection, [source.id for source in new])
            failpoint("search.forgotten")
            touched = _add(connection, new)
            failpoint("search.added")
            for case_key in touched:
                _merge_levels(connection, case_key)
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


def _next_base(connection: sqlite3.Connection) -> int:
    row = connection.execute("SELECT value FROM meta WHERE name = 'next_base'").fetchone()
    return int(row[0]) if row else 0


def _version(connection: sqlite3.Connection, source: str) -> int:
    row = connection.execute("SELECT version FROM sources WHERE source = ?", (source,)).fetchone()
    return int(row[0]) if row else -1


# --- taking in and dropping -------------------------------------------------------------------------------------------
def _forget(connection: sqlite3.Connection, sources: Sequence[str]) -> None:
    """Drop the documents of sources; their postings stay until a merge and are found by nobody."""
    dead: dict[int, list[int]] = defaultdict(list)
    for source in sources:
        row = connection.execute("SELECT id FROM sources WHERE source = ?", (source,)).fetchone()
        if row is None:
            continue
        for document, segment in connection.execute("SELECT id, segment FROM documents WHERE source_id = ?", row):
            dead[segment].append(document)
        connection.execute("DELETE FROM texts WHERE id IN (SELECT id FROM documents WHERE source_id = ?)", row)
        for table in ("documents", "names"):
            connection.execute(f"DELETE FROM {table} WHERE source_id = ?", row)  # noqa: S608  # the names above
        connection.execute("DELETE FROM sources WHERE id = ?", row)
    for segment, documents in dead.items():
        _bury(connection, segment, documents)


def _bury(connection: sqlite3.Connection, segment: int, documents: Sequence[int]) -> None:
    case_key, packed = connection.execute(
        "SELECT case_key, documents FROM segments WHERE id = ?", (segment,)
    ).fetchone()
    table = np.frombuffer(packed, dtype=DOCUMENTS)
    left = table[~np.isin(table["id"], documents)]
    if len(left):
        connection.execute("UPDATE segments SET documents = ? WHERE id = ?", (left.tobytes(), segment))
    else:
        _drop(connection, case_key, [segment])


def _drop(connection: sqlite3.Connection, case_key: int, segments: Sequence[int]) -> None:
    keys = [(bucket, case_key, segment) for bucket in range(BUCKETS) for segment in segments]
    connection.executemany("DELETE FROM postings WHERE bucket = ? AND case_key = ? AND segment = ?", keys)
    connection.executemany("DELETE FROM segments WHERE id = ?", [(segment,) for segment in segments])


def _add(connection: sqlite3.Connection, sources: Sequence[Source]) -> list[int]:
    """One segment a case for the documents of `sources`; answers the keys of the cases."""
    base = _next_base(connection)
    by_case: dict[int, list[Source]] = defaultdict(list)
    for source in sources:
        by_case[_case_key(connection, source.case_id)].append(source)
    for case_key, mine in by_case.items():
        base = _add_segment(connection, case_key, mine, base)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('next_base', ?)", (str(base),))
    return list(by_case)


def _case_key(connection: sqlite3.Connection, case_id: str | None) -> int:
    if case_id is None:
        return OPEN
    connection.execute("INSERT OR IGNORE INTO cases (case_id) VALUES (?)", (case_id,))
    return int(connection.execute("SELECT key FROM cases WHERE case_id = ?", (case_id,)).fetchone()[0])


def _add_segment(connection: sqlite3.Connection, case_key: int, sources: Sequence[Source], base: int) -> int:
    added = connection.execute("INSERT INTO segments (case_key, level, documents) VALUES (?, 0, x'')", (case_key,))
    segment = added.lastrowid or 0
    entries: list[Entries] = []
    table: list[tuple[int, ...]] = []
    for source in sources:
        kept = connection.execute(
            "INSERT INTO sources (source, case_key, version) VALUES (?, ?, ?)", (source.id, case_key, source.version)
        )
        owner = (kept.lastrowid or 0, case_key, segment)
        names = [(key, case_key, name, owner[0]) for key, name in source.names]
        connection.executemany("INSERT OR IGNORE INTO names VALUES (?, ?, ?, ?)", names)
        for document in source.documents:
            units = units_of(fold(document.text))
            entries.append(entries_of(units, base))
            number = _add_document(connection, owner, source, document)
            table.append((base, len(units), number, case_key, _minutes(document, source), KINDS.index(document.kind)))
            base += len(units) + 1
    if not table:
        connection.execute("DELETE FROM segments WHERE id = ?", (segment,))
        return base
    rows = rows_of(np.concatenate(entries))
    connection.executemany(
        "INSERT INTO postings VALUES (?, ?, ?, ?)", ((bucket, case_key, segment, row) for bucket, row in rows)
    )
    packed = np.array(table, dtype=DOCUMENTS).tobytes()
    connection.execute("UPDATE segments SET documents = ? WHERE id = ?", (packed, segment))
    return base


def _add_document(
    connection: sqlite3.Connection, owner: tuple[int, int, int], source: Source, document: Document
) -> int:
    fields = document.fields
    day = fields.day or source.stored_at[:10]
    texts = [fold(one) for one in (fields.type, fields.title, fields.number, fields.author)]
    people = "\n".join(fold(person) for person in fields.persons)
    added = connection.execute(
        "INSERT INTO documents (source_id, case_key, segment, type, title, number, author, person, plate, day, until) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (*owner, *texts, people, fold(fields.plate), day, fields.until or day),
    )
    number = added.lastrowid or 0
    connection.execute("INSERT INTO texts VALUES (?, ?)", (number, packed_text(document)))
    return number


def _minutes(document: Document, source: Source) -> int:
    """The moment of a document for the order by time, in minutes since 1970: its own day, else when it was stored."""
    for spelled in (document.fields.day, source.stored_at):
        try:
            moment = datetime.fromisoformat(spelled)
        except ValueError:
            continue
        aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
        return max(0, int(aware.timestamp()) // 60)
    return 0


# --- merging ----------------------------------------------------------------------------------------------------------
def _merge_levels(connection: sqlite3.Connection, case_key: int) -> None:
    """Merge until no level of the case holds FANOUT segments."""
    while True:
        by_level: dict[int, list[int]] = defaultdict(list)
        for segment, level in connection.execute(
            "SELECT id, level FROM segments WHERE case_key = ? ORDER BY id", (case_key,)
        ):
            by_level[level].append(segment)
        crowded = [(level, segments) for level, segments in by_level.items() if len(segments) >= FANOUT]
        if not crowded:
            return
        level, segments = min(crowded)
        _merge(connection, case_key, segments, level + 1)


def _merge(connection: sqlite3.Connection, case_key: int, segments: Sequence[int], level: int) -> None:
    marks = ",".join("?" * len(segments))
    lists = connection.execute(f"SELECT documents FROM segments WHERE id IN ({marks})", tuple(segments))  # noqa: S608
    table = np.frombuffer(b"".join(row[0] for row in lists), dtype=DOCUMENTS)
    table = table[np.argsort(table["base"])]
    made = connection.execute(
        "INSERT INTO segments (case_key, level, documents) VALUES (?, ?, ?)", (case_key, level, table.tobytes())
    )
    for bucket in range(BUCKETS):
        rows = connection.execute(
            f"SELECT entries FROM postings WHERE bucket = ? AND case_key = ? AND segment IN ({marks})",  # noqa: S608
            (bucket, case_key, *segments),
        )
        entries = _alive(unpacked([row[0] for row in rows]), table)
        for _, packed in rows_of(entries):
            connection.execute("INSERT INTO postings VALUES (?, ?, ?, ?)", (bucket, case_key, made.lastrowid, packed))
    _drop(connection, case_key, segments)
    connection.executemany(
        "UPDATE documents SET segment = ? WHERE id = ?", [(made.lastrowid, int(one)) for one in table["id"]]
    )


def _alive(entries: Entries, table: Table) -> Entries:
    """The entries whose place belongs to a document of `table`, which ascends by base."""
    places = entries.astype(np.uint32)
    at = np.searchsorted(table["base"], places, side="right").astype(np.int64) - 1
    inside = places - table["base"][at] < table["length"][at]
    kept: Entries = entries[(at >= 0) & inside]
    return kept
