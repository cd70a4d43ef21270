"""A traffic record in a real browser: tracks and timeline lead to their second, boxes lie on the picture."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


def test_a_track_leads_to_its_start_and_its_box_lies_on_the_picture(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['traffic']}")
    page = visit.page
    visit.ready()
    page.select_option("#source", label="原始录像")
    visit.until("document.querySelector('#media').readyState >= 2")
    row = page.locator("tr.track", has_text="#5")
    row.click()
    start = float(row.get_attribute("data-start") or "nan")
    visit.until(f"Math.abs(document.querySelector('#media').currentTime - {start}) < 0.05")
    offset = page.evaluate(
        """() => { const data = JSON.parse(document.querySelector('#data').textContent);
        const video = document.querySelector('#media'), room = video.getBoundingClientRect(), t = video.currentTime;
        const scale = Math.min(room.width / 640, room.height / 360);
        const left = room.left + (room.width - 640 * scale) / 2, top = room.top + (room.height - 360 * scale) / 2;
        const path = data.paths[0].path, n = path.findIndex(p => p[0] > t), a = path[n - 1], b = path[n];
        const x = a[1] + (b[1] - a[1]) * (t - a[0]) / (b[0] - a[0]);
        const box = document.querySelector('#overlay rect.box').getBoundingClientRect();
        return [box.left - left - x * scale, box.top - top - a[2] * scale]; }"""
    )
    assert max(abs(value) for value in offset) < 3
    visit.shot("traffic")


def test_the_timeline_seeks_and_the_keys_step(visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['traffic']}")
    visit.ready()
    lane = visit.page.locator("#timeline svg").first
    box = lane.bounding_box()
    assert box
    lane.click(position={"x": box["width"] / 2, "y": 10})
    assert visit.now() == pytest.approx(4.0, abs=0.1)
    visit.page.keyboard.press(".")
    assert visit.now() == pytest.approx(4.1, abs=0.05)
