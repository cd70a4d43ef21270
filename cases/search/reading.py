"""One look into the index within a scope of cases; the only way that a query reads it.

Every row that is read carries the key of a case of the scope: postings, lists of documents, fields, names. What other
cases hold is neither read nor counted, so it cannot show in hits, numbers, ranking or suggestions.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cases.search.index import SearchIndex
from cases.search.packing import KeptText, kept_text
from cases.search.postings import Entries, unpacked
from cases.search.segments import DOCUMENTS, OPEN, Table

COLUMNS = ("type", "title", "number", "author", "person", "plate")
"""Fields that hold text."""
Numbers = NDArray[np.uint32]


@dataclass(frozen=True, slots=True)
class Found:
    """A document as the index keeps it."""

    id: int
    case_id: str | None
    source: str
    version: int
    kept: KeptText


class Reading:
    """A scope of the index at one moment."""

    def __init__(self, connection: sqlite3.Connection, case_ids: Collection[str] | None) -> None:
        self._connection = connection
        # By what the caller may see, never by what there is: a case more must not change the way of reading.
        self._whole = case_ids is None
        query = "SELECT case_id, key FROM cases"
        values: tuple[str, ...] = ()
        if case_ids is not None:
            query += " WHERE case_id IN (SELECT value FROM json_each(?))"
            values = (json.dumps(sorted(case_ids)),)
        self.keys = {str(case_id): int(key) for case_id, key in connection.execute(query, values)}
        """Case id -> its key in the index, for the cases of the scope that it holds."""
        self._list = json.dumps([OPEN, *sorted(self.keys.values())])
        self._buckets: dict[int, Entries] = {}

    def _rows(self, select: str, table: str, condition: str, *values: object) -> sqlite3.Cursor:
        """Rows of the scope: by the keys of its cases, or all for a caller who may read everything."""
        if self._whole:
            return self._connection.execute(f"SELECT {select} FROM {table} t WHERE {condition}", values)  # noqa: S608
        # CROSS JOIN keeps the order: the keys of the scope lead, the table's index follows.
        joined = f"json_each(?) v CROSS JOIN {table} t"
        query = f"SELECT {select} FROM {joined} WHERE t.case_key = v.value AND {condition}"  # noqa: S608
        return self._connection.execute(query, (self._list, *values))

    @cached_property
    def documents(self) -> Table:
        """Every document of the scope, ascending by base."""
        lists = self._rows("t.documents", "segments", "1")
        table = np.frombuffer(b"".join(row[0] for row in lists), dtype=DOCUMENTS)
        return table[np.argsort(table["base"], kind="stable")]

    def entries(self, bucket: int) -> Entries:
        """The entries of a bucket within the scope."""
        if bucket not in self._buckets:
            rows = self._rows("t.entries", "postings", "t.bucket = ?", bucket)
            self._buckets[bucket] = unpacked([row[0] for row in rows])
        return self._buckets[bucket]

    def holding(self, column: str, value: str) -> Numbers:
        """Ids of the documents whose field `column` holds `value` (folded)."""
        return _numbers(self._rows("t.id", "documents", f"instr(t.{column}, ?) > 0", value))

    def dated(self, first: str, beyond: str) -> Numbers:
        """Ids of the documents whose days meet those from `first` to before `beyond`, compared as text."""
        return _numbers(self._rows("t.id", "documents", "t.day < ? AND t.until >= ?", beyond, first))

    def names(self, key: str, limit: int) -> list[str]:
        """Names of the scope that are typed by the Latin `key`."""
        rows = self._rows("DISTINCT t.name", "names", "t.key = ? ORDER BY t.name LIMIT ?", key, limit)
        return [str(row[0]) for row in rows]

    def words(self, key: str, limit: int) -> list[str]:
        """Words of the dictionary that are typed by the Latin `key`, the commonest first."""
        query = "SELECT word FROM words WHERE key = ? ORDER BY rank, word LIMIT ?"
        return [str(row[0]) for row in self._connection.execute(query, (key, limit))]

    def found(self, ids: Sequence[int]) -> list[Found]:
        """The documents of these ids (of the scope), in their order."""
        case_ids = {key: case_id for case_id, key in self.keys.items()}
        query = (
            "SELECT d.case_key, s.source, s.version, t.body FROM documents d JOIN sources s ON s.id = d.source_id "
            "JOIN texts t ON t.id = d.id WHERE d.id = ?"
        )
        rows = [(number, self._connection.execute(query, (number,)).fetchone()) for number in ids]
        return [Found(number, case_ids.get(row[0]), row[1], row[2], kept_text(row[3])) for number, row in rows]


@contextmanager
def reading(index: SearchIndex, case_ids: Collection[str] | None) -> Iterator[Reading]:
    """A look at the index as it is now, for a caller who may read `case_ids` (None: every case)."""
    with index.opened() as connection:
        connection.execute("BEGIN")
        try:
            yield Reading(connection, case_ids)
        finally:
            connection.execute("ROLLBACK")


def _numbers(rows: sqlite3.Cursor) -> Numbers:
    return np.array([row[0] for row in rows], dtype=np.uint32)
