"""Records with their versions, their exports and the copies made on the way; each reading is on the audit trail."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse

from cases.records import Actor
from cases.versions import RecordVersion
from serving.api.content import Content, disposition, respond
from serving.api.errors import documented
from serving.api.records.exports import VOLUME_FILES, ExportFormat, exported
from serving.api.records.kinds import checked_body, edited_body, found_in, reviewed_body
from serving.api.records.volume_files import VolumeParts, volume_file
from serving.api.records.wire import DerivedShown, FindGiven, HitsShown, NewVersion, RecordShown, SummaryShown, shown
from serving.api.services import CurrentServices, Services
from serving.api.wire import known_shape
from serving.security.policy import READ, SIGNED_IN, WRITE, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1", tags=["records"])

Version = Annotated[int | None, Query(ge=1, lt=2**31, description="The latest when not given.")]


@router.get(
    "/cases/{case}/records",
    summary="The records of a case",
    dependencies=[declare(SIGNED_IN)],
    responses=documented(404),
)
async def records(case: str, services: CurrentServices, actor: CurrentActor) -> list[SummaryShown]:
    """The latest version of each, newest first, without bodies."""
    found = await services.ask(services.store.records_of, actor, known_shape(case))
    return [SummaryShown.of(record) for record in found]


@router.get(
    "/records/{record}",
    summary="One record",
    dependencies=[declare(READ)],
    responses={**documented(404, 422), 200: {"model": RecordShown}},
    response_class=JSONResponse,
)
async def one(record: str, services: CurrentServices, actor: CurrentActor, version: Version = None) -> JSONResponse:
    """The record in the shape of its kind; `record` beside it names version, author and copies."""
    found = await services.ask(services.store.record, actor, known_shape(record), version)
    copies = await services.ask(services.store.derived_of, actor, found.record_id)
    await services.note_read(actor, found.case_id, "record", found.record_id)
    return JSONResponse(await services.ask(shown, found, copies))


@router.get(
    "/records/{record}/versions",
    summary="The versions of a record",
    dependencies=[declare(SIGNED_IN)],
    responses=documented(404),
)
async def versions(record: str, services: CurrentServices, actor: CurrentActor) -> list[SummaryShown]:
    """Oldest first; version 1 is the machine's."""
    found = await services.ask(services.store.versions_of, actor, known_shape(record))
    return [SummaryShown.of(version) for version in found]


@router.post(
    "/records/{record}/versions",
    status_code=201,
    summary="Add a corrected version",
    dependencies=[declare(WRITE)],
    responses=documented(400, 404, 409, 413, 422),
)
async def correct(record: str, body: NewVersion, services: CurrentServices, actor: CurrentActor) -> SummaryShown:
    """All versions stay; 409 when somebody else added one since `base_version`, or since `onto_version` where given.

    Edits keep the times of words that they leave alone, and give the others times between their neighbours. With
    `onto_version` they are carried onto that version; where both changed the same sentences, the edits count. A
    review of a scan does the same with lines; where both decided the documents it answers 409.
    """
    store = services.store
    base = await services.ask(store.record, actor, known_shape(record), body.base_version)
    newer = await services.ask(store.record, actor, record, body.onto_version) if body.onto_version else None
    if body.edits is not None:
        edits = tuple(edit.value() for edit in body.edits)
        checked = await services.ask(edited_body, base, newer, edits, actor.id)
    elif body.review is not None:
        review = body.review.value(actor.id)
        of = review.documents_of
        earlier = await services.ask(store.record, actor, record, of) if of is not None else None
        checked = await services.ask(reviewed_body, base, newer, review, actor.id, earlier)
    else:
        checked = await services.ask(checked_body, base, body.body or {}, actor)
    added = await services.ask(store.add_version, actor, record, (newer or base).version, checked)
    return SummaryShown.of(added)


@router.post(
    "/records/{record}/find",
    summary="Find words in a scan",
    dependencies=[declare(READ)],
    responses=documented(400, 404, 422),
)
async def find(record: str, body: FindGiven, services: CurrentServices, actor: CurrentActor) -> HitsShown:
    """Each place with its page, lines and what is around it; blanks and line ends part no words."""
    found = await services.ask(services.store.record, actor, known_shape(record), body.version)
    hits = await services.ask(found_in, found, body.text)
    await services.note_read(actor, found.case_id, "record", found.record_id)
    return HitsShown.model_validate(hits)


