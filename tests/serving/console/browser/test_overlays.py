"""Words found in a volume, confidence and seals over the page picture, in a real browser."""

from __future__ import annotations

import pytest

from tests.serving.console.browser.conftest import SEALED

pytestmark = pytest.mark.browser


def test_words_are_found_through_the_pages_and_marked_where_they_stand(visit, volume) -> None:
    visit.sign_in(f"{volume()}?page=4")
    page = visit.page
    page.keyboard.press("/")
    page.keyboard.type("讯问 人")
    visit.until("document.querySelectorAll('#hits button').length > 0")
    assert page.inner_text("#find-count") == "– / 22"
    page.keyboard.press("Enter")
    assert page.inner_text("#find-count") == "7 / 22"
    marks = page.locator("#textlayer mark")
    assert marks.all_text_contents() == ["讯问人", "讯问人"]
    assert marks.first.get_attribute("class") == "now"
    line, box = page.locator("#textlayer span", has=page.locator("mark.now")).bounding_box(), marks.first.bounding_box()
    assert box["x"] - line["x"] < 2
    assert box["width"] < line["width"] / 3
    visit.shot("find")
    page.keyboard.press("n")
    page.keyboard.press("n")
    page.wait_for_url("**?page=5")
    visit.until("document.querySelector('#find-count').textContent === '9 / 22'")
    assert "讯问" not in page.url
    page.keyboard.press("N")
    page.wait_for_url("**?page=4")
    visit.until("document.querySelector('#find-count').textContent === '8 / 22'")
    page.keyboard.press("Escape")
    assert marks.count() == 0
    assert page.locator("#finding").is_hidden()
    page.reload()
    assert page.locator("#finding").is_hidden()


def test_a_search_of_nothing_found_says_so(visit, volume) -> None:
    visit.sign_in(volume())
    visit.page.keyboard.press("Control+f")
    visit.page.keyboard.type("没有的词")
    visit.until("document.querySelector('#find-count').textContent === '没有找到'")


def test_confidence_is_shown_in_bands_that_differ_in_more_than_hue(visit, volume) -> None:
    visit.sign_in(volume())
    page = visit.page
    page.keyboard.press("h")
    looks = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll('[data-heat]')].map((span) => {
          const look = getComputedStyle(span);
          return [span.dataset.heat, `${look.backgroundImage} ${look.boxShadow.replace(/rgba?\\([^)]*\\)/g, '')}`];
        }))"""
    )
    assert set(looks) == {"sure", "fair", "weak", "poor"}
    # Without their colours: none, a thin and a thick line below, hatched in a frame.
    assert len(set(looks.values())) == 4
    visit.shot("heat")
    assert page.locator("#heat-key").is_visible()
    page.keyboard.press("h")
    assert page.locator("#heat-key").is_hidden()


def test_a_seal_is_shown_where_it_is_with_its_letters(visit, volume) -> None:
    visit.sign_in(f"{volume()}?page=4")
    page = visit.page
    assert page.locator("#seallayer").is_hidden()
    assert "圆章" in page.inner_text("#seals")
    page.keyboard.press("z")
    sheet, ring, words = (page.locator(x).bounding_box() for x in ("#sheet", "#seallayer polygon", "#seallayer span"))
    scale = sheet["width"] / 1240
    assert abs(ring["x"] - sheet["x"] - SEALED[0][0] * scale) < 6  # the stroke counts
    assert abs(ring["width"] - 200 * scale) < 12
    assert words["y"] >= ring["y"] + ring["height"] - 2
    assert page.inner_text("#seallayer span") == "滨河市公安局"
    visit.shot("seal")
