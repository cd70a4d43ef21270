"""Search: one question, one page of hits."""

from __future__ import annotations

from fastapi import APIRouter

from serving.api.errors import documented
from serving.api.search.wire import AnswerShown, Asked
from serving.api.services import CurrentServices
from serving.security.policy import READ, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1/search", tags=["search"])


@router.post(
    "", summary="Search what you may read", dependencies=[declare(READ)], responses=documented(400, 413, 422, 503)
)
async def ask(body: Asked, services: CurrentServices, actor: CurrentActor) -> AnswerShown:
    """Cases that are not yours are neither read nor counted. A POST, so that no query stands in an address or a log."""
    search = services.search
    found = await services.ask(search.ask, actor, body.query, body.order, offset=body.offset, limit=body.limit)
    return AnswerShown.of(found)
