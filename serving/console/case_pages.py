"""The list of cases and the page of one case: evidence with what was done to it, records, members."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from cases.records import EvidenceItem, Job, JobState, Role
from models.errors import NotFound
from serving.api.wire import is_plain, known_shape
from serving.console import present
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.forms import read_form
from serving.console.page import render
from serving.security.policy import PAGE, PAGE_WRITE, declare

PAGE_SIZE = 50
LINE_CHARS = 200
"""As the JSON API takes for names, numbers and causes."""
MEMBER_ROLES = (Role.OFFICER, Role.READER, Role.AUDITOR)


def router() -> APIRouter:
    """Routes of case pages."""
    found = APIRouter(route_class=PageRoute)
    found.get("/cases", dependencies=[declare(PAGE)])(cases_page)
    found.post("/cases", dependencies=[declare(PAGE_WRITE)])(create_case)
    found.get("/cases/{case}", dependencies=[declare(PAGE)])(case_page)
    found.post("/cases/{case}/members", dependencies=[declare(PAGE_WRITE)])(add_member)
    return found


async def cases_page(desk: CurrentDesk, before: Annotated[str | None, Query(max_length=80)] = None) -> Response:
    """Newest first, a page at a time."""
    return await _cases(desk, {}, before=before)


async def _cases(desk: Desk, form: dict[str, str], *, error: str = "", before: str | None = None) -> Response:
    cursor = known_shape(before) if before else None
    found = await desk.ask(desk.services.store.cases, desk.actor, limit=PAGE_SIZE, before=cursor)
    context = {
        "cases": found,
        "older": found[-1].id if len(found) == PAGE_SIZE else None,
        "may_write": desk.may_write,
        "error": error,
        "form": {name: form.get(name, "") for name in ("name", "case_no", "cause")},
    }
    return render(desk.request, "cases.html", context, status=400 if error else 200)


async def create_case(request: Request, desk: CurrentDesk) -> Response:
    """Open a case and go to it; a form that does not fit comes back with what was typed."""
    form = await read_form(request)
    fields = [form.get(name, "") for name in ("name", "case_no", "cause")]
    if not fields[0] or any(len(field) > LINE_CHARS or not is_plain(field) for field in fields):
        return await _cases(desk, form, error=desk.texts("cases.bad_name"))
    name, case_no, cause = fields
    case = await desk.ask(
        desk.services.store.create_case, desk.actor, name, case_no=case_no or None, cause=cause or None
    )
    return RedirectResponse(f"/cases/{case.id}", status_code=303)


async def case_page(case: str, desk: CurrentDesk) -> Response:
    """Everything that the case holds."""
    return await _case(desk, known_shape(case))


async def _case(desk: Desk, case_id: str, *, member_error: str = "") -> Response:
    store, actor = desk.services.store, desk.actor
    case = await desk.ask(store.case, actor, case_id)
    evidence = await desk.ask(store.evidence_of, actor, case_id)
    jobs = await desk.ask(store.jobs_of, actor, case_id)
    records = await desk.ask(store.records_of, actor, case_id)
    members = await desk.ask(store.members, actor, case_id)
    names = {account.id: account.display_name or account.name for account in await desk.ask(store.accounts.list)}
    by_id = {item.id: item for item in evidence}
    context = {
        "case": case,
        "rows": _rows(evidence, jobs),
        "records": [(record, by_id.get(record.evidence_id)) for record in records],
        "talks": [(record, by_id.get(record.evidence_id)) for record in records if record.kind == "transcribe"],
        "recordings": [item for item in evidence if present.kind(item.media_type) in ("audio", "video")],
        "members": [{"name": names.get(m.account_id, m.account_id), "role": m.role} for m in members],
        "member_roles": MEMBER_ROLES,
        "member_error": member_error,
        "may_write": desk.may_write,
        "may_read": desk.may_read,
    }
    status = 400 if member_error else 200
    return render(desk.request, "case.html", context, status=status, script_data={"case": case.id})


def _rows(evidence: Sequence[EvidenceItem], jobs: Sequence[Job]) -> list[tuple[EvidenceItem, list[Job]]]:
    """Evidence, newest first, each with the jobs that still say something: live ones, done ones, a last failure."""
    rows = []
    for item in sorted(evidence, key=lambda i: i.created_at, reverse=True):
        mine = sorted((j for j in jobs if j.evidence_id == item.id), key=lambda j: j.created_at)
        rows.append((item, _telling(mine)))
    return rows


def _telling(jobs: Sequence[Job]) -> list[Job]:
    latest = {job.task: job for job in jobs}
    wanted = (job for job in jobs if job.state not in (JobState.FAILED, JobState.CANCELLED) or latest[job.task] is job)
    return [job for job in wanted if job.state is not JobState.CANCELLED]


async def add_member(case: str, request: Request, desk: CurrentDesk) -> Response:
    """Let an account into the case by its sign-in name."""
    case_id = known_shape(case)
    form = await read_form(request)
    store = desk.services.store
    await desk.ask(store.case, desk.actor, case_id)
    try:
        role = Role(form.get("role", ""))
        account = await desk.ask(store.accounts.by_name, form.get("name", "")[:100])
        if account is None:
            raise NotFound("account.unknown", "no account has this name")
        await desk.ask(store.add_member, desk.actor, case_id, account.id, role)
    except (ValueError, NotFound):
        return await _case(desk, case_id, member_error=desk.texts("members.unknown"))
    return RedirectResponse(f"/cases/{case_id}", status_code=303)
