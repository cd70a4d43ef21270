"""The OpenAPI description, for those who hold a key."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request
from starlette.responses import JSONResponse

from serving.security.policy import SIGNED_IN, declare

router = APIRouter(tags=["description"])


@router.get(
    "/api/v1/openapi.json",
    summary="This description",
    dependencies=[declare(SIGNED_IN)],
    response_class=JSONResponse,
)
async def description(request: Request) -> JSONResponse:
    """OpenAPI 3.1."""
    app: FastAPI = request.app
    return JSONResponse(app.openapi())
