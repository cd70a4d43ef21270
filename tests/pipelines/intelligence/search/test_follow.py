"""The index follows the store: new records, corrections, what is gone, restored stores, and every kill between."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cases.failpoint import VARIABLE
from cases.search.asking import CaseSearch
from cases.search.index import SearchIndex
from cases.statutes import StatuteStore
from cases.store import Store
from pipelines.intelligence.search import follow
from pipelines.intelligence.search.follow import Follower
from pipelines.intelligence.statutes import read_statute, sources_of
from tests.pipelines.intelligence.search.conftest import LI
from tests.pipelines.intelligence.search.samples import STREET, TALK, VOLUME
from tests.pipelines.intelligence.test_statutes import TEXT
from tests.pipelines.speech.conversation import ready_to_sign


@pytest.fixture
def index(tmp_path: Path) -> SearchIndex:
    """An empty index."""
    return SearchIndex(tmp_path)


@pytest.fixture
def follower(store: Store, index: SearchIndex) -> Follower:
    """Who follows the store."""
    return Follower(store, index)


@pytest.fixture
def find(store: Store, index: SearchIndex) -> Callable[[str], list[str]]:
    """The records that li's query finds."""
    return lambda query: [hit.source for hit in CaseSearch(store, index).ask(LI, query).hits]


def correct(store: Store, record_id: str, old: str, new: str) -> None:
    """Add a person's version with other words."""
    latest = store.record(LI, record_id)
    segments = [{**one, "text": one["text"].replace(old, new)} for one in latest.body["segments"]]  # type: ignore
    store.add_version(LI, record_id, latest.version, {**latest.body, "segments": segments})  # type: ignore[dict-item]


def test_every_kind_of_record_is_found_and_leads_to_its_place(store, index, follower, keep) -> None:
    records = {
        "scan": keep("scan", VOLUME, "卷.pdf"),
        "transcribe": keep("transcribe", TALK, "录音.wav"),
        "interrogation": keep("interrogation", ready_to_sign(), "讯问.wav"),
        "traffic": keep("traffic", STREET, "路口.mp4"),
    }
    assert follower.catch_up().taken == 4
    search = CaseSearch(store, index)

    def place(query: str) -> tuple[str, object]:
        hit = search.ask(LI, query).hits[0]
        assert hit.place is not None
        return hit.source, hit.place

    source, at = place("“河滨市场后门”")
    assert (source, at.page, at.mark) == (records["scan"], 1, "1")  # type: ignore[attr-defined]
    source, at = place("现金")
    assert (source, at.second) == (records["transcribe"], 3.5)  # type: ignore[attr-defined]
    source, at = place("号牌：京A12345")
    assert (source, at.second) == (records["traffic"], 4.2)  # type: ignore[attr-defined]
    assert place("来源：笔录")[0] == records["interrogation"]


def test_a_correction_takes_the_place_of_what_was_heard(store, follower, keep, find) -> None:
    record = keep("transcribe", TALK)
    follower.catch_up()
    assert find("现金") == [record]
    correct(store, record, "现金", "黄金")
    assert follower.catch_up().taken == 1
    assert find("现金") == []
    assert find("黄金") == [record]
    assert follower.catch_up().taken == 0


def test_what_left_the_store_leaves_the_index(store, index, follower, keep, find) -> None:
    record = keep("transcribe", TALK)
    follower.catch_up()
    from tests.cases.search.conftest import source

    index.write([source("rec_gone", store.record(LI, record).case_id, "现金")])
    assert len(find("现金")) == 2
    assert follower.catch_up(whole=True).dropped == 1
    assert find("现金") == [record]


def test_a_restored_store_counts_not_what_it_was(store, index, follower, keep, find) -> None:
    record = keep("transcribe", TALK)
    follower.catch_up()
    # The index followed a store that had a later version and a longer trail.
    from tests.cases.search.conftest import source

    case = store.record(LI, record).case_id
    index.write([source(record, case, "后来改的话", version=9)], reached=10_000)
    follower.catch_up()
    assert find("现金") == [record]
    assert find("后来改的话") == []


def test_a_lost_index_is_made_anew(index, follower, keep, find) -> None:
    record = keep("transcribe", TALK)
    follower.catch_up()
    index.file.unlink()
    assert find("现金") == []
    follower.catch_up()
    assert find("现金") == [record]


def test_an_index_that_ran_out_of_places_is_made_anew(index, follower, keep, find, monkeypatch) -> None:
    record = keep("transcribe", TALK)
    follower.catch_up()
    monkeypatch.setattr("cases.search.index.MAX_PLACE", 1)
    assert index.is_full()
    assert follower.catch_up().taken == 1
    assert find("现金") == [record]


def test_a_record_that_cannot_be_read_stops_nobody(follower, keep, find, caplog) -> None:
    keep("transcribe", {"segments": "broken"}, "坏")
    record = keep("transcribe", TALK, "好的")
    assert follower.catch_up().taken == 2
    assert find("现金") == [record]
    assert "cannot be searched" in caplog.text
    assert follower.catch_up(whole=True).taken == 0


def test_catching_up_goes_on_after_every_kill(store, index, follower, keep, find, monkeypatch) -> None:
    monkeypatch.setattr(follow, "BATCH_SOURCES", 1)
    records = [keep("transcribe", TALK, "长" * n) for n in range(1, 4)]
    for point in ("search.forgotten:2", "search.added:1", "search.merged:1", "search.committed:1"):
        child = os.fork()
        if child == 0:
            os.environ[VARIABLE] = point
            # The parent's connections are not the child's to use.
            Follower(Store.open(str(store._database._engine.url)), SearchIndex(index.file.parent.parent)).catch_up()
            os._exit(0)
        assert os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL, point
        assert set(find("现金")) <= set(records)
    assert 0 < len(index.versions()) < 3
    follower.catch_up()
    assert sorted(find("现金")) == sorted(records)


def test_an_imported_statute_is_found_at_the_next_look(store, index, keep, tmp_path) -> None:
    file = tmp_path / "法.md"
    file.write_text(TEXT, encoding="utf-8")
    kept = StatuteStore(tmp_path)
    follower = Follower(store, index, lambda: sources_of(kept.statutes()))
    keep("transcribe", TALK)
    follower.catch_up()
    kept.add(read_statute(file))
    store.note_reference(LI, "statute.imported", ("statute", "示范法"), {})
    assert follower.catch_up().taken == 1
    assert CaseSearch(store, index).ask(LI, "来源：法条").total == 3
    assert follower.catch_up().taken == 0


def test_it_stops_between_batches_and_goes_on(index, follower, keep, find) -> None:
    record = keep("transcribe", TALK)
    stop = threading.Event()
    stop.set()
    follower.catch_up(stop=stop)
    assert index.reached() is None
    assert follower.catch_up().taken == 1
    assert find("现金") == [record]
