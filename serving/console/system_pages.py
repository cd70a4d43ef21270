"""Pages across cases: the jobs that the visitor may see, and the models that this installation knows."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from cases.records import Case, EvidenceItem, Job
from models.manifest import load_manifests
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.page import render
from serving.security.policy import PAGE, declare

CASES_SHOWN = 50
JOBS_SHOWN = 200


def router() -> APIRouter:
    """Routes of the jobs and models pages."""
    found = APIRouter(route_class=PageRoute)
    found.get("/jobs", dependencies=[declare(PAGE)])(jobs_page)
    found.get("/models", dependencies=[declare(PAGE)])(models_page)
    return found


async def jobs_page(desk: CurrentDesk) -> Response:
    """Jobs of the newest cases, newest first."""
    rows = await desk.ask(_jobs, desk)
    return render(desk.request, "jobs.html", {"rows": rows, "may_write": desk.may_write, "may_read": desk.may_read})


def _jobs(desk: Desk) -> list[tuple[Case, EvidenceItem | None, Job]]:
    store, actor = desk.services.store, desk.actor
    rows: list[tuple[Case, EvidenceItem | None, Job]] = []
    for case in store.cases(actor, limit=CASES_SHOWN):
        jobs = store.jobs_of(actor, case.id)
        items = {item.id: item for item in store.evidence_of(actor, case.id)} if jobs else {}
        rows += [(case, items.get(job.evidence_id), job) for job in jobs]
    return sorted(rows, key=lambda row: row[2].created_at, reverse=True)[:JOBS_SHOWN]


async def models_page(desk: CurrentDesk) -> Response:
    """What the manifests say: name, task, licence, digest, measured accuracy."""
    manifests = await desk.ask(load_manifests)
    models = [
        {
            "name": manifest.name,
            "task": manifest.task,
            "licence": manifest.licence,
            "permissive": manifest.permissive,
            "default": manifest.default,
            "digest": manifest.weights_sha256 if manifest.verified else "",
            "accuracy": manifest.accuracy,
        }
        for manifest in manifests.values()
    ]
    models.sort(key=lambda model: (str(model["task"]), not model["default"], str(model["name"])))
    return render(desk.request, "models.html", {"models": models})
