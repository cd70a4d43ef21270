"""The review queue in a real browser: by keys alone a line is corrected, kept as a draft, and saved as a version."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cases.codec import from_json, to_json_object
from cases.records import ScanRecord
from tests.serving.console.conftest import add_file, keep, page_picture, provenance

pytestmark = pytest.mark.browser

UNSURE = 0.4


@pytest.fixture
def doubtful(office):
    """A record of one page whose lines the reader doubts: its address and a way to read its latest version."""
    case = office.store.create_case(office.officer, "核对练习案")
    item = add_file(office, case, "侦查卷.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf", {"pages": 1})
    picture, page = page_picture(1)
    page = replace(page, lines=tuple(replace(line, confidence=UNSURE) for line in page.lines), image="page.jpg")
    text = "\n".join(line.text for line in page.lines)
    record = ScanRecord((page,), (), text, provenance("scan", item.digest.sha256, ()))
    kept = keep(office, case, "scan", item, record, {"page.jpg": ("image/jpeg", picture)})
    return kept, lambda: office.store.record(office.officer, kept, None)


def test_a_line_is_corrected_by_keys_alone_and_saved_as_a_persons_version(visit, doubtful) -> None:
    record, latest = doubtful
    visit.sign_in(f"/records/{record}")
    page = visit.page
    page.keyboard.press("r")
    page.wait_for_url("**/review")
    visit.until("document.querySelector('#picture').complete && document.activeElement.id === 'text'")
    visit.shot("review")
    first = page.input_value("#text")
    page.keyboard.type("改")
    page.keyboard.press("Enter")
    assert page.inner_text("#place").startswith("2 / ")
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+u")
    assert page.inner_text("#place").startswith("2 / ")
    with page.expect_navigation():
        page.keyboard.press("Control+s")
    visit.until("document.querySelector('#version-tag').textContent.includes('2')")
    body = latest()
    lines = from_json(ScanRecord, body.body).pages[0].lines
    assert (body.version, body.author) == (2, "human")
    assert [line.text for line in lines if line.confirmed_by] == [f"{first}改"]
    assert first not in page.locator("#queue .x").all_inner_texts()


def test_answers_and_what_is_half_written_survive_a_reload(visit, doubtful) -> None:
    visit.sign_in(f"/records/{doubtful[0]}/review")
    page = visit.page
    visit.until("document.activeElement.id === 'text'")
    page.keyboard.press("Enter")
    page.keyboard.type("半")
    visit.until("document.querySelector('#save-state').textContent.includes('草稿')")
    page.reload()
    visit.until("document.querySelector('#text').value.endsWith('半')")
    assert page.inner_text("#place").startswith("2 / ")
    assert "✓" in page.locator("#queue button").first.inner_text()


def test_the_marked_line_stands_in_the_middle_of_the_strip(visit, doubtful) -> None:
    visit.sign_in(f"/records/{doubtful[0]}/review")
    visit.until("document.querySelector('#picture').complete")
    strip, mark = (visit.page.locator(name).bounding_box() for name in ("#strip", "#mark"))
    assert abs(strip["x"] + strip["width"] / 2 - mark["x"] - mark["width"] / 2) < 2
    assert abs(strip["y"] + strip["height"] / 2 - mark["y"] - mark["height"] / 2) < 2
    assert mark["width"] <= strip["width"]


def test_escape_leaves_the_field_and_the_help_lists_the_keys(visit, doubtful) -> None:
    visit.sign_in(f"/records/{doubtful[0]}/review")
    page = visit.page
    visit.until("document.activeElement.id === 'text'")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.inner_text("#place").startswith("2 / ")
    page.keyboard.press("?")
    assert "撤销上一次确认" in page.locator("dialog[open]").inner_text()


def test_a_review_that_somebody_overtook_is_carried_onto_their_version(visit, doubtful, office) -> None:
    record, latest = doubtful
    visit.sign_in(f"/records/{record}/review")
    page = visit.page
    visit.until("document.activeElement.id === 'text'")
    page.keyboard.type("改")
    page.keyboard.press("Enter")
    theirs = from_json(ScanRecord, latest().body)
    lines = theirs.pages[0].lines
    other = tuple(
        replace(line, text=f"{line.text}甲") if at == len(lines) - 1 else line for at, line in enumerate(lines)
    )
    changed = replace(theirs, pages=(replace(theirs.pages[0], lines=other),))
    office.store.add_version(office.officer, record, 1, to_json_object(changed))
    page.keyboard.press("Control+s")
    page.wait_for_selector("#conflict[open]")
    assert "王敏" in page.inner_text("#conflict-what")
    assert "您的更正为准" in page.inner_text("#conflict")
    visit.shot("review-conflict")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    visit.until("document.querySelector('#version-tag').textContent.includes('3')")
    texts = [line.text for line in from_json(ScanRecord, latest().body).pages[0].lines]
    assert sum(text.endswith("改") for text in texts) == 1
    assert texts[-1].endswith("甲")
    assert page.evaluate("document.querySelector('#save').disabled")
    visit.faults.clear()  # The browser itself reports the answer 409.
