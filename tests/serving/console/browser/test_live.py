"""Live dictation in a real browser with a microphone that plays a file: spoken, dropped, taken up again, kept."""

from __future__ import annotations

import base64
import os
import shutil
import struct
import wave
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from cases.codec import from_json
from cases.transcript import Transcript
from pipelines.speech.live.opus import OPUS_RATE, PACKET_SAMPLES
from serving.security import sessions
from tests.serving.console.browser.conftest import QUIET
from tests.serving.console.browser.test_every_page import FAINT_TEXTS

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser

SCREEN = {"width": 1280, "height": 800}
RATE = 16000
KEEP_FRAMES = """(() => {
  window.lines = []; window.frames = [];
  const Real = WebSocket;
  window.WebSocket = class extends Real {
    constructor(...how) { super(...how); window.lines.push(this); }
    send(what) {
      if (typeof what !== 'string') window.frames.push(btoa(String.fromCharCode(...new Uint8Array(what))));
      super.send(what);
    }
  };
})()"""
PHASE = "document.querySelector('#live').dataset.phase"


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """Chromium with a microphone that says the same two sentences over and over, and is allowed at once."""
    path = os.environ.get("ANJUAN_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here: set ANJUAN_CHROMIUM or install chromium")
    from playwright.sync_api import sync_playwright

    said = tmp_path_factory.mktemp("microphone") / "said.wav"
    second = np.arange(RATE * 6) / RATE
    tone, hum = np.sin(2 * np.pi * 250 * second) * 12000, np.sin(2 * np.pi * 50 * second) * 30
    loud = ((second > 0.5) & (second < 2.5)) | ((second > 3.5) & (second < 5))
    with wave.open(str(said), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((tone * loud + hum).astype("<i2").tobytes())
    device = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]
    with sync_playwright() as play:
        launched = play.chromium.launch(
            executable_path=path, args=[*QUIET, *device, f"--use-file-for-fake-audio-capture={said}"]
        )
        yield launched
        launched.close()


def open_page(visit, office, name: str) -> str:
    """The live page of a case of the test's own; answers the case."""
    case = office.store.create_case(office.officer, name).id
    visit.page.set_viewport_size(SCREEN)
    visit.page.add_init_script(KEEP_FRAMES)
    visit.sign_in(f"/cases/{case}/live")
    visit.until(f"{PHASE} === 'ready'")
    return str(case)


def speak(visit, lines: int = 1) -> None:
    """Until so many lines are closed and read again."""
    visit.until(f"document.querySelectorAll('#lines li[data-state=reread]').length >= {lines}")


def end(visit) -> str:
    """End the session with the keyboard; answers the record's id."""
    page = visit.page
    page.keyboard.press("e")
    page.wait_for_selector("#end-sure[open]")
    page.keyboard.press("Enter")
    visit.until(f"{PHASE} === 'ended'")
    return str(page.get_attribute("#open-record", "href")).rpartition("/")[2]


def sent(visit) -> bytes:
    """All sound that was sent, put together by its sample numbers; fails on a gap or a sample sent in two forms."""
    samples: dict[int, int] = {}
    for text in visit.page.evaluate("window.frames"):
        data = base64.b64decode(text)
        (first,) = struct.unpack(">Q", data[:8])
        for n, (sample,) in enumerate(struct.iter_unpack("<h", data[8:])):
            assert samples.setdefault(first + n, sample) == sample
    assert sorted(samples) == list(range(len(samples)))
    return struct.pack(f"<{len(samples)}h", *(samples[n] for n in range(len(samples))))


def kept(office, case: str) -> bytes:
    """The samples of the one recording of the case."""
    (item,) = office.store.evidence_of(office.officer, case)
    with wave.open(str(office.blobs.local(item.digest.sha256))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE, 1, 2)
        return file.readframes(file.getnframes())


def body_of(office, record: str) -> Any:
    return from_json(Transcript, office.store.record(office.officer, record).body)


def test_what_is_said_is_shown_read_again_and_kept_without_the_mouse(visit, office) -> None:
    case = open_page(visit, office, "听写案")
    page = visit.page
    visit.shot("live-ready")
    page.keyboard.press(" ")
    visit.until("document.querySelector('#lines li:not([data-state]) .text')?.textContent.includes('有声')")
    visit.shot("live-partial")
    speak(visit, 2)
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    assert page.inner_text("#safe").startswith("已安全存盘至 0:0")
    page.keyboard.press(" ")
    assert page.evaluate(PHASE) == "on", "Space must not stop a recording"
    # The fake large model says less than the quick one: both readings stay in sight.
    assert page.locator("#lines .before:visible").count() >= 1
    assert page.evaluate(FAINT_TEXTS) == []
    visit.shot("live-on")
    first = page.inner_text("#lines li:first-child .text")
    record = end(visit)
    visit.shot("live-ended")
    assert body_of(office, record).segments[0].text == first
    assert kept(office, case) == sent(visit)
    page.keyboard.press("Enter")
    visit.wait_for_path("/records/rec_*")


