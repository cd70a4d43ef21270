"""What a batch does to the tables of the index: sources in, sources out, a case's segments merged as they grow.

Works within a transaction that the index opened; knows no file, no query and no rights. A case's postings lie in
segments; of FANOUT segments of one level one of the next is made, which drops what was replaced (a log-structured merge
tree: O'Neil et al., 1996).
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from cases.search.document import KINDS, Document, Source
from cases.search.folding import fold
from cases.search.packing import packed_text
from cases.search.postings import BUCKETS, Entries, entries_of, rows_of, units_of, unpacked

OPEN = 0
"""The key of what belongs to no case."""
FANOUT = 8
DOCUMENTS = np.dtype(
    [("base", "<u4"), ("length", "<u4"), ("id", "<u4"), ("case", "<u4"), ("at", "<u4"), ("kind", "<u4")]
)
"""A document in a segment's list: its places, its id and case, minutes since 1970, its kind."""
Table = NDArray[np.void]


def next_base(connection: sqlite3.Connection) -> int:
    """The first place that is free."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'next_base'").fetchone()
    return int(row[0]) if row else 0


def version_of(connection: sqlite3.Connection, source: str) -> int:
    """The version of a source that the index holds; -1 for none."""
    row = connection.execute("SELECT version FROM sources WHERE source = ?", (source,)).fetchone()
    return int(row[0]) if row else -1


# --- taking in and dropping -------------------------------------------------------------------------------------------
def forget(connection: sqlite3.Connection, sources: Sequence[str]) -> None:
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


def add(connection: sqlite3.Connection, sources: Sequence[Source]) -> list[int]:
    """One segment a case for the documents of `sources`; answers the keys of the cases."""
    base = next_base(connection)
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
def merge_levels(connection: sqlite3.Connection, case_key: int) -> None:
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
