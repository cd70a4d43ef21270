"""The header of every form as inputs: each leads to a value that a header has, and nothing asked for is missing."""

from __future__ import annotations

import dataclasses
import types
import typing

import pytest

from cases.header import Header
from pipelines.speech.forms import Form, load_forms
from serving.console import texts
from serving.console.header_inputs import Input, further_of, lines_of

FORMS = list(load_forms().values())


def inputs_of(form: Form) -> list[Input]:
    return [one for line in lines_of(form) for _, inputs in line for one in inputs] + list(further_of(form))


def kinds(of: object) -> list[object]:
    """The types that a hint allows, without None."""
    if isinstance(of, types.UnionType):
        return [kind for kind in typing.get_args(of) if kind is not type(None)]
    return [of]


def leads_somewhere(path: str) -> bool:
    """Whether `path` names a field of the header, whatever may be None on the way."""
    first, *rest = path.split(".")
    at: list[object] = [Header]
    for name in rest:
        held = [kind for kind in at if isinstance(kind, type) and dataclasses.is_dataclass(kind)]
        found = [hint for kind in held for field, hint in typing.get_type_hints(kind).items() if field == name]
        if not found:
            return False
        at = [kind for hint in found for kind in kinds(hint)]
    return first == "header"


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_every_input_is_for_a_value_that_a_header_has(form: Form) -> None:
    assert [one.path for one in inputs_of(form) if not leads_somewhere(one.path)] == []


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_whatever_a_form_must_have_asked_of_the_person_can_be_filled_in(form: Form) -> None:
    shown = {one.path for one in inputs_of(form)}
    assert {f"header.subject.{name}" for name in form.identity} - shown == set()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_no_value_has_two_inputs_of_one_kind(form: Form) -> None:
    shown = [(one.path, one.kind) for one in inputs_of(form)]
    assert len(shown) == len(set(shown))


def test_what_no_paper_labels_is_labelled_by_the_catalogue() -> None:
    names = {f"conversation.field.{one.name}" for form in FORMS for one in further_of(form)}
    assert names - texts.keys() == set()


def test_a_path_that_leads_nowhere_is_found_out() -> None:
    assert leads_somewhere("header.custody.arrived_at")
    assert not leads_somewhere("header.custody.arrived")
