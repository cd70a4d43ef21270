"""Jobs: asked for, looked at, watched, cancelled."""

from __future__ import annotations

from fastapi import APIRouter, Response
from starlette.responses import StreamingResponse

from cases.records import JobState
from models.errors import Busy
from pipelines.speech.params import STAFF
from serving.api.errors import documented
from serving.api.jobs.check import checked_version, pinned, require_fit, require_seats, with_hotwords, with_staff
from serving.api.jobs.events import job_events
from serving.api.jobs.wire import JobShown, NewJob
from serving.api.services import CurrentServices
from serving.api.sse import EventStream
from serving.api.wire import known_shape
from serving.security.policy import SIGNED_IN, WRITE, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1", tags=["jobs"])

OPEN_STATES = (JobState.QUEUED, JobState.RUNNING)


@router.post(
    "/cases/{case}/jobs",
    status_code=202,
    summary="Ask for a job",
    dependencies=[declare(WRITE)],
    responses=documented(400, 404, 422),
)
async def submit(
    case: str, body: NewJob, services: CurrentServices, actor: CurrentActor, response: Response
) -> JobShown:
    """The same task on the same evidence with the same parameters is one job, however often it is asked for.

    A transcription looks out for the hotwords of its case beside its own; `"hotwords": []` asks for none.
    """
    store, case_id = services.store, known_shape(case)
    await services.ask(store.case, actor, case_id)
    version = await services.ask(checked_version, body, services.engine)
    item = await services.ask(store.evidence, actor, known_shape(body.evidence))
    require_fit(item, case_id, body.task)
    require_seats(item, body.params)
    params = await services.ask(pinned, store, actor, case_id, body)
    open_jobs = [job for job in await services.ask(store.jobs_of, actor, case_id) if job.state in OPEN_STATES]
    if len(open_jobs) >= services.settings.jobs_open_per_case:
        raise Busy("jobs.full", "this case has too many jobs waiting; let some finish", 60.0)
    params = with_hotwords(body.task, params, await services.ask(store.hotwords, actor, case_id))
    if STAFF in params:
        params = with_staff(params, await services.ask(store.voiceprints.of_members, actor, case_id))
    job = await services.ask(store.submit_job, actor, case_id, item.id, body.task, params, version)
    response.headers["location"] = f"/api/v1/jobs/{job.id}"
    return JobShown.of(job)


@router.get(
    "/cases/{case}/jobs", summary="The jobs of a case", dependencies=[declare(SIGNED_IN)], responses=documented(404)
)
async def jobs(case: str, services: CurrentServices, actor: CurrentActor) -> list[JobShown]:
    """Newest first."""
    return [JobShown.of(job) for job in await services.ask(services.store.jobs_of, actor, known_shape(case))]


@router.get("/jobs/{job}", summary="One job", dependencies=[declare(SIGNED_IN)], responses=documented(404))
async def one(job: str, services: CurrentServices, actor: CurrentActor) -> JobShown:
    """State, progress and, once done, the record."""
    return JobShown.of(await services.ask(services.store.job, actor, known_shape(job)))


@router.delete("/jobs/{job}", summary="Cancel a job", dependencies=[declare(WRITE)], responses=documented(404, 409))
async def cancel(job: str, services: CurrentServices, actor: CurrentActor) -> JobShown:
    """What runs stops at its next part and leaves no record."""
    return JobShown.of(await services.ask(services.store.cancel_job, actor, known_shape(job)))


@router.get(
    "/jobs/{job}/events",
    summary="Watch a job (server-sent events)",
    dependencies=[declare(SIGNED_IN)],
    responses={
        **documented(404),
        200: {"content": {"text/event-stream": {}}, "description": "job: each change, until the job has ended."},
    },
    response_class=StreamingResponse,
)
async def events(job: str, services: CurrentServices, actor: CurrentActor) -> StreamingResponse:
    """Events named `job` whose data is the job as GET shows it; comments keep the connection alive."""
    first = await services.ask(services.store.job, actor, known_shape(job))
    services.streams.take()
    return EventStream(job_events(services, actor, first), done=services.streams.give)
