"""An index in memory-backed storage, and documents for it in few words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from cases.search.document import Document, Fields, Kind, Piece, Source
from cases.search.index import SearchIndex
from cases.search.matching import Matches, Order, match
from cases.search.query import parse
from cases.search.reading import reading


def document(text: str, kind: Kind = Kind.FILE, **fields: object) -> Document:
    """A document of one piece."""
    return Document(kind, Fields(**fields), text, (Piece(0, 1),))  # type: ignore[arg-type]


def source(name: str, case: str | None, *documents: Document | str, version: int = 1, **more: object) -> Source:
    """A source of documents."""
    made = tuple(document(one) if isinstance(one, str) else one for one in documents)
    return Source(name, case, version, "2026-10-03T08:00:00+00:00", made, **more)  # type: ignore[arg-type]


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    """An empty index."""
    return SearchIndex(tmp_path)


@pytest.fixture
def find(index: SearchIndex) -> Callable[..., list[str]]:
    """The sources that a query finds, best first, for who may read `cases` (None: everything)."""

    def found(query: str, cases: Sequence[str] | None = None, order: Order = Order.RELEVANCE) -> list[str]:
        with reading(index, cases) as look:
            ids = matched(look, query, order).ids
            return [one.source for one in look.found(ids.tolist())]

    return found


def matched(look: object, query: str, order: Order = Order.RELEVANCE) -> Matches:
    """What a query finds in a reading, its cases known by their ids in small letters."""
    return match(look, parse(query), {one: one.lower() for one in look.keys}, order)  # type: ignore[arg-type,attr-defined]
