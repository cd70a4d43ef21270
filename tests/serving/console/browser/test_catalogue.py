"""The catalogue of a volume in a real browser: it leads to each document, and its sheets are taken along."""

from __future__ import annotations

import io

import docx
import pytest
from pypdf import PdfReader

from cases.codec import from_json
from cases.records import ScanRecord, VolumeFinding

pytestmark = pytest.mark.browser


def test_the_catalogue_leads_to_each_document_with_a_click_and_with_enter(visit, volume) -> None:
    visit.sign_in(volume())
    page = visit.page
    rows = page.locator("#catalogue li")
    assert rows.count() == 5
    assert page.locator("#catalogue [aria-current]").count() == 0
    assert "滨公（刑）立字〔2026〕0187号 · 2026-10-04" in rows.nth(1).inner_text()
    assert ["待核对" in text for text in rows.all_inner_texts()] == [False, False, False, True, False]
    rows.nth(2).click()
    page.wait_for_url("**?page=5")
    assert page.locator("#catalogue [aria-current] .x").inner_text().startswith("讯问笔录（第一次）")
    page.locator("#catalogue a").nth(4).focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**?page=10")
    visit.shot("catalogue")


def test_brackets_go_from_document_to_document_and_stay_at_the_ends(visit, volume) -> None:
    visit.sign_in(f"{volume()}?page=6")
    page = visit.page
    page.keyboard.press("]")
    page.wait_for_url("**?page=8")
    page.keyboard.press("[")
    page.wait_for_url("**?page=5")
    page.keyboard.press("[")
    page.wait_for_url("**?page=4")
    page.keyboard.press("[")
    page.wait_for_url("**?page=3")
    assert page.locator("#previous-document").get_attribute("aria-disabled") == "true"
    page.keyboard.press("[")
    page.keyboard.press("?")
    assert "上一份 / 下一份文书" in page.locator("dialog[open]").inner_text()
    assert page.url.endswith("?page=3")


def test_what_is_wrong_with_a_page_leads_to_it(visit, volume) -> None:
    visit.sign_in(volume(findings=(VolumeFinding("missing", 7, "本页之前缺第5页"),)))
    assert "缺页 第 7 页 本页之前缺第5页" in visit.page.locator("#findings").inner_text()
    visit.shot("catalogue-findings")
    visit.page.locator("#findings a").click()
    visit.page.wait_for_url("**?page=7")


def test_a_turned_page_and_a_blank_one_say_so(visit, volume) -> None:
    found = (VolumeFinding("turned", 7, "本页上下颠倒，已转正显示"),)
    visit.sign_in(f"{volume(findings=found)}?page=7")
    assert "放反 第 7 页 本页上下颠倒，已转正显示" in visit.page.locator("#findings").inner_text()
    assert "已转 180°" in visit.page.locator(".desk .tools").inner_text()
    visit.shot("catalogue-turned")
    visit.page.goto(visit.page.url.replace("page=7", "page=9"))
    assert "空白页" in visit.page.locator(".desk .tools").inner_text()
    assert "已转" not in visit.page.locator(".desk .tools").inner_text()
    visit.shot("catalogue-blank")


@pytest.mark.parametrize("format", ["Word", "PDF"])
def test_the_sheets_are_taken_along(visit, volume, format: str, font, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJUAN_FONT", str(font))
    visit.sign_in(volume())
    with visit.page.expect_download() as download:
        visit.page.locator(".catalogue").get_by_role("link", name=f"目录 {format}").click()
    content = download.value.path().read_bytes()
    if format == "PDF":
        assert "常住人口基本信息（张伟）" in "".join(PdfReader(io.BytesIO(content)).pages[1].extract_text().split())
    else:
        assert len(docx.Document(io.BytesIO(content)).tables[0].rows) == 6


def test_a_volume_without_documents_shows_no_catalogue_and_has_no_keys_for_it(visit, volume) -> None:
    visit.sign_in(volume(()))
    page = visit.page
    assert page.locator("#lines li").count() > 0
    assert page.locator(".catalogue, #next-document").count() == 0
    page.keyboard.press("]")
    page.keyboard.press("?")
    assert "下一份文书" not in page.locator("dialog[open]").inner_text()


def test_a_document_is_split_typed_and_merged_again_by_keys_as_versions_of_a_person(visit, volume, office) -> None:
    path = volume()
    visit.sign_in(f"{path}?page=6")
    page = visit.page

    def kept() -> list[tuple[str, int, int, bool]]:
        body = from_json(ScanRecord, office.store.record(office.officer, path.split("/")[-1], None).body)
        return [(d.title, d.first_page, d.last_page, d.confirmed_by is not None) for d in body.documents[4:-2]]

    page.keyboard.press("s")
    page.fill("#deciding-type", "辨认笔录")
    visit.shot("catalogue-split")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert kept() == [("讯问笔录（第一次）", 5, 5, True), ("辨认笔录", 6, 7, True)]
    page.once("dialog", lambda asked: asked.accept())
    with page.expect_navigation():
        page.keyboard.press("m")
    assert kept() == [("讯问笔录（第一次）", 5, 7, True)]
    assert "第 3 版 · 人工" in page.inner_text("#version-tag")
