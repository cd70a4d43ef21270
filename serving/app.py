"""The gateway as one ASGI app, made by a factory from its parts; starts nothing and reads no environment.

Three layers stand around the routes: the request border (ids, headers, the last except), the guard (who may), and
FastAPI's own. Every route is in an included router; `RouteTable` lists them with what they demand.
"""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

from cases.blobs import BlobStore
from cases.store import Store
from pipelines.engine import Engine
from pipelines.lines import code_version
from serving.api.audit.router import router as audit
from serving.api.border import RequestBorder
from serving.api.cases.router import router as cases
from serving.api.conversations.router import router as conversations
from serving.api.errors import problem_of, respond
from serving.api.evidence.router import router as evidence
from serving.api.health.router import router as health
from serving.api.jobs.router import router as jobs
from serving.api.live.desk import LiveDesk
from serving.api.live.models import LiveModels
from serving.api.live.router import router as live
from serving.api.models.router import router as models
from serving.api.openai.router import router as openai
from serving.api.records.router import router as records
from serving.api.reviews.router import router as reviews
from serving.api.schema import router as schema
from serving.api.search.router import router as search
from serving.api.services import Services
from serving.api.session.router import router as session
from serving.api.uploads.desk import UploadDesk
from serving.api.uploads.router import router as uploads
from serving.api.voiceprints.router import router as voiceprints
from serving.security.authenticator import Authenticator
from serving.security.guard import Door, Guard
from serving.security.limits import RateLimit
from serving.security.policy import PUBLIC, Policy
from serving.security.routes import RouteTable
from serving.security.tickets import Tickets
from serving.settings import Settings

SPOOL_MAX_AGE_S = 86_400.0
"""Spooled requests older than this are what a crash left; no live request lasts so long."""
MOUNTS: dict[str, Policy] = {"/static": PUBLIC}
"""Mounted apps and who may use them: the console's scripts and styles hold nothing of any case."""

DESCRIPTION = """Recordings, scans and traffic video in, records out, each sentence tied to its source.
Authenticate with `Authorization: Bearer KEY`; make a key with `anjuan keys add NAME --data DIR`."""


def create_app(
    settings: Settings, engine: Engine, store: Store, blobs: BlobStore, live_models: LiveModels | None = None
) -> FastAPI:
    """The app over these parts, which stay the caller's to close; without `live_models` nobody can dictate."""
    app = FastAPI(
        title="Anjuan",
        version=code_version(),
        description=DESCRIPTION,
        # Their pages load scripts from elsewhere; the description itself is served to those who hold a key.
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=_lifespan,
        middleware=[Middleware(RequestBorder), Middleware(Guard)],
    )
    for router in (
        health,
        session,
        voiceprints,
        cases,
        evidence,
        uploads,
        jobs,
        records,
        reviews,
        conversations,
        live,
        audit,
        search,
        models,
        openai,
        schema,
    ):
        app.include_router(router)
    if settings.console:
        _add_console(app)
    app.add_exception_handler(HTTPException, _on_error)
    app.add_exception_handler(RequestValidationError, _on_error)
    services = Services.of(settings, engine, store, blobs)
    app.state.services = services
    app.state.upload_desk = UploadDesk(services)
    app.state.live_desk = LiveDesk(services, live_models)
    app.state.door = Door(
        table=RouteTable.of(app, MOUNTS),
        authenticator=Authenticator(store, services.ask),
        rate=RateLimit(settings.requests_per_minute, settings.request_burst),
        settings=settings,
        tickets=Tickets(settings.work_dir / "tickets", settings.live_ticket_s),
    )
    return app


def _add_console(app: FastAPI) -> None:
    # Imported here: the console imports this package's parts in its turn.
    from serving.console.router import console_router

    app.include_router(console_router())
    app.mount("/static", _PageParts(directory=Path(__file__).parent / "console" / "static"), name="static")


class _PageParts(StaticFiles):
    """The console's scripts and styles: browsers keep them and ask whether they changed (RFC 9111, 5.2.2.4)."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        """Starlette's answer, which carries an ETag, with leave to keep it."""
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "no-cache"
        return response


async def _on_error(request: Request, error: Exception) -> Response:
    return respond(request, problem_of(error))


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    services: Services = app.state.services
    await services.ask(_sweep_spool, services.settings.work_dir / "live")
    desk: LiveDesk = app.state.live_desk
    watch = asyncio.create_task(desk.run())
    yield
    watch.cancel()
    await desk.close()
    app.state.upload_desk.close()


def _sweep_spool(folder: Path) -> None:
    """Remove spooled requests that a crash left behind; another server beside this one may still use young ones."""
    for left in folder.glob("*"):
        if time.time() - left.stat().st_mtime > SPOOL_MAX_AGE_S:
            shutil.rmtree(left, ignore_errors=True)
