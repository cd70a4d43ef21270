"""A search and its hits on the wire."""

from __future__ import annotations

from pydantic import Field

from cases.records import Quad
from cases.search.asking import MAX_LIMIT, MAX_OFFSET, Answer, Hit
from cases.search.document import Kind
from cases.search.matching import Order
from cases.search.query import MAX_CHARS
from serving.api.wire import Shown, Wire

MAX_BODY_CHARS = 4 * MAX_CHARS
"""Longer ones are refused here, shorter ones by the query's own reader, which says what to do."""


class Asked(Wire):
    """What to look for; how a query is written stands in docs/search.md."""

    query: str = Field(max_length=MAX_BODY_CHARS)
    order: Order = Order.RELEVANCE
    offset: int = Field(0, ge=0, le=MAX_OFFSET)
    limit: int = Field(20, ge=1, le=MAX_LIMIT)


class PartShown(Shown):
    """Characters of a snippet, and whether they were asked for."""

    text: str
    hit: bool


class PlaceShown(Shown):
    """Where in the source: page and box in its pixels, or the second, and what the source calls the piece."""

    page: int | None
    box: Quad | None
    second: float | None
    mark: str | None


class HitShown(Shown):
    """A document that was found; `record` is a record's id, or that of a statute (no `case` then)."""

    record: str
    version: int
    case: str | None
    case_name: str | None
    kind: Kind
    type: str
    title: str
    number: str
    author: str
    date: str
    plate: str
    snippet: list[PartShown]
    cut_before: bool
    cut_after: bool
    places: list[PlaceShown] = Field(description="Where the found characters of the snippet stand, in order.")
    score: float

    @classmethod
    def of(cls, hit: Hit) -> HitShown:
        """From the value."""
        shown = hit.snippet
        return cls(
            record=hit.source,
            version=hit.version,
            case=hit.case_id,
            case_name=hit.case_name,
            kind=hit.kind,
            type=hit.fields.type,
            title=hit.fields.title,
            number=hit.fields.number,
            author=hit.fields.author,
            date=hit.fields.day,
            plate=hit.fields.plate,
            snippet=[PartShown.model_validate(part) for part in shown.parts],
            cut_before=shown.cut_before,
            cut_after=shown.cut_after,
            places=[PlaceShown.model_validate(piece) for piece in shown.pieces],
            score=round(hit.score, 4),
        )


class AnswerShown(Shown):
    """A page of hits, best first; `total` and `kinds` count all that was found, `readings` tell what Latin words were
    read as."""

    total: int
    kinds: dict[Kind, int]
    readings: dict[str, list[str]]
    took_ms: float
    hits: list[HitShown]

    @classmethod
    def of(cls, answer: Answer) -> AnswerShown:
        """From the value."""
        return cls(
            total=answer.total,
            kinds=answer.kinds,
            readings={typed: list(read) for typed, read in answer.readings.items()},
            took_ms=round(answer.took_ms, 1),
            hits=[HitShown.of(hit) for hit in answer.hits],
        )
