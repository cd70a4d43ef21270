"""Shapes of 笔录 on the wire: what a draft is asked for with, templates, findings, states."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from cases.codec import to_json_object
from cases.conversation import RecordState
from cases.records import JsonObject
from pipelines.speech.course import STATE_NAMES
from pipelines.speech.forms import Form
from pipelines.speech.validators.rule import Finding
from serving.api.records.wire import SummaryShown
from serving.api.wire import FreeJson, Line, Shown, Wire


class NewConversation(Wire):
    """A draft that is asked for."""

    template: Line = Field(description="A name of `GET /api/v1/conversation-templates`.")
    transcript: Line = Field(description="The record of the transcript; its latest version is taken.")
    header: FreeJson = Field(
        description="agency, place {name}, subject {name, standing}, interrogators [{name}] and what else is known; "
        "case number and cause are the case's where not given. Moments are ISO 8601 to the minute."
    )
    figures: bool = Field(True, description="Numbers in figures, as the transcript's number layer says.")
    recording_started_at: Line | None = Field(None, description="Wall clock at the start of the recording, ISO 8601.")


class NewState(Wire):
    """The next step."""

    base_version: int = Field(ge=1, lt=2**31, description="The version that takes the step.")
    state: RecordState = Field(description="to_check, checked, signed, sealed; draft to change it again.")


class NoticeShown(Shown):
    """告知事项 of a template."""

    code: str
    text: str
    article: str
    required: bool


class TemplateShown(Shown):
    """A form."""

    name: str
    label: str
    title: str
    kind: Literal["interrogation", "inquiry"]
    organ: str
    standing: str
    first: bool
    minor: bool
    notices: list[NoticeShown]
    closing: dict[str, str] = Field(description="The sentence on the last page, by how the record was made known.")

    @classmethod
    def of(cls, form: Form) -> TemplateShown:
        """From the value."""
        notices = [
            NoticeShown(code=n.code, text=n.text, article=str(n.citation), required=n in form.required)
            for n in form.notices
        ]
        return cls(
            name=form.name,
            label=form.label,
            title=form.title,
            kind="interrogation" if form.kind == "interrogation" else "inquiry",
            organ=form.organ,
            standing=form.standing,
            first=form.first,
            minor=form.minor,
            notices=notices,
            closing={mode.value: sentence for mode, sentence in form.closing.items()},
        )


class PlaceShown(Shown):
    """A stretch of the recording, in milliseconds."""

    media: str
    start_ms: int
    end_ms: int


class FindingShown(Shown):
    """Where a rule does not hold."""

    rule: str
    title: str
    severity: Literal["error", "warning"]
    message: str
    articles: list[str] = Field(description="The articles that bear the rule out; may be empty.")
    basis: str = Field(description="What no article says and the house asks for.")
    field: str
    turn: str | None
    at: PlaceShown | None


class FindingsShown(Shown):
    """What stands between a record and a state."""

    version: int
    state: RecordState
    state_name: str
    wanted: RecordState
    findings: list[FindingShown]


def findings_shown(version: int, state: RecordState, wanted: RecordState, found: tuple[Finding, ...]) -> FindingsShown:
    """The answer."""
    shown = [FindingShown.model_validate(finding_json(one)) for one in found]
    return FindingsShown(version=version, state=state, state_name=STATE_NAMES[state], wanted=wanted, findings=shown)


def finding_json(finding: Finding) -> JsonObject:
    """A finding as JSON, the same in answers and in refusals."""
    return to_json_object(finding)


class StateShown(SummaryShown):
    """The version that took the step."""

    state: RecordState
    state_name: str
