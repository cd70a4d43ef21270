"""A transcript in a real browser: words lead to their second, and the keys do all of it."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


START_OF_RIVERSIDE = """() => JSON.parse(document.querySelector('#data').textContent)
.segments.flatMap(one => one.words).find(word => word[2].includes('滨河'))[0]"""


def test_clicking_a_word_leads_to_its_second_and_lights_it(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['transcribe']}")
    visit.ready()
    word = visit.page.locator(".w", has_text="滨河").first
    word.click()
    visit.until("document.querySelector('.w.now')?.textContent.includes('滨河')")
    assert visit.now() == pytest.approx(float(visit.page.evaluate(START_OF_RIVERSIDE)), abs=0.05)
    assert visit.page.locator(".seg.now").count() == 1
    visit.shot("transcript")


def test_a_transcript_is_worked_through_with_the_keyboard(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['transcribe']}")
    visit.ready()
    page = visit.page
    starts = [float(s) for s in page.eval_on_selector_all(".seg", "all => all.map(s => s.dataset.start)")]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    visit.until(f"Math.abs(document.querySelector('#media').currentTime - {starts[1]}) < 0.1")
    page.keyboard.press("ArrowRight")
    assert visit.now() == pytest.approx(starts[1] + 5, abs=0.1)
    page.keyboard.press("ArrowLeft")
    assert visit.now() == pytest.approx(starts[1], abs=0.1)
    page.keyboard.press("n")
    doubtful = page.locator(".seg", has=page.locator(".w.doubtful")).first
    assert visit.now() == pytest.approx(float(doubtful.get_attribute("data-start") or "nan"), abs=0.1)
    page.keyboard.press("]")
    assert page.evaluate("document.querySelector('#media').playbackRate") == 1.25
    page.keyboard.press(" ")
    visit.until("!document.querySelector('#media').paused")
    before = visit.now()
    visit.until(f"document.querySelector('#media').currentTime > {before} + 0.3")
    page.keyboard.press(" ")
    visit.until("document.querySelector('#media').paused")


def test_tab_walks_the_sentences_and_enter_opens_one(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['transcribe']}")
    visit.ready()
    page = visit.page
    page.locator("#s0 .at").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.seg').id") == "s2"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.seg.writing').id") == "s2"
    page.keyboard.press("Tab")
    visit.until("!document.querySelector('#media').paused")
    start = float(page.locator("#s2").get_attribute("data-start") or "nan")
    assert start - 0.1 <= visit.now() < start + 2


def test_a_link_to_a_second_opens_there(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['transcribe']}")
    visit.go(f"/records/{sample.records['transcribe']}?version=1#t=12.5")
    visit.until("Math.abs(document.querySelector('#media').currentTime - 12.5) < 0.1")
