"""Keeps the search index up to the store while a server runs, in a thread of its own; knows no request.

Searches never wait for it: what was stored a moment ago is found a moment later. Several servers over one data folder
take turns; one that lost its place finds nothing left to do.
"""

from __future__ import annotations

import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cases.store import Store
    from pipelines.intelligence.search.follow import Follower

log = logging.getLogger(__name__)

WHOLE_EVERY = 1800
"""Looks between comparisons of everything, which also see what left the store without a word: an hour by default."""


def follower_of(store: Store, data_dir: Path) -> Follower:
    """The follower of the store of a data folder, with its statutes."""
    from cases.search.index import SearchIndex
    from cases.statutes import StatuteStore
    from pipelines.intelligence.search.follow import Follower
    from pipelines.intelligence.statutes import sources_of

    statutes = StatuteStore(data_dir)
    return Follower(store, SearchIndex(data_dir), lambda: sources_of(statutes.statutes()))


def follow(store: Store, data_dir: Path, poll_s: float, stop: threading.Event) -> None:
    """Catch up, wait, again, until `stop` is set; the thread border: whatever happens, the next look tries anew."""
    follower = follower_of(store, data_dir)
    looks = 0
    while not stop.is_set():
        try:
            if looks == 1:
                follower.prepare()
            found = follower.catch_up(whole=looks % WHOLE_EVERY == 0, stop=stop)
            if found.taken or found.dropped:
                log.info("search: %d taken in, %d dropped", found.taken, found.dropped)
        except Exception:  # thread border: a store that is away for a moment must not end it
            log.exception("search could not follow the store; it tries again")
        looks += 1
        stop.wait(poll_s)
