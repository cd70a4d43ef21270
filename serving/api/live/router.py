"""Live sessions: begun in a case, spoken into over a socket, ended into evidence and a transcript.

POST /api/v1/cases/{case}/live {rate, language}   -> 201 {id, ticket}
WS   /api/v1/live/{session}                          subprotocols anjuan.live.v1 and ticket.<ticket>
POST /api/v1/live/{session}/tickets               -> 201 {ticket}: after a dropped socket
POST /api/v1/live/{session}/end                   -> {evidence, record}: also without a socket
"""

from __future__ import annotations

from typing import cast

from fastapi import APIRouter, Request, Response, WebSocket
from starlette.requests import HTTPConnection

from cases.records import Actor
from serving.api.errors import documented
from serving.api.live.desk import LiveDesk
from serving.api.live.socket import Conversation
from serving.api.live.wire import LiveBegun, LiveShown, NewLive, TicketShown
from serving.api.services import CurrentServices
from serving.api.wire import known_shape
from serving.security.policy import SOCKET, WRITE, declare
from serving.security.principal import CurrentActor
from serving.security.tickets import Tickets

router = APIRouter(prefix="/api/v1", tags=["live"])


def _desk(connection: HTTPConnection) -> LiveDesk:
    return cast(LiveDesk, connection.app.state.live_desk)


async def _ticket(request: Request, services: CurrentServices, actor: Actor, session_id: str) -> TicketShown:
    tickets: Tickets = request.app.state.door.tickets
    address = f"/api/v1/live/{session_id}"
    ticket = await services.ask(tickets.issue, actor, address)
    return TicketShown(ticket=ticket, expires_s=tickets.ttl_s, socket=address)


@router.post(
    "/cases/{case}/live",
    status_code=201,
    summary="Begin a live session",
    dependencies=[declare(WRITE)],
    responses=documented(400, 404, 422, 503),
)
async def begin(
    case: str, body: NewLive, request: Request, services: CurrentServices, actor: CurrentActor, response: Response
) -> LiveBegun:
    """429 when all places are taken. The ticket opens the socket once, within seconds."""
    session = await _desk(request).begin(actor, known_shape(case), body)
    shown = session.shown
    ticket = await _ticket(request, services, actor, shown.id)
    response.headers["location"] = f"/api/v1/live/{shown.id}"
    return LiveBegun(**shown.model_dump(), ticket=ticket)


@router.get(
    "/live/{session}", summary="A live session as it stands", dependencies=[declare(WRITE)], responses=documented(404)
)
async def show(session: str, request: Request, actor: CurrentActor) -> LiveShown:
    """Only who began a session sees it; what it left is seen by all of the case."""
    return await _desk(request).shown(actor, session)


@router.post(
    "/live/{session}/tickets",
    status_code=201,
    summary="A new ticket for the socket",
    dependencies=[declare(WRITE)],
    responses=documented(404),
)
async def ticket(session: str, request: Request, services: CurrentServices, actor: CurrentActor) -> TicketShown:
    """For connecting again after a drop."""
    note = await _desk(request).note(actor, session)
    return await _ticket(request, services, actor, note.id)


@router.post(
    "/live/{session}/end",
    summary="End a live session",
    dependencies=[declare(WRITE)],
    responses=documented(404, 409, 503),
)
async def end(session: str, request: Request, actor: CurrentActor) -> LiveShown:
    """Answers once sound and transcript are in the case; asked for again it answers the same."""
    desk = _desk(request)
    if (await desk.note(actor, session)).state not in ("ended", "empty"):
        await desk.end(await desk.join(actor, session))
    return await desk.shown(actor, session)


@router.websocket("/live/{session}", dependencies=[declare(SOCKET)])
async def converse(session: str, socket: WebSocket, services: CurrentServices, actor: CurrentActor) -> None:
    """Sound in, lines out; docs/live.md describes both. 429 before the socket opens when all places are taken."""
    desk = _desk(socket)
    joined = await desk.join(actor, session)
    await Conversation(socket, joined, services, desk).run()
