"""我的声纹 in a real browser: agreed to, sent as a file or spoken, shown, deleted; and offered in a job."""

from __future__ import annotations

import io
import os
import shutil
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tests.serving.console.browser.conftest import QUIET
from tests.serving.console.browser.test_every_page import FAINT_TEXTS
from tests.serving.console.conftest import add_file, wav

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

RATE = 16000
SCREEN = {"width": 1280, "height": 900}


def voice(seconds: float) -> bytes:
    """A tone, which is a voice to the fakes."""
    sound = np.sin(2 * np.pi * 200 * np.arange(int(seconds * RATE)) / RATE) * 12000
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.astype("<i2").tobytes())
    return out.getvalue()


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium with a microphone that plays a tone, and is allowed at once."""
    path = os.environ.get("ANJUAN_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here: set ANJUAN_CHROMIUM or install chromium")
    from playwright.sync_api import sync_playwright

    said = tmp_path_factory.mktemp("microphone") / "said.wav"
    said.write_bytes(voice(6))
    device = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as play:
        launched = play.chromium.launch(
            executable_path=path, args=[*QUIET, *device, f"--use-file-for-fake-audio-capture={said}"]
        )
        yield launched
        launched.close()


def test_a_voice_is_enrolled_from_a_file_after_consent_and_deleted_after_a_question(
    visit, office, tmp_path: Path
) -> None:
    sound = tmp_path / "我的录音.wav"
    sound.write_bytes(voice(25))
    page = visit.page
    page.set_viewport_size(SCREEN)
    visit.sign_in("/voice")
    assert page.is_disabled("#record")
    assert page.is_disabled("#choose")
    visit.shot("voice-none")
    assert page.evaluate(FAINT_TEXTS) == []
    page.check("#agree")
    with page.expect_file_chooser() as chooser:
        page.click("#choose")
    chooser.value.set_files(str(sound))
    page.wait_for_selector("#enrolled")
    visit.shot("voice-enrolled")
    assert [one.account_id for one in office.store.voiceprints.all(office.officer)] == [office.officer.id]
    page.click("[data-delete=me]")
    page.wait_for_selector("#sure[open]")
    page.click("#sure-yes")
    page.wait_for_selector("#not-enrolled")
    assert office.store.voiceprints.all(office.officer) == []


def test_a_recording_that_is_too_short_is_refused_in_words(visit, office, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(voice(5))
    visit.sign_in("/voice")
    visit.page.check("#agree")
    with visit.page.expect_file_chooser() as chooser:
        visit.page.click("#choose")
    chooser.value.set_files(str(tmp_path / "a.wav"))
    visit.until("!document.querySelector('#trouble').hidden")
    assert "20 至 60 秒" in visit.page.inner_text("#trouble")
    visit.faults.clear()
    assert office.store.voiceprints.all(office.officer) == []


def test_a_voice_is_recorded_at_the_page_for_twenty_seconds_at_least(visit, office) -> None:
    page = visit.page
    visit.sign_in("/voice")
    page.check("#agree")
    page.click("#record")
    visit.until("document.querySelector('#clock').textContent.includes('0:02')")
    assert page.is_disabled("#record")
    visit.shot("voice-recording")
    page.wait_for_timeout(18_500)
    visit.until("!document.querySelector('#record').disabled")
    page.click("#record")
    page.wait_for_selector("#enrolled")
    (kept,) = office.store.voiceprints.all(office.officer)
    assert kept.seconds >= 15
    office.store.voiceprints.delete(office.officer, office.officer.id)


def test_staff_are_offered_where_speakers_are_told_apart(visit, office) -> None:
    case = office.store.create_case(office.officer, "声纹案")
    add_file(office, case, "讯问录音.wav", wav(4), "audio/x-wav", {"duration": 4.0})
    visit.page.set_viewport_size(SCREEN)
    visit.sign_in(f"/cases/{case.id}")
    page = visit.page
    page.click("[data-options]")
    assert page.is_hidden("#option-staff")
    page.select_option("#option-speakers", "2")
    page.check("#option-staff")
    visit.shot("case-staff")
    page.click("#options [type=submit]")
    page.wait_for_selector("[data-task=transcribe]")
    (job,) = office.store.jobs_of(office.officer, case.id)
    assert (job.params["speakers"], job.params["staff"]) == (2, [])
    office.store.cancel_job(office.officer, job.id)
