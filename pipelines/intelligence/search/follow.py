"""Keeps the index what the store is: takes in new versions, drops what is gone, starts anew where it must.

The store is never changed and never waits. After `kill -9` the next look goes on: what a batch holds is in the index
with its version, or it is not. The audit trail tells what changed; where it cannot (a new index, a restored store),
everything is compared.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cases.acts.search import Indexed, SearchActs
from cases.search.document import Source
from cases.search.index import SearchIndex
from models.errors import BadInput, NotFound
from pipelines.intelligence.search.extraction import source_of
from pipelines.intelligence.search.names import dictionary

log = logging.getLogger(__name__)

BATCH_CHARS = 1_000_000
"""Characters a transaction: about a second of work, and all that a kill costs."""
BATCH_SOURCES = 500
FAR = 1000
"""Audit entries without a change (searches, reads) after which the place reached is written all the same."""
STATUTE = "statute:"
"""How the ids of statutes begin; records never do."""

Statutes = Callable[[], Iterable[Source]]
Progress = Callable[[int], None]


def _quiet(_taken: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a look at the store did: sources taken in, sources dropped."""

    taken: int
    dropped: int


class Follower:
    """Follows one store; `statutes` gives those that are there now, whole."""

    def __init__(self, store: SearchActs, index: SearchIndex, statutes: Statutes = tuple) -> None:
        self._store = store
        self._index = index
        self._statutes = statutes

    def prepare(self) -> None:
        """Give the index its dictionary, once: some seconds."""
        if not self._index.knows_words():
            self._index.learn_words(dictionary())

    def catch_up(
        self, *, whole: bool = False, stop: threading.Event | None = None, on_batch: Progress = _quiet
    ) -> Followed:
        """Bring the index up to the store; `whole` compares everything. Ends early, in good order, on `stop`."""
        if self._index.is_full():
            self._index.discard()
        reached = None if whole else self._index.reached()
        changes = None if reached is None else self._store.changed_records(reached)
        if changes is None or changes.statutes:
            return self._compare(stop, on_batch)
        taken = 0
        while True:
            taken += self._take(changes.records, changes.reached, stop, on_batch)
            if not changes.more or (stop is not None and stop.is_set()):
                return Followed(taken, 0)
            further = self._store.changed_records(changes.reached)
            if further is None:
                return self._compare(stop, on_batch)
            changes = further

    def _compare(self, stop: threading.Event | None, on_batch: Progress) -> Followed:
        there, reached = self._store.latest_versions()
        statutes = {one.id: one for one in self._statutes()}
        there |= {one.id: one.version for one in statutes.values()}
        held = self._index.versions()
        # Another version, an older one too: a restored store counts, not what it was.
        gone = [source for source, version in held.items() if there.get(source) != version]
        if gone:
            self._index.write([], gone)
        new = [source for source, version in there.items() if held.get(source) != version]
        if any(source.startswith(STATUTE) for source in new):
            self._index.write([statutes[source] for source in new if source.startswith(STATUTE)])
        records = [source for source in new if not source.startswith(STATUTE)]
        taken = self._take(records, reached, stop, on_batch)
        return Followed(taken + len(new) - len(records), sum(source not in there for source in gone))

    def _take(self, records: Iterable[str], reached: int, stop: threading.Event | None, on_batch: Progress) -> int:
        """Take records in by batches; the last one carries how far the store was followed."""
        taken, batch, size = 0, list[Source](), 0
        for record_id in records:
            if stop is not None and stop.is_set():
                self._index.write(batch)
                return taken + len(batch)
            source = self._source(record_id)
            if source is None:
                continue
            batch.append(source)
            size += sum(len(document.text) for document in source.documents)
            if size >= BATCH_CHARS or len(batch) >= BATCH_SOURCES:
                self._index.write(batch)
                taken, batch, size = taken + len(batch), [], 0
                on_batch(taken)
        known = self._index.reached()
        if batch or known is None or not 0 <= reached - known < FAR:
            self._index.write(batch, reached=reached)
        return taken + len(batch)

    def _source(self, record_id: str) -> Source | None:
        try:
            indexed = self._store.record_to_index(record_id)
        except NotFound:
            return None
        try:
            return source_of(indexed)
        except BadInput as error:
            # It stays in the store as it is; noted as taken, so that it is not read again and again.
            log.warning("record %s cannot be searched: %s", record_id, error.message)
            return _nothing_of(indexed)


def _nothing_of(indexed: Indexed) -> Source:
    record = indexed.record
    return Source(record.record_id, record.case_id, record.version, indexed.stored_at.isoformat(), ())
