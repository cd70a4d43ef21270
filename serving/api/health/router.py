"""Liveness, readiness and metrics, for machines that watch; public, and tells no id and no name."""

from __future__ import annotations

import shutil

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from models.errors import AnjuanError
from models.task import Task
from serving.api.services import CurrentServices, Services
from serving.security.policy import PUBLIC, declare

router = APIRouter(tags=["health"], dependencies=[declare(PUBLIC)])


class Alive(BaseModel):
    """The process answers."""

    status: str = "ok"


class Ready(BaseModel):
    """Which parts can serve."""

    status: str = Field(description="ready, or unready when a part cannot serve.")
    parts: dict[str, bool] = Field(description="store, disk, engine.")


@router.get("/healthz", summary="Is the process alive?")
async def healthz() -> Alive:
    """Answers as long as the event loop turns; asks nothing else, so that a slow part never restarts the whole."""
    return Alive()


@router.get("/readyz", summary="Can every part serve?", responses={503: {"model": Ready}})
async def readyz(services: CurrentServices, response: Response) -> Ready:
    """Store reachable, disk with room, engine with a model; 503 when one is not."""
    parts = await services.ask(_parts, services)
    ready = all(parts.values())
    response.status_code = 200 if ready else 503
    return Ready(status="ready" if ready else "unready", parts=parts)


def _parts(services: Services) -> dict[str, bool]:
    return {"store": _store_answers(services), "disk": _disk_has_room(services), "engine": _engine_serves(services)}


def _store_answers(services: Services) -> bool:
    try:
        services.store.accounts.by_name("nobody is called this")
    except Exception:  # noqa: BLE001 - whatever a database driver raises, the answer is: not ready
        return False
    return True


def _disk_has_room(services: Services) -> bool:
    try:
        return shutil.disk_usage(services.settings.data_dir).free > services.settings.disk_reserve_bytes
    except OSError:
        return False


def _engine_serves(services: Services) -> bool:
    try:
        return bool(services.engine.models(Task.TRANSCRIBE))
    except AnjuanError:
        return False


@router.get("/metrics", summary="Counts and times for Prometheus", response_class=Response)
async def metrics(services: CurrentServices) -> Response:
    """Prometheus text format 0.0.4."""
    return Response(services.metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")
