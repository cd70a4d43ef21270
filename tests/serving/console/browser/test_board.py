"""The cataloguing board in a real browser: documents are divided, typed, confirmed by keys or by hand, and undone."""

from __future__ import annotations

import pytest

from cases.codec import from_json
from cases.records import ScanRecord
from tests.serving.console.browser.conftest import DOCUMENTS

pytestmark = pytest.mark.browser

SAVED = "document.querySelector('#save-state').textContent.startsWith('已保存')"


@pytest.fixture
def board(visit, volume, office):
    """The open board, and a way to read type, pages and whether a person decided of the documents behind page 4."""
    path = volume()
    visit.sign_in(f"{path}/catalogue")
    visit.until("document.querySelector('.leaf.at') !== null")

    def kept() -> list[tuple[str, int, int, bool]]:
        visit.until(SAVED)
        body = from_json(ScanRecord, office.store.record(office.officer, path.split("/")[-1], None).body)
        return [(d.type, d.first_page, d.last_page, d.confirmed_by is not None) for d in body.documents[4:]]

    return visit, kept


MACHINE = [(d.type, d.first_page, d.last_page, False) for d in DOCUMENTS[4:]]


def go(page, number: int) -> None:
    page.locator(f"#leaf-{number}").click()
    assert page.locator(".leaf.at").get_attribute("data-page") == str(number)


def drag(page, start, target, right: float = 0.25) -> None:
    """From the middle of one box to a share of the width of another, as a hand does it."""
    one, other = start.bounding_box(), target.bounding_box()
    page.mouse.move(one["x"] + one["width"] / 2, one["y"] + one["height"] / 2)
    page.mouse.down()
    page.mouse.move(other["x"] + other["width"] * right, other["y"] + other["height"] / 2, steps=6)
    page.mouse.up()


def test_a_document_is_typed_by_the_initials_of_its_pinyin(board) -> None:
    visit, kept = board
    page = visit.page
    page.keyboard.press("n")
    assert page.locator(".leaf.at").get_attribute("data-page") == "8"
    page.keyboard.press("e")
    page.keyboard.type("xwbl")
    listed = page.locator("#deciding-types .x").all_inner_texts()
    assert listed == ["讯问笔录", "询问笔录（被害人）", "询问笔录（证人）"]
    page.keyboard.press("ArrowDown")
    visit.shot("board-type")
    page.keyboard.press("Enter")
    assert kept()[1] == ("询问笔录（被害人）", 8, 9, True)
    page.keyboard.press("e")
    page.keyboard.type("qqqq")
    page.keyboard.press("Enter")
    assert "没有这种文书" in page.inner_text("#toast")


def test_documents_are_split_joined_and_their_borders_moved_by_keys_and_each_act_undone(board) -> None:
    visit, kept = board
    page = visit.page
    go(page, 6)
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    assert kept()[:2] == [("讯问笔录", 5, 5, True), ("讯问笔录", 6, 7, True)]
    page.keyboard.press(",")
    assert kept()[:2] == [("讯问笔录", 5, 6, True), ("讯问笔录", 7, 7, True)]
    page.keyboard.press("m")
    # The work stands where the page went: that document is joined to the one before it, on page 4.
    assert kept()[0] == ("讯问笔录", 7, 7, True)
    for _ in range(3):
        page.keyboard.press("u")
    visit.until("document.querySelector('#undo').disabled")
    assert kept() == MACHINE
    assert "第 1 版" not in page.inner_text("#version-tag")


def test_confirming_goes_on_to_the_next_document_and_is_a_persons_version(board) -> None:
    visit, kept = board
    page = visit.page
    go(page, 5)
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator(".leaf.at").get_attribute("data-page") == "10"
    assert "已确认 2 / 7" in page.inner_text("#done-count")
    page.keyboard.press("Control+s")
    assert [row[3] for row in kept()] == [True, True, False]
    page.keyboard.press("Control+z")
    assert [row[3] for row in kept()] == [True, False, False]


def test_a_border_and_a_page_are_dragged(board) -> None:
    visit, kept = board
    page = visit.page
    visit.shot("board")
    drag(page, page.locator("[data-document='5'] .edge"), page.locator("#leaf-6"), right=0.75)
    assert kept()[:2] == [("讯问笔录", 5, 6, True), ("户籍证明", 7, 9, True)]
    drag(page, page.locator("#leaf-7"), page.locator("#leaf-5"))
    assert kept()[:2] == [("讯问笔录", 5, 7, True), ("户籍证明", 8, 9, True)]
    # A page goes to a neighbour alone, for the scan keeps its order.
    drag(page, page.locator("#leaf-3"), page.locator("#leaf-6"))
    assert kept()[:2] == [("讯问笔录", 5, 7, True), ("户籍证明", 8, 9, True)]


def test_what_dividing_makes_of_a_list_of_documents(board) -> None:
    """The list itself, on pages of which the fourth is blank."""
    visit, _ = board
    found = visit.page.evaluate(
        """async () => {
          const d = await import('/static/documents.js'), pages = [1, 2, 3, 5, 6];
          const row = ([first, last]) => d.fresh(first, last, `${first}`), rows = [[1, 2], [3, 3], [5, 6]].map(row);
          const says = (one) => `${one.type}:${one.first_page}-${one.last_page}`;
          const told = (all) => all && all.map(says).join(' ');
          return [
            told(d.bordered(rows, pages, 2, 3, 'me')), told(d.bordered(rows, pages, 2, 6, 'me')),
            told(d.bordered(rows, pages, 1, 1, 'me')), told(d.joined(rows, 2, 'me')),
            told(d.moved(rows, pages, 5, 1, 'me')), told(d.moved(rows, pages, 3, 0, 'me')),
            told(d.moved(rows, pages, 3, 2, 'me')), told(d.moved(rows, pages, 2, 1, 'me')),
            d.moved(rows, pages, 1, 2, 'me'), d.moved(rows, pages, 6, 3, 'me'),
            told(d.split(rows, pages, 2, d.fresh(6, 6, 'new'), 'me')), d.bordered(rows, pages, 1, 3, 'me') === rows,
          ];
        }"""
    )
    assert found == [
        "1:1-2 3:3-3 5:5-6", "1:1-2 3:3-5 5:6-6",
        "1:1-1 3:2-3 5:5-6", "1:1-2 3:3-6",
        "1:1-2 3:3-5 5:6-6", "1:1-3 5:5-6",
        "1:1-2 5:3-6", "1:1-1 3:2-3 5:5-6",
        None, None,
        "1:1-2 3:3-3 5:5-5 new:6-6", True,
    ]  # fmt: skip


def test_somebody_elses_version_stops_the_board_and_is_told(board, office) -> None:
    visit, _ = board
    record = visit.page.url.split("/")[-2]
    found = office.store.record(office.officer, record, None)
    office.store.add_version(office.officer, record, found.version, found.body)
    go(visit.page, 5)
    visit.page.keyboard.press("m")
    visit.until("document.querySelector('#save-state').textContent.includes('他人已保存')")
    visit.faults.clear()  # The browser itself reports the answer 409.
    assert len(office.store.versions_of(office.officer, record)) == 2
