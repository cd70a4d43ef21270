"""The door: one ASGI layer that lets nobody through who is not declared welcome; knows policies, never a noun.

It runs before routing, before validation and before the first byte of a body, so that an unknown caller learns nothing:
not which ids exist, not which bodies would fit. In order: who calls (401), how often (429), which role (403), a
session's CSRF token (403); then the body is counted as it comes (413), whatever its Content-Length says.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from models.errors import BadInput, Forbidden
from serving.security import sessions
from serving.security.authenticator import Authenticator
from serving.security.limits import RateLimit
from serving.security.policy import SIGNED_IN, Access, Body, Policy
from serving.security.principal import Principal, Unauthenticated
from serving.security.routes import SOCKET, RouteTable
from serving.security.tickets import Tickets, ticket_of
from serving.settings import Settings

SIGN_IN_PATH = "/sign-in"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FORM_FIELDS = 64
FORM_TYPE = "application/x-www-form-urlencoded"


class BodyTooLarge(HTTPException):
    """More bytes came than this route takes; an HTTPException since FastAPI lets only those out of body parsing."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"the body is larger than the {limit} bytes that are taken here")


@dataclass(frozen=True, slots=True)
class Door:
    """What the guard needs to know."""

    table: RouteTable
    authenticator: Authenticator
    rate: RateLimit
    settings: Settings
    tickets: Tickets

    def body_limit(self, policy: Policy) -> int:
        """Bytes that a route of `policy` takes."""
        return {
            Body.JSON: self.settings.json_max_bytes,
            Body.FORM: self.settings.form_max_bytes,
            Body.EVIDENCE: self.settings.upload_max_bytes,
            Body.CHUNK: self.settings.upload_patch_max_bytes,
            # The form around the audio: names, values and boundaries.
            Body.AUDIO: self.settings.live_bytes + self.settings.form_max_bytes,
        }[policy.body]


