"""The page of a 笔录: the paper form with its turns beside the recording, and what still stands before the next state.

The page shows and the script changes; what may be changed and which state comes next is decided by the API.
"""

from __future__ import annotations

from starlette.responses import Response

from cases.codec import to_json_object
from cases.conversation import ConversationRecord, RecordState, TurnRole, conversation_of
from cases.records import JsonObject, JsonValue
from cases.store import RecordVersion
from pipelines.speech.course import STATE_NAMES, STEPS
from pipelines.speech.forms import Form, form_of
from serving.console.desk import Desk
from serving.console.header_inputs import further_of, lines_of
from serving.console.page import render
from serving.console.standing import standing_of
from serving.console.texts import Texts

COURSE = (RecordState.DRAFT, RecordState.TO_CHECK, RecordState.CHECKED, RecordState.SIGNED, RecordState.SEALED)
"""As the stepper shows it; a record that is still captured has no page of its own."""
FORMATS = ("pdf", "docx", "txt", "json")

ENTRIES = ("exhibit", "bookmark", "interruption", "correction")
"""What is noted beside the turns."""


async def conversation_page(desk: Desk, frame: dict[str, object], found: RecordVersion) -> Response:
    """The record; who may write in the case writes in the latest version, as far as its state allows."""
    standing = await standing_of(desk, found)
    record = conversation_of(found.kind, found.body)
    form = form_of(record.template)
    may_write = standing.may_write and found.version == standing.latest
    context = frame | {
        "body": record,
        "form": form,
        "made": record.provenance,
        "lines": lines_of(form),
        "further": further_of(form),
        "notices": _notices(record, form),
        "course": COURSE,
        "place": list(COURSE).index(record.state) if record.state in COURSE else -1,
        "formats": FORMATS,
        "versions": standing.versions,
        "latest": standing.latest,
        "people": standing.people,
        "may_write": may_write,
    }
    data: JsonObject = {
        "record": found.record_id,
        "account": desk.actor.id,
        "version": found.version,
        "latest": standing.latest,
        "may_write": may_write,
        "people": {**standing.people},
        "body": to_json_object(record),
        "steps": {state.value: [after.value for after in STEPS[state]] for state in RecordState},
        "states": {state.value: desk.texts.known("conversation.state", state) for state in STATE_NAMES},
        "roles": {role.value: desk.texts.known("turn", role) for role in TurnRole},
        "labels": _labels(record, desk.texts),
        "entries": {kind: desk.texts.known("conversation.entry", kind) for kind in ENTRIES},
        "closing": {mode.value: sentence for mode, sentence in form.closing.items()},
        "asker": form.asker_label,
    }
    return render(desk.request, "conversation.html", context, script_data=data)


def _labels(record: ConversationRecord, texts: Texts) -> JsonObject:
    codes = dict.fromkeys(flag.code for turn in record.turns for flag in turn.flags)
    return {code: texts.known("flag", code) for code in codes}


def _notices(record: ConversationRecord, form: Form) -> list[dict[str, JsonValue]]:
    """The notices of the record with the words that its form has for them."""
    words = {text.code: text for text in form.notices}
    required = {text.code for text in form.required}
    return [
        {
            "code": notice.code.value,
            "text": words[notice.code].text if notice.code in words else notice.code.value,
            "article": str(words[notice.code].citation) if notice.code in words else "",
            "required": notice.code in required,
        }
        for notice in record.notices
    ]
