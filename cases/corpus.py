"""The corpus of judgments under the data folder: a file store of its own; knows no case, no model and no file format.

A corpus is reference material, no evidence: it comes from files that can be imported again, belongs to no case, and has
no versions. In the case database each backup and each `verify` would grow by all of it. So it is one SQLite file,
`DIR/corpus/judgments.sqlite`; that it was imported and used stands in the audit trail of the case store.

Rows are committed in batches with the place reached in the source, so that an import that was killed goes on there.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from cases.file_store import opened
from cases.judgment import Judgment

FOLDER = "corpus"
FILE = "judgments.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS judgments (
    number INTEGER PRIMARY KEY, digest TEXT NOT NULL UNIQUE, id TEXT NOT NULL, name TEXT NOT NULL, facts TEXT NOT NULL,
    view TEXT NOT NULL, result TEXT NOT NULL, charge TEXT, months REAL
);
CREATE TABLE IF NOT EXISTS sources (digest TEXT PRIMARY KEY, lines INTEGER NOT NULL, finished INTEGER NOT NULL);
"""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the import of a source came: lines done, and whether it ended."""

    lines: int
    finished: bool


class CorpusStore:
    """The judgments of one data folder; several processes may read and import at once."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / FOLDER / FILE

    def _opened(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self._file, _SCHEMA, "corpus.store", "the corpus")

    def reached(self, source: str) -> Reached:
        """How far the source with digest `source` was imported."""
        with self._opened() as connection:
            row = connection.execute("SELECT lines, finished FROM sources WHERE digest = ?", (source,)).fetchone()
        return Reached(row[0], bool(row[1])) if row else Reached(0, False)

    def add(self, judgments: Sequence[tuple[str, Judgment]], source: str, reached: Reached) -> int:
        """Keep (digest, judgment) pairs and the place reached, in one transaction; answers how many were new."""
        rows = [(digest, j.id, j.name, j.facts, j.view, j.result, j.charge, j.months) for digest, j in judgments]
        with self._opened() as connection, connection:
            before = connection.total_changes
            connection.executemany(
                "INSERT OR IGNORE INTO judgments (digest, id, name, facts, view, result, charge, months) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                rows,
            )
            new = connection.total_changes - before
            connection.execute(
                "INSERT INTO sources VALUES (?, ?, ?) ON CONFLICT (digest) DO UPDATE SET "
                "lines = max(lines, excluded.lines), finished = max(finished, excluded.finished)",
                (source, reached.lines, int(reached.finished)),
            )
        return new

    def judgments(self) -> Iterator[Judgment]:
        """Every judgment in the order of import, read as it is asked for."""
        query = "SELECT id, name, facts, view, result, charge, months FROM judgments ORDER BY number"
        with self._opened() as connection:
            for row in connection.execute(query):
                yield Judgment(*row)

    def count(self) -> int:
        """How many judgments there are."""
        with self._opened() as connection:
            return int(connection.execute("SELECT count(*) FROM judgments").fetchone()[0])
