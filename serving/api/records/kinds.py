"""Whether a corrected body is a record of its kind, and what becomes of it: provenance and the machine's marks stay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from cases.codec import from_json, to_json_object
from cases.conversation import KINDS, conversation_of
from cases.discrepancy import DiscrepancyList
from cases.records import Actor, CaseDocument, JsonObject, PageLine, ScanRecord
from cases.traffic import TrafficRecord
from cases.transcript import Transcript
from cases.versions import RecordVersion
from models.errors import BadInput, Conflict
from pipelines.files.find import Hits, found
from pipelines.files.review.documents import decided
from pipelines.files.review.lines import LineFix, corrected
from pipelines.speech import course
from pipelines.speech.edit import Edit, edited
from pipelines.speech.revision import carried, revised
from pipelines.traffic.review import Verdict, judged, unchanged

_Record = Transcript | ScanRecord | TrafficRecord | DiscrepancyList

_KINDS: dict[str, type[_Record]] = {
    "transcribe": Transcript,
    "scan": ScanRecord,
    "traffic": TrafficRecord,
    "compare": DiscrepancyList,
}


@dataclass(frozen=True, slots=True)
class Review:
    """What a person corrected of a scan, where `documents` None leaves them to who decided before; or decided on the
    violations of a traffic record.

    `documents_of` is the version whose documents may stand again among them.
    """

    lines: tuple[LineFix, ...]
    documents: tuple[CaseDocument, ...] | None
    documents_of: int | None = None
    violations: tuple[Verdict, ...] = ()


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
    if isinstance(record, ScanRecord):
        _check_vouched(from_json(ScanRecord, base.body), record, actor.id)
    if isinstance(record, TrafficRecord):
        unchanged(from_json(TrafficRecord, base.body), record, actor.id)
    if isinstance(record, Transcript):
        record = revised(from_json(Transcript, base.body), record, actor.id)
    return to_json_object(record)


def _check_vouched(base: ScanRecord, record: ScanRecord, by: str) -> None:
    """Nobody vouches in another's name: what somebody else confirmed must stand so in `base`."""
    known, given = set(_vouchable(base)), _vouchable(record)
    for place, one in given:
        if one.confirmed_by not in (None, by) and (place, one) not in known:
            raise BadInput("record.vouched", "confirmed_by names another account than yours; leave it out")


def _vouchable(record: ScanRecord) -> list[tuple[int, PageLine | CaseDocument]]:
    """What a person may confirm: lines with the number of their page, documents with 0."""
    lines: list[tuple[int, PageLine | CaseDocument]] = [(page.number, x) for page in record.pages for x in page.lines]
    return [*lines, *((0, one) for one in record.documents)]


def _checked_conversation(base: RecordVersion, body: JsonObject, actor: Actor) -> JsonObject:
    given = {name: value for name, value in body.items() if name != "record"}
    now = datetime.now(UTC).isoformat(timespec="seconds")
    earlier, wanted = conversation_of(base.kind, base.body), conversation_of(base.kind, given)
    return to_json_object(course.revised(earlier, wanted, actor.id, now))


def reviewed_body(
    base: RecordVersion, newer: RecordVersion | None, review: Review, by: str, earlier: RecordVersion | None = None
) -> JsonObject:
    """The scan of `newer` (None: of `base`) with what was corrected on `base`: where both changed a line, the review
    counts, as it does where both decided on a violation. `earlier` is the version that `documents_of` names. Raises
    BadInput as `corrected`, `decided` and `judged` do, Conflict where both changed the documents."""
    if base.kind == "traffic":
        if review.lines or review.documents is not None:
            raise BadInput("record.kind", "of a traffic record violations are reviewed; send `violations` alone")
        now = datetime.now(UTC).isoformat(timespec="seconds")
        return to_json_object(judged(from_json(TrafficRecord, (newer or base).body), review.violations, by, now))
    if base.kind != "scan" or review.violations:
        raise BadInput("record.kind", f"only scans and violations take a review; send the whole {base.kind} record")
    record = read = from_json(ScanRecord, base.body)
    # A slip of the caller's shows on the version that it was made on.
    corrected(read, review.lines, by)
    if newer is not None:
        record = from_json(ScanRecord, newer.body)
        if review.documents is not None and record.documents != read.documents:
            raise Conflict(
                "review.documents", f"version {newer.version} has other documents; look at them and decide anew"
            )
    if review.documents is not None:
        then = from_json(ScanRecord, earlier.body) if earlier is not None else None
        record = decided(record, review.documents, by, then)
    return to_json_object(corrected(record, review.lines, by, carried=newer is not None))


def found_in(record: RecordVersion, query: str) -> Hits:
    """Where a scan says `query`; raises BadInput as `found` does, and for a record of another kind."""
    if record.kind != "scan":
        raise BadInput("record.kind", f"only scans are searched here; a {record.kind} record is read as a whole")
    return found(from_json(ScanRecord, record.body).pages, query)


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
