"""A 笔录 in a real browser: drafted from a transcript, filled, heard, confirmed, held to its rules, taken along."""

from __future__ import annotations

from pathlib import Path

import pytest
import reportlab

from cases.conversation import ConversationRecord, conversation_of
from tests.serving.console.browser.test_every_page import FAINT_TEXTS

pytestmark = pytest.mark.browser

PAPER = "document.querySelector('#paper')"
IN_FRONT = """() => {
  const toast = document.querySelector('#toast'), { x, y, width, height } = toast.getBoundingClientRect();
  return document.elementFromPoint(x + width / 2, y + height / 2) === toast;
}"""
FONT = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"


def made_draft(visit, talk, *, figures: bool = True) -> str:
    """A draft by the dialog on the transcript's page; answers its id."""
    visit.sign_in(talk.path)
    visit.ready()
    page = visit.page
    page.keyboard.press("Shift+D")
    visit.until("document.querySelector('#drafting-template').options.length > 5")
    page.select_option("#drafting-template", "police-interrogation-first")
    page.fill("#drafting-name", "张伟")
    page.fill("#drafting-agency", "示范市公安局滨河分局")
    page.fill("#drafting-place", "滨河分局办案中心第三讯问室")
    page.fill("#drafting-interrogators", "王敏、陈立")
    page.fill("#drafting-recorder", "陈立")
    page.fill("#drafting-started", "2026-10-05T09:10")
    page.set_checked("#drafting-figures", figures)
    page.press("#drafting-started", "Enter")
    page.wait_for_url(lambda url: url.rsplit("/", 1)[-1] != talk.record)
    visit.until("document.querySelectorAll('#talk .seg').length > 0")
    visit.until("document.querySelectorAll('.finding').length > 0")
    return str(page.url.rsplit("/", 1)[-1])


def kept(talk, record: str, version: int | None = None) -> ConversationRecord:
    """The record as the server has it."""
    found = talk.office.store.record(talk.office.officer, record, version)
    return conversation_of(found.kind, found.body)


def errors(visit) -> int:
    """Errors that stand before the next state, as the page counts them."""
    return int(visit.page.text_content("#findings-count") or "0")


def save(visit, version: int) -> None:
    visit.page.keyboard.press("Control+s")
    visit.until(f"document.querySelector('#save-state').textContent.includes('第 {version} 版')")


def merge(visit) -> None:
    """Save where somebody else saved version 2 meanwhile, and bring both together."""
    page = visit.page
    page.keyboard.press("Control+s")
    visit.until("document.querySelector('#conflict').open")
    visit.faults[:] = [fault for fault in visit.faults if "409" not in fault]
    assert "第 2 版" in page.inner_text("#conflict-what")
    visit.shot("record-conflict")
    page.click("#conflict-merge")
    visit.until("!document.querySelector('#conflict').open")


def joined(one, other):
    """Two turns of a stored record as one."""
    by = len(one["text_raw"])
    moved = [{**at, "char_start": at["char_start"] + by, "char_end": at["char_end"] + by} for at in other["spans"]]
    texts = {name: one[name] + other[name] for name in ("text_raw", "text_final", "flags")}
    return {**one, **texts, "spans": [*one["spans"], *moved]}


def older(visit, talk) -> str:
    """Version 1 of a draft that has a second one; answers its id."""
    record = made_draft(visit, talk)
    focus(visit, 1)
    visit.page.keyboard.press("c")
    save(visit, 2)
    visit.go(f"/records/{record}?version=1")
    visit.until("document.querySelectorAll('#talk .seg').length > 0")
    return record


def focus(visit, row: int) -> None:
    """Choose a turn without hearing it."""
    visit.page.evaluate(f"document.querySelectorAll('#talk .seg .at')[{row}].focus()")


