"""Our index beside what could have stood in its place: SQLite FTS5 and PostgreSQL, over the same documents.

    python -m benchmarks.load.search_peers --shared ../shared/data --documents 10000 [--postgres URL]

Measured of each: time to build, size, latency of a query's candidates (ids and their number, no snippets) and whether
what it finds is what a plain look at every text finds. Times are processor seconds of this process, by the clock for
PostgreSQL, which works in processes of its own. Peers:

- `fts5 trigram`: the tokeniser of SQLite. It cannot find what is shorter than three characters.
- `fts5 bigrams`: texts spelled out as overlapping pairs, found as phrases of pairs.
- `postgres bigrams`: a `tsvector` of the same pairs with places under GIN; phrases by <->.
- `postgres pg_trgm`: GIN over trigrams, LIKE decides; below three characters it reads every text.

All peers but ours rank, if they do, by numbers over all cases, and read what they then filter. How much that shows is
measured for FTS5: a caller who may read a hundredth of the documents, timed over all of them and over that part alone.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Protocol

import numpy as np

from benchmarks.load.search_documents import Material, sources
from cases.search.folding import fold
from cases.search.index import SearchIndex
from cases.search.postings import places_of, units_of
from cases.search.reading import reading

ASKED = {
    "two": ["盗窃", "毒品", "手机", "驾驶"],
    "three": ["被告人", "电动车", "信用卡"],
    "long": ["经审理查明", "如实供述自己的罪行", "人民检察院指控"],
    "nothing": ["量子纠缠态", "玻色爱因斯坦"],
}
ROUNDS = 8
MIB = 1 << 20
Text = tuple[int, str]


class Peer(Protocol):
    """Something that finds documents by exact characters."""

    name: str

    def build(self, texts: Sequence[Text]) -> None:
        """Take every document."""

    def find(self, phrase: str) -> set[int]:
        """The documents that hold the phrase."""

    def size(self) -> int:
        """Bytes on disk."""


def pairs(text: str) -> str:
    """A folded text as overlapping pairs of characters, each a word of letters that no tokeniser parts."""
    return " ".join(f"{ord(a):x}z{ord(b):x}" for a, b in pairwise(text))


class Fts5:
    """SQLite FTS5, by trigrams or by pairs."""

    def __init__(self, folder: Path, tokenizer: str) -> None:
        self.name = f"fts5 {tokenizer}"
        self._pairs = tokenizer == "bigrams"
        self._file = folder / f"{tokenizer}.sqlite"
        self._connection = sqlite3.connect(self._file)
        kind = "content='', tokenize='unicode61'" if self._pairs else "content='', tokenize='trigram'"
        self._connection.execute(f"CREATE VIRTUAL TABLE texts USING fts5(body, {kind})")

    def build(self, texts: Sequence[Text]) -> None:
        """In one transaction, as fast as it goes."""
        rows = ((number, pairs(text) if self._pairs else text) for number, text in texts)
        with self._connection:
            self._connection.executemany("INSERT INTO texts(rowid, body) VALUES (?, ?)", rows)

    def find(self, phrase: str) -> set[int]:
        """By a phrase of tokens."""
        spelled = pairs(phrase) if self._pairs else phrase.replace('"', '""')
        rows = self._connection.execute("SELECT rowid FROM texts WHERE texts MATCH ?", (f'"{spelled}"',))
        return {row[0] for row in rows}

    def within(self, phrase: str, numbers: str) -> int:
        """How many of `numbers` (a JSON list) hold the phrase."""
        spelled = pairs(phrase)
        query = "SELECT count(*) FROM texts WHERE texts MATCH ? AND rowid IN (SELECT value FROM json_each(?))"
        return int(self._connection.execute(query, (f'"{spelled}"', numbers)).fetchone()[0])

    def size(self) -> int:
        """The file."""
        return self._file.stat().st_size


class Postgres:
    """PostgreSQL: a tsvector of pairs, or trigrams."""

    def __init__(self, url: str, kind: str) -> None:
        import psycopg

        self.name = f"postgres {kind}"
        self._kind = kind
        self._connection = psycopg.connect(url, autocommit=True)
        self._connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        self._table = f"peer_{kind.replace('pg_', '')}"
        column = "tsvector" if kind == "bigrams" else "text"
        self._connection.execute(f"DROP TABLE IF EXISTS {self._table}")
        self._connection.execute(f"CREATE TABLE {self._table} (id int PRIMARY KEY, body {column})")

    def build(self, texts: Sequence[Text]) -> None:
        """COPY, then the index."""
        with self._connection.cursor().copy(f"COPY {self._table} FROM STDIN") as copy:
            for number, text in texts:
                copy.write_row((number, _vector(text) if self._kind == "bigrams" else text.replace("\f", " ")))
        how = "gin (body)" if self._kind == "bigrams" else "gin (body gin_trgm_ops)"
        self._connection.execute(f"CREATE INDEX ON {self._table} USING {how}")
        self._connection.execute(f"ANALYZE {self._table}")

    def find(self, phrase: str) -> set[int]:
        """By pairs in a row, or LIKE."""
        if self._kind == "bigrams":
            query = " <-> ".join(pairs(phrase).split())
            rows = self._connection.execute(f"SELECT id FROM {self._table} WHERE body @@ %s::tsquery", (query,))
        else:
            rows = self._connection.execute(f"SELECT id FROM {self._table} WHERE body LIKE %s", (f"%{phrase}%",))
        return {row[0] for row in rows}

    def size(self) -> int:
        """Table and index."""
        row = self._connection.execute(f"SELECT pg_total_relation_size('{self._table}')").fetchone()
        return int(row[0]) if row else 0


def _vector(text: str) -> str:
    """A tsvector's spelling; its places end at 16383, so what lies beyond is found by nobody's phrase."""
    return " ".join(f"'{pair}':{at}" for at, pair in enumerate(pairs(text).split()[:16383], 1))


class Ours:
    """The index of the product, built through the same door as in use: texts, places, fields and names."""

    name = "ours"

    def __init__(self, folder: Path, batches: Callable[[], Iterator[list[object]]]) -> None:
        self._index = SearchIndex(folder / "ours")
        self._batches = batches
        self._numbers: dict[int, int] = {}

    def build(self, texts: Sequence[Text]) -> None:
        """In batches of 50 cases."""
        batch: list[object] = []
        for kept in self._batches():
            batch += kept
            if len(batch) >= 200:
                self._index.write(batch)  # type: ignore[arg-type]
                batch = []
        self._index.write(batch)  # type: ignore[arg-type]
        with reading(self._index, None) as look:
            ids = np.sort(look.documents["id"])
        self._numbers = {int(one): number for number, one in enumerate(ids)}

    def find(self, phrase: str) -> set[int]:
        """As a term of a query is found."""
        with reading(self._index, None) as look:
            table = look.documents
            places = places_of(units_of(phrase), look.entries)
            at = np.searchsorted(table["base"], places, side="right").astype(np.int64) - 1
            return {self._numbers[int(one)] for one in np.unique(table["id"][at])}

    def size(self) -> int:
        """The file, with the texts and places that hits show."""
        return self._index.file.stat().st_size


def measured(peer: Peer, texts: Sequence[Text]) -> dict[str, object]:
    """The figures of one."""
    clock = time.perf_counter if isinstance(peer, Postgres) else time.process_time
    begun = clock()
    peer.build(texts)
    figures: dict[str, object] = {"build_s": round(clock() - begun, 1), "size_mib": peer.size() // MIB}
    for kind, phrases in ASKED.items():
        times, missed, more = [], 0, 0
        for phrase in phrases:
            truth = {number for number, text in texts if phrase in text}
            found = peer.find(phrase)
            missed, more = missed + len(truth - found), more + len(found - truth)
            for _ in range(ROUNDS):
                begun = clock()
                peer.find(phrase)
                times.append((clock() - begun) * 1000)
        figures[kind] = {"p50_ms": round(float(np.median(times)), 1), "missed": missed, "wrong": more}
    return figures


def shown_by_time(whole: Fts5, texts: Sequence[Text], folder: Path) -> dict[str, object]:
    """What a filter behind FTS5 shows of the documents that it hides: milliseconds with them and without."""
    few = texts[: max(1, len(texts) // 100)]
    (folder / "few").mkdir()
    alone = Fts5(folder / "few", "bigrams")
    alone.build(few)
    numbers = json.dumps([number for number, _ in few])
    found = {}
    for name, peer in (("with_others", whole), ("alone", alone)):
        times = []
        for phrase in (phrase for phrases in ASKED.values() for phrase in phrases):
            for _ in range(ROUNDS):
                begun = time.process_time()
                peer.within(phrase, numbers)
                times.append((time.process_time() - begun) * 1000)
        found[name] = round(float(np.mean(times)), 3)
    return {"fts5 behind a filter, mean ms": found}


def main(arguments: Sequence[str] | None = None) -> int:
    """Print one line of JSON a peer."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=10_000)
    parser.add_argument("--postgres", default=None)
    given = parser.parse_args(arguments)
    material = Material(given.shared)

    def batches() -> Iterator[list[object]]:
        for kept in sources(material, given.documents):
            yield [*kept]

    made = [
        fold(one.text) for kept in sources(material, given.documents) for source in kept for one in source.documents
    ]
    texts = list(enumerate(made))
    print(json.dumps({"documents": len(texts), "characters": sum(len(text) for _, text in texts)}), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        peers: list[Peer] = [Ours(Path(folder), batches), Fts5(Path(folder), "bigrams"), Fts5(Path(folder), "trigram")]
        if given.postgres:
            peers += [Postgres(given.postgres, "bigrams"), Postgres(given.postgres, "pg_trgm")]
        for peer in peers:
            print(json.dumps({peer.name: measured(peer, texts)}, ensure_ascii=False), flush=True)
        bigrams = next(peer for peer in peers if isinstance(peer, Fts5))
        print(json.dumps(shown_by_time(bigrams, texts, Path(folder))), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
