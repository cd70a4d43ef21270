"""笔录: templates, drafts from transcripts, findings of the rules, and the steps from draft to seal."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from cases.conversation import RecordState
from pipelines.speech.course import STATE_NAMES
from pipelines.speech.forms import load_forms
from serving.api.conversations.desk import drafted, examined, stepped
from serving.api.conversations.wire import (
    FindingsShown,
    NewConversation,
    NewState,
    StateShown,
    TemplateShown,
    findings_shown,
)
from serving.api.errors import documented
from serving.api.records.wire import SummaryShown
from serving.api.services import CurrentServices
from serving.api.wire import known_shape
from serving.security.policy import READ, SIGNED_IN, WRITE, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1", tags=["conversations"])


@router.get(
    "/conversation-templates",
    summary="The forms of 笔录",
    dependencies=[declare(SIGNED_IN)],
    responses=documented(),
)
async def templates(services: CurrentServices) -> list[TemplateShown]:
    """With their notices and closing sentences."""
    return [TemplateShown.of(form) for form in (await services.ask(load_forms)).values()]


@router.post(
    "/cases/{case}/conversations",
    status_code=201,
    summary="Draft a 笔录 from a transcript",
    dependencies=[declare(WRITE)],
    responses=documented(400, 404, 413, 422),
)
async def create(
    case: str, body: NewConversation, services: CurrentServices, actor: CurrentActor, response: Response
) -> SummaryShown:
    """Version 1 is the machine's; the same draft asked for twice is one record, answered as it stands."""
    known_shape(body.transcript)
    made = await services.ask(drafted, services.store, actor, known_shape(case), body)
    response.headers["location"] = f"/api/v1/records/{made.record_id}"
    return SummaryShown.of(made)


@router.get(
    "/records/{record}/findings",
    summary="What the rules find in a 笔录",
    dependencies=[declare(READ)],
    responses=documented(400, 404, 422),
)
async def findings(
    record: str,
    services: CurrentServices,
    actor: CurrentActor,
    wanted: Annotated[RecordState, Query(description="Up to which state rules are applied.")] = RecordState.SIGNED,
) -> FindingsShown:
    """Errors keep it from the state, warnings do not; 400 for a record that is no 笔录."""
    found = await services.ask(services.store.record, actor, known_shape(record))
    state, shown = await services.ask(examined, services.store, actor, found, wanted)
    await services.note_read(actor, found.case_id, "record", found.record_id)
    return findings_shown(found.version, state, wanted, shown)


@router.post(
    "/records/{record}/state",
    status_code=201,
    summary="Lead a 笔录 to its next state",
    dependencies=[declare(WRITE)],
    responses=documented(400, 404, 409, 413, 422),
)
async def step(record: str, body: NewState, services: CurrentServices, actor: CurrentActor) -> StateShown:
    """A new version in that state; 409 with `details.findings` where rules forbid it."""
    made = await services.ask(stepped, services.store, actor, known_shape(record), body)
    summary = SummaryShown.of(made).model_dump()
    return StateShown(**summary, state=body.state, state_name=STATE_NAMES[body.state])
