"""The statutes of a data folder, with the days that each version is in force: a file store of its own; knows no format.

Statutes are reference material like the corpus of judgments: they belong to no case and can be imported again, so they
are one SQLite file, `DIR/corpus/statutes.sqlite`. A version is kept whole or not at all.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from cases.file_store import opened

FILE = Path("corpus") / "statutes.sqlite"
_SCHEMA = """
CREATE TABLE IF NOT EXISTS statutes (
    digest TEXT PRIMARY KEY, title TEXT NOT NULL, since TEXT NOT NULL, until TEXT NOT NULL, articles TEXT NOT NULL
);
"""


@dataclass(frozen=True, slots=True)
class Article:
    """An article as it is cited (第二十条, 第一百三十三条之一), the heading that it stands under, its words."""

    number: str
    heading: str
    text: str


@dataclass(frozen=True, slots=True)
class Statute:
    """One version of a statute, in force from `since` to `until` (ISO 8601, both in it; "" for no end known)."""

    title: str
    since: str
    until: str
    articles: tuple[Article, ...]

    def digest(self) -> str:
        """SHA-256 over title, first day and words."""
        said = [self.title, self.since, *(part for one in self.articles for part in (one.number, one.text))]
        return hashlib.sha256("\x1f".join(said).encode()).hexdigest()


class StatuteStore:
    """The statutes of one data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._file = data_dir / FILE

    def _opened(self) -> AbstractContextManager[sqlite3.Connection]:
        return opened(self._file, _SCHEMA, "corpus.statutes", "the statutes")

    def add(self, statute: Statute) -> bool:
        """Keep a version; False when it is there already."""
        articles = json.dumps([[one.number, one.heading, one.text] for one in statute.articles], ensure_ascii=False)
        row = (statute.digest(), statute.title, statute.since, statute.until, articles)
        with self._opened() as connection, connection:
            return connection.execute("INSERT OR IGNORE INTO statutes VALUES (?, ?, ?, ?, ?)", row).rowcount == 1

    def statutes(self) -> list[tuple[str, Statute]]:
        """(digest, version) of all, by title and first day; one that a later version replaces ends the day before."""
        if not self._file.exists():
            return []
        query = "SELECT digest, title, since, until, articles FROM statutes ORDER BY title, since"
        with self._opened() as connection:
            rows = connection.execute(query).fetchall()
        return [
            (digest, Statute(title, since, until or _ended(rows, n), _articles(articles)))
            for n, (digest, title, since, until, articles) in enumerate(rows)
        ]


def _ended(rows: list[tuple[str, str, str, str, str]], number: int) -> str:
    """The last day of a version before the next one of its title begins; "" when there is none."""
    later = [row[2] for row in rows[number + 1 :] if row[1] == rows[number][1] and row[2] > rows[number][2]]
    return (date.fromisoformat(later[0]) - timedelta(days=1)).isoformat() if later else ""


def _articles(spelled: str) -> tuple[Article, ...]:
    return tuple(Article(*one) for one in json.loads(spelled))
