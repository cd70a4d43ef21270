"""The page of live dictation in a case; the session itself is the live interface's, to which its script speaks."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from models.errors import Forbidden
from serving.api.wire import known_shape
from serving.console.desk import CurrentDesk, PageRoute
from serving.console.page import render
from serving.security.policy import PAGE_WRITE, declare


def router() -> APIRouter:
    """The one route."""
    found = APIRouter(route_class=PageRoute)
    found.get("/cases/{case}/live", dependencies=[declare(PAGE_WRITE)])(live_page)
    return found


async def live_page(case: str, desk: CurrentDesk) -> Response:
    """For those who may write in the case: what is said becomes evidence."""
    found = await desk.ask(desk.services.store.case, desk.actor, known_shape(case))
    if not await desk.writes_in(found.id):
        raise Forbidden("case.forbidden", "you may read this case and not add to it")
    return render(
        desk.request,
        "live.html",
        {"case": found},
        script_data={"case": found.id, "flags": {**desk.texts.under("flag")}},
    )
