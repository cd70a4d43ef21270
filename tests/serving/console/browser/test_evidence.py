"""Evidence comes in through a real browser, work is done on it, and its records open."""

from __future__ import annotations

import shutil
import threading
import wave
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from serving.worker import Worker, WorkerLimits

if TYPE_CHECKING:
    from playwright.sync_api import Route

pytestmark = pytest.mark.browser


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


def test_a_recording_is_taken_in_written_down_and_opened(visit, office, working: None, tmp_path: Path) -> None:
    case = office.store.create_case(office.officer, "上传案")
    visit.sign_in(f"/cases/{case.id}")
    page = visit.page
    page.set_input_files("#files", str(speak(tmp_path / "讯问 录音#1.wav")))
    page.wait_for_selector("text=讯问 录音#1.wav")
    page.click("[data-start=transcribe]")
    page.click("text=打开转写文本")
    visit.wait_for_path("/records/rec_*")
    visit.ready()
    assert page.locator(".w").count() >= 1
    (item,) = office.store.evidence_of(office.officer, case.id)
    assert (item.filename, item.size) == ("讯问 录音#1.wav", (tmp_path / "讯问 录音#1.wav").stat().st_size)


def test_a_page_picture_and_a_clip_become_records_too(visit, office, sample, working: None, tmp_path: Path) -> None:
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


def test_what_cannot_be_read_is_refused_in_plain_words(visit, office, tmp_path: Path) -> None:
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


def test_a_file_goes_up_in_pieces_and_survives_a_broken_line(visit, office, tmp_path: Path) -> None:
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


def test_a_file_is_taken_in_by_dropping_it(visit, office, tmp_path: Path) -> None:
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


def test_a_recording_that_broke_off_is_stored_only_when_a_person_says_that_it_did(
    visit, office, tmp_path: Path
) -> None:
    case = office.store.create_case(office.officer, "中断案")
    whole = speak(tmp_path / "whole.wav", 40).read_bytes()
    (tmp_path / "断.wav").write_bytes(whole[: len(whole) // 3])
    visit.sign_in(f"/cases/{case.id}")
    visit.page.set_input_files("#files", str(tmp_path / "断.wav"))
    visit.page.wait_for_selector(".uploads [role=alert]")
    assert office.store.evidence_of(office.officer, case.id) == []
    visit.page.click("text=录制确实中断")
    visit.page.wait_for_selector("#evidence >> text=断.wav")
    assert all("Failed to load resource" in fault for fault in visit.faults)
    visit.faults.clear()
