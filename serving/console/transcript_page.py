"""The page of a transcript, which is its editor too, and the page of what changed between two versions of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from cases.codec import from_json
from cases.records import JsonObject, JsonValue
from cases.store import RecordVersion
from cases.transcript import Transcript, TranscriptSegment
from models.errors import NotFound
from serving.api.wire import known_shape
from serving.console import exports
from serving.console.changes import Change, changed
from serving.console.desk import CurrentDesk, Desk, PageRoute
from serving.console.page import render
from serving.console.standing import Standing, standing_of
from serving.console.texts import Texts
from serving.security.policy import PAGE_READ, declare

FLAGS_OF_PAGE = ("marked", "doubtful-words", "hotword")
"""Doubts that are no flags of the machine: a person's mark, single words, a hotword that sounds alike."""
TURNS = ("question", "answer", "aside")


def router() -> APIRouter:
    """The route of the differences; the transcript's own is that of all records."""
    found = APIRouter(route_class=PageRoute)
    found.get("/records/{record}/changes", dependencies=[declare(PAGE_READ)])(changes_page)
    return found


async def transcript_page(desk: Desk, frame: dict[str, object], found: RecordVersion) -> Response:
    """The transcript with its player; who may write in the case writes in the latest version."""
    standing = await standing_of(desk, found)
    return await desk.ask(_transcript, desk, frame, found, standing)


def _transcript(desk: Desk, frame: dict[str, object], found: RecordVersion, standing: Standing) -> Response:
    body = from_json(Transcript, found.body)
    may_write = standing.may_write and found.version == standing.latest
    context = frame | {
        "may_write": may_write,
        "may_draft": standing.may_write,
        "body": body,
        "made": body.provenance,
        "formats": exports.formats_of(found.kind),
        "versions": standing.versions,
        "latest": standing.latest,
        "people": standing.people,
    }
    data: JsonObject = {
        "record": found.record_id,
        "account": desk.actor.id,
        "version": found.version,
        "latest": standing.latest,
        "may_write": may_write,
        "duration": body.duration,
        "people": {**standing.people},
        "roles": {turn: desk.texts.known("turn", turn) for turn in TURNS},
        "labels": _labels(body, desk.texts),
        "segments": [_row(segment) for segment in body.segments],
    }
    return render(desk.request, "transcript.html", context, script_data=data)


def _labels(body: Transcript, texts: Texts) -> JsonObject:
    numbers = (flag for segment in body.segments for number in segment.numbers for flag in number.flags)
    flags = dict.fromkeys([*FLAGS_OF_PAGE, *numbers, *(flag for segment in body.segments for flag in segment.flags)])
    return {flag: texts.known("flag", flag) for flag in flags}


def _row(segment: TranscriptSegment) -> JsonObject:
    """A sentence for the page's script; words as lists, since a long record has tens of thousands."""
    words: list[JsonValue] = [[w.start, w.end, w.text, w.probability, int(w.human)] for w in segment.words]
    return {
        "start": segment.start,
        "end": segment.end,
        "text": segment.text,
        "speaker": segment.speaker,
        "role": segment.role,
        "flags": [*segment.flags],
        "resolved": [*segment.resolved],
        "confirmed_by": segment.confirmed_by,
        "suggestions": [[s.start, s.end, s.text, s.hotword] for s in segment.suggestions],
        "numbers": [[n.start, n.end, n.raw, n.text, [*n.flags]] for n in segment.numbers],
        "words": words,
    }


async def changes_page(
    record: str,
    desk: CurrentDesk,
    old: Annotated[int, Query(ge=1, lt=2**31)],
    new: Annotated[int, Query(ge=1, lt=2**31)],
) -> Response:
    """What differs between two versions, each place with its second."""
    store, actor = desk.services.store, desk.actor
    before = await desk.ask(store.record, actor, known_shape(record), old)
    after = await desk.ask(store.record, actor, record, new)
    if before.kind != "transcribe":
        raise NotFound("changes.kind", "only versions of transcripts can be compared")
    await desk.services.note_read(actor, before.case_id, "record", before.record_id)
    context = {
        "record": after,
        "case": await desk.ask(store.case, actor, after.case_id),
        "item": await desk.ask(store.evidence, actor, after.evidence_id),
        "versions": await desk.ask(store.versions_of, actor, record),
        "people": {a.id: a.display_name or a.name for a in await desk.ask(store.accounts.list)},
        "old": before,
        "changes": await desk.ask(_changes, before, after),
    }
    return render(desk.request, "changes.html", context)


def _changes(before: RecordVersion, after: RecordVersion) -> list[Change]:
    return changed(from_json(Transcript, before.body), from_json(Transcript, after.body))
