"""A read volume in a real browser: the text lies on the picture, and the keys turn the pages."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_the_text_of_a_page_lies_over_its_picture_and_can_be_selected(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['scan']}")
    page = visit.page
    visit.until("document.querySelector('#sheet img').complete")
    places = page.evaluate(
        """() => { const sheet = document.querySelector('#sheet').getBoundingClientRect();
        const data = JSON.parse(document.querySelector('#data').textContent), scale = sheet.width / data.width;
        return [...document.querySelectorAll('#textlayer span')].map((span, n) => {
          const box = span.getBoundingClientRect(), [a, , c] = data.boxes[n];
          return [box.left - sheet.left - a[0] * scale, box.top - sheet.top - a[1] * scale,
                  box.right - sheet.left - c[0] * scale, box.bottom - sheet.top - c[1] * scale]; }); }"""
    )
    assert len(places) == 11
    # Two pixels of the screen: the text stands where the picture shows it.
    assert max(abs(edge) for place in places for edge in place) < 2
    span = page.locator("#textlayer span").nth(4)
    box = span.bounding_box()
    assert box
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    assert page.evaluate("String(getSelection())").strip() == "被讯问人：张伟，男，1990年3月12日出生"
    visit.shot("scan-selected")


def test_a_line_and_its_box_light_each_other(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['scan']}")
    page = visit.page
    page.locator("#lines li").nth(3).hover()
    assert (
        page.locator("#textlayer span.lit").text_content()
        == page.locator("#lines li").nth(3).locator(".x").text_content()
    )
    page.locator("#textlayer span").nth(6).hover()
    assert "听清楚了" in page.locator("#lines li.lit").inner_text()
    visit.shot("scan")


def test_pages_are_turned_and_lines_walked_with_the_keyboard(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['scan']}")
    page = visit.page
    page.keyboard.press("PageDown")
    page.wait_for_url("**?page=2")
    page.keyboard.press("End")
    page.wait_for_url("**?page=3")
    page.keyboard.press("Home")
    page.wait_for_url("**?page=1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("#lines li.lit .n").inner_text() == "2"
    page.keyboard.press("n")
    assert page.locator("#lines li.lit .n").inner_text() == "7"
    page.keyboard.press("b")
    assert page.locator("#sheet.boxes").count() == 1
