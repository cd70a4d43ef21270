"""Review alarms over HTTP: found in what a case keeps, answered with a reason, exported, hidden from strangers."""

from __future__ import annotations

import pytest

from cases.records import Role
from tests.serving.api.test_review import scan as scan  # a fixture: a read volume of two documents


@pytest.fixture
def case(gateway, scan) -> tuple[dict[str, str], str]:
    """Headers, and the address of the case that the volume is of."""
    headers, url = scan
    found = gateway.client.get(url, headers=headers).json()
    return headers, f"/api/v1/cases/{found['record']['case']}"


def test_an_alarm_is_found_answered_and_keeps_its_answer(gateway, case) -> None:
    headers, url = case
    found = gateway.client.get(f"{url}/review", headers=headers).json()
    alarm = next(one for one in found["alarms"] if one["rule"] == "SG-23")
    assert alarm["state"] == "open"
    assert alarm["place"]["page"] in (1, 2)
    assert len(alarm["place"]["box"]) == 4
    assert any(one["rule"] == "SG-06" for one in found["unchecked"])
    answers = f"{url}/alarms/{alarm['id']}/answers"
    bare = gateway.client.post(answers, headers=headers, json={"state": "dismissed", "reason": " "})
    assert bare.status_code == 422
    said = gateway.client.post(answers, headers=headers, json={"state": "dismissed", "reason": "印章在背面"})
    assert said.status_code == 201, said.text
    again = gateway.client.get(f"{url}/review", headers=headers).json()
    told = next(one for one in again["alarms"] if one["id"] == alarm["id"])
    assert (told["state"], told["answer"]["reason"]) == ("dismissed", "印章在背面")
    acts = [entry["act"] for entry in gateway.client.get(f"{url}/audit", headers=headers).json()["entries"]]
    assert {"case.reviewed", "alarm.answered"} <= set(acts)


def test_alarms_are_exported(gateway, case) -> None:
    headers, url = case
    book = gateway.client.get(f"{url}/review/export", headers=headers)
    assert book.content[:2] == b"PK"
    text = gateway.client.get(f"{url}/review/export", headers=headers, params={"format": "csv"})
    assert "SG-23" in text.content.decode("utf-8-sig")


def test_strangers_and_auditors_learn_nothing(gateway, case) -> None:
    _, url = case
    other = gateway.key("other")
    assert gateway.client.get(f"{url}/review", headers=other).status_code == 404
    body = {"state": "open", "reason": "看看"}
    assert gateway.client.post(f"{url}/alarms/{'0' * 16}/answers", headers=other, json=body).status_code == 404
    auditor = gateway.key("auditor", role=Role.AUDITOR)
    assert gateway.client.get(f"{url}/review", headers=auditor).status_code == 403


def test_an_alarm_that_the_review_does_not_give_cannot_be_answered(gateway, case) -> None:
    headers, url = case
    body = {"state": "open", "reason": "看看"}
    assert gateway.client.post(f"{url}/alarms/{'0' * 16}/answers", headers=headers, json=body).status_code == 404


def test_the_rules_are_listed(gateway) -> None:
    found = gateway.client.get("/api/v1/review-rules", headers=gateway.key()).json()
    assert len(found) >= 60
    assert all(one["statutes"] or one["basis"] for one in found)
