"""The audit trail of a case, and the check that really recomputes it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from cases.store import Report
from serving.api.wire import known_shape
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.page import render
from serving.security.policy import EVERY_ROLE, PAGE, Access, Body, Policy, declare

PAGE_SIZE = 200
CHECK = Policy(Access.PAGE, EVERY_ROLE, Body.FORM)
"""Whoever may read the trail may have it checked: nothing is written by that."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found, when, and how many seconds it took."""

    report: Report
    at: datetime
    seconds: float


def router() -> APIRouter:
    """Routes of the audit page."""
    found = APIRouter(route_class=PageRoute)
    found.get("/cases/{case}/audit", dependencies=[declare(PAGE)])(audit_page)
    found.post("/cases/{case}/audit/verify", dependencies=[declare(CHECK)])(verify)
    return found


async def audit_page(case: str, desk: CurrentDesk, after: Annotated[int, Query(ge=0)] = 0) -> Response:
    """The trail in its own order, a page at a time."""
    return await _page(desk, known_shape(case), after, None)


async def verify(case: str, desk: CurrentDesk) -> Response:
    """Recompute every hash of the case's chain, compare its rows and read all of its content again."""
    case_id = known_shape(case)
    services = desk.services
    await desk.ask(services.store.audit, desk.actor, case_id, limit=1)
    started = time.monotonic()
    report = await desk.ask(services.store.examine, case_id, services.blobs)
    return await _page(desk, case_id, 0, Verdict(report, datetime.now(UTC), time.monotonic() - started))


async def _page(desk: Desk, case_id: str, after: int, verdict: Verdict | None) -> Response:
    store, actor = desk.services.store, desk.actor
    case = await desk.ask(store.case, actor, case_id)
    entries = await desk.ask(store.audit, actor, case_id, after=after, limit=PAGE_SIZE + 1)
    evidence = await desk.ask(store.evidence_of, actor, case_id)
    shown = entries[:PAGE_SIZE]
    context = {
        "case": case,
        "entries": shown,
        "more": len(entries) > PAGE_SIZE,
        "next_after": shown[-1].case_sequence if shown else 0,
        "after": after,
        "names": {item.id: item.filename for item in evidence} | {case.id: case.name},
        "verdict": verdict,
    }
    return render(desk.request, "audit.html", context)
