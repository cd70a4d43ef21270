"""What every page of a signed-in visitor needs: the request, the services, who is asking; turns errors into pages.

A page route answers a failed act with a page in the visitor's language that says what to do, never with JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any, ParamSpec, TypeVar

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute

from cases.access import Verdict, Wish, decide
from cases.records import Actor
from models.errors import AnjuanError
from serving.api.errors import problem_of
from serving.api.services import CurrentServices, Services
from serving.console.page import render, texts_of
from serving.console.texts import Texts
from serving.security.policy import VIEWERS, WRITERS
from serving.security.principal import CurrentActor

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """One visit of a signed-in person."""

    request: Request
    services: Services
    actor: Actor

    @property
    def texts(self) -> Texts:
        """The texts of the visitor's language."""
        return texts_of(self.request)

    @property
    def may_write(self) -> bool:
        """Whether the role lets the visitor write at all; the store decides case by case."""
        return self.actor.role in WRITERS

    @property
    def may_read(self) -> bool:
        """Whether the role lets the visitor read content; an auditor reads trails and lists."""
        return self.actor.role in VIEWERS

    async def writes_in(self, case_id: str) -> bool:
        """Whether the visitor's role and place in the case let them write in it."""
        members = await self.ask(self.services.store.members, self.actor, case_id)
        own = next((member.role for member in members if member.account_id == self.actor.id), None)
        return decide(self.actor.role, own, Wish.WRITE) is Verdict.ALLOW

    async def ask(self, act: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call the store in a thread."""
        return await self.services.ask(act, *args, **kwargs)


def _desk(request: Request, services: CurrentServices, actor: CurrentActor) -> Desk:
    return Desk(request, services, actor)


CurrentDesk = Annotated[Desk, Depends(_desk)]


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler with our errors caught."""
        handler = super().get_route_handler()

        async def with_error_page(request: Request) -> Response:
            try:
                return await handler(request)
            except AnjuanError as error:
                problem = problem_of(error)
                if problem.status >= 500:
                    raise
                return error_page(request, problem.status, problem.code, problem.message)

        return with_error_page


def error_page(request: Request, status: int, code: str, message: str) -> Response:
    """What went wrong and what to do, in the visitor's language where the catalogue knows the kind."""
    texts = texts_of(request)
    known = str(status) if status in (400, 403, 404, 409, 413, 429, 503) else "400"
    context = {
        "title": texts(f"problem.{known}.title"),
        "advice": texts(f"problem.{known}.advice"),
        "code": f"{code}: {message}",
    }
    return render(request, "error.html", context, status=status)
