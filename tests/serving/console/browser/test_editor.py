"""Correcting a transcript in a real browser, by key: what is written, what is kept, what the server gets."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from cases.records import Role
from serving.security import sessions

pytestmark = pytest.mark.browser

CARET_AT = """([row, at]) => { const said = document.querySelector(`#s${row} .said`);
const walk = document.createTreeWalker(said, NodeFilter.SHOW_TEXT); let node = walk.nextNode();
while (node && at > node.length) { at -= node.length; node = walk.nextNode(); }
getSelection().collapse(node, at); }"""


def open_editor(visit, talk) -> None:
    visit.sign_in(talk.path)
    visit.ready()
    visit.until("document.querySelectorAll('.seg').length > 0")


def go(visit, row: int) -> None:
    """Put the playhead on a sentence."""
    visit.page.locator(f"#s{row} .at").click()
    visit.page.evaluate("document.querySelector('#media').pause()")
    visit.until(f"document.querySelector('.seg.now')?.id === 's{row}'")


def write(visit, row: int) -> None:
    """Open a sentence with the keyboard."""
    go(visit, row)
    visit.page.keyboard.press("Enter")
    visit.until(f"document.activeElement.closest('.seg.writing')?.id === 's{row}'")


def text(visit, row: int) -> str:
    return str(visit.page.evaluate(f"document.querySelector('#s{row} .said').textContent"))


def rows(visit) -> int:
    return int(visit.page.evaluate("document.querySelectorAll('.seg').length"))


def times(segment) -> list[tuple[float, float]]:
    """Of the machine's words; a mark that it took for a word goes with the one before it once that is written in."""
    return [(w.start, w.end) for w in segment.words if not w.human and any(c.isalnum() for c in w.text)]


def save(visit, version: int) -> None:
    visit.page.keyboard.press("Control+s")
    visit.until(f"document.querySelector('#save-state').textContent.includes('第 {version} 版')")


def test_a_sentence_is_corrected_confirmed_and_saved_without_the_mouse(visit, talk) -> None:
    open_editor(visit, talk)
    write(visit, 1)
    page = visit.page
    page.keyboard.press("End")
    page.keyboard.press("Backspace")
    page.keyboard.insert_text("，明白！")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.closest('.seg').id") == "s2"
    page.keyboard.press("Escape")
    assert text(visit, 1) == "听清楚了，明白！"
    assert "已确认" in (page.text_content("#s1 .state") or "")
    assert page.locator("#s1 .w.human").count() == 2
    save(visit, 2)
    visit.shot("editor-saved")
    kept = talk.kept()
    assert talk.versions() == [(1, "machine"), (2, "human")]
    assert kept.segments[1].text == "听清楚了，明白！"
    assert kept.segments[1].confirmed_by == talk.office.officer.id
    assert kept.segments[0] == talk.kept(1).segments[0]
    assert times(kept.segments[1]) == times(talk.kept(1).segments[1])
    assert talk.kept(1).segments[1].text == "听清楚了。"


def test_the_words_stay_lit_and_play_while_they_are_written(visit, talk) -> None:
    open_editor(visit, talk)
    write(visit, 5)
    page = visit.page
    page.keyboard.press("Tab")
    visit.until("!document.querySelector('#media').paused")
    visit.until("document.querySelector('.seg.writing .w.now')")
    assert page.evaluate("document.activeElement.isContentEditable")
    page.keyboard.press("Tab")
    visit.until("document.querySelector('#media').paused")
    at = visit.now()
    page.keyboard.press("F8")
    assert visit.now() == pytest.approx(at + 3, abs=0.1)
    page.keyboard.press("F7")
    assert visit.now() == pytest.approx(at, abs=0.1)


def test_what_is_played_while_writing_ends_with_the_sentence_and_loops_when_asked(visit, talk) -> None:
    open_editor(visit, talk)
    write(visit, 1)
    page = visit.page
    start, end = (float(page.locator("#s1").get_attribute(f"data-{name}")) for name in ("start", "end"))
    page.keyboard.press("Tab")
    visit.until("!document.querySelector('#media').paused")
    visit.until("document.querySelector('#media').paused")
    assert end - 0.2 < visit.now() < end + 0.05
    page.keyboard.press("Alt+l")
    visit.until("!document.querySelector('#media').paused")
    page.wait_for_timeout(int((end - start) * 1000) + 700)
    assert not page.evaluate("document.querySelector('#media').paused")
    assert start <= visit.now() < end
    assert page.evaluate("document.activeElement.isContentEditable")


