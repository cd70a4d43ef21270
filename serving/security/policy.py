"""What a route demands of its caller, declared on the route itself; knows no route and no store.

A route or router declares `dependencies=[declare(READ)]`. The declaration does nothing by being called: the guard
(`serving.security.guard`) reads it from the route table and enforces it before the body is read. Where several are
declared the innermost counts. A route without one is denied to everybody, and a test walks every route to find it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from fastapi import Depends, params

from cases.records import Role

EVERY_ROLE = frozenset(Role)
WRITERS = frozenset({Role.ADMIN, Role.OFFICER})
VIEWERS = frozenset({Role.ADMIN, Role.OFFICER, Role.READER})
"""An auditor sees the log and the lists, never the content."""


class Access(StrEnum):
    """How a caller shows who they are."""

    PUBLIC = "public"
    """Nobody is asked."""
    API = "api"
    """An API key, or a console session with its CSRF token; 401 otherwise."""
    TICKET = "ticket"
    """A one-time ticket that was asked for with a key or a session: sockets, which can send neither."""
    PAGE = "page"
    """A console session; a browser that has none is sent to the sign-in page."""


class Body(StrEnum):
    """How large a body may be; the settings hold the bytes."""

    JSON = "json"
    FORM = "form"
    EVIDENCE = "evidence"
    CHUNK = "chunk"
    AUDIO = "audio"


@dataclass(frozen=True, slots=True)
class Policy:
    """Access, the roles that may, and the class of body that is accepted."""

    access: Access
    roles: frozenset[Role] = EVERY_ROLE
    body: Body = Body.JSON

    def __call__(self) -> None:
        """A declaration only: see the module's opening."""


def declare(policy: Policy) -> params.Depends:
    """The policy in the shape that FastAPI's `dependencies=[...]` takes."""
    dependency: params.Depends = Depends(policy)
    return dependency


PUBLIC = Policy(Access.PUBLIC)
PUBLIC_FORM = Policy(Access.PUBLIC, body=Body.FORM)
SIGNED_IN = Policy(Access.API)
READ = Policy(Access.API, VIEWERS)
WRITE = Policy(Access.API, WRITERS)
SOCKET = Policy(Access.TICKET, WRITERS)
PAGE = Policy(Access.PAGE)
PAGE_READ = Policy(Access.PAGE, VIEWERS)
PAGE_WRITE = Policy(Access.PAGE, WRITERS, Body.FORM)
PAGE_ADMIN = Policy(Access.PAGE, frozenset({Role.ADMIN}), Body.FORM)
