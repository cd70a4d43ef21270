"""Whether a corrected body is a record of its kind: the same shape, and the machine's provenance untouched."""

from __future__ import annotations

from datetime import UTC, datetime

from cases.codec import from_json, to_json_object
from cases.conversation import KINDS, conversation_of
from cases.records import Actor, JsonObject, ScanRecord, TrafficRecord, Transcript
from cases.versions import RecordVersion
from models.errors import BadInput
from pipelines.speech.course import revised

_KINDS: dict[str, type[Transcript] | type[ScanRecord] | type[TrafficRecord]] = {
    "transcribe": Transcript,
    "scan": ScanRecord,
    "traffic": TrafficRecord,
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
    record: Transcript | ScanRecord | TrafficRecord = from_json(kind, given)
    checked = to_json_object(record)
    if checked["provenance"] != base.body.get("provenance"):
        raise BadInput(
            "record.provenance", "a correction keeps the provenance as it was; who corrected is kept beside it"
        )
    return checked


def _checked_conversation(base: RecordVersion, body: JsonObject, actor: Actor) -> JsonObject:
    given = {name: value for name, value in body.items() if name != "record"}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    earlier, wanted = conversation_of(base.kind, base.body), conversation_of(base.kind, given)
    return to_json_object(revised(earlier, wanted, actor.name, now))
