"""Who may search what, on both databases: rights decide inside the query, and every search is on the trail."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from cases.records import Actor, Role
from cases.search.asking import CaseSearch
from cases.search.index import SearchIndex
from cases.store import Store
from models.errors import BadInput, Forbidden, NotFound
from tests.cases.search.conftest import source

LI = Actor("acc_li", "li", Role.OFFICER, "key:test")
WANG = Actor("acc_wang", "wang", Role.OFFICER, "key:test")
READER = Actor("acc_zhao", "zhao", Role.READER)
AUDITOR = Actor("acc_shen", "shen", Role.AUDITOR)
ADMIN = Actor("acc_admin", "admin", Role.ADMIN)


@dataclass(frozen=True)
class Office:
    """A store, its search, and a case of li's and one of wang's."""

    store: Store
    search: CaseSearch
    mine: str
    theirs: str

    def found(self, actor: Actor, query: str) -> list[str]:
        return [hit.source for hit in self.search.ask(actor, query).hits]


@pytest.fixture
def office(store: Store, tmp_path: Path) -> Office:
    mine = store.create_case(LI, "张三盗窃案", case_no="2026-001").id
    theirs = store.create_case(WANG, "周盛受贿案", case_no="2026-002").id
    index = SearchIndex(tmp_path)
    names = (("zs", "周盛"),)
    index.write([source("rec_a", mine, "张三盗窃"), source("rec_b", theirs, "周盛盗窃" * 9, names=names)])
    index.write([source("statute:1", None, "盗窃公私财物")])
    return Office(store, CaseSearch(store, index), mine, theirs)


def test_a_member_finds_their_case_and_the_statutes_and_learns_nothing_of_another(office: Office) -> None:
    answer = office.search.ask(LI, "盗窃")
    assert sorted(hit.source for hit in answer.hits) == ["rec_a", "statute:1"]
    assert answer.total == sum(answer.kinds.values()) == 2
    for query in ("周盛", "zs", "case:周盛", "case:2026-002", f"case:{office.theirs}", "person:zs"):
        empty = office.search.ask(LI, query)
        assert (empty.total, empty.hits, empty.readings) == (0, (), {}), query


def test_rights_hold_from_the_moment_that_they_are_given(office: Office) -> None:
    assert office.found(LI, "周盛") == []
    office.store.add_member(WANG, office.theirs, LI.id, Role.READER)
    assert office.found(LI, "周盛") == ["rec_b"]


def test_a_member_who_may_not_read_content_does_not_search_it(office: Office) -> None:
    office.store.add_member(WANG, office.theirs, LI.id, Role.AUDITOR)
    assert office.found(LI, "周盛") == []


def test_readers_read_auditors_do_not_and_an_administrator_finds_all(office: Office) -> None:
    office.store.add_member(LI, office.mine, READER.id, Role.READER)
    assert "rec_a" in office.found(READER, "盗窃")
    with pytest.raises(Forbidden):
        office.search.ask(AUDITOR, "盗窃")
    assert set(office.found(ADMIN, "盗窃")) == {"rec_a", "rec_b", "statute:1"}


def test_every_search_is_on_the_trail_and_each_case_learns_what_was_shown_of_it_alone(office: Office) -> None:
    office.search.ask(ADMIN, "盗窃 OR 受贿")
    for case, record in ((office.mine, "rec_a"), (office.theirs, "rec_b")):
        last = office.store.audit(ADMIN, case)[-1]
        assert (last.act, last.actor_id, last.details) == ("search.shown", ADMIN.id, {"records": [record]})
        assert "受贿" not in str(last)
    before = len(office.store.audit(LI, office.mine))
    office.search.ask(WANG, "张三")
    assert len(office.store.audit(LI, office.mine)) == before


def test_what_was_asked_is_on_the_trail_of_the_installation(office: Office, attacker) -> None:
    office.search.ask(LI, "周盛")
    rows = attacker.rows("SELECT actor_id, case_id, details FROM audit_entries WHERE act = 'search.asked'")
    assert [(row["actor_id"], row["case_id"]) for row in rows] == [(LI.id, None)]
    assert '"query":"周盛"' in str(rows[0]["details"]).replace(" ", "")


def test_nothing_is_shown_that_could_not_be_written_down(office: Office) -> None:
    """The right to a case is gone between looking and showing: the caller gets an error, not the hits."""
    before = len(office.store.audit(WANG, office.theirs))
    with pytest.raises(NotFound):
        office.store.note_search(LI, {"query": "x"}, {office.theirs: ["rec_b"]})
    assert [entry.act for entry in office.store.audit(WANG, office.theirs)[before:]] == ["access.denied"]


def test_pages_follow_each_other_without_overlap(office: Office, tmp_path: Path) -> None:
    index = SearchIndex(tmp_path / "many")
    index.write([source(f"rec_{n:02d}", office.mine, "被告人盗窃") for n in range(25)])
    search = CaseSearch(office.store, index)
    pages = [search.ask(LI, "盗窃", offset=offset, limit=10) for offset in (0, 10, 20, 30)]
    assert [len(page.hits) for page in pages] == [10, 10, 5, 0]
    assert len({hit.source for page in pages for hit in page.hits}) == 25
    with pytest.raises(BadInput):
        search.ask(LI, "盗窃", offset=10**6)