def test_an_input_method_has_its_keys_for_itself(visit, talk) -> None:
    """Pinyin in Chromium: the composition is in the field before it is text, and Enter, Tab and Escape belong to it."""
    open_editor(visit, talk)
    write(visit, 1)
    page = visit.page
    page.keyboard.press("End")
    client = page.context.new_cdp_session(page)
    client.send("Input.imeSetComposition", {"text": "ming bai", "selectionStart": 8, "selectionEnd": 8})
    page.evaluate(
        """() => { const field = document.activeElement; window.taken = [];
        for (const key of ['Enter', 'Tab', 'Escape', 'F7'])
          if (!field.dispatchEvent(new KeyboardEvent('keydown',
            { key, keyCode: 229, isComposing: true, bubbles: true, cancelable: true }))) window.taken.push(key); }"""
    )
    assert page.evaluate("window.taken") == []
    assert page.evaluate("document.activeElement.closest('.seg.writing')?.id") == "s1"
    client.send("Input.insertText", {"text": "明白"})
    page.keyboard.press("Enter")
    assert text(visit, 1) == "听清楚了。明白"


def test_a_sentence_is_split_at_the_caret_and_merged_at_its_start(visit, talk) -> None:
    open_editor(visit, talk)
    write(visit, 0)
    page, before = visit.page, rows(visit)
    whole = text(visit, 0)
    page.evaluate(CARET_AT, [0, 12])
    page.keyboard.press("Shift+Enter")
    assert rows(visit) == before + 1
    assert (text(visit, 0), text(visit, 1)) == (whole[:12], whole[12:])
    assert page.evaluate("document.activeElement.closest('.seg').id") == "s1"
    ends, starts = page.get_attribute("#s0", "data-end"), page.get_attribute("#s1", "data-start")
    assert float(ends or "nan") == pytest.approx(float(starts or "nan"), abs=0.3)
    page.keyboard.press("Escape")
    save(visit, 2)
    first, second = talk.kept().segments[:2]
    assert (first.text, second.text) == (whole[:12], whole[12:])
    assert first.end <= second.start
    assert not any(word.human for word in first.words + second.words)
    write(visit, 1)
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    assert rows(visit) == before
    assert text(visit, 0) == whole
    page.keyboard.press("Escape")
    save(visit, 3)
    assert times(talk.kept().segments[0]) == times(talk.kept(1).segments[0])


def test_question_and_answer_are_swapped_by_one_key_for_a_sentence_or_a_speaker(visit, talk) -> None:
    open_editor(visit, talk)
    go(visit, 3)
    page = visit.page
    page.keyboard.press("s")
    assert page.text_content("#s3 .role") == "问"
    page.keyboard.press("o")
    assert page.text_content("#s3 .role") == "旁"
    page.keyboard.press("q")
    assert page.text_content("#s3 .role") == "问"
    page.keyboard.press("Enter")
    page.keyboard.press("Alt+o")
    assert page.evaluate("document.activeElement.closest('.seg.writing').id") == "s3"
    page.keyboard.press("Escape")
    go(visit, 4)
    page.keyboard.press("Shift+S")
    assert page.eval_on_selector_all(".role", "all => all.map(e => e.textContent).join('')").count("问") == 0
    save(visit, 2)
    assert {s.role for s in talk.kept().segments if s.speaker == "S1"} == {"answer"}
    assert talk.kept().segments[3].role == "aside"


def test_a_speaker_is_renamed_throughout(visit, talk) -> None:
    open_editor(visit, talk)
    go(visit, 1)
    page = visit.page
    page.keyboard.press("Shift+R")
    page.keyboard.insert_text("张伟")
    visit.shot("editor-rename")
    page.keyboard.press("Enter")
    visit.until("document.querySelector('#s1 .speaker').textContent === '张伟'")
    save(visit, 2)
    assert talk.kept().speakers == ("S1", "张伟")
    assert all(s.speaker == "张伟" for s in talk.kept().segments if s.role == "answer")


