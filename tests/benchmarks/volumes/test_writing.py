from __future__ import annotations

from random import Random

import pytest

from benchmarks.volumes.facts import make_facts
from benchmarks.volumes.forms import Form, forms
from benchmarks.volumes.writing import Assignment, write


def assignment(form: Form, seed: int = 1) -> Assignment:
    facts = make_facts(seed)
    return Assignment(form, facts.dates.detained, facts.suspect)


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.type)
def test_every_form_can_be_filled_and_leaves_no_slot_open(form: Form) -> None:
    written = write(assignment(form), make_facts(1), Random(1))
    texts = [text for block in written.blocks for text in block.texts]
    assert all(
        "{" not in text and "}" not in text for text in (*texts, written.title, written.number or "", written.author)
    )
    assert written.author
    # The catalogue's rows are those of a volume, which this one is not in.
    assert form.type == "卷内目录" or len("".join(texts)) > 20


def test_a_table_s_rows_have_as_many_cells_as_the_form_has_columns() -> None:
    for form in forms():
        written = write(assignment(form), make_facts(1), Random(1))
        assert {len(block.texts) for block in written.blocks if block.kind == "row"} <= {len(form.columns)}, form.type


def test_documents_of_one_case_name_the_same_suspect_and_place() -> None:
    facts = make_facts(2)
    named = {"逮捕证", "起诉意见书", "起诉书", "讯问笔录"}
    for form in (form for form in forms() if form.type in named and form.subject == "suspect"):
        written = write(assignment(form, 2), facts, Random(2))
        assert facts.suspect.name in "".join(text for block in written.blocks for text in block.texts)


def test_a_record_asks_and_answers_in_turn() -> None:
    form = next(form for form in forms() if form.type == "询问笔录（证人）")
    written = write(assignment(form), make_facts(1), Random(1))
    turns = "".join(block.texts[0][0] for block in written.blocks if block.texts[0][:2] in ("问：", "答："))
    assert len(turns) > 10
    assert turns == "问答" * (len(turns) // 2)


def test_prices_of_a_case_add_up_to_its_amount() -> None:
    facts = make_facts(4)
    form = next(form for form in forms() if form.type == "价格认定书")
    for seed in range(10):
        written = write(assignment(form, 4), facts, Random(seed))
        prices = [block.texts[4] for block in written.blocks if block.kind == "row"][1:]
        assert sum(int(price.removesuffix("元")) for price in prices) == facts.amount
