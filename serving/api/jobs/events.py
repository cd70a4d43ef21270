"""The progress of one job as it changes; asks the store at intervals, so it works beside any worker on any node."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator

import anyio

from cases.jobs import ENDED_STATES
from cases.records import Actor, Job
from models.errors import AnjuanError
from serving.api.jobs.wire import JobShown
from serving.api.services import Services
from serving.api.sse import HEARTBEAT, event


def _event_of(job: Job) -> bytes:
    return event(JobShown.of(job).model_dump(mode="json"), "job")


async def job_events(services: Services, actor: Actor, first: Job) -> AsyncGenerator[bytes]:
    """Each change of the job, from what it is now to its end or to the end of the stream's life."""
    settings = services.settings
    started = spoken = time.monotonic()
    shown, job = _event_of(first), first
    yield shown
    while job.state not in ENDED_STATES and time.monotonic() - started < settings.events_max_s:
        await anyio.sleep(settings.events_poll_s)
        try:
            job = await services.ask(services.store.job, actor, first.id)
        except AnjuanError as error:
            # The stream has begun, so the error is told inside it: the case may have been closed to this actor.
            yield event({"code": error.code, "message": error.message}, "error")
            return
        latest = _event_of(job)
        if latest != shown:
            shown, spoken = latest, time.monotonic()
            yield shown
        elif time.monotonic() - spoken >= settings.events_heartbeat_s:
            spoken = time.monotonic()
            yield HEARTBEAT