def test_a_dropped_line_loses_no_sound_and_no_text(visit, office) -> None:
    case = open_page(visit, office, "断线案")
    page = visit.page
    page.keyboard.press(" ")
    speak(visit)
    page.route("**/api/v1/live/**", lambda route: route.abort())
    page.evaluate("window.lines.at(-1).close()")
    visit.until("document.querySelector('#link').dataset.state === 'lost'")
    visit.until("document.querySelector('#behind').textContent !== ''")
    visit.shot("live-lost")
    page.unroute("**/api/v1/live/**")
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    visit.until("document.querySelector('#behind').textContent === ''")
    speak(visit, 2)
    assert page.evaluate("window.lines.length") >= 2
    numbers = page.eval_on_selector_all("#lines li", "all => all.map(one => Number(one.dataset.line))")
    assert numbers == list(range(len(numbers)))
    end(visit)
    assert kept(office, case) == sent(visit)
    # Chromium's own lines about the calls that the test cut.
    assert all("Failed to load resource" in fault for fault in visit.faults)
    visit.faults.clear()


def test_a_line_that_has_gone_silent_is_given_up_and_opened_again(visit, office) -> None:
    case = open_page(visit, office, "假死案")
    page = visit.page
    page.keyboard.press(" ")
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    page.evaluate("window.lines.at(-1).onmessage = null")
    visit.until("window.lines.length === 2")
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    visit.until("document.querySelector('#behind').textContent === ''")
    end(visit)
    assert kept(office, case) == sent(visit)
    assert len(kept(office, case)) > 8 * RATE * 2


def test_a_sign_in_that_ran_out_costs_no_sound_and_is_taken_up_in_another_tab(visit, office) -> None:
    case = open_page(visit, office, "登录过期案")
    page = visit.page
    page.keyboard.press(" ")
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    page.context.clear_cookies()
    page.evaluate("window.lines.at(-1).close()")
    visit.until("document.querySelector('#link').dataset.state === 'signed-out'")
    visit.shot("live-signed-out")
    token, expires = sessions.new_token(), datetime.now(UTC) + timedelta(hours=1)
    office.store.accounts.add_session(sessions.token_hash(token), office.officer.id, expires)
    page.context.add_cookies([{"name": sessions.COOKIE, "value": token, "url": visit.address}])
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    visit.until("document.querySelector('#behind').textContent === ''")
    end(visit)
    assert kept(office, case) == sent(visit)
    # Chromium's own lines about the calls that were refused.
    assert all("Failed to load resource" in fault for fault in visit.faults)
    visit.faults.clear()


def test_a_session_that_another_page_took_over_is_left_to_it(visit, office) -> None:
    case = open_page(visit, office, "接管案")
    visit.page.keyboard.press(" ")
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    other = visit.page.context.new_page()
    other.goto(f"{visit.address}/cases/{case}/live")
    other.click("#take-up")
    visit.until(f"{PHASE} === 'away'")
    assert "另一页面" in visit.page.inner_text("#link")
    other.wait_for_selector("#lines li[data-state=reread]")
    other.click("#end")
    other.click("#end-yes")
    other.wait_for_selector("#open-record:visible")
    assert len(kept(office, case)) > RATE * 2


def test_sound_that_is_not_sent_yet_is_sent_before_the_session_ends(visit, office) -> None:
    case = open_page(visit, office, "断线结束案")
    page = visit.page
    page.keyboard.press(" ")
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    page.route("**/api/v1/live/**", lambda route: route.abort())
    page.evaluate("window.lines.at(-1).close()")
    visit.until("document.querySelector('#behind').textContent !== ''")
    page.keyboard.press("e")
    page.keyboard.press("Enter")
    visit.until(f"{PHASE} === 'closing'")
    page.unroute("**/api/v1/live/**")
    visit.until(f"{PHASE} === 'ended'")
    assert len(kept(office, case)) > 2 * RATE * 2
    assert kept(office, case) == sent(visit)
    visit.faults.clear()


def test_a_page_that_was_loaded_again_goes_on_with_the_session(visit, office) -> None:
    case = open_page(visit, office, "重载案")
    page = visit.page
    page.on("dialog", lambda dialog: dialog.accept())
    page.keyboard.press(" ")
    speak(visit)
    page.reload()
    visit.until(f"{PHASE} === 'left'")
    visit.shot("live-left")
    page.click("#take-up")
    visit.until(f"{PHASE} === 'on'")
    speak(visit, 2)
    assert page.locator("#lines li").first.get_attribute("data-line") == "0"
    end(visit)
    (item,) = office.store.evidence_of(office.officer, case)
    assert float(item.facts["duration"]) > 5
    page.reload()
    visit.until(f"{PHASE} === 'ready'")


