"""Search over HTTP: hits lead to page and second, and a stranger to a case learns nothing of it."""

from __future__ import annotations

import json

import pytest

from cases.codec import to_json_object
from cases.records import Role
from serving.search_follower import follower_of
from tests.pipelines.intelligence.search.samples import TALK, VOLUME


@pytest.fixture
def office(gateway, tone: bytes):
    """A case with a volume and a transcript, indexed; its owner's headers and the record ids."""
    headers = gateway.key()
    case = gateway.case(headers)
    records = {}
    for kind, body, params in (("scan", VOLUME, {}), ("transcribe", TALK, {"language": "zh"})):
        evidence = gateway.evidence(headers, case, tone, f"{kind}.wav")
        item = gateway.store.evidence(gateway.actor(), evidence)
        gateway.store.submit_job(gateway.actor(), case, item.id, kind, params, "1")
        lease = gateway.store.claim("a test", [kind], 60.0)
        records[kind] = gateway.store.finish(lease, kind, to_json_object(body), []).record_id
    follower_of(gateway.store, gateway.settings.data_dir).catch_up()
    return headers, case, records


def ask(gateway, headers, query: str, **more: object):
    return gateway.client.post("/api/v1/search", headers=headers, json={"query": query, **more})


def test_a_hit_says_where_it_stands(gateway, office) -> None:
    headers, case, records = office
    answer = ask(gateway, headers, "“河滨市场后门” 张伟").json()
    assert answer["total"] == 1
    assert answer["kinds"] == {"file": 1}
    hit = answer["hits"][0]
    assert (hit["record"], hit["case"], hit["case_name"]) == (records["scan"], case, "张三盗窃案")
    assert (hit["type"], hit["number"], hit["date"]) == ("起诉意见书", "公诉字〔2026〕12号", "2026-10-05")
    assert [part["text"] for part in hit["snippet"] if part["hit"]] == ["张伟", "河滨市 场后门"]
    assert hit["places"][0] == {"page": 1, "box": [[10, 20], [90, 20], [90, 28], [10, 28]], "second": None, "mark": "1"}
    spoken = ask(gateway, headers, "现金").json()["hits"][0]
    assert (spoken["record"], spoken["places"][0]["second"]) == (records["transcribe"], 3.5)


def test_pages_and_orders(gateway, office) -> None:
    headers, _, _ = office
    whole = ask(gateway, headers, "NOT 没有这个词", order="newest").json()
    assert whole["total"] == 3
    paged = [ask(gateway, headers, "NOT 没有这个词", order="newest", limit=1, offset=n).json() for n in range(3)]
    assert [one["hits"][0] for one in paged] == whole["hits"]


def test_pinyin_is_told(gateway, office) -> None:
    headers, _, _ = office
    answer = ask(gateway, headers, "zhangwei").json()
    assert answer["readings"] == {"zhangwei": ["张伟"]}
    assert answer["total"] == 1
    assert ask(gateway, headers, "person:zhangwei").json()["total"] == 2


def test_a_stranger_to_the_case_learns_nothing(gateway, office) -> None:
    stranger = gateway.key("zhao")
    for query in ("张伟", "zhangwei", "NOT 没有这个词", "case:张三"):
        answer = ask(gateway, stranger, query).json()
        answer.pop("took_ms")
        assert answer == {"total": 0, "kinds": {}, "readings": {}, "hits": []}


def test_auditors_and_nobody_may_not(gateway, office) -> None:
    assert ask(gateway, gateway.key("shen", Role.AUDITOR), "张伟").status_code == 403
    assert ask(gateway, {}, "张伟").status_code == 401


FAULTS: tuple[tuple[dict[str, object], int, str | None], ...] = (
    ({"query": "(张三"}, 400, "search.bracket"),
    ({"query": ""}, 400, "search.empty"),
    ({"query": "张" * 600}, 400, "search.long"),
    ({"query": "张三", "limit": 101}, 422, None),
    ({"query": "张三", "offset": -1}, 422, None),
    ({"query": "张三", "order": "best"}, 422, None),
    ({"q": "张三"}, 422, None),
)


def test_faults_are_named_and_no_bytes_break_it(gateway) -> None:
    headers = {**gateway.key(), "content-type": "application/json"}
    for body, status, code in FAULTS:
        answer = gateway.client.post("/api/v1/search", headers=headers, json=body)
        assert answer.status_code == status, body
        assert code is None or answer.json()["code"] == code
    for odd in ("张\udc00", "\x00", "%", "[[[", "\\", "a" * 500):
        answer = gateway.client.post("/api/v1/search", headers=headers, content=json.dumps({"query": odd}))
        assert answer.status_code < 500, odd
