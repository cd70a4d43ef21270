"""The forms as data: they fit together, and each notice knows its own words when it hears them."""

from __future__ import annotations

import dataclasses

import pytest

from cases.conversation import Organ, Reading
from cases.header import Subject
from models.errors import BadInput
from pipelines.speech.fields import FIELDS
from pipelines.speech.forms import Form, form_of, load_forms

FORMS = tuple(load_forms().values())


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_form_fits_together(form: Form) -> None:
    assert {field for line in form.header for _, field in line} <= set(FIELDS)
    assert set(form.identity) <= {field.name for field in dataclasses.fields(Subject)}
    assert form.required
    assert len({notice.code for notice in form.notices}) == len(form.notices)
    assert form.title in ("讯问笔录", "询问笔录")
    assert form.name.startswith(form.organ.value)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_notice_that_is_read_out_is_heard_as_itself(form: Form) -> None:
    assert [notice.id for notice in form.notices if not notice.is_in(notice.text)] == []
    assert not any(notice.is_in("你三月一日晚上在哪里？") for notice in form.notices)


def test_there_are_forms_of_both_organs_for_suspects_witnesses_victims_and_minors() -> None:
    for organ in Organ:
        own = [form for form in FORMS if form.organ is organ]
        assert {form.standing.value for form in own} == {"suspect", "witness", "victim"}
        assert {form.first for form in own if form.kind == "interrogation"} == {True, False}
        assert any(form.minor for form in own)


def test_the_labels_follow_the_kind() -> None:
    interrogation, inquiry = form_of("police-interrogation-first"), form_of("police-inquiry-witness")
    assert (interrogation.subject_label, interrogation.asker_label) == ("被讯问人", "讯问人")
    assert (inquiry.subject_label, inquiry.asker_label) == ("被询问人", "询问人")
    assert interrogation.closing[Reading.READ_ALOUD] == "以上笔录向我宣读过，和我说的相符"


def test_an_unknown_form_is_refused_with_the_names_of_those_there_are() -> None:
    with pytest.raises(BadInput, match="procuratorate-inquiry-minor"):
        form_of("court")
