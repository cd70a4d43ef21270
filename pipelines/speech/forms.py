"""The forms of 笔录 as data: which header, notices, closing sentence and marks each has; knows no record of a case.

They are the TOML files of `pipelines/speech/templates/`. A form that names what is not there is a defect of ours and
is refused when the forms are read.
"""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from cases.conversation import KINDS, NoticeCode, Organ, Procedure, Reading
from cases.header import Standing
from models.errors import BadInput, Defect
from pipelines.speech.statute import Citation, Law

Cell = tuple[str, str]
"""A label, and the field (of `pipelines.speech.fields`) that fills it."""


@dataclass(frozen=True, slots=True)
class NoticeText:
    """告知事项: its words, the article, and how a spoken one is recognised."""

    id: str
    code: NoticeCode
    text: str
    citation: Citation
    spoken: re.Pattern[str]

    def is_in(self, text: str) -> bool:
        """Whether `text` gives this notice."""
        return self.spoken.search(text) is not None


@dataclass(frozen=True, slots=True)
class Form:
    """A template; `first` is a first conversation, `minor` the form for 未成年人."""

    name: str
    label: str
    title: str
    kind: str
    organ: Organ
    standing: Standing
    procedure: Procedure
    header: tuple[tuple[Cell, ...], ...]
    required: tuple[NoticeText, ...]
    usual: tuple[NoticeText, ...]
    identity: tuple[str, ...]
    closing: Mapping[Reading, str]
    closing_citation: Citation
    page_mark: str
    first: bool
    minor: bool

    @property
    def notices(self) -> tuple[NoticeText, ...]:
        """Required ones first."""
        return (*self.required, *self.usual)

    def is_for(self, standing: Standing) -> bool:
        """Whether somebody of that standing is heard on this form: suspects have forms of their own."""
        return (standing is Standing.SUSPECT) == (self.standing is Standing.SUSPECT)

    @property
    def subject_label(self) -> str:
        """被讯问人 or 被询问人."""
        return f"被{self.title[:2]}人"

    @property
    def asker_label(self) -> str:
        """讯问人 or 询问人."""
        return f"{self.title[:2]}人"


def form_of(name: str) -> Form:
    """The form called `name`; raises BadInput, which lists the names, for any other."""
    forms = load_forms()
    if name not in forms:
        raise BadInput("record.template", f"no template is called {name!r}; there are {', '.join(forms)}")
    return forms[name]


@functools.cache
def load_forms() -> Mapping[str, Form]:
    """Every form by name, in the order of the file; raises Defect on a broken one."""
    notices = {one.id: one for one in map(_notice, _read("notices")["notices"])}
    headers, forms = _read("headers")["headers"], _read("forms")
    try:
        made = [_form(table, forms["organs"], headers, notices) for table in forms["forms"]]
    except (KeyError, ValueError, TypeError) as error:
        raise Defect("template.invalid", f"the templates of records do not fit together: {error!r}") from error
    return {form.name: form for form in made}


def _read(name: str) -> Mapping[str, Any]:
    text = (resources.files("pipelines.speech") / "templates" / f"{name}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _notice(table: Mapping[str, Any]) -> NoticeText:
    code, spoken = NoticeCode(table["code"]), re.compile(table["spoken"])
    citation = Citation(Law[table["law"].upper()], table["article"], table["words"])
    return NoticeText(table["id"], code, table["text"], citation, spoken)


def _form(
    table: Mapping[str, Any],
    organs: Mapping[str, Any],
    headers: Mapping[str, Any],
    notices: Mapping[str, NoticeText],
) -> Form:
    organ = organs[table["organ"]]
    if table["kind"] not in KINDS:
        raise KeyError(table["kind"])
    return Form(
        name=table["name"],
        label=table["label"],
        title=table["title"],
        kind=table["kind"],
        organ=Organ(table["organ"]),
        standing=Standing(table["standing"]),
        procedure=Procedure(table["procedure"]),
        header=tuple(tuple((label, field) for label, field in line) for line in headers[table["header"]]),
        required=tuple(notices[name] for name in table["required"]),
        usual=tuple(notices[name] for name in table["usual"]),
        identity=tuple(table["identity"]),
        closing={Reading(mode): sentence for mode, sentence in organ["closing"].items()},
        closing_citation=Citation(Law[organ["closing_law"].upper()], organ["closing_article"], organ["closing_words"]),
        page_mark=organ["page_mark"],
        first=table.get("first", False),
        minor=table.get("minor", False),
    )
