"""The tables of a page in a real browser: drawn over the picture, copied, and taken along as a workbook."""

from __future__ import annotations

import io
from dataclasses import replace

import openpyxl
import pytest

from benchmarks.volumes.drawing import CLEAN, Leaf, draw
from benchmarks.volumes.tables import table_page
from cases.records import ScannedPage, ScanRecord
from models.fonts import font_path
from tests.serving.console.conftest import add_file, keep, page_picture, provenance

pytestmark = [pytest.mark.browser, pytest.mark.model]


@pytest.fixture
def form(office):
    """The address of a read volume whose first page is a form and whose second has no table."""
    made = table_page("registration", 3)
    picture, _ = draw(Leaf(made.ruled), CLEAN, font_path(fetch=False), 3)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=85)
    case = office.store.create_case(office.officer, "张伟涉嫌盗窃案")
    item = add_file(office, case, "诉讼卷第一册.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf", {"pages": 2})
    other, read = page_picture(1)
    pages = replace(made.page, image="page-1.jpg"), ScannedPage(2, 1240, 1754, 0, 0.0, read.lines, image="page-2.jpg")
    record = ScanRecord(pages, (), "", provenance("scan", item.digest.sha256, ()))
    files = {"page-1.jpg": ("image/jpeg", out.getvalue()), "page-2.jpg": ("image/jpeg", other)}
    return f"/records/{keep(office, case, 'scan', item, record, files)}"


def test_the_cells_are_drawn_over_the_picture_when_asked(visit, form) -> None:
    visit.sign_in(form)
    page = visit.page
    assert page.locator("#tablelayer").is_hidden()
    page.keyboard.press("g")
    assert page.locator("#tablelayer polygon").count() > 10
    assert page.locator("#show-tables").get_attribute("aria-pressed") == "true"
    sheet, grid = page.locator("#sheet").bounding_box(), page.locator("#tablelayer g").bounding_box()
    assert grid["x"] - sheet["x"] == pytest.approx(sheet["width"] * 220 / 1654, abs=5)
    assert grid["width"] == pytest.approx(sheet["width"] * 1284 / 1654, abs=8)
    visit.shot("tables")
    page.keyboard.press("g")
    assert page.locator("#tablelayer").is_hidden()


def test_a_table_is_copied_with_its_columns(visit, form) -> None:
    visit.sign_in(form)
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator("[data-copy-table]").first.click()
    page.locator("text=已复制").first.wait_for()
    rows = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert rows[0].split("\t")[:3] == ["案件来源", "", "110指令"]
    assert {row.count("\t") for row in rows} == {4}
    assert rows[1].startswith("报案人\t姓名\t")


def test_all_tables_are_taken_along_and_a_page_without_any_says_so(visit, form) -> None:
    visit.sign_in(f"{form}?page=2")
    page = visit.page
    assert page.locator("#show-tables").count() == 0
    assert "本页没有表格" in page.locator(".tables").inner_text()
    with page.expect_download() as started:
        page.get_by_role("link", name="全部表格 Excel").click()
    book = openpyxl.load_workbook(io.BytesIO(started.value.path().read_bytes()))
    assert book.sheetnames == ["第1页 表1"]
