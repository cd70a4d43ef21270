"""A real Chromium for the console's tests: whatever goes wrong in a page, or is asked of anybody else, fails the test.

With ANJUAN_SHOTS=DIR each test leaves pictures of its pages there.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from cases.records import CaseDocument, ScannedPage, ScanRecord, Seal, VolumeFinding
from pipelines.files.page import BLANK
from serving.security import sessions
from tests.serving.console.conftest import add_file, keep, page_picture, provenance

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Route

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

    def held(self, path: str) -> list[Route]:
        """What is asked of `path` (a glob) from now on waits in this list until a test lets it go on."""
        waiting: list[Route] = []
        self.page.route(f"{self.address}{path}", lambda route: waiting.append(route))
        return waiting

    def first(self, waiting: list[Route]) -> Route:
        """The one request that waits, once it is asked."""
        deadline = time.monotonic() + TIMEOUT_MS / 1000
        while not waiting:
            assert time.monotonic() < deadline, "nothing was asked"
            self.page.wait_for_timeout(30)
        (asked,) = waiting
        return asked

    def now(self) -> float:
        """Where the player stands, in seconds."""
        return float(self.page.evaluate("document.querySelector('#media').currentTime"))

    def ready(self) -> None:
        """Until the player knows its recording."""
        self.until("document.querySelector('#media').readyState >= 1")

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


SEALED = ((700.0, 1200.0), (900.0, 1200.0), (900.0, 1400.0), (700.0, 1400.0))
DOCUMENTS = (
    CaseDocument("卷宗封面", "刑事侦查卷宗", None, None, None, 1, 1, 0.97),
    CaseDocument("卷内目录", "卷内目录", None, None, None, 2, 2, 0.99),
    CaseDocument("受案登记表", "受案登记表", "滨公（刑）受案字〔2026〕0312号", "2026-10-04", "滨河派出所", 3, 3, 0.98),
    CaseDocument("立案决定书", "立案决定书", "滨公（刑）立字〔2026〕0187号", "2026-10-04", "滨河市公安局", 4, 4, 0.98),
    CaseDocument("讯问笔录", "讯问笔录（第一次）", None, "2026-10-05", "王敏、李强", 5, 7, 0.9),
    CaseDocument("户籍证明", "常住人口基本信息（张伟）", None, None, "滨河派出所", 8, 9, 0.41),
    CaseDocument("询问笔录", "证人陈某某询问笔录", None, "2026-10-12", "王敏", 10, 12, 0.83),
)


@pytest.fixture
def volume(office) -> Callable[..., str]:
    """The address of a read volume of twelve pages; `documents` are those that it is said to hold."""

    def kept(documents: tuple[CaseDocument, ...] = DOCUMENTS, findings: tuple[VolumeFinding, ...] = ()) -> str:
        case = office.store.create_case(office.officer, "张伟涉嫌盗窃案", case_no="示滨检刑诉〔2026〕118号")
        item = add_file(office, case, "诉讼卷第一册.pdf", b"%PDF-1.4\n%%EOF\n", "application/pdf", {"pages": 12})
        picture, read = page_picture(1)
        pages = [ScannedPage(n, read.width, read.height, 0, 0.0, read.lines, image="page.jpg") for n in range(1, 13)]
        pages[6] = replace(pages[6], rotation=180)
        pages[8] = replace(pages[8], lines=(), flags=(BLANK,))
        pages[3] = replace(pages[3], seals=(Seal(SEALED, "round", "滨河市公安局", 0.93),))
        record = ScanRecord(tuple(pages), documents, "", provenance("scan", item.digest.sha256, ()), findings)
        return f"/records/{keep(office, case, 'scan', item, record, {'page.jpg': ('image/jpeg', picture)})}"

    return kept
