"""Resumable uploads: announced, sent in pieces of any size, asked where they stand, and finished into evidence.

    POST  /api/v1/cases/{case}/uploads {filename, size}   -> 201 {id, offset: 0}
    PATCH /api/v1/uploads/{id}   Upload-Offset: n, bytes   -> 204 Upload-Offset: m, or 201 with the evidence at the end
    HEAD  /api/v1/uploads/{id}                             -> 204 Upload-Offset: m

Bytes that were acknowledged, and most that were not, survive a broken line and a killed server.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response
from starlette.responses import JSONResponse

from serving.api.errors import documented
from serving.api.evidence.wire import EvidenceShown
from serving.api.filenames import checked_name
from serving.api.services import CurrentServices
from serving.api.uploads.desk import UploadDesk
from serving.api.uploads.wire import NewUpload, UploadShown
from serving.api.wire import known_shape
from serving.security.policy import WRITE, WRITERS, Access, Body, Policy, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1", tags=["uploads"])

CHUNK = Policy(Access.API, WRITERS, Body.CHUNK)


def _desk(request: Request) -> UploadDesk:
    desk: UploadDesk = request.app.state.upload_desk
    return desk


@router.post(
    "/cases/{case}/uploads",
    status_code=201,
    summary="Announce an upload",
    dependencies=[declare(WRITE)],
    responses=documented(400, 404, 413, 422, 503),
)
async def announce(
    case: str, body: NewUpload, request: Request, services: CurrentServices, actor: CurrentActor, response: Response
) -> UploadShown:
    """Give the SHA-256 where it is known: the whole is then checked against it."""
    case_id = known_shape(case)
    filename = checked_name(body.filename, services.settings.filename_max_chars)
    await services.ask(services.store.case, actor, case_id)
    shown = await _desk(request).announce(actor, case_id, body.model_copy(update={"filename": filename}))
    response.headers["location"] = f"/api/v1/uploads/{shown.id}"
    response.headers["upload-offset"] = "0"
    return shown


@router.head("/uploads/{upload}", include_in_schema=False, dependencies=[declare(WRITE)])
@router.get(
    "/uploads/{upload}",
    summary="How far did the upload come?",
    dependencies=[declare(WRITE)],
    responses=documented(404, 409),
)
async def where(upload: str, request: Request, actor: CurrentActor, response: Response) -> UploadShown:
    """The header Upload-Offset says where to go on; only who began an upload sees it."""
    shown = await _desk(request).where(actor, upload)
    response.headers["upload-offset"] = str(shown.offset)
    return shown


@router.patch(
    "/uploads/{upload}",
    status_code=204,
    summary="Send the next bytes",
    dependencies=[declare(CHUNK)],
    responses={
        **documented(400, 404, 408, 409, 413, 415, 503),
        201: {"model": EvidenceShown, "description": "The last byte came; this is the evidence."},
    },
    response_class=Response,
)
async def send(
    upload: str,
    request: Request,
    actor: CurrentActor,
    upload_offset: Annotated[int, Header(ge=0, lt=2**62, description="Where these bytes begin.")],
) -> Response:
    """409 names the offset to go on from when `Upload-Offset` is another; an empty body at the end finishes."""
    offset, item = await _desk(request).send(request, actor, upload, upload_offset)
    headers = {"upload-offset": str(offset)}
    if item is None:
        return Response(status_code=204, headers=headers)
    headers["location"] = f"/api/v1/evidence/{item.id}"
    return JSONResponse(EvidenceShown.of(item).model_dump(mode="json"), 201, headers)


@router.delete(
    "/uploads/{upload}",
    status_code=204,
    summary="Drop an unfinished upload",
    dependencies=[declare(WRITE)],
    responses=documented(404, 409),
)
async def drop(upload: str, request: Request, actor: CurrentActor) -> None:
    """What has come of it is removed."""
    await _desk(request).drop(actor, upload)
