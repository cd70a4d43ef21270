"""The header of a 笔录 as inputs of a page: which values of the record each cell of the paper form is filled into.

It knows the names of header fields (pipelines.speech.fields) and the paths of values, no record and no page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.speech.forms import Form


@dataclass(frozen=True, slots=True)
class Input:
    """One input: the path of its value in the record, and how it is typed.

    `kind`: text, number, date, moment, gender, answer (yes, no or not asked), check, names and units (of several
    officers at once). `name` is its text in the catalogue where the paper has no label for it.
    """

    path: str
    kind: str = "text"

    @property
    def name(self) -> str:
        """The path without `header.`, dots as dashes."""
        return self.path.removeprefix("header.").replace(".", "-")


Line = tuple[tuple[str, tuple[Input, ...]], ...]
"""Cells of one line of the paper: a label and its inputs."""


def _subject(name: str, kind: str = "text") -> tuple[Input, ...]:
    return (Input(f"header.subject.{name}", kind),)


def _custody(name: str) -> tuple[Input, ...]:
    return (Input(f"header.custody.{name}", "moment"),)


_CELLS: Mapping[str, tuple[Input, ...]] = {
    "time_range": (Input("header.started_at", "moment"), Input("header.ended_at", "moment")),
    "place": (Input("header.place.name"),),
    "interrogators": (Input("header.interrogators", "names"),),
    "interrogators_unit": (Input("header.interrogators", "units"),),
    "recorder": (Input("header.recorder.name"),),
    "recorder_unit": (Input("header.recorder.unit"),),
    "av_operator": (Input("header.av_operator.name"),),
    "interpreter": (Input("header.interpreter.name"),),
    "interpreter_unit": (Input("header.interpreter.unit"), Input("header.interpreter.occupation")),
    "guardian": (Input("header.guardian.name"),),
    "guardian_relation": (Input("header.guardian.relation"),),
    "guardian_reason": (Input("header.guardian.reason"),),
    "cause": (Input("header.cause"),),
    "case_no": (Input("header.case_no"),),
    "gender": _subject("gender", "gender"),
    "born": _subject("born", "date"),
    "id_document": (*_subject("id_type"), *_subject("id_no")),
    "employer": (*_subject("employer"), *_subject("position")),
    "congress_delegate": _subject("congress_delegate", "answer"),
    "summons": (Input("header.custody.summons"),),
    "arrived_at": _custody("arrived_at"),
    "left_at": _custody("left_at"),
    "handed_out_at": _custody("handed_out_at"),
    "returned_at": _custody("returned_at"),
}
"""Where a cell is not simply a value of the subject."""
_COMPUTED = frozenset({"age"})
"""Cells that follow from others."""

_FURTHER = (
    Input("header.agency"),
    Input("header.sequence_no", "number"),
    Input("header.document_no"),
    Input("header.case_no"),
    Input("header.cause"),
    Input("header.place.reason"),
    *_subject("ethnicity"),
    *_subject("education"),
    *_subject("political_status"),
    *_subject("occupation"),
    *_subject("employer"),
    *_subject("native_place"),
    *_subject("birthplace"),
    *_subject("family"),
    *_subject("experience"),
    *_subject("prior_punishments"),
    *_subject("relation"),
    *_subject("congress_delegate", "answer"),
    Input("header.av_operator.name"),
    Input("header.interpreter.language"),
    Input("header.guardian.name"),
    Input("header.guardian.relation"),
    Input("header.guardian.reason"),
    Input("header.lawyer"),
    Input("header.custody.extension_approved_by"),
    Input("header.custody.meals_and_rest"),
    *_subject("is_minor", "check"),
    *_subject("is_deaf_mute", "check"),
    *_subject("cannot_read", "check"),
    *_subject("needs_interpreter", "check"),
)
"""What rules may ask for and a form may not show."""


def lines_of(form: Form) -> tuple[Line, ...]:
    """The lines of the form, as on paper."""
    return tuple(
        tuple((label, _inputs(field)) for label, field in line if field not in _COMPUTED) for line in form.header
    )


def further_of(form: Form) -> tuple[Input, ...]:
    """The inputs that the form's lines do not have."""
    shown = {one.path for line in lines_of(form) for _, inputs in line for one in inputs}
    return tuple(one for one in _FURTHER if one.path not in shown)


def _inputs(field: str) -> tuple[Input, ...]:
    return _CELLS.get(field) or _subject(field)
