"""The outermost layer: gives each request an id, writes one line about it, sets the security headers, catches
everything.

It is the request border, the one place of the gateway where a broad except stands: what falls through is logged with
its traceback and its request id, and the caller gets neither.
"""

from __future__ import annotations

import contextlib
import logging
import re
import time
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from serving.api.errors import Problem, answer, problem_of, respond
from serving.api.metrics import Metrics
from serving.security.routes import SOCKET

log = logging.getLogger(__name__)

_GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
INTERNAL_ERROR, POLICY_VIOLATION = 1011, 1008
"""Why a socket is closed (RFC 6455, 7.4.1)."""
CLIENT_GONE = 499
"""In log and metrics only: nobody is left to read a status."""

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "frame-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)
SECURITY_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(self)",
    "x-frame-options": "SAMEORIGIN",
}


class RequestBorder:
    """The ASGI layer; metrics are found in the app's state."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, whatever happens inside."""
        if scope["type"] == "websocket":
            await _socket(self._app, scope, receive, send)
            return
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self._app(scope, receive, exchange.send)
        except ClientDisconnect:
            exchange.status = CLIENT_GONE
        except Exception as error:  # noqa: BLE001 - the request border: everything becomes an answer
            await exchange.fail(error, receive)
        finally:
            exchange.done()


async def _socket(app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A socket from its first message to its end: refused with an answer before it opens, closed after."""
    socket = WebSocket(scope, receive, send)
    scope["request_id"] = request_id = uuid.uuid4().hex
    started, opened, status = time.perf_counter(), False, 101

    async def watched(message: Message) -> None:
        nonlocal opened
        opened = opened or message["type"] == "websocket.accept"
        await send(message)

    try:
        await app(scope, receive, watched)
    except Exception as error:
        problem = problem_of(error)
        status = problem.status
        if problem.status >= 500:
            log.error("socket %s failed: %s", request_id, problem.code, exc_info=error)
        await _refuse(socket, problem, request_id, opened=opened)
    seconds = time.perf_counter() - started
    route = scope.get("guarded_route", "unknown")
    scope["app"].state.services.metrics.observe(SOCKET, route, status, seconds)
    log.info("socket %s -> %s after %.3f s (request %s)", route, status, seconds, request_id)


async def _refuse(socket: WebSocket, problem: Problem, request_id: str, *, opened: bool) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        if opened:
            await socket.send({"type": "websocket.close", "code": INTERNAL_ERROR, "reason": problem.code})
        elif "websocket.http.response" in socket.scope.get("extensions", {}):
            await socket.send_denial_response(answer(problem, request_id, openai=False))
        else:
            await socket.close(POLICY_VIOLATION, problem.code)


class _Exchange:
    """One request and what is sent for it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        given = Headers(scope=scope).get("x-request-id", "")
        self.request_id = given if _GIVEN_ID.fullmatch(given) else uuid.uuid4().hex
        scope["request_id"] = self.request_id
        self._scope = scope
        self._send = send
        self._started = time.perf_counter()
        self.status = 0

    async def send(self, message: Message) -> None:
        """Pass a message on, with the headers that every answer has."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            headers["x-request-id"] = self.request_id
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers.setdefault("cache-control", "no-store")
            if self._scope["scheme"] == "https":
                headers.setdefault("strict-transport-security", "max-age=31536000")
        await self._send(message)

    async def fail(self, error: Exception, receive: Receive) -> None:
        """Answer with the error, or break off when an answer has already begun."""
        problem = problem_of(error)
        if problem.status >= 500:
            log.error("request %s failed: %s", self.request_id, problem.code, exc_info=error)
        if self.status:
            # Half an answer is out: the only honest end is one that the client sees as broken.
            raise ConnectionAbortedError("the answer broke off") from error
        await respond(Request(self._scope), problem)(self._scope, receive, self.send)

    def done(self) -> None:
        """One line and one observation; the route's template, never the path: ids stay out of metrics."""
        seconds = time.perf_counter() - self._started
        metrics: Metrics = self._scope["app"].state.services.metrics
        route = self._scope.get("guarded_route", "unknown")
        metrics.observe(self._scope["method"], route, self.status, seconds)
        log.info(
            "%s %s -> %s in %.3f s (request %s)", self._scope["method"], route, self.status, seconds, self.request_id
        )
