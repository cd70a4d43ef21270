"""智能审查: the review of a case as it stands, its alarms as a file, answers to them, and the rules."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter, Query, Response

from pipelines.files.tables.xlsx import MEDIA_TYPE
from pipelines.intelligence.review.board import as_csv, as_xlsx
from pipelines.intelligence.review.rule import rules
from serving.api.content import disposition
from serving.api.errors import documented
from serving.api.reviews.wire import AnswerShown, NewAnswer, ReviewShown, RuleShown
from serving.api.services import CurrentServices
from serving.api.wire import known_shape
from serving.reviewing import answer_alarm, review_case
from serving.security.policy import READ, SIGNED_IN, WRITE, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1", tags=["reviews"])


class AlarmFile(StrEnum):
    """As what the alarms are written."""

    XLSX = "xlsx"
    CSV = "csv"


@router.get("/review-rules", summary="The rules of review", dependencies=[declare(SIGNED_IN)], responses=documented())
async def listed() -> list[RuleShown]:
    """With what each rests on and needs."""
    return [RuleShown.of(rule) for rule in rules()]


@router.get(
    "/cases/{case}/review",
    summary="Review a case",
    dependencies=[declare(READ)],
    responses=documented(404, 413),
)
async def reviewed(case: str, services: CurrentServices, actor: CurrentActor) -> ReviewShown:
    """Of the latest versions of its records: alarms with their places and states, and what could not be checked.

    The machine proposes; a person decides. Each review is on the audit trail.
    """
    return ReviewShown.of(await services.ask(review_case, services.store, actor, known_shape(case)))


@router.get(
    "/cases/{case}/review/export",
    summary="The alarms of a case as a file",
    dependencies=[declare(READ)],
    responses={**documented(404, 413, 422), 200: {"content": {MEDIA_TYPE: {}, "text/csv": {}}}},
    response_class=Response,
)
async def exported(
    case: str, services: CurrentServices, actor: CurrentActor, format: Annotated[AlarmFile, Query()] = AlarmFile.XLSX
) -> Response:
    """A row an alarm, with its state and reason."""
    found = await services.ask(review_case, services.store, actor, known_shape(case))
    write = as_xlsx if format is AlarmFile.XLSX else as_csv
    data = await services.ask(write, found.entries)
    kind = MEDIA_TYPE if format is AlarmFile.XLSX else "text/csv; charset=utf-8"
    name = disposition(f"预警-{found.case.name}.{format}", inline=False)
    return Response(data, media_type=kind, headers={"content-disposition": name})


@router.post(
    "/cases/{case}/alarms/{alarm}/answers",
    status_code=201,
    summary="Answer an alarm",
    dependencies=[declare(WRITE)],
    responses=documented(400, 403, 404, 413, 422),
)
async def answer(case: str, alarm: str, body: NewAnswer, services: CurrentServices, actor: CurrentActor) -> AnswerShown:
    """Explained, corrected, dismissed, or open again, with the reason. Earlier answers stay; the newest counts."""
    where = (known_shape(case), known_shape(alarm))
    return AnswerShown.of(await services.ask(answer_alarm, services.store, actor, where, body.state, body.reason))
