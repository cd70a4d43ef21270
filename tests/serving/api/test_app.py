"""The gateway as a whole: health, metrics, its description, its errors, its document."""

from __future__ import annotations

import logging
import re
from pathlib import Path

import pytest

from models.errors import Busy, Conflict, Defect, Forbidden, NotFound, Tampered, TooLarge, Unavailable, Unsupported
from serving.api.errors import problem_of

DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "api.md"


def test_a_gateway_is_alive_and_ready_without_a_key(gateway) -> None:
    assert gateway.client.get("/healthz").json() == {"status": "ok"}
    answer = gateway.client.get("/readyz")
    assert answer.json() == {"status": "ready", "parts": {"store": True, "disk": True, "engine": True}}


def test_a_gateway_whose_models_are_loading_is_alive_and_not_ready(open_gateway) -> None:
    from serving.pending_engine import PendingEngine

    with open_gateway(engine=PendingEngine()) as gateway:
        assert gateway.client.get("/healthz").status_code == 200
        assert gateway.client.get("/readyz").json()["parts"]["engine"] is False
        answer = gateway.client.get("/v1/models", headers=gateway.key())
        assert answer.status_code == 429
        assert answer.json()["error"]["code"] == "rate_limit_exceeded"


def test_metrics_count_by_route_and_hold_no_id(gateway, tone: bytes) -> None:
    headers = gateway.key()
    case = gateway.case(headers)
    gateway.evidence(headers, case, tone)
    gateway.client.get("/api/v1/cases/case_never_was", headers=headers)
    gateway.client.request("BREW", "/api/v1/cases", headers=headers)
    text = gateway.client.get("/metrics").text
    assert (
        'anjuan_requests_total{method="PUT",route="/api/v1/cases/{case}/evidence/{filename:path}",status="201"}' in text
    )
    assert f"anjuan_evidence_bytes_total {float(len(tone))}" in text
    for secret in (case, "case_never_was", "wang", "BREW"):
        assert secret not in text


def test_the_models_are_listed_with_their_digests(gateway) -> None:
    shown = gateway.client.get("/api/v1/models", headers=gateway.key()).json()
    assert [m["name"] for m in shown["models"] if m["task"] == "transcribe" and m["default"]] == ["fake-transcribe"]
    assert all(len(m["weights_sha256"]) == 64 for m in shown["models"])


def test_what_nobody_foresaw_is_500_without_a_traceback_and_is_logged(gateway, monkeypatch, caplog) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(gateway.store, "cases", broken)
    with caplog.at_level(logging.ERROR):
        answer = gateway.client.get("/api/v1/cases", headers=gateway.key())
    assert answer.status_code == 500
    assert answer.json()["code"] == "server.defect"
    assert "secret" not in answer.text
    assert answer.json()["request_id"] in caplog.text
    assert "the secret reason" in caplog.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFound("a.b", "m"), 404),
        (Forbidden("a.b", "m"), 403),
        (Conflict("a.b", "m"), 409),
        (TooLarge("a.b", "m"), 413),
        (Unsupported("a.b", "m"), 415),
        (Busy("a.b", "m", 0.2), 429),
        (Unavailable("a.b", "m"), 503),
        (Tampered("a.b", "m"), 500),
        (Defect("a.b", "m"), 500),
        (ValueError("m"), 500),
    ],
)
def test_every_kind_of_error_has_its_status(error: Exception, status: int) -> None:
    problem = problem_of(error)
    assert problem.status == status
    assert ("retry-after" in problem.headers) == (status in (429, 503))


@pytest.mark.parametrize(
    ("body", "where"),
    [
        (b"{", "body.1"),
        (b"[]", "body"),
        (b'{"name": ""}', "body.name"),
        (b'{"name": "a\\u0000b"}', "body.name"),
        (b'{"name": "\\ud800"}', "body.name"),
        (b'{"name": "x", "nmae": 1}', "body.nmae"),
        (b'{"name": "' + b"x" * 300 + b'"}', "body.name"),
        (b"[" * 100_000, None),
        (b"\xff\xfe", None),
    ],
)
def test_a_body_that_does_not_fit_is_a_4xx_that_says_where_and_repeats_nothing(gateway, body: bytes, where) -> None:
    headers = gateway.key() | {"content-type": "application/json"}
    answer = gateway.client.post("/api/v1/cases", headers=headers, content=body)
    assert answer.status_code in (400, 422), answer.text
    assert set(answer.json()) == {"code", "message", "request_id", "details"}
    if where is not None:
        assert [f["where"] for f in answer.json()["details"]["fields"]] == [where]
    assert b"xxxx" not in answer.content


@pytest.mark.parametrize("query", ["limit=0", "limit=9999", "limit=x", "before=" + "x" * 200])
def test_a_query_that_does_not_fit_is_422(gateway, query: str) -> None:
    assert gateway.client.get(f"/api/v1/cases?{query}", headers=gateway.key()).status_code == 422


def test_an_empty_id_or_one_of_odd_bytes_is_404(gateway) -> None:
    headers = gateway.key()
    for bad in ("%ED%A0%80", "a" * 100, "'%20OR%201=1", "..%2e"):
        assert gateway.client.get(f"/api/v1/cases/{bad}", headers=headers).status_code == 404


def test_the_description_is_for_those_who_hold_a_key_and_describes_every_route(gateway) -> None:
    assert gateway.client.get("/api/v1/openapi.json").status_code == 401
    described = gateway.client.get("/api/v1/openapi.json", headers=gateway.key()).json()
    operations = [o for methods in described["paths"].values() for o in methods.values()]
    assert all(o.get("summary") for o in operations)
    assert len({o["operationId"] for o in operations}) == len(operations)
    for path, methods in described["paths"].items():
        if path.startswith("/api/v1") and path != "/api/v1/openapi.json":
            assert all("401" in o["responses"] for o in methods.values()), path


def test_the_document_lists_every_route_and_no_other(gateway) -> None:
    listed = set(
        re.findall(r"^\| (GET|HEAD|POST|PUT|PATCH|DELETE|WEBSOCKET) \| `([^`]+)`", DOCUMENT.read_text("utf-8"), re.M)
    )
    served = {
        (method, route.path.replace(":path", ""))
        for route in gateway.app.state.door.table.routes
        for method in route.methods - {"HEAD"}
    }
    assert listed == served