def test_a_transcript_becomes_a_draft_that_looks_like_the_paper(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    assert "讯问笔录（第" in page.inner_text(".paper-title")
    assert page.input_value("[data-path='header.interrogators'][data-kind=names]") == "王敏、陈立"
    assert page.input_value("[data-path='header.started_at']") == "2026-10-05T09:10"
    assert page.inner_text(".course [aria-current]") == "草稿"
    assert page.locator("#talk .seg.confirmed").count() == 0
    doubt = page.locator(".finding[data-field$='.flags']").first.text_content()
    assert "存疑未处理：把握低" in doubt
    made = kept(talk, record)
    assert page.locator("#talk .seg").count() == len(made.turns)
    assert made.header.subject.standing == "suspect"
    visit.shot("record-draft")


def test_fewer_than_two_interrogators_make_no_draft(visit, talk) -> None:
    visit.sign_in(talk.path)
    visit.page.click("#make-draft")
    visit.until("document.querySelector('#drafting-template').options.length > 5")
    for name in ("name", "agency", "place", "recorder"):
        visit.page.fill(f"#drafting-{name}", "某某")
    visit.page.fill("#drafting-interrogators", "王敏、王敏")
    visit.page.click("#drafting-go")
    assert visit.page.evaluate(
        "document.querySelector('#drafting-interrogators').validationMessage.includes('不少于二人')"
    )
    assert visit.page.url.endswith(talk.path)


def test_a_turn_is_heard_from_its_first_word_to_its_last(visit, talk) -> None:
    record = made_draft(visit, talk)
    visit.ready()
    span = kept(talk, record).turns[2].spans
    visit.page.locator("#talk .seg").nth(2).locator(".said").click()
    visit.until("!document.querySelector('#media').paused")
    assert span[0].at.start_ms / 1000 - 0.1 <= visit.now() <= span[-1].at.end_ms / 1000
    visit.until("document.querySelector('#media').paused")
    assert visit.now() == pytest.approx(span[-1].at.end_ms / 1000, abs=0.3)


def test_filling_and_confirming_by_key_makes_the_findings_go_down(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    before = errors(visit)
    page.fill("[data-path='header.ended_at']", "2026-10-05T09:11")
    page.fill("[data-path='header.subject.residence']", "滨河路十八号院")
    page.keyboard.press("Escape")
    turns = page.locator("#talk .seg").count()
    focus(visit, 0)
    for _ in range(turns):
        page.keyboard.press("c")
    assert page.locator("#talk .seg.confirmed").count() == turns
    touched = errors(visit)
    assert touched < before
    save(visit, 2)
    visit.until("document.querySelector('#findings').dataset.version === '2'")
    assert errors(visit) <= touched
    made = kept(talk, record)
    assert all(turn.confirmed_by == talk.office.officer.id for turn in made.turns)
    assert all(flag.resolved_by for turn in made.turns for flag in turn.flags)
    assert made.header.ended_at == "2026-10-05T09:11+08:00"
    assert made.header.subject.residence == "滨河路十八号院"
    visit.shot("record-confirmed")


def test_a_turn_is_written_in_place_and_what_the_machine_heard_stays(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    heard = kept(talk, record).turns[1].text_raw
    focus(visit, 1)
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.insert_text("，明白！")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.seg') === document.querySelectorAll('#talk .seg')[2]")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("v")
    assert page.locator("#talk .seg").nth(1).locator(".raw-text").text_content() == heard
    visit.shot("record-raw")
    save(visit, 2)
    turn = kept(talk, record).turns[1]
    assert (turn.text_final, turn.text_raw) == ("听清楚了，明白！", heard)
    assert turn.confirmed_by == talk.office.officer.id
    assert kept(talk, record, 1).turns[1].text_final == "听清楚了。"


def test_the_pedals_of_a_transcript_work_in_a_record_too(visit, talk) -> None:
    made_draft(visit, talk)
    visit.ready()
    focus(visit, 2)
    page = visit.page
    page.keyboard.press("Enter")
    page.keyboard.press("F3")
    assert page.evaluate("document.querySelector('#media').playbackRate") == 1.25
    page.keyboard.press("F8")
    page.keyboard.press("F8")
    page.keyboard.press("F7")
    assert visit.now() == pytest.approx(3, abs=0.01)
    assert page.locator(".seg.writing").count() == 1


def test_roles_and_undo_have_their_keys(visit, talk) -> None:
    made_draft(visit, talk)
    page = visit.page
    focus(visit, 0)
    role = page.locator("#talk .seg .role").first
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.closest('.seg') === document.querySelector('#talk .seg')")
    assert role.text_content() == "答"
    page.keyboard.press("o")
    assert role.text_content() == "旁"
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+z")
    assert role.text_content() == "问"
    assert page.is_disabled("#save")


def test_a_refused_step_says_what_is_missing_and_leads_there(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    with page.expect_navigation():
        page.keyboard.press("Shift+F")
    visit.until("document.querySelector('.course [aria-current]')?.textContent === '待核对'")
    visit.until("document.querySelectorAll('.finding').length > 0")
    page.keyboard.press("Shift+F")
    visit.until("document.querySelector('#findings-head').classList.contains('bad')")
    visit.faults[:] = [fault for fault in visit.faults if "409" not in fault]
    assert "不能转为“已核对”" in page.inner_text("#findings-head")
    visit.shot("record-refused")
    page.locator(".finding[data-field='header.subject.born']").click()
    assert page.evaluate("document.activeElement.dataset.path") == "header.subject.born"
    page.locator(".finding[data-field='turns[0].confirmed_by']").click()
    assert page.evaluate("document.activeElement.closest('.seg') === document.querySelector('#talk .seg')")
    page.locator(".finding[data-field='header.subject.native_place']").click()
    assert page.evaluate("document.activeElement.dataset.path") == "header.subject.native_place"
    assert kept(talk, record).state == "to_check"


def test_a_notice_is_given_by_a_turn_and_confirmed_by_a_person(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    focus(visit, 0)
    item = page.locator("#notices > li").first
    item.locator(".here").click()
    assert item.locator("input").is_checked()
    save(visit, 2)
    assert page.locator("#versions li").count() == 2
    assert page.inner_text("#versions [aria-current]") == "第 2 版"
    notice = kept(talk, record).notices[0]
    assert notice.turn == "t1"
    assert notice.confirmed_by == talk.office.officer.id


def test_two_people_at_once_lose_nothing(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    page.fill("[data-path='header.subject.phone']", "13800000000")
    page.keyboard.press("Escape")
    theirs = talk.office.store.record(talk.office.officer, record).body
    theirs["header"]["subject"]["residence"] = "滨河路十八号院"
    talk.office.store.add_version(talk.office.officer, record, 1, theirs)
    merge(visit)
    assert page.input_value("[data-path='header.subject.residence']") == "滨河路十八号院"
    save(visit, 3)
    subject = kept(talk, record).header.subject
    assert (subject.phone, subject.residence) == ("13800000000", "滨河路十八号院")


def test_a_change_that_has_no_place_in_their_version_is_shown_and_downloaded(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    page.fill("[data-path='header.subject.phone']", "13800000000")
    page.keyboard.press("Escape")
    focus(visit, 2)
    page.keyboard.press("Enter")
    page.keyboard.insert_text("我改的")
    page.keyboard.press("Escape")
    theirs = talk.office.store.record(talk.office.officer, record).body
    theirs["turns"][1:3] = [joined(*theirs["turns"][1:3])]
    talk.office.store.add_version(talk.office.officer, record, 1, theirs)
    with page.expect_download() as found:
        merge(visit)
    assert "我改的" in Path(found.value.path()).read_text()
    assert page.locator("#lost-turns > li").count() == 1
    assert "我改的" in page.inner_text("#lost-turns")
    assert page.evaluate(IN_FRONT), "a message lies behind the dialog"
    visit.shot("record-lost")
    page.keyboard.press("Escape")
    visit.until("!document.querySelector('#lost').open")
    save(visit, 3)
    assert kept(talk, record).header.subject.phone == "13800000000"


def test_what_is_written_while_a_save_is_on_its_way_goes_on_being_written(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    focus(visit, 0)
    page.keyboard.press("c")
    waiting = visit.held(f"/api/v1/records/{record}/versions")
    page.keyboard.press("Control+s")
    focus(visit, 1)
    page.keyboard.press("Enter")
    page.keyboard.insert_text("明")
    visit.first(waiting).continue_()
    visit.until("document.querySelector('#version-tag').textContent.includes('第 2 版')")
    page.keyboard.insert_text("白")
    page.keyboard.press("Escape")
    assert page.locator("#talk .seg .said").nth(1).inner_text().endswith("明白")
    page.unroute_all()
    save(visit, 3)
    assert kept(talk, record).turns[1].text_final.endswith("明白")
    assert kept(talk, record).turns[0].confirmed_by == talk.office.officer.id


def test_what_is_not_saved_is_there_again_after_a_reload(visit, talk) -> None:
    made_draft(visit, talk)
    page = visit.page
    page.fill("[data-path='header.subject.phone']", "13800000000")
    page.keyboard.press("Escape")
    visit.until("document.querySelector('#save-state').textContent.includes('草稿')")
    page.reload()
    visit.until("document.querySelector('[data-path=\"header.subject.phone\"]').value === '13800000000'")
    assert not page.is_disabled("#save")


@pytest.mark.parametrize("form", ["docx", "txt", "json"])
def test_the_record_is_taken_along_as_a_file(visit, talk, form: str) -> None:
    record = made_draft(visit, talk)
    with visit.page.expect_download() as found:
        visit.page.click(f"#exports [data-format={form}]")
    assert found.value.suggested_filename == f"{record}-v1.{form}"
    content = Path(found.value.path()).read_bytes()
    assert ("张伟".encode() in content) if form != "docx" else content.startswith(b"PK")


def test_the_pdf_is_taken_along_where_there_is_a_font(visit, talk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJUAN_FONT", str(FONT))
    made_draft(visit, talk)
    with visit.page.expect_download() as found:
        visit.page.click("#exports [data-format=pdf]")
    assert Path(found.value.path()).read_bytes().startswith(b"%PDF")


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1920, 1080)])
def test_the_page_fits_the_screen_in_both_languages_and_its_texts_stand_out(
    visit, talk, width: int, height: int
) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    page.set_viewport_size({"width": width, "height": height})
    for language in ("zh", "en"):
        cookie = {"name": "anjuan_language", "value": language, "url": visit.address}
        page.context.add_cookies([cookie])
        visit.go(f"/records/{record}")
        visit.until("document.querySelectorAll('.finding').length > 0")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(
            "document.querySelector('#paper').scrollWidth <= document.querySelector('#paper').clientWidth"
        )
        assert page.evaluate(FAINT_TEXTS) == []
        visit.shot(f"record-{language}-{width}")
    with page.expect_navigation():
        page.click("#forward-state")
    visit.until("document.querySelector('#back-state')")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_course_leads_from_the_draft_to_the_seal(visit, talk, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of it by the page: what rules ask for is filled in, the marks on the paper are noted, it is sealed."""
    monkeypatch.setenv("ANJUAN_FONT", str(FONT))
    record = made_draft(visit, talk)
    page = visit.page
    page.locator("details.further summary").click()
    page.fill("[data-path='header.ended_at']", "2026-10-05T09:11")
    page.fill("[data-path='header.subject.born']", "1990-03-12")
    page.select_option("[data-path='header.subject.congress_delegate']", "false")
    for name in ("residence", "household_address", "native_place", "birthplace", "ethnicity", "occupation"):
        page.fill(f"[data-path='header.subject.{name}']", "已问明")
    for name in ("education", "political_status", "employer", "family", "experience", "prior_punishments"):
        page.fill(f"[data-path='header.subject.{name}']", "已问明")
    page.keyboard.press("Escape")
    focus(visit, 0)
    for item in page.locator("#notices > li").all():
        item.locator(".here").click()
    for _ in range(page.locator("#talk .seg").count()):
        page.keyboard.press("c")
    lead(visit, "待核对")
    lead(visit, "已核对")
    assert kept(talk, record).content_sha256
    assert page.is_disabled("[data-path='header.agency']")
    assert page.locator("#header .blank").count() == 0
    page.select_option("#mode", "read")
    page.fill("#closing", page.inner_text("#closing-wanted"))
    for mark in ("subject_signature", "subject_fingerprint", "interrogators", "recorder"):
        page.check(f"[data-marks={mark}]")
    visit.shot("record-signed")
    lead(visit, "已签署")
    assert page.is_hidden("#save")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.keyboard.press("Shift+F")
    assert kept(talk, record).state == "signed"
    page.once("dialog", lambda dialog: dialog.accept())
    lead(visit, "已封存")
    assert kept(talk, record).state == "sealed"
    assert page.locator("#forward-state").count() == 0


def test_an_older_version_is_shown_and_cannot_be_changed(visit, talk) -> None:
    older(visit, talk)
    page = visit.page
    focus(visit, 0)
    page.keyboard.press("c")
    page.keyboard.press("Enter")
    assert page.locator("#talk .seg.confirmed, #talk .seg.writing").count() == 0
    assert page.is_disabled("[data-path='header.agency']")
    assert page.locator("#forward-state").count() == 0
    assert "旧版本" in page.inner_text("#save-state")


def test_the_tab_key_reaches_every_control_and_a_confirmation_can_be_taken_back(visit, talk) -> None:
    made_draft(visit, talk)
    page = visit.page
    missed = page.evaluate(
        """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select')]
        .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map(e => e.outerHTML)"""
    )
    assert missed == []
    focus(visit, 1)
    page.keyboard.press("c")
    assert page.locator("#talk .seg").nth(1).evaluate("row => row.classList.contains('confirmed')")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("u")
    assert page.locator("#talk .seg.confirmed").count() == 0


def lead(visit, name: str) -> None:
    """To the next state, which is called `name`."""
    with visit.page.expect_navigation():
        visit.page.keyboard.press("Escape")
        visit.page.click("#forward-state")
    visit.until(f"document.querySelector('.course [aria-current]')?.textContent === '{name}'")
    visit.until("document.querySelectorAll('#talk .seg').length > 0")
