"""What holds for every page in a real browser: the trail is checked, the keys reach all, the texts are legible."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_the_check_is_started_by_a_key_and_says_what_it_did(visit, sample) -> None:
    visit.sign_in(f"/cases/{sample.id}/audit")
    visit.page.keyboard.press("v")
    visit.page.wait_for_selector("#verdict .note.good")
    assert "不能证明入库之前的真实性" in visit.page.inner_text("#verdict")
    visit.shot("audit")


def test_the_tab_key_reaches_every_control_of_every_page(visit, sample) -> None:
    visit.sign_in()
    records = [f"/records/{record}" for record in sample.records.values()]
    for path in [
        "/cases",
        f"/cases/{sample.id}",
        f"/cases/{sample.id}/audit",
        "/jobs",
        "/scans",
        "/models",
        "/voice",
        *records,
    ]:
        visit.go(path)
        visit.page.wait_for_load_state("load")
        missed = visit.page.evaluate(
            """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea')]
            .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map(e => e.outerHTML)"""
        )
        assert missed == [], path
        first = visit.page.evaluate("document.activeElement.tagName")
        assert first == "BODY", path
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.className") == "skip", path


def test_texts_stand_out_from_their_ground_on_every_page(visit, sample) -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1 for text of this size; words over pictures are left out."""
    visit.sign_in()
    records = [f"/records/{record}" for record in sample.records.values()]
    records += [f"/records/{sample.records['scan']}/{page}" for page in ("review", "catalogue")]
    for path in [
        "/cases",
        f"/cases/{sample.id}",
        f"/cases/{sample.id}/audit",
        "/jobs",
        "/scans",
        "/search",
        "/search?q=%28",
        "/search?q=NOT+x",
        "/models",
        "/voice",
        *records,
    ]:
        visit.go(path)
        assert visit.page.evaluate(FAINT_TEXTS) == [], path


FAINT_TEXTS = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const straight = v => (v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4);
  const light = c => { const [r, g, b] = c.map(straight); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const left_out = '.textlayer,script,svg,[disabled],[aria-disabled],kbd';
  const faint = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.checkVisibility() || e.closest(left_out)) continue;
    const pair = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(ground(e))].sort((a, b) => a - b);
    const ratio = (pair[1] + .05) / (pair[0] + .05);
    if (ratio < 4.5) faint.add(`${e.outerHTML.slice(0, 120)} ${ratio.toFixed(2)}`);
  }
  return [...faint].slice(0, 5);
}"""
