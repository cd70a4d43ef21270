"""Whether a corrected body is a record of its kind: the same shape, and the machine's provenance untouched."""

from __future__ import annotations

from cases.codec import from_json, to_json_object
from cases.records import JsonObject, ScanRecord, TrafficRecord, Transcript
from cases.versions import RecordVersion
from models.errors import BadInput

_KINDS: dict[str, type[Transcript] | type[ScanRecord] | type[TrafficRecord]] = {
    "transcribe": Transcript,
    "scan": ScanRecord,
    "traffic": TrafficRecord,
}


def checked_body(base: RecordVersion, body: JsonObject) -> JsonObject:
    """`body` as it will be kept; raises BadInput where it is no record of the kind of `base`."""
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