@router.get(
    "/records/{record}/export",
    summary="A transcript, 笔录 or catalogue as a file",
    dependencies=[declare(READ)],
    responses={**documented(400, 404, 422), 200: {"content": {format.media_type: {} for format in ExportFormat}}},
    response_class=Response,
)
async def export(
    record: str,
    services: CurrentServices,
    actor: CurrentActor,
    format: Annotated[
        ExportFormat,
        Query(
            description="Transcripts: txt, srt, vtt, json, docx. 笔录: docx, pdf, txt, json. Scans: docx, pdf of the "
            "catalogue; xlsx of the tables; searchable, the double-layer PDF; split, a ZIP of one such PDF a document."
        ),
    ] = ExportFormat.TXT,
    figures: Annotated[bool, Query(description="Numbers in figures, as the record's number layer says.")] = False,
    version: Version = None,
) -> Response:
    """Of a scan cover, catalogue and remarks sheet: 400 `catalogue.empty` where it names no documents.

    400 for a record of another kind; 503 for a PDF where the font is missing, with what to do. A searchable PDF is made
    of the version that is asked for: `split.empty` where there are no documents to split it by.
    """
    found = await services.ask(services.store.record, actor, known_shape(record), version)
    if format in VOLUME_FILES:
        return await _volume_file(found, services, actor, split=format is ExportFormat.SPLIT)
    case = await services.ask(services.store.case, actor, found.case_id)
    # Only the sheets of a catalogue name people.
    accounts = await services.ask(services.store.accounts.list) if found.kind == "scan" else ()
    people = {account.id: account.display_name or account.name for account in accounts}
    content = await services.ask(lambda: exported(found, format, case, figures=figures, people=people))
    await services.note_read(actor, found.case_id, "record", found.record_id)
    name = f"{found.record_id}-v{found.version}.{format}"
    headers = {"content-disposition": disposition(name, inline=False)}
    return Response(content, media_type=format.media_type, headers=headers)


async def _volume_file(found: RecordVersion, services: Services, actor: Actor, *, split: bool) -> Response:
    """As few at once as uploads are looked into: each runs a child process over the whole volume."""
    store = services.store
    evidence = await services.ask(store.evidence, actor, found.evidence_id)
    copies = await services.ask(store.derived_of, actor, found.record_id)
    parts, folder = VolumeParts(found, evidence, copies), services.settings.work_dir
    make = partial(volume_file, parts, services.blobs, folder, split=split)
    made = await to_thread.run_sync(make, limiter=services.probe_threads)
    await services.note_read(actor, found.case_id, "record", found.record_id)
    return made


@router.get(
    "/records/{record}/derived",
    summary="The copies made with a record",
    dependencies=[declare(SIGNED_IN)],
    responses=documented(404),
)
async def copies(record: str, services: CurrentServices, actor: CurrentActor) -> list[DerivedShown]:
    """By name; their content is at /api/v1/derived/{id}/content."""
    found = await services.ask(services.store.derived_of, actor, known_shape(record))
    return [DerivedShown.of(copy) for copy in found]


@router.head(
    "/derived/{derived}/content", include_in_schema=False, dependencies=[declare(READ)], response_class=Response
)
@router.get(
    "/derived/{derived}/content",
    summary="The content of a derived copy",
    dependencies=[declare(READ)],
    responses={
        **documented(404, 416),
        200: {"content": {"application/octet-stream": {}}, "description": "The whole content."},
        206: {"content": {"application/octet-stream": {}}, "description": "The range asked for."},
    },
    response_class=Response,
)
async def derived_content(derived: str, request: Request, services: CurrentServices, actor: CurrentActor) -> Response:
    """As the content of evidence."""
    copy = await services.ask(services.store.derived, actor, known_shape(derived))
    await services.note_read(actor, copy.case_id, "derived", copy.id)
    return await respond(request, Content(copy.digest.sha256, copy.size, copy.media_type, copy.name), services)
