"""Voiceprints: a person's own, and the list and deletion for an administrator."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request

from serving.api.errors import documented
from serving.api.services import CurrentServices
from serving.api.voiceprints.enrolment import drafted
from serving.api.voiceprints.wire import Consent, VoiceprintShown, VoiceprintsShown
from serving.api.wire import known_shape
from serving.security.policy import EVERY_ROLE, SIGNED_IN, Access, Body, Policy, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1/voiceprints", tags=["voiceprints"])

ENROL = Policy(Access.API, EVERY_ROLE, Body.AUDIO)
_SOUND = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}}


@router.get("", summary="Whose voice is known", dependencies=[declare(SIGNED_IN)], responses=documented())
async def listed(services: CurrentServices, actor: CurrentActor) -> VoiceprintsShown:
    """One's own voiceprint, everybody's for an administrator, and the text that enrolling agrees to."""
    found = await services.ask(services.store.voiceprints.all, actor)
    return VoiceprintsShown(consent=Consent(), voiceprints=[VoiceprintShown.of(one) for one in found])


@router.put(
    "/me",
    summary="Enrol one's own voice (raw body)",
    dependencies=[declare(ENROL)],
    responses=documented(400, 403, 409, 413, 415, 422, 429),
    openapi_extra=_SOUND,
)
async def enrol(
    request: Request,
    services: CurrentServices,
    actor: CurrentActor,
    consent: Annotated[str, Query(max_length=40, description="Version of the text that is agreed to.")],
) -> VoiceprintShown:
    """In person alone: an API key is refused, and nobody enrols anybody else. The sound is not kept."""
    await services.ask(services.store.voiceprints.require_consent, actor, consent)
    draft = await drafted(request, services)
    return VoiceprintShown.of(await services.ask(services.store.voiceprints.enrol, actor, draft, consent))


@router.delete(
    "/{account}",
    status_code=204,
    summary="Delete a voiceprint",
    dependencies=[declare(SIGNED_IN)],
    responses=documented(404),
)
async def delete(account: str, services: CurrentServices, actor: CurrentActor) -> None:
    """`me` or the id of an account; at once and for good. Somebody else's only as administrator."""
    wanted = actor.id if account == "me" else known_shape(account)
    await services.ask(services.store.voiceprints.delete, actor, wanted)
