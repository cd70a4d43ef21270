"""The turns of a 笔录 shaped by key in a real browser: joined, cut, summed up, and what is noted beside them."""

from __future__ import annotations

import io
from urllib.request import Request, urlopen

import docx
import pytest
from pypdf import PdfReader

from cases.codec import to_json_object
from pipelines.speech.record_text import record_text
from serving.security import sessions
from tests.serving.console.browser.test_conversation import FONT, focus, kept, lead, made_draft, merge, older, save

pytestmark = pytest.mark.browser

TOAST = "document.querySelector('#toast')"
SELECT = """([row, from, to]) => {
  const said = document.querySelectorAll('#talk .seg')[row].querySelector('.said');
  document.querySelectorAll('#talk .seg .at')[row].focus();
  const range = document.createRange(), node = document.createTreeWalker(said, NodeFilter.SHOW_TEXT).nextNode();
  range.setStart(node, from);
  range.setEnd(node, to);
  getSelection().removeAllRanges();
  getSelection().addRange(range);
}"""


def texts(visit) -> list[str]:
    """What the rows say that can be seen."""
    return [row.locator(".said").text_content() for row in visit.page.locator("#talk .seg:not([hidden])").all()]


def toast(visit, words: str) -> None:
    visit.until(f"!{TOAST}.hidden && {TOAST}.textContent.includes('{words}')")


def cut(visit, row: int, letters: int) -> None:
    """Cut a turn behind so many letters of what it says."""
    focus(visit, row)
    page = visit.page
    rows = page.locator("#talk .seg").count()
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    for _ in range(letters):
        page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+Enter")
    visit.until(f"document.querySelectorAll('#talk .seg').length === {rows + 1}")


def sum_up(visit, first: int, count: int, text: str) -> None:
    """The stretch of `count` turns behind a summary that says `text`."""
    focus(visit, first)
    page = visit.page
    for _ in range(count - 1):
        page.keyboard.press("Shift+ArrowDown")
    assert page.locator("#talk .seg.chosen").count() == count
    page.keyboard.press("s")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(text)
    page.keyboard.press("Enter")


def to_check(visit) -> None:
    lead(visit, "待核对")


