"""A list of differences in a real browser: walked, heard and filtered by key; and a comparison started from a case."""

from __future__ import annotations

import pytest

from pipelines.media.word import DOCX
from tests.serving.console.conftest import add_file, keep, transcript, wav

pytestmark = pytest.mark.browser

SCREEN = {"width": 1280, "height": 800}
"""A small office screen."""
SHOWN = "document.querySelectorAll('.difference:not([hidden])').length"
HERE = "document.querySelector('.difference.here')?.id"


def open_list(visit, sample) -> None:
    visit.page.set_viewport_size(SCREEN)
    visit.sign_in(f"/records/{sample.records['compare']}")
    visit.ready()


def test_a_difference_is_heard_from_its_jump_to_its_last_word_by_key(visit, sample) -> None:
    open_list(visit, sample)
    page = visit.page
    page.keyboard.press("j")
    assert page.get_attribute(".difference.here", "data-severity") == "major"
    spans = page.evaluate("JSON.parse(document.querySelector('#data').textContent).spans")
    number = int(page.get_attribute(".difference.here", "data-id") or "0")
    span = next(one for one in spans if one["id"] == number)
    page.evaluate("document.querySelector('#media').playbackRate = 2")
    page.keyboard.press("Enter")
    visit.until("!document.querySelector('#media').paused")
    assert span["jump"] - 0.05 <= visit.now() <= span["end"]
    visit.until("document.querySelector('.difference.now')")
    visit.shot("compare-heard")
    visit.until("document.querySelector('#media').paused")
    assert visit.now() == pytest.approx(span["end"], abs=0.4)
    page.keyboard.press(" ")
    visit.until("!document.querySelector('#media').paused")
    page.keyboard.press(" ")
    visit.until("document.querySelector('#media').paused")
    assert visit.now() < span["end"]


def test_the_list_is_walked_in_both_directions_and_both_orders(visit, sample) -> None:
    open_list(visit, sample)
    page = visit.page
    ids = page.eval_on_selector_all(".difference", "all => all.map(one => one.id)")
    for key, at in (("j", 0), ("ArrowDown", 1), ("n", 2), ("p", 1), ("ArrowUp", 0), ("k", 0)):
        page.keyboard.press(key)
        assert page.evaluate(HERE) == ids[at]
    page.keyboard.press("o")
    written = page.eval_on_selector_all(".difference", "all => all.map(one => Number(one.dataset.id))")
    assert written == sorted(written)
    assert page.evaluate(HERE) == ids[0]
    page.keyboard.press("o")
    assert page.eval_on_selector_all(".difference", "all => all.map(one => one.id)") == ids


def test_the_list_is_filtered_by_severity_kind_and_fact(visit, sample) -> None:
    open_list(visit, sample)
    page = visit.page
    total = page.evaluate(SHOWN)
    majors = page.locator(".difference.major").count()
    assert 0 < majors < total
    page.keyboard.press("1")
    assert page.evaluate(SHOWN) == majors
    assert page.inner_text("#shown") == f"显示 {majors} / {total} 处"
    visit.shot("compare-major")
    page.select_option("#by-fact", "amount")
    assert page.evaluate(SHOWN) == 1
    page.select_option("#by-kind", "missing")
    assert page.evaluate(SHOWN) == 0
    assert page.is_visible("#none-shown")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("0")
    assert page.evaluate(SHOWN) == total
    page.keyboard.press("1")
    page.keyboard.press("1")
    assert page.evaluate(SHOWN) == total


def test_on_paper_there_is_the_list_and_no_control(visit, sample) -> None:
    open_list(visit, sample)
    visit.page.emulate_media(media="print")
    assert visit.page.evaluate(
        "[...document.querySelectorAll('.bar, .hear, .player, #print, #by-kind')].every(e => !e.checkVisibility())"
    )
    assert visit.page.evaluate("[...document.querySelectorAll('.difference')].every(e => e.checkVisibility())")
    assert visit.page.evaluate(
        "document.querySelector('.list').scrollHeight <= document.querySelector('.list').clientHeight"
    )
    visit.shot("compare-paper")


def test_a_comparison_is_started_from_the_case_with_what_is_chosen(visit, office) -> None:
    case = office.store.create_case(office.officer, "对照案")
    written = add_file(office, case, "讯问笔录.docx", b"PK invented", DOCX, {})
    visit.page.set_viewport_size(SCREEN)
    visit.sign_in(f"/cases/{case.id}")
    page = visit.page
    page.click("[data-compare]")
    assert "请先上传讯问录音" in page.inner_text("#compare")
    assert page.is_disabled("#compare-go")
    page.keyboard.press("Escape")
    audio = add_file(office, case, "讯问录音.wav", wav(43), "audio/x-wav", {"duration": 43.0})
    talk = keep(office, case, "transcribe", audio, transcript(audio.digest.sha256), {})
    page.reload()
    page.click("[data-compare]")
    assert page.input_value("#compare-source") == talk
    visit.shot("case-compare")
    page.click("#compare-go")
    page.wait_for_selector("[data-task=compare]")
    page.click("[data-compare]")
    page.select_option("#compare-source", audio.id)
    page.click("#compare-go")
    visit.until("document.querySelectorAll('[data-task=compare]').length === 2")
    jobs = [job for job in office.store.jobs_of(office.officer, case.id) if job.task == "compare"]
    assert {job.evidence_id for job in jobs} == {written.id}
    assert sorted((job.params for job in jobs), key=len) == [
        {"recording": audio.id},
        {"transcript": talk, "transcript_version": 1},
    ]
    for job in jobs:
        office.store.cancel_job(office.officer, job.id)


def test_a_transcription_is_asked_to_tell_speakers_apart(visit, office) -> None:
    case = office.store.create_case(office.officer, "说话人案")
    add_file(office, case, "讯问录音.wav", wav(4), "audio/x-wav", {"duration": 4.0})
    visit.page.set_viewport_size(SCREEN)
    visit.sign_in(f"/cases/{case.id}")
    page = visit.page
    page.click("[data-options]")
    page.select_option("#option-speakers", "2")
    visit.shot("case-speakers")
    page.click("#options [type=submit]")
    page.wait_for_selector("[data-task=transcribe]")
    (job,) = office.store.jobs_of(office.officer, case.id)
    assert job.params["speakers"] == 2
    office.store.cancel_job(office.officer, job.id)


def test_a_recording_with_two_channels_is_offered_by_its_seats_and_one_with_one_is_not(visit, office) -> None:
    case = office.store.create_case(office.officer, "座位案")
    add_file(office, case, "单声道.wav", wav(4), "audio/x-wav", {"duration": 4.0, "channels": 1})
    two = add_file(office, case, "双话筒.wav", wav(5), "audio/x-wav", {"duration": 5.0, "channels": 2})
    visit.page.set_viewport_size(SCREEN)
    visit.sign_in(f"/cases/{case.id}")
    page = visit.page
    page.click("[data-options][data-channels='1']")
    assert page.is_hidden("#option-channels")
    page.keyboard.press("Escape")
    page.click("[data-options][data-channels='2']")
    page.select_option("#option-channels", "question,answer")
    assert page.is_disabled("#option-speakers")
    visit.shot("case-channels")
    page.click("#options [type=submit]")
    page.wait_for_selector("[data-task=transcribe]")
    (job,) = office.store.jobs_of(office.officer, case.id)
    assert (job.evidence_id, job.params) == (
        two.id,
        {"language": "zh", "channels": "speakers", "seats": ["question", "answer"]},
    )
    office.store.cancel_job(office.officer, job.id)
