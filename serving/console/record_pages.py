"""The page of one record, by its kind: transcript, 笔录, scan, traffic, differences; its export as text or JSON."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from starlette.responses import Response

from cases.codec import from_json, to_json
from cases.conversation import KINDS
from cases.records import DerivedCopy, EvidenceItem, JsonObject, ScannedPage, ScanRecord
from cases.store import RecordVersion
from cases.traffic import TrafficRecord
from models.errors import NotFound
from pipelines.files.page import blank_pages, is_blank
from serving.api.wire import known_shape
from serving.console import exports, timeline
from serving.console.board_page import types_shown
from serving.console.catalogue import catalogue_of
from serving.console.compare_page import compare_page
from serving.console.conversation_page import conversation_page
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.opened import opened
from serving.console.page import render
from serving.console.standing import standing_of
from serving.console.texts import Texts
from serving.console.transcript_page import transcript_page
from serving.security.policy import PAGE_READ, declare

STRIP = 400
"""Page numbers in the strip at most; beyond that it shows the pages around the one that is open."""
THUMBS = 24
"""Pages around the open one whose pictures the strip shows; a browser loads them as they scroll into view."""


def router() -> APIRouter:
    """Routes of record pages."""
    found = APIRouter(route_class=PageRoute)
    found.get("/records/{record}", dependencies=[declare(PAGE_READ)])(record_page)
    found.get("/records/{record}/export/{form}", dependencies=[declare(PAGE_READ)])(export)
    return found


async def record_page(
    record: str,
    desk: CurrentDesk,
    version: Annotated[int | None, Query(ge=1)] = None,
    page: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """The record beside what it was made from; large ones take a moment to lay out, so that is done in a thread."""
    shown = await opened(desk, record, version)
    found, frame, item, copies = shown.found, shown.frame, shown.item, shown.copies
    if found.kind == "transcribe":
        return await transcript_page(desk, frame, found)
    if found.kind == "scan":
        standing = await standing_of(desk, found)
        frame |= {"may_write": standing.may_write and found.version == standing.latest}
        return await desk.ask(_scan, desk, frame, found, copies, page)
    if found.kind == "traffic":
        return await desk.ask(_traffic, desk, frame, found, item, copies)
    if found.kind == "compare":
        return await compare_page(desk, frame, found)
    if found.kind in KINDS:
        return await conversation_page(desk, frame, found)
    return render(desk.request, "plain_record.html", frame)


def _scan(
    desk: Desk, frame: dict[str, object], found: RecordVersion, copies: list[DerivedCopy], asked: int | None
) -> Response:
    body = from_json(ScanRecord, found.body)
    by_name = {copy.name: f"/api/v1/derived/{copy.id}/content" for copy in copies}
    pages = {page.number: page for page in sorted(body.pages, key=lambda page: page.number)}
    order = list(pages)
    number = asked or next(iter(order), 0)
    if asked and asked not in pages:
        raise NotFound("page.unknown", "the record has no page of this number")
    page = pages.get(number)
    at = order.index(number) if page else 0
    numbers = order[max(0, at - STRIP // 2) : at + STRIP // 2]
    near = (pages[n] for n in order[max(0, at - THUMBS // 2) : at + THUMBS // 2])
    previous = order[at - 1] if at > 0 else None
    context = frame | {
        "body": body,
        "made": body.provenance,
        "page": page,
        "previous": previous,
        "next": order[at + 1] if at + 1 < len(order) else None,
        "total": order[-1] if order else 0,
        "numbers": numbers,
        "thumbs": {p.number: by_name[p.image] for p in near if p.image and p.image in by_name},
        "picture": by_name.get(page.image or "") if page else None,
        "pdfs": [copy for copy in copies if copy.media_type == "application/pdf"],
        "formats": exports.formats_of(found.kind),
        "catalogue": catalogue_of(body.documents, number, blank_pages(body.pages)),
        "tables": sum(len(one.tables) for one in body.pages),
    }
    data = _page_data(page, desk.texts) | {
        "record": found.record_id,
        "version": found.version,
        "page": number,
        "account": desk.actor.id,
        "documents": [to_json(one) for one in body.documents] if frame["may_write"] else [],
        "inked": [n for n in order if not is_blank(pages[n])],
        "types": types_shown() if frame["may_write"] else [],
    }
    return render(desk.request, "scan.html", context, script_data=data)


def _page_data(page: ScannedPage | None, texts: Texts) -> JsonObject:
    """Where the lines, tables and seals of a page lie, for the scripts that lay them over the picture."""
    if page is None:
        return {}
    return {
        "width": page.width,
        "height": page.height,
        "boxes": [to_json(line.box) for line in page.lines],
        "tables": [to_json(table) for table in page.tables],
        "seals": [
            {"box": to_json(seal.box), "words": seal.text or texts.known("seal_shape", seal.shape)}
            for seal in page.seals
        ],
    }


def _traffic(
    desk: Desk, frame: dict[str, object], found: RecordVersion, item: EvidenceItem, copies: list[DerivedCopy]
) -> Response:
    body = from_json(TrafficRecord, found.body)
    clips = [copy for copy in copies if copy.media_type.startswith("video/")]
    sources = [{"kind": "annotated", "src": f"/api/v1/derived/{copy.id}/content", "overlay": False} for copy in clips]
    sources.append({"kind": "original", "src": f"/api/v1/evidence/{item.id}/content", "overlay": True})
    context = frame | {
        "body": body,
        "made": body.provenance,
        "sources": sources,
        "copies": copies,
        "has_lines": any(count.line is not None for count in body.counts),
        "timeline": timeline.lanes(body.paths, body.duration),
        "ticks": timeline.ticks(body.duration),
        "formats": exports.formats_of(found.kind),
    }
    paths = [{"id": p.id, "label": desk.texts.known("class", p.class_), "path": to_json(p.path)} for p in body.paths]
    data: JsonObject = {
        "width": body.width,
        "height": body.height,
        "duration": body.duration,
        "fps": body.fps,
        "paths": [*paths],
    }
    return render(desk.request, "traffic.html", context, script_data=data)


async def export(
    record: str, form: str, desk: CurrentDesk, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The record as a file, named after the evidence."""
    store, actor = desk.services.store, desk.actor
    found = await desk.ask(store.record, actor, known_shape(record), version)
    if form not in exports.formats_of(found.kind):
        raise NotFound("export.format", f"this record can be had as {', '.join(exports.formats_of(found.kind))}")
    await desk.services.note_read(actor, found.case_id, "record", found.record_id)
    item = await desk.ask(store.evidence, actor, found.evidence_id)
    text, media_type = await desk.ask(exports.write, found.kind, form, found.body)
    suffix = exports.suffix_of(form)
    name = quote(f"{item.filename.rpartition('.')[0] or item.filename}.{suffix}", safe="")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", "cache-control": "no-store"}
    return Response(text, media_type=media_type, headers=headers)
