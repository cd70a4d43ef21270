"""Evidence: taken in as a raw body, listed, and handed out with ranges, each reading on the audit trail."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from serving.api.content import Content, respond
from serving.api.errors import documented
from serving.api.evidence.intake import Arrival, take_in
from serving.api.evidence.wire import EvidenceShown
from serving.api.filenames import checked_name, name_in_path
from serving.api.services import CurrentServices
from serving.api.wire import known_shape
from serving.security.policy import READ, SIGNED_IN, WRITERS, Access, Body, Policy, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1", tags=["evidence"])

UPLOAD = Policy(Access.API, WRITERS, Body.EVIDENCE)
_RAW_BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {"schema": {"type": "string"}}}}}


@router.put(
    "/cases/{case}/evidence/{filename:path}",
    status_code=201,
    summary="Add evidence (raw body)",
    dependencies=[declare(UPLOAD)],
    responses=documented(400, 404, 408, 413, 415, 503),
    openapi_extra=_RAW_BODY,
)
async def add(
    case: str,
    filename: str,
    request: Request,
    services: CurrentServices,
    actor: CurrentActor,
    response: Response,
    cut_short: Annotated[bool, Query(description="The recording really broke off; take it as it is.")] = False,
) -> EvidenceShown:
    """The media type is found from the bytes; what cannot be read is refused, and nothing of it stays.

    The name is percent-encoded UTF-8 and is kept as text only.
    """
    name = checked_name(
        name_in_path(request.scope.get("raw_path", b""), b"/evidence/"), services.settings.filename_max_chars
    )
    case_id = known_shape(case)
    await services.ask(services.store.case, actor, case_id)
    item = await take_in(request, Arrival(actor, case_id, name, cut_short), services)
    response.headers["location"] = f"/api/v1/evidence/{item.id}"
    return EvidenceShown.of(item)


@router.get(
    "/cases/{case}/evidence",
    summary="The evidence of a case",
    dependencies=[declare(SIGNED_IN)],
    responses=documented(404),
)
async def items(case: str, services: CurrentServices, actor: CurrentActor) -> list[EvidenceShown]:
    """Oldest first."""
    found = await services.ask(services.store.evidence_of, actor, known_shape(case))
    return [EvidenceShown.of(item) for item in found]


@router.get(
    "/evidence/{evidence}",
    summary="One piece of evidence",
    dependencies=[declare(SIGNED_IN)],
    responses=documented(404),
)
async def one(evidence: str, services: CurrentServices, actor: CurrentActor) -> EvidenceShown:
    """Name, size, digests and facts; not the content."""
    return EvidenceShown.of(await services.ask(services.store.evidence, actor, known_shape(evidence)))


@router.head(
    "/evidence/{evidence}/content", include_in_schema=False, dependencies=[declare(READ)], response_class=Response
)
@router.get(
    "/evidence/{evidence}/content",
    summary="The content of evidence",
    dependencies=[declare(READ)],
    responses={
        **documented(404, 416),
        200: {"content": {"application/octet-stream": {}}, "description": "The whole content."},
        206: {"content": {"application/octet-stream": {}}, "description": "The range asked for."},
    },
    response_class=Response,
)
async def content(evidence: str, request: Request, services: CurrentServices, actor: CurrentActor) -> Response:
    """One range is honoured; the entity tag is the SHA-256. `?download` asks for an attachment."""
    item = await services.ask(services.store.evidence, actor, known_shape(evidence))
    await services.note_read(actor, item.case_id, "evidence", item.id)
    wanted = Content(item.digest.sha256, item.size, item.media_type, item.filename)
    return await respond(request, wanted, services)
