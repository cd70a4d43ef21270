"""The review queue of a read volume: one doubtful line after another, its picture beside what was read.

The page shows and the script collects; which lines need an eye is decided by the pipeline, what becomes of a correction
by the API.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from cases.codec import from_json
from cases.records import JsonObject, JsonValue, ScannedPage, ScanRecord
from models.errors import NotFound
from pipelines.files.review.queue import ReviewItem, queue_of
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.opened import Opened, opened
from serving.console.page import render
from serving.console.standing import Standing, standing_of
from serving.security.policy import PAGE_READ, declare


def router() -> APIRouter:
    """The route of the queue."""
    found = APIRouter(route_class=PageRoute)
    found.get("/records/{record}/review", dependencies=[declare(PAGE_READ)])(review_page)
    return found


async def review_page(record: str, desk: CurrentDesk, version: Annotated[int | None, Query(ge=1)] = None) -> Response:
    """The queue of a scan; who may write in the case writes in the latest version."""
    other = NotFound("review.kind", "only read volumes have a review queue")
    shown = await opened(desk, record, version, of=("scan", other))
    return await desk.ask(_render, desk, shown, await standing_of(desk, shown.found))


def _render(desk: Desk, shown: Opened, standing: Standing) -> Response:
    found = shown.found
    body = from_json(ScanRecord, found.body)
    queue = queue_of(body)
    by_name = shown.addresses()
    pages = {page.number: page for page in body.pages}
    reasons = dict.fromkeys(reason for one in queue.items for reason in one.reasons)
    data: JsonObject = {
        "record": found.record_id,
        "account": desk.actor.id,
        "version": found.version,
        "latest": standing.latest,
        "may_write": standing.may_write and found.version == standing.latest,
        "people": {**standing.people},
        "reasons": {reason: desk.texts.known("review.reason", reason) for reason in reasons},
        "items": [_row(one, pages[one.page], by_name) for one in queue.items],
    }
    return render(desk.request, "review.html", shown.frame | {"queue": queue}, script_data=data)


def _row(item: ReviewItem, page: ScannedPage, pictures: dict[str, str]) -> JsonValue:
    """An item for the page's script: its words, and the rectangle around its line in pixels of the page picture."""
    xs, ys = zip(*page.lines[item.line].box, strict=True)
    return {
        "page": item.page,
        "line": item.line,
        "text": item.text,
        "sure": item.confidence,
        "reasons": list(item.reasons),
        "box": [min(xs), min(ys), max(xs), max(ys)],
        "width": page.width,
        "height": page.height,
        "picture": pictures.get(page.image or ""),
    }
