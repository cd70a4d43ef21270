from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.volumes.facts import make_facts
from benchmarks.volumes.forms import Form, forms
from benchmarks.volumes.setting import HEIGHT, WIDTH, SetPage, look, set_document, stamped, text_width, wrapped
from benchmarks.volumes.writing import Assignment, Written, write


def form_of(kind: str) -> Form:
    return next(form for form in forms() if form.type == kind)


def written(form: Form, seed: int = 1) -> Written:
    facts = make_facts(seed)
    return write(Assignment(form, facts.dates.detained, facts.suspect), facts, Random(seed))


def set_form(form: Form, seed: int = 1) -> tuple[SetPage, ...]:
    one = written(form, seed)
    return set_document(one, look(one, Random(seed)))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_line_of_every_form_stands_on_the_page(seed: int) -> None:
    for form in forms():
        for page in set_form(form, seed):
            for line in page.lines:
                (left, top), (right, _), (_, bottom), _ = line.box
                assert 0 < left < right <= WIDTH - 40, (form.type, line.text)
                assert 0 < top < bottom < HEIGHT, (form.type, line.text)


def test_no_two_lines_of_a_page_overlap() -> None:
    for form in forms():
        for page in set_form(form):
            boxes = [(line.box[0], line.box[2], line.text) for line in page.lines]
            for at, (first, second, text) in enumerate(boxes):
                for other_first, other_second, other in boxes[at + 1 :]:
                    across = min(second[0], other_second[0]) - max(first[0], other_first[0])
                    down = min(second[1], other_second[1]) - max(first[1], other_first[1])
                    assert across <= 1 or down <= 1, (form.type, text, other)


def test_pages_of_a_record_say_which_of_how_many_they_are_and_only_the_first_bears_the_title() -> None:
    pages = next(pages for seed in range(20) if len(pages := set_form(form_of("讯问笔录"), seed)) >= 3)
    for number, page in enumerate(pages, start=1):
        assert f"第{number}页 共{len(pages)}页" in [line.text for line in page.lines]
    assert "讯问笔录" in "".join(line.text for line in pages[0].lines).replace(" ", "")
    assert all("讯问笔录" not in [line.text.replace(" ", "") for line in page.lines] for page in pages[1:])


def test_a_statement_s_head_repeats_on_each_page_of_its_table() -> None:
    one = next(w for seed in range(20) if (w := written(form_of("银行流水"), seed)) and len(w.blocks) > 70)
    pages = set_document(one, replace(look(one, Random(1)), repeat_head=True))
    assert len(pages) >= 2
    assert all("交易日期" in [line.text for line in page.lines] for page in pages if page.tables)
    assert (
        sum(page.tables[0].html.count("<tr>") - 1 for page in pages if page.tables)
        == sum(block.kind == "row" for block in one.blocks) - 1
    )


def test_a_seal_lies_over_the_name_of_the_authority_and_the_date() -> None:
    page = set_form(form_of("立案决定书"))[-1]
    (left, top), _, (_, bottom), _ = page.seals[0].box
    under = [line for line in page.lines if top < line.box[0][1] < bottom and line.box[1][0] > left]
    assert page.seals[0].text in [line.text for line in under]
    assert any(line.text.endswith("日") for line in under)


def test_numbers_are_stamped_at_the_right_and_on_the_back_at_the_left() -> None:
    page = SetPage(())
    assert stamped(page, 12, verso=False).lines[0].box[0][0] > WIDTH * 0.8
    assert stamped(page, 12, verso=True).lines[0].box[0][0] < WIDTH * 0.2


@given(st.text(alphabet="案卷一二，。（《0123456789abc-", max_size=120), st.booleans())
def test_wrapping_loses_nothing_and_keeps_to_the_width(text: str, indent: bool) -> None:
    lines = wrapped(text, 400, 40, indent)
    assert "".join(lines) == text
    for number, line in enumerate(lines):
        bare = line.rstrip("，。")
        assert text_width(bare, 40) <= 400 - (80 if indent and number == 0 and bare else 0) or len(bare) <= 1
