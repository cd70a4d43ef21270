"""Signing in and out for browsers: an HttpOnly cookie and the CSRF token that goes with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Request, Response
from pydantic import Field, StringConstraints

from cases.records import Role
from serving.api.errors import documented
from serving.api.services import CurrentServices
from serving.api.wire import Line, Shown, Wire
from serving.security import sessions
from serving.security.guard import address_of
from serving.security.policy import PUBLIC, SIGNED_IN, declare
from serving.security.principal import CurrentPrincipal
from serving.security.sign_in import sign_in

router = APIRouter(prefix="/api/v1/session", tags=["session"])


class Credentials(Wire):
    """Who wants in."""

    name: Line
    password: Annotated[str, StringConstraints(min_length=1, max_length=1024)]


class SessionShown(Shown):
    """Who is in; `csrf_token` goes into the header X-CSRF-Token of every act, and is null for an API key."""

    account_id: str
    name: str
    role: Role
    csrf_token: str | None = Field(None)


@router.post("", summary="Sign in", dependencies=[declare(PUBLIC)], responses=documented(422))
async def open_session(
    body: Credentials, request: Request, response: Response, services: CurrentServices
) -> SessionShown:
    """401 tells neither whether the name exists; after some failures 429 says how long to wait."""
    settings = services.settings
    credentials = (body.name, body.password)
    signed_in = await services.ask(
        sign_in, services.store, services.sign_in, credentials, address_of(request), settings.session_ttl_s
    )
    secure = settings.cookie_secure or request.url.scheme == "https"
    sessions.set_cookie(response, signed_in.token, ttl_s=signed_in.ttl_s, secure=secure)
    actor = signed_in.actor
    return SessionShown(account_id=actor.id, name=actor.name, role=actor.role, csrf_token=signed_in.csrf)


@router.get("", summary="Who am I?", dependencies=[declare(SIGNED_IN)], responses=documented())
async def session(principal: CurrentPrincipal) -> SessionShown:
    """The account behind the key or the session."""
    actor = principal.actor
    return SessionShown(account_id=actor.id, name=actor.name, role=actor.role, csrf_token=principal.csrf)


@router.delete("", status_code=204, summary="Sign out", dependencies=[declare(SIGNED_IN)], responses=documented())
async def end_session(request: Request, response: Response, services: CurrentServices) -> None:
    """Ends the session on the server too; an API key is not touched."""
    token = request.cookies.get(sessions.COOKIE)
    if token:
        await services.ask(services.store.accounts.end_session, sessions.token_hash(token))
    sessions.clear_cookie(response, secure=services.settings.cookie_secure or request.url.scheme == "https")
