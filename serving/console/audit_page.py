"""The audit trail of a case, and the check that really recomputes it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from cases.records import Case
from cases.store import AuditEntry, Report
from serving.api.wire import known_shape
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.page import render
from serving.console.texts import Texts
from serving.security.policy import EVERY_ROLE, PAGE, Access, Body, Policy, declare

PAGE_SIZE = 200
CHECK = Policy(Access.PAGE, EVERY_ROLE, Body.FORM)
"""Whoever may read the trail may have it checked: nothing is written by that."""


TOLD = (
    "task",
    "role",
    "size",
    "sha256",
    "version",
    "derived_count",
    "attempt",
    "attempts",
    "code",
    "reason",
    "wish",
    "verdict",
)
"""Details of entries that a reader of the trail is shown, in this order."""


@dataclass(frozen=True, slots=True)
class Detail:
    """One detail of an entry: its name in the reader's language, and what it is."""

    label: str
    value: str


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
    shown = entries[:PAGE_SIZE]
    context = {
        "case": case,
        "entries": shown,
        "more": len(entries) > PAGE_SIZE,
        "next_after": shown[-1].case_sequence if shown else 0,
        "after": after,
        "details": {entry.sequence: _details(entry, desk.texts) for entry in shown},
        "people": {account.id: account.display_name for account in await desk.ask(store.accounts.list)},
        "names": await desk.ask(_names, desk, case),
        "verdict": verdict,
    }
    return render(desk.request, "audit.html", context)


def _details(entry: AuditEntry, texts: Texts) -> list[Detail]:
    """What an entry tells beyond its subject; digests of rows and bodies are what the check is for, not reading."""
    told = (name for name in TOLD if entry.details.get(name) is not None)
    return [Detail(texts(f"detail.{name}"), texts.known(name, str(entry.details[name]))) for name in told]


def _names(desk: Desk, case: Case) -> dict[str, str]:
    """What the subjects of the trail are called, by their ids: files by name, jobs and records by their file."""
    store, actor = desk.services.store, desk.actor
    files = {item.id: item.filename for item in store.evidence_of(actor, case.id)}
    jobs = {job.id: files.get(job.evidence_id, "") for job in store.jobs_of(actor, case.id)}
    records = {record.record_id: files.get(record.evidence_id, "") for record in store.records_of(actor, case.id)}
    people = {account.id: account.display_name for account in store.accounts.list()}
    return {case.id: case.name} | files | jobs | records | people
