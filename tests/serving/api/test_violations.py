"""Decisions on violations over HTTP: a version by a person, on the trail; incomplete evidence is refused."""

from __future__ import annotations

import pytest

from cases.codec import to_json_object
from cases.records import Provenance
from cases.traffic import TrafficRecord
from tests.pipelines.traffic.evidence.conftest import make_violation

MADE = Provenance("traffic", "3", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


@pytest.fixture
def street(gateway, tone: bytes):
    """A record with one complete and one incomplete violation: the headers of a key, and its address."""
    headers = gateway.key()
    case = gateway.case(headers)
    found = (make_violation(id="a", complete=True), make_violation(id="b"))
    record = TrafficRecord(10.0, 25.0, 250, 2, (), (), found, MADE)
    body = {"task": "transcribe", "evidence": gateway.evidence(headers, case, tone)}
    assert gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=headers, json=body).status_code == 202
    lease = gateway.store.claim("a test", ["transcribe"], 60.0)
    kept = gateway.store.finish(lease, "traffic", to_json_object(record), [])
    return headers, f"/api/v1/records/{kept.record_id}"


def send(gateway, street, *verdicts: dict[str, str], **more: object):
    headers, url = street
    body = {"base_version": 1, "review": {"violations": list(verdicts)}, **more}
    return gateway.client.post(f"{url}/versions", headers=headers, json=body)


def reviews(gateway, street) -> list[object]:
    headers, url = street
    return [one["review"] for one in gateway.client.get(url, headers=headers).json()["violations"]]


def test_a_person_confirms_and_rejects_with_a_reason(gateway, street) -> None:
    given = ({"id": "a", "state": "confirmed"}, {"id": "b", "state": "rejected", "reason": "时钟未知"})
    answer = send(gateway, street, *given)
    assert (answer.status_code, answer.json()["version"], answer.json()["author"]) == (201, 2, "human")
    first, second = reviews(gateway, street)
    assert (first["state"], second["state"], second["reason"]) == ("confirmed", "rejected", "时钟未知")
    assert first["by"] == answer.json()["created_by"]


@pytest.mark.parametrize(
    ("verdict", "code"),
    [
        ({"id": "b", "state": "confirmed"}, "review.incomplete"),
        ({"id": "a", "state": "rejected"}, "review.reason"),
        ({"id": "z", "state": "confirmed"}, "review.violation"),
    ],
)
def test_what_cannot_be_decided_changes_nothing(gateway, street, verdict: dict[str, str], code: str) -> None:
    answer = send(gateway, street, verdict)
    assert (answer.status_code, answer.json()["code"]) == (400, code)
    assert reviews(gateway, street) == [None, None]


def test_two_people_meet_and_the_second_goes_onto_the_first(gateway, street) -> None:
    assert send(gateway, street, {"id": "a", "state": "confirmed"}).status_code == 201
    other = {"id": "b", "state": "rejected", "reason": "x"}
    assert send(gateway, street, other).status_code == 409
    assert send(gateway, street, other, onto_version=2).status_code == 201
    assert [one["state"] for one in reviews(gateway, street)] == ["confirmed", "rejected"]


def test_a_whole_body_cannot_make_evidence_complete(gateway, street) -> None:
    headers, url = street
    body = gateway.client.get(url, headers=headers).json()
    body["violations"][1]["complete"] = True
    answer = gateway.client.post(f"{url}/versions", headers=headers, json={"base_version": 1, "body": body})
    assert (answer.status_code, answer.json()["code"]) == (400, "record.evidence")
