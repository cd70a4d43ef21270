"""A real Chromium for the console's tests: whatever goes wrong in a page, or is asked of anybody else, fails the test.

With ANJUAN_SHOTS=DIR each test leaves pictures of its pages there.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fnmatch import fnmatch
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from serving.security import sessions

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
