"""Whether a corrected body is a record of its kind, and what becomes of it: provenance and the machine's marks stay."""

from __future__ import annotations

from datetime import UTC, datetime

from cases.codec import from_json, to_json_object
from cases.conversation import KINDS, conversation_of
from cases.discrepancy import DiscrepancyList
from cases.records import Actor, JsonObject, ScanRecord, TrafficRecord
from cases.transcript import Transcript
from cases.versions import RecordVersion
from models.errors import BadInput
from pipelines.speech import course
from pipelines.speech.edit import Edit, edited
from pipelines.speech.revision import carried, revised

_Record = Transcript | ScanRecord | TrafficRecord | DiscrepancyList

_KINDS: dict[str, type[_Record]] = {
    "transcribe": Transcript,
    "scan": ScanRecord,
    "traffic": TrafficRecord,
    "compare": DiscrepancyList,
}


def checked_body(base: RecordVersion, body: JsonObject, actor: Actor) -> JsonObject:
    """`body` as `actor` may keep it on top of `base`; raises BadInput where it is no record of its kind, Conflict
    where a 笔录 is closed."""
    if base.kind in KINDS:
        return _checked_conversation(base, body, actor)
    kind = _KINDS.get(base.kind)
    if kind is None:
        raise BadInput("record.kind", f"records of the kind {base.kind} cannot be corrected here")
    given = {name: value for name, value in body.items() if name != "record"}
    record: _Record = from_json(kind, given)
    if to_json_object(record.provenance) != base.body.get("provenance"):
        raise BadInput(
            "record.provenance", "a correction keeps the provenance as it was; who corrected is kept beside it"
        )
    if isinstance(record, Transcript):
        record = revised(from_json(Transcript, base.body), record, actor.id)
    return to_json_object(record)


def _checked_conversation(base: RecordVersion, body: JsonObject, actor: Actor) -> JsonObject:
    given = {name: value for name, value in body.items() if name != "record"}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    earlier, wanted = conversation_of(base.kind, base.body), conversation_of(base.kind, given)
    return to_json_object(course.revised(earlier, wanted, actor.id, now))


def edited_body(base: RecordVersion, newer: RecordVersion | None, edits: tuple[Edit, ...], by: str) -> JsonObject:
    """The transcript of `newer` (None: of `base`) with edits of `base` made in it; raises BadInput as `edited` does."""
    if base.kind != "transcribe":
        raise BadInput("record.kind", f"only transcripts take edits; send the whole {base.kind} record")
    transcript = from_json(Transcript, base.body)
    if newer is None:
        return to_json_object(edited(transcript, edits, by))
    latest = from_json(Transcript, newer.body)
    moved, _ = carried(transcript, latest, edits)
    return to_json_object(edited(latest, moved, by))