def test_a_muted_microphone_leaves_silence_of_the_same_length(visit, office) -> None:
    case = open_page(visit, office, "静音案")
    page = visit.page
    page.keyboard.press(" ")
    visit.until("document.querySelector('#link').dataset.state === 'open'")
    page.keyboard.press("m")
    assert page.is_visible(".muted-note")
    visit.shot("live-muted")
    page.wait_for_timeout(1500)
    page.keyboard.press("m")
    assert not page.is_visible(".muted-note")
    speak(visit)
    end(visit)
    sound = np.frombuffer(kept(office, case), "<i2")
    # The microphone's own pauses hum; nothing but muting makes a second of zeros.
    edges = np.concatenate(([-1], np.flatnonzero(sound), [sound.size]))
    assert RATE < np.diff(edges).max() < 4 * RATE
    assert kept(office, case) == sent(visit)


def test_a_slow_network_gets_opus_which_goes_on_after_a_drop_and_is_wished_for_again(visit, office) -> None:
    case = open_page(visit, office, "省流量案")
    page = visit.page
    page.check("#opus")
    visit.shot("live-opus")
    page.click("#start")
    speak(visit)
    page.evaluate("window.lines.at(-1).close()")
    visit.until("window.lines.length === 2 && document.querySelector('#link').dataset.state === 'open'")
    speak(visit, 2)
    end(visit)
    (item,) = office.store.evidence_of(office.officer, case)
    with wave.open(str(office.blobs.local(item.digest.sha256))) as file:
        assert file.getframerate() == OPUS_RATE
        count = file.getnframes()
        sound = np.abs(np.frombuffer(file.readframes(count), "<i2").astype(np.float64))
    assert count % PACKET_SAMPLES == 0
    assert count > 5 * OPUS_RATE
    assert sound.max() > 6000, "the tone of the microphone"
    messages = [base64.b64decode(text) for text in page.evaluate("window.frames")]
    firsts = {struct.unpack(">Q", message[:8])[0] for message in messages}
    assert firsts == set(range(0, count, PACKET_SAMPLES)), "every packet in its place"
    assert sum(map(len, messages)) < 0.15 * 2 * count, "far less than samples would take"
    page.goto(f"{visit.address}/cases/{case}/live")
    visit.until(f"{PHASE} === 'ready'")
    assert page.is_checked("#opus")


def test_a_browser_without_an_encoder_is_not_asked(visit, office) -> None:
    visit.page.add_init_script("delete window.AudioEncoder")
    open_page(visit, office, "无编码案")
    assert not visit.page.is_visible("#opus-wish")


@pytest.mark.parametrize(
    ("name", "words"),
    [("NotAllowedError", "允许麦克风"), ("NotFoundError", "没有找到麦克风"), ("NotReadableError", "占用")],
)
def test_a_microphone_that_cannot_be_had_is_told_with_what_to_do(visit, office, name: str, words: str) -> None:
    visit.page.add_init_script(
        f"navigator.mediaDevices.getUserMedia = async () => {{ throw new DOMException('no', '{name}'); }}"
    )
    case = open_page(visit, office, "无麦克风案")
    visit.page.keyboard.press(" ")
    visit.page.wait_for_selector("#trouble:visible")
    assert words in visit.page.inner_text("#trouble")
    assert visit.page.evaluate(PHASE) == "ready"
    if name == "NotAllowedError":
        visit.shot("live-denied")
    assert not [e for e in office.store.audit(office.officer, case) if e.act == "live.began"]


def test_a_page_without_a_secure_origin_says_that_https_is_needed(visit, office) -> None:
    visit.page.add_init_script("Object.defineProperty(navigator, 'mediaDevices', { value: undefined })")
    open_page(visit, office, "无加密案")
    visit.page.click("#start")
    visit.page.wait_for_selector("#trouble:visible")
    assert "https://" in visit.page.inner_text("#trouble")


def test_the_ring_holds_what_is_not_acknowledged_and_refuses_what_has_no_room(visit) -> None:
    visit.go("/sign-in")
    found = visit.page.evaluate(
        """async () => { const { Ring, frame } = await import('/static/ring.js');
        const ring = new Ring(100, 10), piece = (...all) => Int16Array.from(all);
        const took = [ring.push(piece(1, 2, 3, 4)), ring.push(piece(5, 6, 7, 8)), ring.push(piece(9, 10, 11))];
        ring.drop(103);
        const half = ring.from(102); ring.drop(104);
        const packets = new Ring(0, 9600, { whole: true, lead: 1920 });
        for (let n = 0; n < 8; n += 1) packets.push(Uint8Array.from([n, n]), 960);
        packets.drop(3840);
        const opus = [packets.first, packets.start(3840), packets.from(3000).first, [...packets.from(3000).data],
          [...new Uint8Array(frame(packets.from(6720)))], packets.push(Uint8Array.from([9]), 9600)];
        const again = [ring.push(piece(9, 10, 11)), ring.from(103), ring.from(105).first, ring.kept, ring.next];
        const bytes = [...new Uint8Array(frame({ first: 2 ** 40 + 1, data: piece(1, -2) }))];
        return [took, half.first, [...half.data], again, bytes, opus]; }"""
    )
    assert found == [
        [True, True, False],
        102,
        [3, 4],
        [True, None, 105, 7, 111],
        [0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0xFE, 0xFF],
        [1920, 1920, 2880, [3, 3], [0, 0, 0, 0, 0, 0, 26, 64, 7, 7], False],
    ]
