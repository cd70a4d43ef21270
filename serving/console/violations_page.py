"""The review of violations: the composite picture of one after another, its checks beside it, a decision by keys.

The page shows and the script collects; what evidence must have is decided by the pipeline, what becomes of a decision
by the API.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from cases.codec import from_json
from cases.records import JsonObject, JsonValue
from cases.traffic import TrafficRecord, Violation
from models.errors import NotFound
from pipelines.traffic.rules.catalogue import OFFENCES
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.opened import Opened, opened
from serving.console.page import render
from serving.console.present import clock
from serving.console.standing import Standing, standing_of
from serving.security.policy import PAGE_READ, declare


def router() -> APIRouter:
    """The route of the review."""
    found = APIRouter(route_class=PageRoute)
    found.get("/records/{record}/violations", dependencies=[declare(PAGE_READ)])(violations_page)
    return found


async def violations_page(
    record: str, desk: CurrentDesk, version: Annotated[int | None, Query(ge=1)] = None
) -> Response:
    """The violations of a traffic record; who may write in the case decides in the latest version."""
    other = NotFound("review.kind", "only traffic records have violations")
    shown = await opened(desk, record, version, of=("traffic", other))
    return await desk.ask(_render, desk, shown, await standing_of(desk, shown.found))


def _render(desk: Desk, shown: Opened, standing: Standing) -> Response:
    found = shown.found
    body = from_json(TrafficRecord, found.body)
    addresses = shown.addresses()
    taken = [one for one in body.violations if one.id]
    data: JsonObject = {
        "record": found.record_id,
        "version": found.version,
        "may_write": standing.may_write and found.version == standing.latest,
        "people": {**standing.people},
        "items": [_row(desk, one, addresses) for one in taken],
    }
    return render(desk.request, "violations.html", shown.frame | {"total": len(taken)}, script_data=data)


def _words(desk: Desk, told: str) -> str:
    """What a check tells, its words in the visitor's language."""
    return ", ".join(desk.texts.known("violation.found", part) for part in told.split(", "))


def _row(desk: Desk, one: Violation, addresses: dict[str, str]) -> JsonValue:
    """A violation for the page's script, its checks in the visitor's language."""
    pictures: list[JsonValue] = [
        {
            "role": picture.role,
            "label": desk.texts.known("violation.role", picture.role),
            "src": addresses.get(picture.name),
            "sha256": picture.sha256,
        }
        for picture in one.pictures
    ]
    checks: list[JsonValue] = [
        {
            "label": desk.texts.known("violation.check", check.name),
            "passed": check.passed,
            "found": _words(desk, check.found),
            "asked": _words(desk, check.asked),
            "basis": check.basis,
        }
        for check in one.checks
    ]
    offence = OFFENCES.get(one.rule)
    review = one.review
    return {
        "id": one.id,
        "name": desk.texts.known("violation.rule", one.rule),
        "code": one.code,
        "law": one.law or (offence.law if offence else ""),
        "at": clock(one.start),
        "plate": one.plate or _words(desk, one.plate_state),
        "complete": one.complete,
        "checks": checks,
        "pictures": pictures,
        "clip": addresses.get(one.clip.name) if one.clip else None,
        "review": None
        if review is None
        else {"state": review.state, "by": review.by, "at": review.at, "reason": review.reason},
    }
