"""The console in a real Chromium: what a clerk does with mouse and keys, and that a page asks nobody else for anything.

With ANJUAN_SHOTS=DIR each test leaves pictures of its pages there.
"""

from __future__ import annotations

import os
import shutil
import threading
import time
import wave
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np
import pytest

from serving.security import sessions
from serving.worker import Worker, WorkerLimits

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

pytestmark = pytest.mark.browser

PASSWORD = "a long enough password"
QUIET = [
    "--no-sandbox",
    "--headless=new",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT_MS = 15_000
"""Two busy cores and a cold browser; a page of the console takes well under a second."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, or a skip by name."""
    path = os.environ.get("ANJUAN_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here: set ANJUAN_CHROMIUM or install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        launched = play.chromium.launch(executable_path=path, args=QUIET)
        yield launched
        launched.close()


@dataclass
class Visit:
    """An open page with everything that went wrong in it."""

    page: Page
    address: str
    token: str
    faults: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)

    def go(self, path: str) -> None:
        self.page.goto(f"{self.address}{path}")

    def shot(self, name: str) -> None:
        if folder := os.environ.get("ANJUAN_SHOTS"):
            self.page.screenshot(path=str(Path(folder) / f"{name}.png"))

    def sign_in(self, target: str = "/cases") -> None:
        """Come in with a session that was opened beforehand; typing a password is a test of its own."""
        self.page.context.add_cookies([{"name": sessions.COOKIE, "value": self.token, "url": self.address}])
        self.go(target)

    def until(self, expression: str) -> None:
        """Until an expression holds; playwright's own waiting needs eval, which the pages' policy forbids."""
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        while not self.page.evaluate(expression):
            assert time.monotonic() < deadline, f"still not: {expression}"
            self.page.wait_for_timeout(30)

    def wait_for_path(self, path: str) -> None:
        """Until the page at `path` (a glob) has loaded, whatever the query of the page before said."""
        self.page.wait_for_url(lambda url: fnmatch(urlsplit(url).path, path))


@pytest.fixture
def visit(browser: Browser, address: str, office) -> Iterator[Visit]:
    """A fresh visitor; a console error, a refused policy or a request to anybody else fails the test at its end."""
    context = browser.new_context(
        viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai", accept_downloads=True
    )
    context.set_default_timeout(TIMEOUT_MS)
    token = sessions.new_token()
    expires = datetime.now(UTC) + timedelta(hours=1)
    office.store.accounts.add_session(sessions.token_hash(token), office.officer.id, expires)
    visit = Visit(context.new_page(), address, token)
    page = visit.page
    page.add_init_script("addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))")
    page.on("console", lambda m: visit.faults.append(m.text) if m.type in ("error", "warning") else None)
    page.on("pageerror", lambda e: visit.faults.append(str(e)))
    page.on("request", lambda r: visit.hosts.add(r.url.split("/")[2] if "://" in r.url else r.url))
    yield visit
    context.close()
    assert visit.faults == []
    assert visit.hosts <= {address.removeprefix("http://")}


def now(visit: Visit) -> float:
    return float(visit.page.evaluate("document.querySelector('#media').currentTime"))


def ready(visit: Visit) -> None:
    visit.until("document.querySelector('#media').readyState >= 1")


# --- coming in --------------------------------------------------------------------------------------------------------
def test_a_wrong_password_is_told_in_plain_words_and_the_right_one_lets_in(visit: Visit) -> None:
    visit.go("/cases")
    page = visit.page
    visit.shot("sign-in")
    page.fill("#name", "wang")
    page.fill("#password", "not the password")
    page.keyboard.press("Enter")
    page.wait_for_selector("[role=alert]")
    assert "用户名或密码不正确" in page.inner_text("[role=alert]")
    assert page.evaluate("document.activeElement.id") == "password"
    # Chromium itself writes a line about the 401 of the form; that is the only one.
    assert len(visit.faults) == 1
    visit.faults.clear()
    page.fill("#password", PASSWORD)
    page.keyboard.press("Enter")
    visit.wait_for_path("/cases")


def test_a_case_is_opened_with_the_keyboard_alone(visit: Visit) -> None:
    visit.sign_in()
    page = visit.page
    page.keyboard.press("n")
    page.wait_for_selector("#new-case[open]")
    visit.shot("new-case")
    page.keyboard.type("周某盗掘古墓葬案")
    page.keyboard.press("Enter")
    visit.wait_for_path("/cases/case_*")
    assert page.inner_text("h1") == "周某盗掘古墓葬案"
    visit.shot("case-empty")
    page.keyboard.press("g")
    page.keyboard.press("c")
    visit.wait_for_path("/cases")
    page.keyboard.press("/")
    page.keyboard.type("古墓")
    assert page.locator("#cases tbody tr:visible").count() == 1


def test_the_shortcuts_of_a_page_are_shown_by_a_question_mark(visit: Visit) -> None:
    visit.sign_in()
    visit.page.keyboard.press("?")
    visit.page.wait_for_selector("#keys[open]")
    assert "新建案件" in visit.page.inner_text("#keys")
    visit.shot("keys")


# --- evidence in, work done -------------------------------------------------------------------------------------------
@pytest.fixture
def working(office) -> Iterator[None]:
    """A worker on the fake models, as a server runs one."""
    stop = threading.Event()
    limits = WorkerLimits(poll_s=0.05)
    worker = Worker(office.store, office.blobs, office.engine, office.settings.work_dir, limits)
    thread = threading.Thread(target=worker.run, args=(stop,), daemon=True)
    thread.start()
    yield
    stop.set()
    thread.join(20)


def speak(path: Path, seconds: float = 4.0) -> Path:
    """A loud tone in a WAV file."""
    at = np.arange(int(seconds * 16000)) / 16000
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes((np.sin(2 * np.pi * 220 * at) * 9000).astype("<i2").tobytes())
    return path


def test_a_recording_is_taken_in_written_down_and_opened(visit: Visit, office, working: None, tmp_path: Path) -> None:
    case = office.store.create_case(office.officer, "上传案")
    visit.sign_in(f"/cases/{case.id}")
    page = visit.page
    page.set_input_files("#files", str(speak(tmp_path / "讯问 录音#1.wav")))
    page.wait_for_selector("text=讯问 录音#1.wav")
    page.click("[data-start=transcribe]")
    page.click("text=打开转写文本")
    visit.wait_for_path("/records/rec_*")
    ready(visit)
    assert page.locator(".w").count() >= 1
    (item,) = office.store.evidence_of(office.officer, case.id)
    assert (item.filename, item.size) == ("讯问 录音#1.wav", (tmp_path / "讯问 录音#1.wav").stat().st_size)


def test_a_page_picture_and_a_clip_become_records_too(
    visit: Visit, office, sample, working: None, tmp_path: Path
) -> None:
    case = office.store.create_case(office.officer, "图像案")
    copies = office.store.derived_of(office.officer, sample.records["scan"])
    picture = next(copy for copy in copies if copy.media_type == "image/jpeg")
    shutil.copy(office.blobs.local(picture.digest.sha256), tmp_path / "page.jpg")
    video = office.store.evidence(office.officer, sample.evidence["traffic"])
    shutil.copy(office.blobs.local(video.digest.sha256), tmp_path / "clip.mp4")
    visit.sign_in(f"/cases/{case.id}")
    page = visit.page
    page.set_input_files("#files", [str(tmp_path / "page.jpg"), str(tmp_path / "clip.mp4")])
    page.wait_for_selector("text=clip.mp4")
    page.click("[data-start=scan]")
    page.wait_for_selector("text=打开识别结果")
    page.click("[data-start=traffic]")
    page.wait_for_selector("text=打开车流结果")
    visit.shot("case-worked")
    page.click("text=打开车流结果")
    page.wait_for_selector("#counts")


def test_what_cannot_be_read_is_refused_in_plain_words(visit: Visit, office, tmp_path: Path) -> None:
    case = office.store.create_case(office.officer, "坏文件案")
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.7 this is none")
    visit.sign_in(f"/cases/{case.id}")
    visit.page.set_input_files("#files", str(tmp_path / "坏.pdf"))
    visit.page.wait_for_selector(".uploads [role=alert]")
    assert visit.page.inner_text(".uploads [role=alert]").startswith("未能入库")
    assert office.store.evidence_of(office.officer, case.id) == []
    visit.shot("upload-refused")
    # Chromium's own line about the refused PUT.
    assert all("Failed to load resource" in fault for fault in visit.faults)
    visit.faults.clear()


def test_a_file_goes_up_in_pieces_and_survives_a_broken_line(visit: Visit, office, tmp_path: Path) -> None:
    case = office.store.create_case(office.officer, "分片案")
    content = speak(tmp_path / "long.wav", seconds=8).read_bytes()
    broken: list[str] = []

    def cut(route: Route) -> None:
        if route.request.method == "PATCH" and not broken and route.request.headers["upload-offset"] != "0":
            broken.append(route.request.url)
            route.abort()
        else:
            route.continue_()

    visit.page.route("**/api/v1/uploads/*", cut)
    visit.sign_in(f"/cases/{case.id}")
    # As for a file over the limit, in pieces of 64 KiB instead of 16 MiB.
    send = """async ([caseId, hex]) => {
      const { inPieces } = await import('/static/upload.js');
      const bytes = Uint8Array.from(hex.match(/../g), pair => parseInt(pair, 16)), sent = [];
      const watch = { onProgress: n => sent.push(n), signal: new AbortController().signal };
      const item = await inPieces(caseId, new File([bytes], '分片.wav'), watch, 65536);
      return [item.sha256, Math.max(...sent)]; }"""
    digest, most = visit.page.evaluate(send, [case.id, content.hex()])
    (item,) = office.store.evidence_of(office.officer, case.id)
    assert (item.digest.sha256, item.filename) == (digest, "分片.wav")
    assert digest == sha256(content).hexdigest()
    assert (most, len(broken)) == (len(content), 1)
    assert all("Failed to load resource" in fault for fault in visit.faults)
    visit.faults.clear()


def test_a_file_is_taken_in_by_dropping_it(visit: Visit, office, tmp_path: Path) -> None:
    case = office.store.create_case(office.officer, "拖放案")
    content = speak(tmp_path / "x.wav", 1).read_bytes().hex()
    visit.sign_in(f"/cases/{case.id}")
    drop = """hex => {
      const bytes = Uint8Array.from(hex.match(/../g), pair => parseInt(pair, 16));
      const given = new DataTransfer();
      given.items.add(new File([bytes], '拖入.wav'));
      const how = { dataTransfer: given, bubbles: true, cancelable: true };
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.querySelector('#drop').dispatchEvent(new DragEvent(type, how));
    }"""
    visit.page.evaluate(drop, content)
    visit.page.wait_for_selector("#evidence >> text=拖入.wav")


# --- a transcript -----------------------------------------------------------------------------------------------------
def test_clicking_a_word_leads_to_its_second_and_lights_it(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['transcribe']}")
    ready(visit)
    word = visit.page.locator(".w", has_text="滨河").first
    word.click()
    visit.until("document.querySelector('.w.now')?.textContent.includes('滨河')")
    assert now(visit) == pytest.approx(float(word.get_attribute("data-s") or "nan"), abs=0.05)
    assert visit.page.locator(".seg.now").count() == 1
    visit.shot("transcript")


def test_a_transcript_is_worked_through_with_the_keyboard(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['transcribe']}")
    ready(visit)
    page = visit.page
    starts = [float(s) for s in page.eval_on_selector_all(".seg", "all => all.map(s => s.dataset.start)")]
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    visit.until(f"Math.abs(document.querySelector('#media').currentTime - {starts[1]}) < 0.1")
    page.keyboard.press("ArrowRight")
    assert now(visit) == pytest.approx(starts[1] + 5, abs=0.1)
    page.keyboard.press("ArrowLeft")
    assert now(visit) == pytest.approx(starts[1], abs=0.1)
    page.keyboard.press("n")
    doubtful = page.locator(".seg", has=page.locator(".w.unsure")).first
    assert now(visit) == pytest.approx(float(doubtful.get_attribute("data-start") or "nan"), abs=0.1)
    page.keyboard.press("]")
    assert page.evaluate("document.querySelector('#media').playbackRate") == 1.25
    page.keyboard.press(" ")
    visit.until("!document.querySelector('#media').paused")
    before = now(visit)
    visit.until(f"document.querySelector('#media').currentTime > {before} + 0.3")
    page.keyboard.press(" ")
    visit.until("document.querySelector('#media').paused")


def test_tab_walks_the_segments_and_enter_plays_one(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['transcribe']}")
    ready(visit)
    page = visit.page
    page.locator("#s0 .at").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.seg').id") == "s2"
    page.keyboard.press("Enter")
    visit.until("!document.querySelector('#media').paused")
    start = float(page.locator("#s2").get_attribute("data-start") or "nan")
    assert start - 0.1 <= now(visit) < start + 2


def test_a_link_to_a_second_opens_there(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['transcribe']}")
    visit.go(f"/records/{sample.records['transcribe']}?version=1#t=12.5")
    visit.until("Math.abs(document.querySelector('#media').currentTime - 12.5) < 0.1")


# --- a read volume ----------------------------------------------------------------------------------------------------
def test_the_text_of_a_page_lies_over_its_picture_and_can_be_selected(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['scan']}")
    page = visit.page
    visit.until("document.querySelector('#sheet img').complete")
    places = page.evaluate(
        """() => { const sheet = document.querySelector('#sheet').getBoundingClientRect();
        const data = JSON.parse(document.querySelector('#data').textContent), scale = sheet.width / data.width;
        return [...document.querySelectorAll('#textlayer span')].map((span, n) => {
          const box = span.getBoundingClientRect(), [a, , c] = data.boxes[n];
          return [box.left - sheet.left - a[0] * scale, box.top - sheet.top - a[1] * scale,
                  box.right - sheet.left - c[0] * scale, box.bottom - sheet.top - c[1] * scale]; }); }"""
    )
    assert len(places) == 11
    # Two pixels of the screen: the text stands where the picture shows it.
    assert max(abs(edge) for place in places for edge in place) < 2
    span = page.locator("#textlayer span").nth(4)
    box = span.bounding_box()
    assert box
    page.mouse.move(box["x"] + 1, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 1, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    assert page.evaluate("String(getSelection())").strip() == "被讯问人：张伟，男，1990年3月12日出生"
    visit.shot("scan-selected")


def test_a_line_and_its_box_light_each_other(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['scan']}")
    page = visit.page
    page.locator("#lines li").nth(3).hover()
    assert (
        page.locator("#textlayer span.lit").text_content()
        == page.locator("#lines li").nth(3).locator(".x").text_content()
    )
    page.locator("#textlayer span").nth(6).hover()
    assert "听清楚了" in page.locator("#lines li.lit").inner_text()
    visit.shot("scan")


def test_pages_are_turned_and_lines_walked_with_the_keyboard(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['scan']}")
    page = visit.page
    page.keyboard.press("PageDown")
    page.wait_for_url("**?page=2")
    page.keyboard.press("End")
    page.wait_for_url("**?page=3")
    page.keyboard.press("Home")
    page.wait_for_url("**?page=1")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.locator("#lines li.lit .n").inner_text() == "2"
    page.keyboard.press("n")
    assert page.locator("#lines li.lit .n").inner_text() == "7"
    page.keyboard.press("b")
    assert page.locator("#sheet.boxes").count() == 1


# --- a traffic record -------------------------------------------------------------------------------------------------
def test_a_track_leads_to_its_start_and_its_box_lies_on_the_picture(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['traffic']}")
    page = visit.page
    ready(visit)
    page.select_option("#source", label="原始录像")
    visit.until("document.querySelector('#media').readyState >= 2")
    row = page.locator("tr.track", has_text="#5")
    row.click()
    start = float(row.get_attribute("data-start") or "nan")
    visit.until(f"Math.abs(document.querySelector('#media').currentTime - {start}) < 0.05")
    offset = page.evaluate(
        """() => { const data = JSON.parse(document.querySelector('#data').textContent);
        const video = document.querySelector('#media'), room = video.getBoundingClientRect(), t = video.currentTime;
        const scale = Math.min(room.width / 640, room.height / 360);
        const left = room.left + (room.width - 640 * scale) / 2, top = room.top + (room.height - 360 * scale) / 2;
        const path = data.paths[0].path, n = path.findIndex(p => p[0] > t), a = path[n - 1], b = path[n];
        const x = a[1] + (b[1] - a[1]) * (t - a[0]) / (b[0] - a[0]);
        const box = document.querySelector('#overlay rect.box').getBoundingClientRect();
        return [box.left - left - x * scale, box.top - top - a[2] * scale]; }"""
    )
    assert max(abs(value) for value in offset) < 3
    visit.shot("traffic")


def test_the_timeline_seeks_and_the_keys_step(visit: Visit, sample) -> None:
    visit.sign_in(f"/records/{sample.records['traffic']}")
    ready(visit)
    lane = visit.page.locator("#timeline svg").first
    box = lane.bounding_box()
    assert box
    lane.click(position={"x": box["width"] / 2, "y": 10})
    assert now(visit) == pytest.approx(4.0, abs=0.1)
    visit.page.keyboard.press(".")
    assert now(visit) == pytest.approx(4.1, abs=0.05)


# --- the trail, and every page ----------------------------------------------------------------------------------------
def test_the_check_is_started_by_a_key_and_says_what_it_did(visit: Visit, sample) -> None:
    visit.sign_in(f"/cases/{sample.id}/audit")
    visit.page.keyboard.press("v")
    visit.page.wait_for_selector("#verdict .note.good")
    assert "不能证明入库之前的真实性" in visit.page.inner_text("#verdict")
    visit.shot("audit")


def test_the_tab_key_reaches_every_control_of_every_page(visit: Visit, sample) -> None:
    visit.sign_in()
    records = [f"/records/{record}" for record in sample.records.values()]
    for path in ["/cases", f"/cases/{sample.id}", f"/cases/{sample.id}/audit", "/jobs", "/models", *records]:
        visit.go(path)
        visit.page.wait_for_load_state("load")
        missed = visit.page.evaluate(
            """() => [...document.querySelectorAll('a[href],button,input:not([type=hidden]),select,textarea')]
            .filter(e => e.checkVisibility() && !e.disabled && e.tabIndex < 0).map(e => e.outerHTML)"""
        )
        assert missed == [], path
        first = visit.page.evaluate("document.activeElement.tagName")
        assert first == "BODY", path
        visit.page.keyboard.press("Tab")
        assert visit.page.evaluate("document.activeElement.className") == "skip", path


def test_texts_stand_out_from_their_ground_on_every_page(visit: Visit, sample) -> None:
    """WCAG 2.1, 1.4.3: 4.5 to 1 for text of this size; words over pictures are left out."""
    visit.sign_in()
    records = [f"/records/{record}" for record in sample.records.values()]
    for path in ["/cases", f"/cases/{sample.id}", f"/cases/{sample.id}/audit", "/jobs", "/models", *records]:
        visit.go(path)
        assert visit.page.evaluate(FAINT_TEXTS) == [], path


FAINT_TEXTS = """() => {
  const parse = c => (c.match(/[\\d.]+/g) || []).map(Number);
  const straight = v => (v / 255 <= .03928 ? v / 255 / 12.92 : ((v / 255 + .055) / 1.055) ** 2.4);
  const light = c => { const [r, g, b] = c.map(straight); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => {
    for (; e; e = e.parentElement) {
      const c = parse(getComputedStyle(e).backgroundColor);
      if (c.length === 3 || c[3] === 1) return c.slice(0, 3);
    }
    return [255, 255, 255];
  };
  const left_out = '.textlayer,script,svg,[disabled],[aria-disabled],kbd';
  const faint = new Set(), walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.textContent.trim() || !e.checkVisibility() || e.closest(left_out)) continue;
    const pair = [light(parse(getComputedStyle(e).color).slice(0, 3)), light(ground(e))].sort();
    const ratio = (pair[1] + .05) / (pair[0] + .05);
    if (ratio < 4.5) faint.add(`${e.outerHTML.slice(0, 120)} ${ratio.toFixed(2)}`);
  }
  return [...faint].slice(0, 5);
}"""