def test_a_confirmation_is_taken_back_by_the_key_that_does_it_in_a_record_too(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    go(visit, 2)
    page.keyboard.press("u")
    assert page.is_disabled("#undo")
    page.keyboard.press("c")
    page.keyboard.press("ArrowUp")
    assert page.locator("#s2.confirmed").count() == 1
    page.keyboard.press("u")
    assert page.locator(".seg.confirmed").count() == 0


def test_words_are_stepped_over_the_borders_of_sentences(visit, talk) -> None:
    open_editor(visit, talk)
    go(visit, 1)
    # A mark belongs to the word before it.
    spoken = [word for segment in talk.kept().segments for word in segment.words if word.text.strip("，。？")]
    starts = [word.start for word in spoken]
    at = starts.index(talk.kept().segments[1].start)
    for key, by in ((",", -1), (",", -2), (".", -1), (".", 0), (".", 1), (".", 2), (".", 3)):
        visit.page.keyboard.press(key)
        assert visit.now() == pytest.approx(starts[at + by], abs=0.01)


def test_what_is_discarded_at_once_does_not_come_back(visit, talk) -> None:
    """A draft that still waited to be kept must not be kept as the page is left."""
    open_editor(visit, talk)
    page = visit.page
    page.on("dialog", lambda dialog: dialog.accept())
    go(visit, 3)
    with page.expect_navigation():
        page.evaluate(
            """() => { document.dispatchEvent(new KeyboardEvent('keydown', { key: 's' }));
            document.querySelector('#discard').click(); }"""
        )
    visit.until("document.querySelectorAll('.seg').length > 0")
    page.wait_for_timeout(500)
    assert page.text_content("#s3 .role") == "答"
    assert page.is_disabled("#save")


def test_undo_and_redo_walk_all_the_way(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    original = page.text_content("#talk")
    go(visit, 2)
    for key in ("s", "m", "t", "c", "s", "x", "k"):
        page.keyboard.press(key)
    changed = page.text_content("#talk")
    assert changed != original
    steps = 0
    while not page.is_disabled("#undo"):
        page.keyboard.press("Control+z")
        steps += 1
    assert page.text_content("#talk") == original
    assert steps >= 5
    visit.until("document.querySelector('#save').disabled")
    for _ in range(steps):
        page.keyboard.press("Control+y")
    assert page.text_content("#talk") == changed


def test_flags_are_a_list_that_the_keys_work_off(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    assert page.locator("#todo li").count() == 2
    page.keyboard.press("n")
    visit.until("document.querySelector('.seg.now')?.id === 's6'")
    page.keyboard.press("x")
    assert page.locator("#s6 .tag.settled").count() == 1
    assert "存疑字词" in page.inner_text("#todo li:first-child")
    page.keyboard.press("c")
    assert "1 处" in page.inner_text("#doubt-count")
    page.keyboard.press("n")
    visit.until("document.querySelector('.seg.now')?.id === 's9'")
    page.keyboard.press("c")
    assert page.locator("#todo li").count() == 0
    save(visit, 2)
    assert talk.kept().segments[9].flags == talk.kept(1).segments[9].flags
    assert set(talk.kept().segments[9].resolved) == {"repetition", "low-confidence"}


def test_a_draft_survives_a_reload_and_a_dead_network_and_says_where_it_is(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    write(visit, 1)
    page.keyboard.insert_text("我")
    page.keyboard.press("Escape")
    visit.until("document.querySelector('#save-state').textContent.includes('本浏览器草稿')")
    page.context.set_offline(True)
    page.keyboard.press("Control+s")
    visit.until("!document.querySelector('#toast').hidden")
    assert "草稿" in page.inner_text("#toast")
    page.context.set_offline(False)
    visit.faults[:] = [fault for fault in visit.faults if "ERR_INTERNET_DISCONNECTED" not in fault]
    page.reload()
    visit.ready()
    visit.until("document.querySelector('#s1 .said').textContent.startsWith('听清楚了。我')")
    assert "尚未保存到服务器" in page.inner_text("#save-state")
    assert talk.versions() == [(1, "machine")]
    save(visit, 2)
    page.reload()
    visit.until("document.querySelector('#save-state').textContent.includes('没有未保存的修改')")


def test_what_is_written_while_a_save_is_on_its_way_goes_on_being_written(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    go(visit, 0)
    page.keyboard.press("s")
    waiting = visit.held(f"/api/v1/records/{talk.record}/versions")
    page.keyboard.press("Control+s")
    write(visit, 1)
    page.keyboard.insert_text("明")
    asked = visit.first(waiting)
    asked.continue_()
    visit.until("document.querySelector('#version-tag').textContent.includes('第 2 版')")
    page.keyboard.insert_text("白")
    page.keyboard.press("Escape")
    assert text(visit, 1).endswith("明白")
    page.unroute_all()
    save(visit, 3)
    assert talk.kept().segments[1].text.endswith("明白")
    assert talk.kept().segments[0].role == "answer"


def test_who_saves_second_is_told_by_whom_and_both_corrections_stay(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    go(visit, 0)
    page.keyboard.press("s")
    body = talk.office.store.record(talk.office.officer, talk.record).body
    body["segments"][4]["role"] = "aside"
    talk.office.store.add_version(talk.office.officer, talk.record, 1, body)
    page.keyboard.press("Control+s")
    visit.until("document.querySelector('#conflict').open")
    assert "第 2 版" in page.inner_text("#conflict-what")
    visit.faults[:] = [fault for fault in visit.faults if "409" not in fault]
    visit.shot("editor-conflict")
    page.click("#conflict-merge")
    page.wait_for_selector("#version-tag >> text=第 3 版")
    assert [v for v, _ in talk.versions()] == [1, 2, 3]
    assert (talk.kept().segments[0].role, talk.kept().segments[4].role) == ("answer", "aside")


def test_a_draft_of_an_older_version_is_dealt_with_before_anything_else(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    go(visit, 0)
    page.keyboard.press("s")
    visit.until("document.querySelector('#save-state').textContent.includes('本浏览器草稿')")
    body = talk.office.store.record(talk.office.officer, talk.record).body
    talk.office.store.add_version(talk.office.officer, talk.record, 1, body)
    page.reload()
    visit.until("document.querySelector('#conflict').open")
    page.keyboard.press("Escape")
    assert page.evaluate("document.querySelector('#conflict').open")
    with page.expect_download() as waiting:
        page.click("#conflict-file")
    saved = json.loads(waiting.value.path().read_text(encoding="utf-8"))
    assert saved["edits"][0]["sentences"][0]["role"] == "answer"
    page.click("#conflict-merge")
    page.wait_for_selector("#version-tag >> text=第 3 版")
    assert talk.kept().segments[0].role == "answer"


def test_versions_are_compared_word_by_word(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    write(visit, 8)
    page.evaluate(CARET_AT, [8, 5])
    page.keyboard.insert_text("估计")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    save(visit, 2)
    page.click("#versions li:first-child a.small")
    visit.wait_for_path("/records/*/changes")
    assert page.locator("ins").all_inner_texts() == ["估计"]
    assert page.locator("del").count() == 0
    visit.shot("editor-changes")


def test_an_older_version_and_a_reader_can_change_nothing(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    go(visit, 0)
    page.keyboard.press("s")
    save(visit, 2)
    visit.go(f"{talk.path}?version=1")
    visit.ready()
    before = page.text_content("#talk")
    for key in ("s", "m", "c", "Enter"):
        page.keyboard.press(key)
    assert page.text_content("#talk") == before
    assert "旧版本" in page.inner_text("#save-state")
    page.evaluate("document.querySelector('#media').pause()")


def test_double_click_opens_the_sentence_where_it_was_clicked(visit, talk) -> None:
    open_editor(visit, talk)
    page = visit.page
    page.locator("#s3 .w", has_text="张伟").dblclick()
    visit.until("document.activeElement.closest('.seg.writing')?.id === 's3'")
    page.keyboard.insert_text("做")
    assert "做" in text(visit, 3)
    assert not text(visit, 3).endswith("做")
    visit.shot("editor-writing")
    page.keyboard.press("?")
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    assert page.evaluate("document.querySelector('#keys').open")
    visit.shot("editor-keys")


def test_a_second_tab_only_reads_so_that_no_draft_is_overwritten(visit, talk) -> None:
    open_editor(visit, talk)
    visit.page.wait_for_timeout(400)
    second = visit.page.context.new_page()
    second.goto(f"{visit.address}{talk.path}")
    second.wait_for_selector("#save-state >> text=另一标签页")
    second.locator("#s0 .at").click()
    second.keyboard.press("s")
    assert second.text_content("#s0 .role") == "问"
    second.close()
    go(visit, 0)
    visit.page.keyboard.press("s")
    assert visit.page.text_content("#s0 .role") == "答"


def test_a_reader_is_offered_nothing_that_writes(visit, talk) -> None:
    reader = talk.office.store.accounts.by_name("li")
    talk.office.store.add_member(talk.office.officer, talk.case, reader.id, Role.READER)
    token = sessions.new_token()
    expires = datetime.now(UTC) + timedelta(hours=1)
    talk.office.store.accounts.add_session(sessions.token_hash(token), reader.id, expires)
    visit.token = token
    open_editor(visit, talk)
    page = visit.page
    assert not page.is_visible("#save")
    page.keyboard.press("s")
    assert page.text_content("#s0 .role") == "问"
    page.locator("#s2 .at").focus()
    page.keyboard.press("Enter")
    visit.until("!document.querySelector('#media').paused")
    assert page.locator(".seg.writing").count() == 0