class Guard:
    """The ASGI layer; `door` is set in the app's state once all routes are known."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request through, or raise what the request border turns into an answer."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        door: Door = scope["app"].state.door
        connection = HTTPConnection(scope)
        policy = _policy(door.table, scope)
        _refuse_foreign_sites(connection, scope)
        if policy.access is not Access.PUBLIC:
            principal = await _admit(door, connection, policy)
            if principal is None:
                await _to_sign_in(connection)(scope, receive, send)
                return
            scope["principal"] = principal
        _refuse_odd_path(scope)
        limited = _Counted(receive, door.body_limit(policy), connection)
        if policy.access is not Access.PUBLIC and scope["principal"].csrf is not None and not _safe(scope):
            limited = await _check_csrf(connection, limited, policy)
        await self._app(scope, limited.receive, send)


def _safe(scope: Scope) -> bool:
    return scope["type"] == "http" and scope["method"] in SAFE_METHODS


def _policy(table: RouteTable, scope: Scope) -> Policy:
    """The policy in force; a path that nobody serves asks for a caller too, so that strangers cannot map them."""
    found = table.find(_method(scope), scope["path"]).route
    if found is None:
        return SIGNED_IN
    scope["guarded_route"] = found.path
    if found.policy is None:
        raise Forbidden("auth.undeclared", "this address declares no policy, so nobody may use it")
    return found.policy


def _method(scope: Scope) -> str:
    return str(scope["method"]) if scope["type"] == "http" else SOCKET


def _refuse_odd_path(scope: Scope) -> None:
    """No address of ours holds a control character; a line break would not even find its route."""
    if any(ord(c) < 0x20 or ord(c) == 0x7F for c in scope["path"]):
        raise BadInput("path.characters", "the address holds control characters; rename the file")


def _refuse_foreign_sites(connection: HTTPConnection, scope: Scope) -> None:
    """No act comes from a page of another site, unless it carries a key."""
    origin = connection.headers.get("sec-fetch-site", "none")
    if not _safe(scope) and origin in ("cross-site", "same-site") and "authorization" not in connection.headers:
        raise Forbidden("csrf.site", "this act was asked for by a page of another site")


def address_of(connection: HTTPConnection) -> str:
    """Where the caller is, for counting; never for trust."""
    return connection.client.host if connection.client else "unknown"


async def _admit(door: Door, connection: HTTPConnection, policy: Policy) -> Principal | None:
    """The caller, or None where a browser should be sent to the sign-in page."""
    try:
        by_ticket = policy.access is Access.TICKET
        principal = await (_by_ticket(door, connection) if by_ticket else door.authenticator.identify(connection))
        if principal is None:
            raise Unauthenticated("auth.missing", "send an API key: Authorization: Bearer KEY")
    except Unauthenticated:
        door.rate.take(f"address:{address_of(connection)}")
        if policy.access is Access.PAGE and _safe(connection.scope):
            return None
        raise
    door.rate.take(principal.actor.id)
    if principal.actor.role not in policy.roles:
        raise Forbidden("auth.role", f"the role {principal.actor.role} may not do this")
    return principal


async def _by_ticket(door: Door, connection: HTTPConnection) -> Principal | None:
    """Who was given the ticket that a socket shows; a request can never use one."""
    shown = ticket_of(connection.headers.get("sec-websocket-protocol", ""))
    address = connection.scope["path"]
    if shown is None or connection.scope["type"] != "websocket":
        raise Unauthenticated("auth.ticket", "ask for a ticket and show it as the subprotocol ticket.TICKET")
    actor = await door.authenticator.in_thread(lambda: door.tickets.redeem(shown, address))
    if actor is None:
        raise Unauthenticated("auth.ticket", "this ticket is not valid any more; ask for another")
    return Principal(actor)


def _to_sign_in(connection: HTTPConnection) -> RedirectResponse:
    target = connection.url.path + (f"?{connection.url.query}" if connection.url.query else "")
    return RedirectResponse(f"{SIGN_IN_PATH}?next={quote(target, safe='/')}", status_code=303)


class _Counted:
    """A body that is counted as it comes, and that may have been read ahead."""

    def __init__(self, receive: Receive, limit: int, connection: HTTPConnection) -> None:
        self._receive = receive
        self._limit = limit
        self._count = 0
        self.ahead: list[Message] = []
        claimed = connection.headers.get("content-length", "")
        if claimed.isascii() and claimed.isdigit() and int(claimed[:20]) > limit:
            raise BodyTooLarge(limit)

    async def receive(self) -> Message:
        """The next message; raises BodyTooLarge when the bytes pass the limit."""
        if self.ahead:
            return self.ahead.pop(0)
        message = await self._receive()
        if message["type"] == "http.request":
            self._count += len(message.get("body", b""))
            if self._count > self._limit:
                raise BodyTooLarge(self._limit)
        return message


async def _check_csrf(connection: HTTPConnection, body: _Counted, policy: Policy) -> _Counted:
    """The body again, once the token is found in the header or, in a form, in its field; raises Forbidden."""
    token = connection.cookies.get(sessions.COOKIE, "")
    given = connection.headers.get(sessions.CSRF_HEADER)
    is_form = connection.headers.get("content-type", "").partition(";")[0].strip().lower() == FORM_TYPE
    if given is None and is_form and policy.body is Body.FORM:
        given = await _field_of_form(body)
    if not sessions.csrf_matches(token, given):
        raise Forbidden("csrf.token", "the page is out of date; load it again and repeat the act")
    return body


async def _field_of_form(body: _Counted) -> str | None:
    """The token in a small form, which is read ahead and handed on unchanged."""
    messages: list[Message] = []
    while True:
        message = await body.receive()
        messages.append(message)
        if message["type"] != "http.request" or not message.get("more_body", False):
            break
    raw = b"".join(m.get("body", b"") for m in messages)
    body.ahead = messages
    try:
        fields = parse_qsl(raw.decode("utf-8"), keep_blank_values=True, max_num_fields=FORM_FIELDS)
    except ValueError:
        return None
    return dict(fields).get(sessions.CSRF_FIELD)
