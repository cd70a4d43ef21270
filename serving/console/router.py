"""All routes of the console in one router; the gateway mounts the static files beside it. Knows no page's content."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import RedirectResponse, Response

from serving.console import (
    audit_page,
    board_page,
    case_pages,
    live_page,
    record_pages,
    review_page,
    scans_page,
    search_page,
    session_pages,
    system_pages,
    transcript_page,
    violations_page,
    voice_page,
)
from serving.security.policy import PAGE, declare


def console_router() -> APIRouter:
    """The console's pages, to be mounted at the root of the gateway; they are no part of the described API."""
    router = APIRouter(include_in_schema=False)
    for part in (
        session_pages,
        case_pages,
        live_page,
        record_pages,
        board_page,
        review_page,
        search_page,
        transcript_page,
        violations_page,
        audit_page,
        scans_page,
        system_pages,
        voice_page,
    ):
        router.include_router(part.router())

    @router.get("/", dependencies=[declare(PAGE)])
    def first_page() -> Response:
        return RedirectResponse("/cases", status_code=303)

    return router
