"""The follower of a server: it keeps up, outlives a store that is away for a moment, and ends when it is told to."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from cases.records import Actor, Role
from cases.search.asking import CaseSearch
from cases.search.index import SearchIndex
from cases.statutes import StatuteStore
from cases.store import Store
from models.errors import Unavailable
from pipelines.intelligence.search.follow import Follower
from pipelines.intelligence.statutes import read_statute
from serving.search_follower import follow
from tests.pipelines.intelligence.test_statutes import TEXT

DEADLINE_S = 20.0


def test_it_keeps_up_outlives_a_fault_and_ends(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'anjuan.db'}")
    monkeypatch.setattr("pipelines.intelligence.search.follow.dictionary", lambda: iter([("x", 0, "示范")]))
    (tmp_path / "法.md").write_text(TEXT, encoding="utf-8")
    StatuteStore(tmp_path).add(read_statute(tmp_path / "法.md"))
    looks = []
    real = Follower.catch_up

    def sometimes(self: Follower, **how: object) -> object:
        looks.append(how)
        if len(looks) == 1:
            raise Unavailable("store.unreachable", "away for a moment")
        return real(self, whole=True)

    monkeypatch.setattr(Follower, "catch_up", sometimes)
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(store, tmp_path, 0.02, stop))
    thread.start()
    search = CaseSearch(store, SearchIndex(tmp_path))
    until = time.monotonic() + DEADLINE_S
    while search.ask(Actor("a", "a", Role.ADMIN), "示范").total < 1 and time.monotonic() < until:
        time.sleep(0.02)
    stop.set()
    thread.join(DEADLINE_S)
    assert not thread.is_alive()
    assert search.ask(Actor("a", "a", Role.ADMIN), "示范").total == 3
    store.close()
