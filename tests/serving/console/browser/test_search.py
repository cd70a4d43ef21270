"""Search in a real browser, by keys alone: into the box, down the hits, into the page with the line lit."""

from __future__ import annotations

import pytest

from serving.search_follower import follower_of

pytestmark = pytest.mark.browser


def test_from_the_box_to_the_line_on_the_page_by_keys_alone(visit, office, sample) -> None:
    follower_of(office.store, office.settings.data_dir).catch_up(whole=True)
    visit.sign_in("/cases")
    page = visit.page
    page.keyboard.press("g")
    page.keyboard.press("s")
    visit.wait_for_path("/search")
    visit.shot("search-empty")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    # Other tests' cases lie in the same office.
    page.keyboard.type(f"河滨市场 后门 case:{sample.id}")
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "q=" in url)
    page.wait_for_selector("#hits a:focus")
    visit.shot("search-hits")
    place = "[...document.querySelectorAll('#hits a')].indexOf(document.activeElement)"
    assert page.evaluate(place) == 0
    page.keyboard.press("j")
    assert page.evaluate(place) == 1
    page.keyboard.press("k")
    assert page.evaluate(place) == 0
    scanned = page.evaluate(
        "[...document.querySelectorAll('#hits a')].findIndex(a => a.getAttribute('href').includes('#line='))"
    )
    for _ in range(scanned):
        page.keyboard.press("j")
    page.keyboard.press("Enter")
    visit.wait_for_path(f"/records/{sample.records['scan']}")
    visit.until("document.querySelector('#textlayer span.found.lit') !== null")
    assert "河滨市场的后门" in page.evaluate("document.querySelector('#textlayer span.found').textContent")
    visit.shot("search-opened")
    page.go_back()
    page.wait_for_selector("#hits a:focus")
    visit.until(f"{place} === {scanned}")


def test_a_fault_is_said_and_the_box_keeps_what_was_typed(visit) -> None:
    visit.sign_in("/search?q=%28a")
    assert visit.page.inner_text("#fault")
    assert visit.page.input_value("#q") == "(a"
    visit.shot("search-fault")
