"""The door: keys, roles, sessions, forged acts, floods."""

from __future__ import annotations

from functools import cache

import pytest

from cases.records import Role
from serving.security.passwords import hash_password
from serving.security.sessions import COOKIE

PASSWORD = "correct horse battery"


@cache
def hashed() -> str:
    """The hash of PASSWORD; slow by design, so it is made once."""
    return hash_password(PASSWORD)


def sign_in(gateway, name: str = "wang", role: Role = Role.OFFICER) -> str:
    """Signs the client in; answers the CSRF token."""
    gateway.account(name, role, hashed())
    answer = gateway.client.post("/api/v1/session", json={"name": name, "password": PASSWORD})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["csrf_token"])


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Basic d2FuZzp4", "Bearer aj_000000000000_" + "x" * 43, "Bearer ключ", "Token x"],
)
def test_a_wrong_key_is_401(gateway, header: str) -> None:
    answer = gateway.client.get("/api/v1/cases", headers={"authorization": header.encode()})
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "message", "request_id", "details"}


def test_a_key_with_one_character_changed_is_401(gateway) -> None:
    header = gateway.key()["authorization"]
    changed = header[:-1] + ("A" if header[-1] != "A" else "B")
    assert gateway.client.get("/api/v1/cases", headers={"authorization": changed}).status_code == 401


def test_a_revoked_key_stops_at_once(gateway) -> None:
    headers = gateway.key()
    assert gateway.client.get("/api/v1/cases", headers=headers).status_code == 200
    gateway.store.accounts.revoke_key(gateway.store.accounts.keys()[0].id)
    assert gateway.client.get("/api/v1/cases", headers=headers).status_code == 401


def test_a_wrong_key_is_not_mended_by_a_session(gateway) -> None:
    sign_in(gateway)
    assert gateway.client.get("/api/v1/cases").status_code == 200
    assert gateway.client.get("/api/v1/cases", headers={"authorization": "Bearer nonsense"}).status_code == 401


@pytest.mark.parametrize(
    ("account", "key", "expected"),
    [
        (Role.OFFICER, None, 201),
        (Role.ADMIN, None, 201),
        (Role.ADMIN, Role.READER, 403),
        (Role.OFFICER, Role.READER, 403),
        (Role.OFFICER, Role.ADMIN, 201),
        (Role.READER, None, 403),
        (Role.READER, Role.ADMIN, 403),
        (Role.AUDITOR, None, 403),
        (Role.AUDITOR, Role.OFFICER, 403),
    ],
)
def test_a_key_does_what_its_role_says_and_never_more_than_its_account(gateway, account, key, expected) -> None:
    headers = gateway.key("someone", account, key)
    answer = gateway.client.post("/api/v1/cases", headers=headers, json={"name": "案"})
    assert answer.status_code == expected


def test_another_teams_case_does_not_exist(gateway, tone: bytes) -> None:
    mine, theirs = gateway.key("wang"), gateway.key("zhao")
    case = gateway.case(mine)
    item = gateway.evidence(mine, case, tone)
    for path in (
        f"cases/{case}",
        f"cases/{case}/members",
        f"cases/{case}/evidence",
        f"cases/{case}/jobs",
        f"cases/{case}/records",
        f"cases/{case}/audit",
        f"evidence/{item}",
        f"evidence/{item}/content",
    ):
        answer = gateway.client.get(f"/api/v1/{path}", headers=theirs)
        assert answer.status_code == 404, path
    assert gateway.client.put(f"/api/v1/cases/{case}/evidence/b.wav", headers=theirs, content=tone).status_code == 404
    job = {"task": "transcribe", "evidence": item}
    assert gateway.client.post(f"/api/v1/cases/{case}/jobs", headers=theirs, json=job).status_code == 404
    assert gateway.client.get("/api/v1/cases", headers=theirs).json() == []


def test_evidence_of_one_case_cannot_be_worked_on_in_another(gateway, tone: bytes) -> None:
    mine, theirs = gateway.key("wang"), gateway.key("zhao")
    item = gateway.evidence(mine, gateway.case(mine), tone)
    job = {"task": "transcribe", "evidence": item}
    answer = gateway.client.post(f"/api/v1/cases/{gateway.case(theirs)}/jobs", headers=theirs, json=job)
    assert answer.status_code == 404
    answer = gateway.client.post(f"/api/v1/cases/{gateway.case(mine)}/jobs", headers=mine, json=job)
    assert answer.status_code == 404


def test_an_auditor_reads_the_trail_and_never_the_content(gateway, tone: bytes) -> None:
    officer, auditor = gateway.key("wang"), gateway.key("shen", Role.AUDITOR)
    case = gateway.case(officer)
    item = gateway.evidence(officer, case, tone)
    member = {"account": "shen", "role": "auditor"}
    assert gateway.client.post(f"/api/v1/cases/{case}/members", headers=officer, json=member).status_code == 204
    assert gateway.client.get(f"/api/v1/cases/{case}/audit", headers=auditor).status_code == 200
    assert gateway.client.get(f"/api/v1/evidence/{item}/content", headers=auditor).status_code == 403


