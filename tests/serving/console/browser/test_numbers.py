"""Numbers in figures over the words of a transcript: `numbers.js` by itself, and the page that shows them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipelines.speech.itn.layer import in_figures, number_spans, raw_place, with_numbers
from tests.serving.console.browser.test_conversation import kept, made_draft
from tests.serving.console.browser.test_turns import RUN
from tests.serving.console.conftest import Talk, add_file, keep, transcript, wav

pytestmark = pytest.mark.browser

FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
SAID = st.lists(
    st.sampled_from(["我给了他", "三千五百块", "，", "二〇二六年十月三号", "𠮷先生", "十二", "个", "两点半"]),
    max_size=7,
).map("".join)
BORN = "我叫张伟，1990年3月12日出生，住在滨河路18号院。"


@pytest.fixture
def run(visit):
    """Call a function of the module."""
    visit.sign_in()
    return lambda name, *args: visit.page.evaluate(RUN, ["numbers", name, list(args)])


@pytest.fixture
def counted(office) -> Talk:
    """The invented interrogation with its number layer."""
    case = office.store.create_case(office.officer, "数字练习案")
    audio = add_file(office, case, "讯问录音.wav", wav(43), "audio/x-wav", {"duration": 43.0})
    heard = transcript(audio.digest.sha256)
    body = replace(heard, segments=with_numbers(heard.segments))
    return Talk(office, keep(office, case, "transcribe", audio, body, {}), case.id)


def layer(text: str) -> list[list[Any]]:
    """The numbers of a text as the page has them, counted in letters."""
    return [[span.start, span.end, span.raw, span.text, [*span.flags]] for span in number_spans(text)]


@FEW
@given(SAID, st.integers(1, 3))
def test_the_page_writes_the_figures_that_the_server_writes_however_words_divide_them(
    run, text: str, size: int
) -> None:
    letters = [*text]
    words = ["".join(letters[n : n + size]) for n in range(0, len(letters), size)]
    shown = run("inFigures", words, run("placed", layer(text), text))
    assert "".join(piece for pieces, _ in shown for piece, _ in pieces) == in_figures(text, number_spans(text))


@FEW
@given(SAID.filter(lambda text: "𠮷" not in text), st.data())
def test_a_place_in_the_figures_is_the_servers_place_in_the_text(run, text: str, data: Any) -> None:
    spans = number_spans(text)
    place = data.draw(st.integers(0, len(in_figures(text, spans))))
    assert run("rawPlace", text, layer(text), place) == raw_place(spans, place, place)[0]


def test_numbers_before_and_behind_a_change_stay_and_a_changed_one_goes(run) -> None:
    before, after = "三月五号给了三千五百块", "三月五号下午给了三千五百块"
    assert run("carried", layer(before), before, after) == layer(after)
    assert [n[2] for n in run("carried", layer(before), before, "四月五号给了三千五百块")] == ["五", "三千五百"]


def said(visit, row: int) -> str:
    return str(visit.page.locator("#talk .seg").nth(row).locator(".said").text_content())


def test_numbers_stand_in_figures_with_what_was_said_at_hand_and_one_key_turns_them_back(visit, counted) -> None:
    visit.sign_in(counted.path)
    visit.ready()
    page = visit.page
    raw = counted.kept().segments[3].text
    assert said(visit, 3) == BORN
    assert page.locator("#talk .seg").nth(3).locator(".figure").first.get_attribute("title") == "原话：一九九〇"
    visit.shot("transcript-figures")
    page.keyboard.press("v")
    assert said(visit, 3) == raw
    assert page.get_attribute("#figures", "aria-pressed") == "false"
    page.keyboard.press("v")
    assert said(visit, 3) == BORN


def test_what_is_written_in_is_what_was_said_and_other_numbers_stay(visit, counted) -> None:
    visit.sign_in(counted.path)
    visit.ready()
    page = visit.page
    raw = counted.kept().segments[3].text
    page.evaluate("document.querySelectorAll('#talk .seg .at')[3].focus()")
    page.keyboard.press("Enter")
    assert page.inner_text("#talk .seg.writing .said") == raw
    page.keyboard.press("Home")
    page.keyboard.insert_text("好，")
    page.keyboard.press("Escape")
    assert said(visit, 3) == f"好，{BORN}"
    page.keyboard.press("Control+s")
    visit.until("document.querySelector('#save-state').textContent.includes('第 2 版')")
    assert counted.kept().segments[3].text == f"好，{raw}"
    assert said(visit, 3) == f"好，{BORN}"


def test_a_double_click_on_a_figure_writes_where_the_number_begins(visit, counted) -> None:
    visit.sign_in(counted.path)
    visit.ready()
    raw = counted.kept().segments[3].text
    visit.page.locator("#talk .seg").nth(3).locator(".figure").first.dblclick()
    visit.page.keyboard.insert_text("是")
    assert visit.page.inner_text("#talk .seg.writing .said") == raw.replace("一九九〇", "是一九九〇")


@pytest.mark.parametrize("figures", [True, False])
def test_a_draft_takes_figures_or_the_words_as_they_were_said(visit, counted, figures: bool) -> None:
    visit.sign_in(counted.path)
    visit.ready()
    page = visit.page
    page.keyboard.press("Shift+D")
    page.set_checked("#drafting-figures", figures)
    visit.shot("drafting-figures")
    page.keyboard.press("Escape")
    record = made_draft(visit, counted, figures=figures)
    turn = kept(counted, record).turns[3]
    raw = counted.kept().segments[3].text
    assert (turn.text_final, turn.text_raw) == (BORN if figures else raw, raw)
