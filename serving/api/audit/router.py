"""The audit trail of a case, with the hashes that chain it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field, JsonValue

from serving.api.errors import documented
from serving.api.services import CurrentServices
from serving.api.wire import Shown, known_shape
from serving.security.policy import SIGNED_IN, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1/cases/{case}/audit", tags=["audit"])


class EntryShown(Shown):
    """One act: `hash` chains it in its case, `global_hash` in the whole store; `at` is the text that was hashed."""

    sequence: int
    case_sequence: int
    case_id: str | None
    at: str
    actor_id: str
    actor_name: str
    via: str | None
    act: str
    subject: str
    subject_id: str
    details: dict[str, JsonValue]
    previous_hash: str
    hash: str
    global_previous: str
    global_hash: str


class TrailShown(Shown):
    """A page of the trail; `next` is what `after` takes for the page behind it, null at the end."""

    entries: list[EntryShown]
    next: int | None = Field(description="Case sequence to go on after.")


@router.get("", summary="The audit trail", dependencies=[declare(SIGNED_IN)], responses=documented(404, 422))
async def audit(
    case: str,
    services: CurrentServices,
    actor: CurrentActor,
    after: Annotated[int, Query(ge=0, lt=2**62, description="Case sequence of the last entry seen.")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
) -> TrailShown:
    """Oldest first, in the order of the chain."""
    entries = await services.ask(services.store.audit, actor, known_shape(case), after=after, limit=limit)
    following = entries[-1].case_sequence if len(entries) == limit else None
    return TrailShown(entries=[EntryShown.model_validate(entry) for entry in entries], next=following)