def test_a_reader_reads_and_does_not_write(gateway, tone: bytes) -> None:
    officer, reader = gateway.key("wang"), gateway.key("li", Role.READER)
    case = gateway.case(officer)
    item = gateway.evidence(officer, case, tone)
    member = {"account": "li", "role": "reader"}
    gateway.client.post(f"/api/v1/cases/{case}/members", headers=officer, json=member)
    assert gateway.client.get(f"/api/v1/evidence/{item}/content", headers=reader).content == tone
    assert gateway.client.put(f"/api/v1/cases/{case}/evidence/b.wav", headers=reader, content=tone).status_code == 403


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(gateway) -> None:
    gateway.account("wang", Role.OFFICER, hashed())
    answer = gateway.client.post("/api/v1/session", json={"name": "wang", "password": PASSWORD})
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert answer.json()["csrf_token"] not in cookie


def test_an_act_of_a_session_needs_its_csrf_token(gateway) -> None:
    csrf = sign_in(gateway)
    assert gateway.client.post("/api/v1/cases", json={"name": "案"}).json()["code"] == "csrf.token"
    wrong = {"x-csrf-token": "0" * 64}
    assert gateway.client.post("/api/v1/cases", json={"name": "案"}, headers=wrong).status_code == 403
    right = {"x-csrf-token": csrf}
    assert gateway.client.post("/api/v1/cases", json={"name": "案"}, headers=right).status_code == 201


def test_the_csrf_token_of_another_session_does_not_help(gateway) -> None:
    other = sign_in(gateway, "zhao")
    sign_in(gateway, "wang")
    answer = gateway.client.post("/api/v1/cases", json={"name": "案"}, headers={"x-csrf-token": other})
    assert answer.status_code == 403


def test_an_act_from_a_page_of_another_site_is_refused(gateway) -> None:
    headers = {"x-csrf-token": sign_in(gateway), "sec-fetch-site": "cross-site"}
    assert gateway.client.post("/api/v1/cases", json={"name": "案"}, headers=headers).json()["code"] == "csrf.site"


def test_a_session_ends_when_it_is_ended(gateway) -> None:
    csrf = sign_in(gateway)
    token = gateway.client.cookies[COOKIE]
    assert gateway.client.delete("/api/v1/session", headers={"x-csrf-token": csrf}).status_code == 204
    gateway.client.cookies.set(COOKIE, token)
    assert gateway.client.get("/api/v1/cases").status_code == 401


def test_a_wrong_name_and_a_wrong_password_are_told_apart_by_nothing(gateway) -> None:
    gateway.account("wang", Role.OFFICER, hashed())
    gateway.account("robot", Role.OFFICER)
    answers = [
        gateway.client.post("/api/v1/session", json={"name": name, "password": "something else"})
        for name in ("wang", "nobody", "robot")
    ]
    assert {a.status_code for a in answers} == {401}
    assert len({(a.json()["code"], a.json()["message"]) for a in answers}) == 1


def test_after_some_wrong_passwords_even_the_right_one_must_wait(gateway) -> None:
    gateway.account("wang", Role.OFFICER, hashed())
    wrong = [gateway.client.post("/api/v1/session", json={"name": "wang", "password": "no"}) for _ in range(5)]
    assert {a.status_code for a in wrong} == {401}
    answer = gateway.client.post("/api/v1/session", json={"name": "wang", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) >= 1


def test_a_flood_of_one_account_is_slowed_and_another_is_not(open_gateway) -> None:
    with open_gateway(requests_per_minute=10, request_burst=10) as gateway:
        busy, other = gateway.key("wang"), gateway.key("zhao")
        answers = [gateway.client.get("/api/v1/cases", headers=busy) for _ in range(12)]
        assert [a.status_code for a in answers][-1] == 429
        assert int(answers[-1].headers["retry-after"]) >= 1
        assert gateway.client.get("/api/v1/cases", headers=other).status_code == 200


def test_a_body_is_counted_and_not_believed(gateway) -> None:
    headers = gateway.key()
    too_much = b'{"name": "' + b"a" * (3 << 20) + b'"}'

    def pieces():
        yield from (too_much[n : n + 65536] for n in range(0, len(too_much), 65536))

    typed = headers | {"content-type": "application/json"}
    for answer in (
        gateway.client.post("/api/v1/cases", headers=typed, content=too_much),
        gateway.client.post("/api/v1/cases", headers=typed, content=pieces()),
        gateway.client.post("/api/v1/cases", headers=typed | {"content-length": "5"}, content=pieces()),
    ):
        assert answer.status_code == 413
        assert answer.json()["code"] == "body.too_large"


def test_every_answer_carries_the_security_headers_and_a_request_id(gateway) -> None:
    for path, headers in (("/healthz", {}), ("/api/v1/cases", {}), ("/api/v1/cases", gateway.key())):
        answer = gateway.client.get(path, headers=headers)
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert "unsafe-inline" not in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert len(answer.headers["x-request-id"]) >= 8


def test_a_request_id_with_line_breaks_or_markup_is_replaced(gateway) -> None:
    answer = gateway.client.get("/healthz", headers={"x-request-id": "<script>alert(1)</script>"})
    assert "<" not in answer.headers["x-request-id"]
    assert gateway.client.get("/healthz", headers={"x-request-id": "abc-12345"}).headers["x-request-id"] == "abc-12345"