# --- joined and cut --------------------------------------------------------------------------------------------------
def test_a_turn_is_cut_at_the_caret_at_the_second_of_its_word_and_joined_again(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    before = kept(talk, record).turns
    cut(visit, 3, len("我叫张伟，"))
    assert page.evaluate("document.activeElement.closest('.seg') === document.querySelectorAll('#talk .seg')[4]")
    visit.shot("record-cut")
    page.keyboard.press("Escape")
    save(visit, 2)
    head, tail = kept(talk, record).turns[3:5]
    assert (head.text_raw, head.text_final) == ("我叫张伟，", "我叫张伟，")
    assert tail.text_raw.startswith("一九九〇年")
    (whole,), (one,), (other,) = before[3].spans, head.spans, tail.spans
    heard = next(s for s in talk.kept().segments if s.id == whole.segment)
    middle = round(1000 * heard.words[2].start)
    assert (one.at.start_ms, one.at.end_ms, other.at.start_ms, other.at.end_ms) == (
        whole.at.start_ms,
        middle,
        middle,
        whole.at.end_ms,
    )
    focus(visit, 4)
    page.keyboard.press("Enter")
    page.keyboard.press("Home")
    page.keyboard.press("Backspace")
    page.keyboard.press("Escape")
    save(visit, 3)
    assert to_json_object(kept(talk, record).turns[3].spans[0]) == to_json_object(whole)
    assert [turn.text_raw for turn in kept(talk, record).turns] == [turn.text_raw for turn in before]


def test_turns_are_joined_by_key_taken_back_and_done_again(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    before = texts(visit)
    focus(visit, 1)
    page.keyboard.press("m")
    assert texts(visit) == [before[0] + before[1], *before[2:]]
    page.keyboard.press("Control+z")
    assert texts(visit) == before
    focus(visit, 1)
    page.keyboard.press("Shift+M")
    assert texts(visit) == [before[0], before[1] + before[2], *before[3:]]
    page.keyboard.press("Control+z")
    page.keyboard.press("Control+y")
    focus(visit, 0)
    page.keyboard.press("m")
    toast(visit, "没有段落可以合并")
    save(visit, 2)
    assert kept(talk, record).turns[1].text_raw == "".join(t.text_raw for t in kept(talk, record, 1).turns[1:3])


def test_a_turn_is_cut_at_the_playhead(visit, talk) -> None:
    record = made_draft(visit, talk)
    visit.ready()
    focus(visit, 3)
    start = kept(talk, record).turns[3].spans[0].at.start_ms / 1000
    visit.page.evaluate(f"document.querySelector('#media').currentTime = {start + 0.28 * 3 + 0.1}")
    visit.page.keyboard.press("k")
    visit.until("document.querySelectorAll('#talk .seg')[3].querySelector('.said').textContent === '我叫张伟，一'")


# --- summed up -------------------------------------------------------------------------------------------------------
def test_a_stretch_is_summed_up_and_its_turns_are_one_key_away(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    before = texts(visit)
    sum_up(visit, 2, 4, "其交代了身份和当晚的经过。")
    assert texts(visit) == [*before[:2], "其交代了身份和当晚的经过。", *before[6:]]
    visit.shot("record-summary")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("v")
    assert texts(visit) == [*before[:2], "其交代了身份和当晚的经过。", *before[2:]]
    visit.shot("record-summary-open")
    save(visit, 2)
    made = kept(talk, record)
    assert made.turns[2].summary_of == ("t3", "t4", "t5", "t6")
    assert made.turns[2].confirmed_by == talk.office.officer.id
    assert [span.at for span in made.turns[2].spans] == [s.at for turn in made.turns[3:7] for s in turn.spans]
    assert all(flag.resolved_by for turn in made.turns[3:7] for flag in turn.flags)
    printed = record_text(made)
    assert "其交代了身份和当晚的经过。" in printed
    assert before[3] not in printed
    page.reload()
    visit.until("document.querySelectorAll('#talk .seg.summary').length === 1")
    assert len(texts(visit)) == len(before) - 3
    focus(visit, 2)
    page.keyboard.press("Shift+S")
    assert texts(visit) == before
    page.keyboard.press("Control+z")
    page.keyboard.press("m")
    toast(visit, "概括段不能与别的段合并")
    focus(visit, 0)
    page.keyboard.press("s")
    toast(visit, "选定要概括的几段")


# --- noted beside ----------------------------------------------------------------------------------------------------
def fill(visit, key: str, **values: str) -> None:
    page = visit.page
    page.keyboard.press(key)
    visit.until("document.querySelector('#noting').open")
    for name, value in values.items():
        page.fill(f"#noting-{name}", value)
    visit.shot(f"record-noting-{key}")
    page.keyboard.press("Enter")
    visit.until("!document.querySelector('#noting').open")


def test_exhibits_bookmarks_and_interruptions_are_noted_at_their_second_and_printed_as_the_form_wants(
    visit, talk
) -> None:
    record = made_draft(visit, talk)
    visit.ready()
    page = visit.page
    focus(visit, 5)
    start = kept(talk, record).turns[5].spans[0].at.start_ms
    page.evaluate(f"document.querySelector('#media').currentTime = {start / 1000 + 1.2}")
    fill(visit, "e", name="黑色手包照片一张")
    fill(visit, "t", label="改口")
    focus(visit, 6)
    fill(visit, "i", reason="更换存储卡", at="0:20", to="0:21.5")
    assert page.locator("#entries > li").count() == 3
    visit.until("document.querySelector('#save-state').textContent.includes('草稿')")
    page.reload()
    visit.until("document.querySelectorAll('#entries > li').length === 3")
    visit.shot("record-entries")
    save(visit, 2)
    made = kept(talk, record)
    (shown,), (mark,), (pause,) = made.exhibits, made.bookmarks, made.interruptions
    assert (shown.no, shown.name, shown.turn) == ("证据1", "黑色手包照片一张", "t6")
    assert (shown.at.start_ms, mark.at.start_ms) == (start + 1200, start + 1200)
    assert (mark.label, mark.by) == ("改口", talk.office.officer.id)
    assert (pause.at.start_ms, pause.at.end_ms, pause.explained_in) == (20_000, 21_500, "t7")
    printed = record_text(made)
    assert "（出示证据1：黑色手包照片一张）" in printed
    assert "（录音录像自00:00:20至00:00:22中断，原因：更换存储卡）" in printed
    assert "改口" not in printed


def test_an_entry_is_changed_removed_and_a_wrong_second_refused(visit, talk) -> None:
    record = made_draft(visit, talk)
    visit.ready()
    page = visit.page
    focus(visit, 1)
    fill(visit, "t", label="第一处")
    page.click("#entries .entry")
    page.fill("#noting-at", "9:59")
    assert page.evaluate("document.querySelector('#noting-at').validationMessage.includes('不超过录音长度')")
    page.fill("#noting-at", "0:05")
    page.fill("#noting-label", "另一处")
    page.keyboard.press("Enter")
    save(visit, 2)
    (mark,) = kept(talk, record).bookmarks
    assert (mark.label, mark.at.start_ms) == ("另一处", 5000)
    page.click("#entries .entry")
    page.click("#noting-remove")
    assert page.locator("#entries > li").count() == 0
    page.keyboard.press("Control+z")
    assert page.locator("#entries > li").count() == 1


def test_a_correction_is_asked_for_while_the_record_is_checked_and_has_its_place_for_a_finger(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    focus(visit, 5)
    page.keyboard.press("w")
    toast(visit, "更正由本人在核对时提出")
    to_check(visit)
    at = texts(visit)[5].index("两部")
    page.evaluate(SELECT, [5, at, at + 2])
    page.click("[data-note=correction]")
    assert page.input_value("#noting-old") == "两部"
    assert page.input_value("#noting-by") == "张伟"
    page.fill("#noting-now", "三部")
    visit.shot("record-noting-w")
    page.keyboard.press("Enter")
    visit.until("document.querySelector('#talk .struck')?.textContent === '两部'")
    assert page.inner_text("#talk .added") == "三部"
    assert page.locator("#talk .slot").count() == 1
    visit.shot("record-correction")
    save(visit, 3)
    made = kept(talk, record)
    (one,) = made.review.corrections
    assert (one.turn, one.before, one.after, one.by, one.fingerprint_slot) == ("t6", "两部", "三部", "张伟", True)
    assert "三部手机" in made.turns[5].text_final
    assert "〔删：两部〕〔改：三部〕◎" in record_text(made)
    focus(visit, 5)
    page.keyboard.press("Enter")
    assert page.inner_text("#talk .seg.writing .said") == made.turns[5].text_final
    page.keyboard.press("Escape")
    assert page.locator("#talk .struck").count() == 1


def test_a_record_that_is_not_written_any_more_takes_none_of_it(visit, talk) -> None:
    older(visit, talk)
    page = visit.page
    before = texts(visit)
    for key in ("m", "Shift+M", "k", "s", "Shift+S", "e", "t", "i", "w"):
        focus(visit, 1)
        page.keyboard.press(key)
        toast(visit, "旧版本")
        assert not page.evaluate("document.querySelector('#noting').open")
    assert texts(visit) == before


def test_a_cut_of_mine_and_an_exhibit_of_theirs_are_brought_together(visit, talk) -> None:
    record = made_draft(visit, talk)
    page = visit.page
    theirs = talk.office.store.record(talk.office.officer, record).body
    theirs["exhibits"] = [{"no": "证据1", "name": "手机", "turn": "t6", "at": None}]
    talk.office.store.add_version(talk.office.officer, record, 1, theirs)
    cut(visit, 3, 5)
    page.keyboard.press("Escape")
    merge(visit)
    save(visit, 3)
    made = kept(talk, record)
    assert [turn.id for turn in made.turns[3:5]] == ["t4", "t4.1"]
    assert made.exhibits[0].turn == "t6"


@pytest.mark.parametrize("form", ["docx", "txt", "pdf"])
def test_the_files_show_the_summary_and_the_exhibit(visit, talk, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJUAN_FONT", str(FONT))
    record = made_draft(visit, talk)
    sum_up(visit, 2, 2, "Identity told.")
    focus(visit, 0)
    fill(visit, "e", name="Photo")
    save(visit, 2)
    address = f"{visit.address}/api/v1/records/{record}/export?format={form}"
    with urlopen(Request(address, headers={"cookie": f"{sessions.COOKIE}={visit.token}"})) as answer:
        content = answer.read()
    words = written(form, content)
    assert "Identity told." in words
    assert "Photo" in words


def written(form: str, content: bytes) -> str:
    """The words of a file."""
    if form == "docx":
        return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)
    if form == "pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return content.decode()


def test_the_keyboard_help_names_every_key(visit, talk) -> None:
    made_draft(visit, talk)
    visit.page.keyboard.press("?")
    named = set(visit.page.locator("#keys kbd").all_text_contents())
    assert {"m", "k", "s", "e", "t", "i", "w", "v", "Shift", "M", "S"} <= named
    visit.shot("record-keys")
