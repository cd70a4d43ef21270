"""What the routes of 笔录 do between the store and the pipeline: draft, examine, take a step; knows no HTTP."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime

from cases.acts.drafts import Draft
from cases.audit import canonical
from cases.codec import from_json, to_json_object
from cases.conversation import KINDS, ConversationRecord, Media, RecordState, conversation_of
from cases.header import Header
from cases.records import Actor, Case, EvidenceItem, JsonObject, JsonValue, Provenance
from cases.store import Store
from cases.versions import RecordVersion
from models.errors import BadInput, WeightsMissing
from pipelines.lines import code_version
from pipelines.speech.course import advanced
from pipelines.speech.forms import form_of
from pipelines.speech.record import PIPELINE, PIPELINE_VERSION, Heard, draft
from pipelines.speech.validators.catalogue import findings
from pipelines.speech.validators.rule import Engagement, Finding
from serving.api.conversations.wire import NewConversation, NewState
from serving.api.transcripts import transcript_of

MAX_OTHERS = 200
"""Other 笔录 of the case that are compared for overlapping times; each is read whole."""


def drafted(store: Store, actor: Actor, case_id: str, wanted: NewConversation) -> RecordVersion:
    """A new record from a transcript; raises NotFound, Forbidden, BadInput."""
    form, case = form_of(wanted.template), store.case(actor, case_id)
    source = store.record(actor, wanted.transcript)
    if source.case_id != case_id or source.kind != "transcribe":
        raise BadInput("record.transcript", "name a transcript of this case")
    item = store.evidence(actor, source.evidence_id)
    transcript = transcript_of(source.body)
    header = _header(case, wanted.header)
    media = _media(item, round(transcript.duration * 1000), wanted.recording_started_at)
    params: JsonObject = {
        "template": form.name,
        "transcript": source.record_id,
        "transcript_version": source.version,
        "header_sha256": hashlib.sha256(canonical(to_json_object(header)).encode()).hexdigest(),
        "figures": wanted.figures,
        "recording_started_at": wanted.recording_started_at,
    }
    by = source.created_by if source.author == "human" else None
    heard = Heard(media, transcript, source.record_id, wanted.figures, by)
    made = draft(heard, header, form, _provenance(transcript.provenance, params))
    return store.add_draft(actor, source, Draft(form.kind, to_json_object(made), PIPELINE_VERSION, params))


def _header(case: Case, given: JsonObject) -> Header:
    known: JsonObject = {"case_no": case.case_no, "cause": case.cause}
    header = from_json(Header, {**known, **given})
    if unknown := _unknown(given, to_json_object(header), "header"):
        raise BadInput("record.header", f"nothing in a header is called {', '.join(unknown[:5])}; check the spelling")
    return header


def _unknown(given: JsonValue, kept: JsonValue, where: str) -> list[str]:
    """Paths in `given` that were not understood: a misspelt field must not be lost without a word."""
    if isinstance(given, dict) and isinstance(kept, dict):
        lost = [f"{where}.{name}" for name in given if name not in kept]
        return lost + [
            path for name in given if name in kept for path in _unknown(given[name], kept[name], f"{where}.{name}")
        ]
    if isinstance(given, list) and isinstance(kept, list):
        pairs = zip(given, kept, strict=True)
        return [path for n, (a, b) in enumerate(pairs) for path in _unknown(a, b, f"{where}[{n}]")]
    return []


def _media(item: EvidenceItem, duration_ms: int, started_at: str | None) -> Media:
    role = "video" if item.media_type.startswith("video/") else "audio"
    return Media(item.id, item.digest.sha256, duration_ms, role, started_at, item.digest.sm3)


def _provenance(heard: Provenance, params: JsonObject) -> Provenance:
    now = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Provenance(
        PIPELINE,
        PIPELINE_VERSION,
        code_version(),
        heard.models,
        {**params, "transcription": heard.parameters},
        heard.device,
        heard.source_sha256,
        now,
        now,
    )


# --- rules and steps --------------------------------------------------------------------------------------------------
def conversation(found: RecordVersion) -> ConversationRecord:
    """The 笔录 that a stored version is; raises BadInput for another kind of record."""
    return conversation_of(found.kind, found.body)


def examined(
    store: Store, actor: Actor, found: RecordVersion, wanted: RecordState
) -> tuple[RecordState, tuple[Finding, ...]]:
    """The state of a version, and what stands between it and the state `wanted`."""
    record = conversation(found)
    return record.state, findings(record, _elsewhere(store, actor, found), wanted=wanted)


def stepped(store: Store, actor: Actor, record_id: str, wanted: NewState) -> RecordVersion:
    """The version that took the step; raises Conflict (Unready with its findings), BadInput, NotFound, Forbidden."""
    base = store.record(actor, record_id, wanted.base_version)
    later = advanced(conversation(base), wanted.state, _elsewhere(store, actor, base))
    if wanted.state is RecordState.CHECKED:
        later = _with_pages(later)
    return store.add_version(actor, record_id, wanted.base_version, to_json_object(later), wanted.state.value)


def _with_pages(record: ConversationRecord) -> ConversationRecord:
    """With the number of pages that its PDF has, where this machine has the font; else a person fills it in."""
    from models.fonts import font_path
    from pipelines.speech.record_pdf import page_count

    try:
        return replace(record, page_count=page_count(record, font_path(fetch=False)))
    except WeightsMissing:
        return record


def _elsewhere(store: Store, actor: Actor, found: RecordVersion) -> tuple[Engagement, ...]:
    """When the officers of the case's other 笔录 were busy with them."""
    others = [one for one in store.records_of(actor, found.case_id) if one.kind in KINDS]
    apart = [one.record_id for one in others if one.record_id != found.record_id][:MAX_OTHERS]
    return tuple(_engagement(store.record(actor, record_id)) for record_id in apart)


def _engagement(other: RecordVersion) -> Engagement:
    # The head alone: three thousand turns take 0.4 s to decode, and each 笔录 of the case comes by here.
    header = from_json(Header, other.body.get("header"))
    officers = frozenset(officer.name.strip() for officer in header.interrogators)
    return Engagement(other.record_id, officers, header.started_at, header.ended_at)
