"""Cases and their members."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response

from models.errors import NotFound
from serving.api.cases.wire import CaseShown, Hotwords, MemberShown, NewCase, NewMember
from serving.api.errors import documented
from serving.api.services import CurrentServices
from serving.api.wire import known_shape
from serving.security.policy import SIGNED_IN, WRITE, declare
from serving.security.principal import CurrentActor

router = APIRouter(prefix="/api/v1/cases", tags=["cases"])


@router.get("", summary="The cases that you may see", dependencies=[declare(SIGNED_IN)], responses=documented(422))
async def cases(
    services: CurrentServices,
    actor: CurrentActor,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    before: Annotated[str | None, Query(max_length=80, description="The last id of the page before.")] = None,
) -> list[CaseShown]:
    """Newest first."""
    cursor = known_shape(before) if before is not None else None
    found = await services.ask(services.store.cases, actor, limit=limit, before=cursor)
    return [CaseShown.model_validate(case) for case in found]


@router.post("", status_code=201, summary="Open a case", dependencies=[declare(WRITE)], responses=documented(413, 422))
async def create(body: NewCase, services: CurrentServices, actor: CurrentActor, response: Response) -> CaseShown:
    """The caller becomes its first member."""
    case = await services.ask(services.store.create_case, actor, body.name, case_no=body.case_no, cause=body.cause)
    response.headers["location"] = f"/api/v1/cases/{case.id}"
    return CaseShown.model_validate(case)


@router.get("/{case}", summary="One case", dependencies=[declare(SIGNED_IN)], responses=documented(404))
async def one(case: str, services: CurrentServices, actor: CurrentActor) -> CaseShown:
    """A case that is not yours does not exist for you."""
    return CaseShown.model_validate(await services.ask(services.store.case, actor, known_shape(case)))


@router.get(
    "/{case}/members", summary="Who works on the case", dependencies=[declare(SIGNED_IN)], responses=documented(404)
)
async def members(case: str, services: CurrentServices, actor: CurrentActor) -> list[MemberShown]:
    """Members with their roles in this case."""
    found = await services.ask(services.store.members, actor, known_shape(case))
    return [MemberShown.model_validate(member) for member in found]


@router.post(
    "/{case}/members",
    status_code=204,
    summary="Let an account into the case",
    dependencies=[declare(WRITE)],
    responses=documented(404, 422),
)
async def add_member(case: str, body: NewMember, services: CurrentServices, actor: CurrentActor) -> None:
    """The account is named by its sign-in name."""
    await services.ask(services.store.case, actor, known_shape(case))
    account = await services.ask(services.store.accounts.by_name, body.account)
    if account is None:
        raise NotFound("account.unknown", "no account has this name; see: anjuan users list")
    await services.ask(services.store.add_member, actor, case, account.id, body.role)


@router.get(
    "/{case}/hotwords", summary="The names of a case", dependencies=[declare(SIGNED_IN)], responses=documented(404)
)
async def hotwords(case: str, services: CurrentServices, actor: CurrentActor) -> Hotwords:
    """What transcriptions of the case look out for."""
    return Hotwords(words=list(await services.ask(services.store.hotwords, actor, known_shape(case))))


@router.put(
    "/{case}/hotwords",
    summary="Set the names of a case",
    dependencies=[declare(WRITE)],
    responses=documented(400, 404, 413, 422),
)
async def set_hotwords(case: str, body: Hotwords, services: CurrentServices, actor: CurrentActor) -> Hotwords:
    """The whole list; an empty one removes them. Jobs that are queued already keep what they were given."""
    kept = await services.ask(services.store.set_hotwords, actor, known_shape(case), body.words)
    return Hotwords(words=list(kept))
