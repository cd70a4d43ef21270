"""检索: one box over what the visitor may read, hits that lead to their place; and the page of a statute's articles."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Query
from starlette.responses import Response

from cases.search.asking import MAX_LIMIT, Answer, Hit
from cases.search.document import Kind
from cases.search.matching import KIND_WORDS, Order
from cases.statutes import StatuteStore
from models.errors import BadInput, NotFound
from pipelines.intelligence.search.follow import STATUTE
from serving.api.wire import known_shape
from serving.console.desk import CurrentDesk, PageRoute
from serving.console.page import render
from serving.console.present import clock
from serving.security.policy import PAGE_READ, declare

PER_PAGE = 20
MAX_PAGES = 100
QUERY_CHARS = 2000
"""What the address may carry; the query's own reader refuses sooner, in words."""


def router() -> APIRouter:
    """The routes of search."""
    found = APIRouter(route_class=PageRoute)
    found.get("/search", dependencies=[declare(PAGE_READ)])(search_page)
    found.get("/statutes/{statute}", dependencies=[declare(PAGE_READ)])(statute_page)
    return found


@dataclass(frozen=True, slots=True)
class Row:
    """A hit with where it leads to, and the words for the place."""

    hit: Hit
    href: str
    place: tuple[str, str] | None


async def search_page(
    desk: CurrentDesk,
    q: Annotated[str, Query(max_length=QUERY_CHARS)] = "",
    order: Order = Order.RELEVANCE,
    page: Annotated[int, Query(ge=1, le=MAX_PAGES)] = 1,
) -> Response:
    """The box, and what it found."""
    answer: Answer | None = None
    fault = None
    if q.strip():
        try:
            offset = (page - 1) * PER_PAGE
            answer = await desk.ask(
                desk.services.search.ask, desk.actor, q, order, offset=offset, limit=min(PER_PAGE, MAX_LIMIT)
            )
        except BadInput as error:
            fault = error.code
    pages = min(MAX_PAGES, -(-answer.total // PER_PAGE)) if answer else 0
    context = {
        "q": q,
        "order": order.value,
        "orders": [one.value for one in Order],
        "answer": answer,
        "rows": [_row(hit) for hit in answer.hits] if answer else [],
        "kinds": [
            (kind.value, count, _link(f"{q} kind:{KIND_WORDS[kind][0]}", order)) for kind, count in answer.kinds.items()
        ]
        if answer and len(answer.kinds) > 1
        else [],
        "fault": fault,
        "previous": _link(q, order, page - 1) if page > 1 else None,
        "next": _link(q, order, page + 1) if page < pages else None,
        "page": page,
        "pages": pages,
        "by_order": {one.value: _link(q, one) for one in Order},
    }
    return render(desk.request, "search.html", context)


def _link(q: str, order: Order, page: int = 1) -> str:
    asked = {"q": q, "order": order.value} | ({"page": str(page)} if page > 1 else {})
    return f"/search?{urlencode(asked)}"


def _row(hit: Hit) -> Row:
    place = hit.place
    if hit.kind is Kind.STATUTE:
        mark = place.mark if place and place.mark else ""
        return Row(hit, f"/statutes/{hit.source.removeprefix(STATUTE)}#{quote(mark)}", None)
    href = f"/records/{hit.source}"
    if place is None:
        return Row(hit, href, None)
    if place.page is not None:
        lines = [piece.mark for piece in hit.snippet.pieces if piece.page == place.page and piece.mark]
        mark = f"#line={','.join(lines)}" if lines else ""
        return Row(hit, f"{href}?page={place.page}{mark}", ("page", str(place.page)))
    if hit.kind is Kind.RECORD and place.mark:
        spoken = None if place.second is None else ("second", clock(place.second))
        return Row(hit, f"{href}#turn={quote(place.mark)}", spoken)
    if place.second is not None:
        return Row(hit, f"{href}#t={place.second:g}", ("second", clock(place.second)))
    return Row(hit, href, None)


async def statute_page(statute: str, desk: CurrentDesk) -> Response:
    """One version of a statute, article by article."""
    wanted = known_shape(statute)
    kept = await desk.ask(StatuteStore(desk.services.settings.data_dir).statutes)
    found = next((one for digest, one in kept if digest == wanted), None)
    if found is None:
        raise NotFound("statute.unknown", "no such statute is here; import it with: anjuan corpus import FILE.md")
    return render(desk.request, "statute.html", {"statute": found})
