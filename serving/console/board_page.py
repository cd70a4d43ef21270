"""The cataloguing board of a read volume: all its documents and pages at once, to be divided, typed and confirmed.

The page shows and the script proposes acts; what a decision is and whether it fits the pages is the API's to say.
"""

from __future__ import annotations

from collections.abc import Mapping

from fastapi import APIRouter
from starlette.responses import Response

from cases.codec import from_json, to_json
from cases.records import JsonObject, JsonValue, ScannedPage, ScanRecord, VolumeFinding
from models.errors import NotFound
from pipelines.files.catalogue.documents import UNSURE
from pipelines.files.catalogue.sounds import sounded_types
from pipelines.files.catalogue.taxonomy import UNKNOWN
from pipelines.files.page import is_blank
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.opened import Opened, opened
from serving.console.page import render
from serving.console.standing import Standing, standing_of
from serving.console.texts import Texts
from serving.security.policy import PAGE_READ, declare


def router() -> APIRouter:
    """The route of the board."""
    found = APIRouter(route_class=PageRoute)
    found.get("/records/{record}/catalogue", dependencies=[declare(PAGE_READ)])(board_page)
    return found


async def board_page(record: str, desk: CurrentDesk) -> Response:
    """The board of a scan's latest version; who may write in the case decides on it."""
    other = NotFound("board.kind", "only read volumes are catalogued")
    shown = await opened(desk, record, of=("scan", other))
    return await desk.ask(_render, desk, shown, await standing_of(desk, shown.found))


def _render(desk: Desk, shown: Opened, standing: Standing) -> Response:
    found = shown.found
    body = from_json(ScanRecord, found.body)
    pictures = {copy.name: copy.id for copy in shown.copies if copy.media_type == "image/jpeg"}
    data: JsonObject = {
        "record": found.record_id,
        "account": desk.actor.id,
        "version": found.version,
        "may_write": standing.may_write,
        "documents": [to_json(one) for one in body.documents],
        "pages": [_page(page, pictures) for page in sorted(body.pages, key=lambda page: page.number)],
        "findings": [_finding(one, desk.texts) for one in body.findings],
        "types": types_shown(),
        "unknown": UNKNOWN,
        "unsure": UNSURE,
    }
    return render(desk.request, "board.html", shown.frame | {"may_write": standing.may_write}, script_data=data)


def types_shown() -> JsonValue:
    """The taxonomy for the field that looks types up: name, group, initials, pinyin; what no type fits comes last."""
    rows: list[JsonValue] = [[one.type.name, one.type.group_name, one.initials, one.pinyin] for one in sounded_types()]
    return [*rows, [UNKNOWN, "", "qtcl", "qitacailiao"]]


def _page(page: ScannedPage, pictures: Mapping[str, str]) -> JsonValue:
    """A page for the script: its number, its picture's copy and shape, and whether there is nothing on it."""
    return {
        "number": page.number,
        "copy": pictures.get(page.image or ""),
        "width": page.width,
        "height": page.height,
        "blank": is_blank(page),
    }


def _finding(one: VolumeFinding, texts: Texts) -> JsonValue:
    return {"page": one.page, "kind": texts.known("page_finding", one.kind), "text": one.explanation}
