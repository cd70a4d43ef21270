"""The page of a list of differences between a 笔录 and its recording: each difference beside the sound it is about.

The list is the machine's proposal and the page says so; it shows no person's judgement, since the record holds none.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.responses import Response

from cases.codec import from_json
from cases.discrepancy import DiscrepancyList
from cases.records import EvidenceItem, JsonObject, JsonValue
from cases.store import RecordVersion
from cases.transcript import Transcript
from models.errors import NotFound
from serving.console import differences, exports
from serving.console.desk import Desk
from serving.console.page import render

AFTER_S = 0.6
"""Played beyond the words at stake: about a word more."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """The recording, and the transcript that the list was made with; None where it is not in this case any more."""

    recording: EvidenceItem | None
    transcript: RecordVersion | None


async def compare_page(desk: Desk, frame: dict[str, object], found: RecordVersion) -> Response:
    """The list with the recording's player."""
    body = from_json(DiscrepancyList, found.body)
    heard = await _heard(desk, body.provenance.parameters)
    return await desk.ask(_compare, desk, frame, found, body, heard)


async def _heard(desk: Desk, params: JsonObject) -> _Heard:
    """What the job's parameters name; raises NotFound only for what the visitor may not see at all."""
    store, actor = desk.services.store, desk.actor
    recording, transcript = params.get("recording"), params.get("transcript")
    try:
        if isinstance(transcript, str):
            version = params.get("transcript_version")
            made = await desk.ask(store.record, actor, transcript, version if isinstance(version, int) else None)
            return _Heard(await desk.ask(store.evidence, actor, made.evidence_id), made)
        if isinstance(recording, str):
            return _Heard(await desk.ask(store.evidence, actor, recording), None)
    except NotFound:
        pass
    return _Heard(None, None)


def _compare(
    desk: Desk, frame: dict[str, object], found: RecordVersion, body: DiscrepancyList, heard: _Heard
) -> Response:
    transcript = from_json(Transcript, heard.transcript.body) if heard.transcript else None
    context = frame | {
        "body": body,
        "made": body.provenance,
        "recording": heard.recording,
        "transcript": heard.transcript,
        "rows": differences.rows(body, transcript),
        "tally": differences.tally(body.discrepancies),
        "placed": sum(turn.start is not None for turn in body.turns),
        "formats": exports.formats_of(found.kind),
    }
    spans: list[JsonValue] = [
        {"id": one.id, "jump": one.jump, "end": round(max(one.recording.end, one.jump) + AFTER_S, 3)}
        for one in body.discrepancies
    ]
    return render(desk.request, "compare.html", context, script_data={"spans": spans, "duration": body.duration})
