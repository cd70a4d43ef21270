"""Every route declares who may use it, and says nothing to strangers."""

from __future__ import annotations

import re

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import WebSocketDenialResponse

from cases.records import Role
from serving.security.policy import PUBLIC, READ, Access, declare
from serving.security.routes import SOCKET, RouteTable

PUBLIC_PATHS = {"/healthz", "/readyz", "/metrics", "/api/v1/session"}


def test_every_route_declares_a_policy(gateway) -> None:
    assert [r.path for r in gateway.app.state.door.table.routes if r.policy is None] == []


def test_every_route_of_the_console_declares_a_policy(open_gateway) -> None:
    pytest.importorskip("serving.console.router")
    with open_gateway(console=True) as gateway:
        assert [r.path for r in gateway.app.state.door.table.routes if r.policy is None] == []


def test_only_these_routes_are_public(gateway) -> None:
    public = {r.path for r in gateway.app.state.door.table.routes if r.policy.access is Access.PUBLIC}
    assert public == PUBLIC_PATHS


def test_a_stranger_hears_401_everywhere_before_ids_bodies_or_methods_are_looked_at(gateway) -> None:
    for route in gateway.app.state.door.table.routes:
        for method in route.methods:
            if route.policy.access is Access.PUBLIC:
                continue
            path = re.sub(r"\{[^}]+\}", "no_such_thing", route.path)
            answer = gateway.client.request(method, path, content=b"\xff not json {")
            assert answer.status_code == 401, (method, path)
            assert answer.headers["www-authenticate"] == "Bearer"


def test_a_stranger_opens_no_socket_and_no_request_passes_for_one(gateway) -> None:
    sockets = [r for r in gateway.app.state.door.table.routes if SOCKET in r.methods]
    assert sockets
    for route in sockets:
        assert route.policy.access is Access.TICKET
        path = re.sub(r"\{[^}]+\}", "no_such_thing", route.path)
        for protocols in ([], ["ticket."], ["ticket.x"], ["ticket.../../etc/passwd"]):
            with (
                pytest.raises(WebSocketDenialResponse) as refused,
                gateway.client.websocket_connect(path, headers=gateway.key(), subprotocols=protocols),
            ):
                pass
            assert refused.value.status_code == 401


def test_a_socket_at_an_address_that_nobody_serves_is_refused(gateway) -> None:
    with pytest.raises(WebSocketDenialResponse) as refused, gateway.client.websocket_connect("/api/v1/nothing"):
        pass
    assert refused.value.status_code == 401


@pytest.mark.parametrize("path", ["/", "/api/v1/nothing", "/api/v2/cases", "/.env", "/openapi.json", "/docs"])
def test_a_stranger_cannot_map_the_service(gateway, path: str) -> None:
    assert gateway.client.get(path).status_code == 401
    assert gateway.client.get(path, headers=gateway.key()).status_code == 404


def test_a_known_path_with_another_method_is_405_for_those_who_may_ask(gateway) -> None:
    assert gateway.client.patch("/api/v1/cases").status_code == 401
    assert gateway.client.patch("/api/v1/cases", headers=gateway.key()).status_code == 405


def test_the_innermost_policy_counts() -> None:
    app, router = FastAPI(openapi_url=None, docs_url=None, redoc_url=None), APIRouter(dependencies=[declare(READ)])

    @router.get("/open", dependencies=[declare(PUBLIC)])
    def open_route() -> None: ...

    @router.get("/inherited")
    def inherited() -> None: ...

    @app.get("/forgotten")
    def forgotten() -> None: ...

    app.include_router(router)
    found = {r.path: r.policy for r in RouteTable.of(app, {}).routes}
    assert found == {"/open": PUBLIC, "/inherited": READ, "/forgotten": None}


def test_a_route_that_declares_nothing_is_denied_even_to_an_administrator(gateway) -> None:
    @gateway.app.get("/forgotten")
    def forgotten() -> str:
        return "secret"

    gateway.app.state.door = gateway.app.state.door.__class__(
        RouteTable.of(gateway.app, {}),
        gateway.app.state.door.authenticator,
        gateway.app.state.door.rate,
        gateway.settings,
        gateway.app.state.door.tickets,
    )
    answer = gateway.client.get("/forgotten", headers=gateway.key("root", Role.ADMIN))
    assert answer.status_code == 403
    assert answer.json()["code"] == "auth.undeclared"
