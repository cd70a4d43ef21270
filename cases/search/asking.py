"""A search as a person asks it: scope, match, snippets, audit, in this order; the one door to the index for callers.

Knows the store by its acts and the index by its reading. Nothing is answered that was not written down before.
"""

from __future__ import annotations

import time
from collections import defaultdict
from dataclasses import dataclass

from cases.acts.search import Scope, SearchActs
from cases.records import Actor
from cases.search.document import Fields, Kind, Piece
from cases.search.folding import fold
from cases.search.index import SearchIndex
from cases.search.matching import Matches, Order, match
from cases.search.query import Node, parse, terms
from cases.search.reading import Found, Reading, reading
from cases.search.snippet import Snippet, snippet
from models.errors import BadInput

MAX_LIMIT = 100
MAX_OFFSET = 10_000
"""Further down nobody reads: a query with one word more finds it sooner."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that was found; `place` is where its first found characters stand, None for its beginning."""

    case_id: str | None
    case_name: str | None
    source: str
    version: int
    kind: Kind
    fields: Fields
    snippet: Snippet
    score: float

    @property
    def place(self) -> Piece | None:
        """The piece of the source to open."""
        return self.snippet.pieces[0] if self.snippet.pieces else None


@dataclass(frozen=True, slots=True)
class Answer:
    """A page of hits; `total` and `kinds` count all that was found, `readings` tell what Latin words stood for."""

    hits: tuple[Hit, ...]
    total: int
    kinds: dict[Kind, int]
    readings: dict[str, tuple[str, ...]]
    took_ms: float


class CaseSearch:
    """Search over the cases of one installation."""

    def __init__(self, store: SearchActs, index: SearchIndex) -> None:
        self._store = store
        self._index = index

    def ask(
        self, actor: Actor, text: str, order: Order = Order.RELEVANCE, *, offset: int = 0, limit: int = 20
    ) -> Answer:
        """What `actor` may know of what `text` finds; raises BadInput saying what to mend, Forbidden for auditors."""
        begun = time.perf_counter()
        self._store.require_search(actor)
        if not 0 <= offset <= MAX_OFFSET or not 1 <= limit <= MAX_LIMIT:
            raise BadInput("search.page", f"offset is 0 to {MAX_OFFSET} and limit 1 to {MAX_LIMIT}; use another word")
        query = parse(text)
        scope = self._store.search_scope(actor)
        words = {one.id: fold("\n".join((one.id, one.name, one.case_no or "", one.cause or ""))) for one in scope.cases}
        with reading(self._index, None if scope.everything else words.keys()) as look:
            found = match(look, query, words, order)
            hits = _hits(look, query, found, scope, slice(offset, offset + limit))
        shown: dict[str, list[str]] = defaultdict(list)
        for hit in hits:
            if hit.case_id is not None and hit.source not in shown[hit.case_id]:
                shown[hit.case_id].append(hit.source)
        details = {"query": text, "order": order.value, "offset": offset, "found": len(found.ids), "shown": len(hits)}
        self._store.note_search(actor, {**details}, shown)
        took = (time.perf_counter() - begun) * 1000
        return Answer(tuple(hits), len(found.ids), found.kinds, found.readings, took)


def _hits(look: Reading, query: Node, found: Matches, scope: Scope, page: slice) -> list[Hit]:
    wanted: list[str] = []
    for term in terms(query):
        wanted += [term.text, *(found.readings.get(term.text, ()) if term.pinyin else ())]
    names = {one.id: one.name for one in scope.cases}
    rows = look.found(found.ids[page].tolist())
    return [
        _hit(row, kind, names, list(dict.fromkeys(wanted)), float(score))
        for row, kind, score in zip(rows, found.kind_of[page], found.scores[page], strict=True)
    ]


def _hit(row: Found, kind: Kind, names: dict[str, str], wanted: list[str], score: float) -> Hit:
    shown = snippet(row.kept.text, row.kept.pieces, wanted)
    name = names.get(row.case_id) if row.case_id is not None else None
    return Hit(row.case_id, name, row.source, row.version, kind, row.kept.fields, shown, score)
