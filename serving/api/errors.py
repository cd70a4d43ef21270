"""Errors to answers, in this one place: a status, a stable code, a message for people, and never a traceback.

The shape is `{code, message, request_id, details}`; under `/v1/` it is OpenAI's `{error: {message, type, param,
code}}`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus

from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, Field
from pydantic import JsonValue as WireJson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cases.codec import to_json_object
from cases.records import JsonObject, JsonValue
from models.errors import (
    AnjuanError,
    BadInput,
    Busy,
    Conflict,
    Defect,
    Forbidden,
    NotFound,
    TooLarge,
    Unavailable,
    Unsupported,
)
from pipelines.speech.course import Unready
from serving.security.principal import Unauthenticated

UNAVAILABLE_RETRY_S = 10.0
"""What a client is told to wait for a part that is down: long enough for a replica to come back."""
PROGRAMS = ("/api/", "/v1/", "/static/", "/healthz", "/readyz", "/metrics")
"""Where answers are for programs, whatever they say they accept."""
FIELDS_SHOWN = 20
"""Faulty fields that an answer lists; a body can hold thousands."""


class RangeNotSatisfiable(BadInput):
    """The range asked for lies outside the content of `size` bytes."""

    def __init__(self, size: int) -> None:
        super().__init__("range.outside", f"the content has {size} bytes; ask for a range inside it")
        self.size = size


class OffsetMismatch(Conflict):
    """The bytes sent do not go on where the upload ends, which is at `offset`."""

    def __init__(self, offset: int) -> None:
        super().__init__("upload.offset", f"the upload ends at byte {offset}; go on from there")
        self.offset = offset


class Incomplete(BadInput):
    """The body stopped, or fell silent, before its end."""


_STATUS: Mapping[type[BaseException], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Incomplete: 408,
    Conflict: 409,
    TooLarge: 413,
    Unsupported: 415,
    RangeNotSatisfiable: 416,
    BadInput: 400,
    Busy: 429,
    Unavailable: 503,
    Defect: 500,
}

_HTTP_CODES: Mapping[int, str] = {
    400: "request.malformed",
    404: "route.unknown",
    405: "route.method",
    413: "body.too_large",
    422: "request.invalid",
}


class ErrorBody(BaseModel):
    """Every error of `/api/v1` looks like this."""

    code: str = Field(description="Stable, lower-case, dotted: what programs look at.")
    message: str = Field(description="What is wrong and what to do, for people.")
    request_id: str = Field(description="Names this request in the server's log.")
    details: dict[str, WireJson] = Field(default_factory=dict, description="More, by code.")


@dataclass(frozen=True, slots=True)
class Problem:
    """An error on its way out."""

    status: int
    code: str
    message: str
    details: JsonObject = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


def problem_of(error: Exception) -> Problem:
    """What the caller is told of `error`; what nobody foresaw becomes a 500 that tells nothing."""
    if isinstance(error, RequestValidationError):
        return Problem(422, "request.invalid", "the request does not fit; see details", _fields(error.errors()))
    if isinstance(error, HTTPException):
        code = _HTTP_CODES.get(error.status_code, "request.refused")
        return Problem(error.status_code, code, _http_message(error), {}, error.headers or {})
    if not isinstance(error, AnjuanError):
        return Problem(500, "server.defect", "something went wrong here; the log knows more under the request id")
    status = next(_STATUS[kind] for kind in type(error).__mro__ if kind in _STATUS)
    details, headers = _extras(error)
    message = "stored data is damaged; tell the administrator" if status == 500 else error.message
    return Problem(status, error.code, message, details, headers)


def _extras(error: AnjuanError) -> tuple[JsonObject, Mapping[str, str]]:
    if isinstance(error, Busy):
        seconds = max(1, math.ceil(error.retry_after_s))
        return {"retry_after_s": seconds}, {"retry-after": str(seconds)}
    if isinstance(error, Unavailable):
        return {}, {"retry-after": str(int(UNAVAILABLE_RETRY_S))}
    if isinstance(error, Unauthenticated):
        return {}, {"www-authenticate": "Bearer"}
    if isinstance(error, OffsetMismatch):
        return {"offset": error.offset}, {"upload-offset": str(error.offset)}
    if isinstance(error, Unready):
        return {"findings": [to_json_object(finding) for finding in error.findings]}, {}
    if isinstance(error, RangeNotSatisfiable):
        return {"size": error.size}, {"content-range": f"bytes */{error.size}"}
    return {}, {}


def _http_message(error: HTTPException) -> str:
    if error.status_code == 404:
        return "there is nothing at this address"
    return str(error.detail) or HTTPStatus(error.status_code).phrase


def _fields(errors: Sequence[Mapping[str, object]]) -> JsonObject:
    """Where the body does not fit, without what was sent: that may be personal."""
    listed: list[JsonValue] = []
    for error in errors[:FIELDS_SHOWN]:
        place = error.get("loc")
        where = ".".join(str(part) for part in place) if isinstance(place, tuple | list) else ""
        listed.append({"where": where[:200], "message": str(error.get("msg", ""))[:300]})
    return {"fields": listed}


def respond(request: Request, problem: Problem) -> Response:
    """The answer in the shape that the caller understands: a page, OpenAI's object, or ours."""
    if _wants_page(request):
        from serving.console.desk import error_page

        return error_page(request, problem.status, problem.code, problem.message)
    return answer(problem, request.scope["request_id"], openai=request.url.path.startswith("/v1/"))


def _wants_page(request: Request) -> bool:
    """Whether a person's browser asks for one of the console's pages, and should see a page that says what to do."""
    if not request.app.state.services.settings.console or request.url.path.startswith(PROGRAMS):
        return False
    return "text/html" in request.headers.get("accept", "")


def answer(problem: Problem, request_id: str, *, openai: bool) -> JSONResponse:
    """The response; `openai` picks the shape of `/v1/`."""
    if openai:
        content: JsonObject = {"error": openai_error(problem)}
        status = 400 if problem.status in (415, 422) else problem.status
        return JSONResponse(content, status, dict(problem.headers))
    body = ErrorBody(code=problem.code, message=problem.message, request_id=request_id, details=problem.details)
    return JSONResponse(body.model_dump(), problem.status, dict(problem.headers))


def openai_error(problem: Problem) -> JsonObject:
    """The inside of OpenAI's error object."""
    kind, code = "invalid_request_error", problem.code
    if problem.status == 401:
        code = "invalid_api_key"
    elif problem.status == 429:
        kind, code = "rate_limit_error", "rate_limit_exceeded"
    elif problem.status >= 500:
        kind = "server_error"
    elif problem.code == "model.unknown":
        code = "model_not_found"
    return {"message": problem.message, "type": kind, "param": problem.details.get("param"), "code": code}


def documented(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The error answers of a route, for its OpenAPI description; 401, 403 and 429 may come anywhere."""
    wanted = sorted({401, 403, 429, *statuses})
    return {status: {"model": ErrorBody, "description": HTTPStatus(status).phrase} for status in wanted}
