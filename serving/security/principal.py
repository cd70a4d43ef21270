"""Who is calling, as the guard found out; routes take it as a parameter and never look at headers themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from cases.records import Actor
from models.errors import BadInput, Defect


class Unauthenticated(BadInput):
    """Nobody known is calling: the key or session is missing, wrong, revoked or over."""


@dataclass(frozen=True, slots=True)
class Principal:
    """An actor and how they showed it; `csrf` is the token that forms of this session must carry, None for a key."""

    actor: Actor
    csrf: str | None = None


def current_principal(connection: HTTPConnection) -> Principal:
    """The caller that the guard let in; raises Defect on a public route, where nobody was asked."""
    found = cast("Principal | None", connection.scope.get("principal"))
    if found is None:
        raise Defect("security.principal", "this route is public and has no caller")
    return found


def current_actor(connection: HTTPConnection) -> Actor:
    """The actor that the guard let in; raises as `current_principal`."""
    return current_principal(connection).actor


CurrentPrincipal = Annotated[Principal, Depends(current_principal)]
CurrentActor = Annotated[Actor, Depends(current_actor)]
