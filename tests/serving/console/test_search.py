"""The search page without scripts: hits with links, faults in words, nothing of other people's cases."""

from __future__ import annotations

import re

import pytest

from cases.records import Role
from cases.statutes import StatuteStore
from pipelines.intelligence.statutes import read_statute
from serving.search_follower import follower_of
from tests.pipelines.intelligence.test_statutes import TEXT


@pytest.fixture
def indexed(office, sample):
    """The sample case, in the index."""
    follower_of(office.store, office.settings.data_dir).catch_up(whole=True)
    return sample


def links(text: str) -> list[str]:
    listed = text.partition('id="hits"')[2].partition("</ol>")[0]
    return re.findall(r'<a href="([^"]+)"', listed)


def test_hits_lead_to_the_line_of_the_page_and_to_the_second(clerk, indexed) -> None:
    mine = f"case:{indexed.id}"  # other tests' cases lie in the same office
    page = clerk.get("/search", params={"q": f"“河滨市场的后门进去” kind:file {mine}"}).text
    assert f"/records/{indexed.records['scan']}?page=1#line=8" in links(page)
    spoken = clerk.get("/search", params={"q": f"河滨市场 kind:transcript {mine}"}).text
    assert any(re.fullmatch(rf"/records/{indexed.records['transcribe']}#t=[\d.]+", one) for one in links(spoken))
    assert "<mark>河滨市场</mark>" in spoken


def test_a_fault_stands_under_the_box_in_chinese(clerk) -> None:
    page = clerk.get("/search", params={"q": "（张三"}).text
    assert "括号没有成对" in page
    assert 'value="（张三"' in page


def test_who_is_in_no_case_finds_nothing(office, visitor, indexed) -> None:
    from datetime import UTC, datetime, timedelta

    from serving.security import sessions

    token = sessions.new_token()
    # Nobody else's account: other tests take li into cases of the same office.
    reader = office.store.accounts.add("zhou", Role.READER, None, "周静")
    office.store.accounts.add_session(sessions.token_hash(token), reader.id, datetime.now(UTC) + timedelta(hours=1))
    visitor.cookies.set(sessions.COOKIE, token)
    assert "没有检索到" in visitor.get("/search", params={"q": "河滨市场"}).text


def test_an_article_has_its_place_on_the_page_of_its_statute(office, clerk, tmp_path) -> None:
    (tmp_path / "法.md").write_text(TEXT, encoding="utf-8")
    StatuteStore(office.settings.data_dir).add(read_statute(tmp_path / "法.md"))
    follower_of(office.store, office.settings.data_dir).catch_up(whole=True)
    href = links(clerk.get("/search", params={"q": "为了示范 来源：法条"}).text)[0]
    path, _, mark = href.partition("#")
    assert mark == "%E7%AC%AC%E4%B8%80%E6%9D%A1"
    assert '<li id="第一条">' in clerk.get(path).text
    assert clerk.get("/statutes/nothing").status_code == 404


def test_pages_of_hits(clerk, indexed) -> None:
    page = clerk.get("/search", params={"q": "NOT 没有这个词", "page": "100"})
    assert page.status_code == 200
