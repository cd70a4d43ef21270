"""What a person copies out of a searchable PDF in Chromium's own viewer."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from cases.records import PageLine, Quad, ScannedPage
from pipelines.files.pdf import PrintedPage, write_searchable

pytestmark = pytest.mark.browser
LINES = ("讯问笔录", "问：2026年10月4日你在哪里？", "答：在𠮷野家，车牌Ａ１２３。", "Exhibit 12-", "一")
COPIED_S = 30.0
"""How long the viewer may take to load, select and copy on a busy machine."""


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    """Where a searchable PDF and an empty page are served on this machine."""
    boxes: list[Quad] = [((60, y), (60 + 30 * len(t), y), (60 + 30 * len(t), y + 30), (60, y + 30)) for y, t in _rows()]
    read = tuple(PageLine(text, box, 0.9, "text") for text, box in zip(LINES, boxes, strict=True))
    Image.new("RGB", (900, 1200), "white").save(tmp_path / "page.jpg")
    page = PrintedPage(ScannedPage(1, 900, 1200, 0, 0.0, read), tmp_path / "page.jpg", 144.0, 0)
    write_searchable([page], tmp_path / "copy.pdf", None)
    (tmp_path / "empty.html").write_text("<title>empty</title>", encoding="utf-8")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(_Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join(5)


def _rows() -> list[tuple[int, str]]:
    return [(100 + 60 * at, text) for at, text in enumerate(LINES)]


def test_text_copied_in_chromiums_viewer_is_the_stored_text(address: str) -> None:
    path = os.environ.get("ANJUAN_CHROMIUM") or shutil.which("chromium")
    if path is None:
        pytest.skip("no Chromium here: set ANJUAN_CHROMIUM or install chromium")
    from playwright.sync_api import sync_playwright

    # The old headless mode has no viewer; the new one is a window that nobody sees.
    arguments = ["--headless=new", "--no-sandbox", "--disable-gpu"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=path, headless=False, args=arguments)
        context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
        viewer, reader = context.new_page(), context.new_page()
        reader.goto(f"{address}/empty.html")
        viewer.goto(f"{address}/copy.pdf")
        copied, until = "", time.monotonic() + COPIED_S
        while not copied and time.monotonic() < until:
            viewer.bring_to_front()
            viewer.mouse.click(640, 400)
            viewer.keyboard.press("Control+a")
            viewer.keyboard.press("Control+c")
            viewer.wait_for_timeout(500)
            reader.bring_to_front()
            copied = str(reader.evaluate("navigator.clipboard.readText()"))
        browser.close()
    assert [line.rstrip() for line in copied.splitlines()] == list(LINES)
