"""A clerk's run: the catalogue of a volume of 100 pages finished in Chromium from the machine's proposal, by keys.

    python -m benchmarks.load.cataloguing_run [--seed 1001] [--pages 100] [--misread 0.02] [--scan clean] [--shots DIR]

`anjuan serve` holds a generated volume (`cataloguing_volume`) with the proposal that the rules make of a reader's
errors. A script that knows the truth works the cataloguing board with the keys that a clerk has: it looks at every
document, confirms it or mends its borders and its type, and ends when the saved catalogue is the true one. Each key
takes `--key-s` (0.28 s, an average typist: Card, Moran and Newell, CACM 23(7), 1980, operator K) and each document and
each act that mends `--look-s` (1.35 s, their operator M, mental preparation) before it; the clock runs while the script
really waits so long, and what page and service take comes on top. A look of that length is enough for a title that one
recognises; who reads the page needs longer: `looks` lets the reader reckon with a time of their own. Titles, numbers,
dates and authors are left as the machine has them. A figure for the hands and the system, not for a person's mind.
"""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.faults.service import Service, ServiceOptions, leave_on_sigterm
from benchmarks.load.cataloguing_plan import Act, plan
from benchmarks.load.cataloguing_volume import JSON_BYTES, KeptVolume, keep_volume, latest, volume_of_pages
from benchmarks.load.editor_run import QUIET, shot, sign_in
from cases.records import CaseDocument
from pipelines.files.catalogue.sounds import sounded_types

if TYPE_CHECKING:
    from playwright.sync_api import Page

KEY_SECONDS = 0.28
LOOK_SECONDS = 1.35
SAVED_S = 60.0
STEPS_MOST = 400
"""Keys to go to a page at most: a walk that does not arrive is a defect of the board."""


@dataclass
class Clerk:
    """Hands on the keys at a stated pace, counted by what the keys are for."""

    page: Page
    key_s: float
    look_s: float
    keys: Counter[str] = field(default_factory=Counter)
    looks: int = 0
    slowest_s: float = 0.0

    def look(self) -> None:
        """Think before the next act."""
        self.looks += 1
        time.sleep(self.look_s)

    def press(self, key: str, purpose: str) -> None:
        """One key; how long the page takes for it is part of the pace, beyond it only where it is slower."""
        began = time.perf_counter()
        self.page.keyboard.press(key)
        taken = time.perf_counter() - began
        self.slowest_s = max(self.slowest_s, taken)
        self.keys[purpose] += 1
        time.sleep(max(0.0, self.key_s - taken))

    def go(self, page: int) -> None:
        """To a page by the arrows: documents while they do not lead past it, then pages."""
        for _ in range(STEPS_MOST):
            at = self.at()
            if at == page:
                return
            begins = self._begins()
            ahead = min((first for first in begins if first > at), default=None)
            behind = max((first for first in begins if first < at), default=None)
            if at < page:
                self.press("ArrowDown" if ahead is not None and ahead <= page else "ArrowRight", "go")
            else:
                self.press("ArrowUp" if behind is not None and behind >= page else "ArrowLeft", "go")
        raise SystemExit(f"the board does not get to page {page}")

    def at(self) -> int:
        """The page that is lit."""
        return int(self.page.evaluate("document.querySelector('.leaf.at').dataset.page"))

    def _begins(self) -> list[int]:
        found: list[int] = self.page.evaluate(
            "[...document.querySelectorAll('.doc')].map((doc) => Number(doc.querySelector('.leaf').dataset.page))"
        )
        return found


def do(clerk: Clerk, act: Act, letters: Mapping[str, Sequence[str]]) -> None:
    """One act by keys."""
    clerk.look()
    clerk.go(act.page)
    if act.deed == "confirm":
        clerk.press("Enter", "confirm")
        return
    if act.deed == "merge":
        clerk.press("m", "merge")
        return
    clerk.press("s" if act.deed == "split" else "e", act.deed)
    if clerk.page.input_value("#deciding-type") != act.type:
        for key in letters[act.type]:
            clerk.press(key, "letters")
    clerk.press("Enter", "take")


def wait_until_saved(page: Page) -> None:
    """Until the board says so; playwright's own waiting needs eval, which the page's policy forbids."""
    deadline = time.monotonic() + SAVED_S
    while not page.evaluate("document.querySelector('#save-state').textContent.startsWith('已保存')"):
        if time.monotonic() > deadline:
            raise SystemExit(f"not saved in {SAVED_S:.0f} s")
        time.sleep(0.02)


def use(service: Service, kept: KeptVolume, given: argparse.Namespace) -> dict[str, object]:
    """Open the board, finish the catalogue, wait until it is saved; what that took."""
    from playwright.sync_api import sync_playwright

    acts, letters = plan(kept.proposed, kept.truth), typed_letters(kept.truth)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=QUIET)
        page = browser.new_page(viewport={"width": given.width, "height": given.height}, locale="zh-CN")
        sign_in(page, service)
        opened = time.monotonic()
        page.goto(f"{service.client.base_url}/records/{kept.record}/catalogue")
        page.wait_for_selector(".leaf.at")
        began = time.monotonic()
        shot(page, given.shots, "cataloguing-before")
        clerk = Clerk(page, given.key_s, given.look_s)
        for n, act in enumerate(acts):
            do(clerk, act, letters)
            if n == len(acts) // 2:
                shot(page, given.shots, "cataloguing-half")
        clerk.press("Control+s", "save")
        hands = time.monotonic()
        wait_until_saved(page)
        ended = time.monotonic()
        shot(page, given.shots, "cataloguing-after")
        browser.close()
    return {
        "acts": dict(Counter(act.deed for act in acts)),
        "keys": clerk.keys.total(),
        "keys_by_purpose": dict(clerk.keys),
        "looks": clerk.looks,
        "seconds": round(ended - began, 1),
        "of_which_waiting_at_the_end": round(ended - hands, 1),
        "beyond_the_pace_s": round(ended - began - clerk.keys.total() * given.key_s - clerk.looks * given.look_s, 1),
        "opening_s": round(began - opened, 2),
        "slowest_key_ms": round(clerk.slowest_s * 1000),
    }


def typed_letters(truth: Sequence[CaseDocument]) -> dict[str, list[str]]:
    """The keys for each type of the volume: all its initials, and down to it where types before it share them."""
    initials = {one.type.name: one.initials for one in sounded_types()}
    alike = {name: [other for other, letters in initials.items() if letters == initials[name]] for name in initials}
    return {one.type: [*initials[one.type], *["ArrowDown"] * alike[one.type].index(one.type)] for one in truth}


def wrong(found: Sequence[CaseDocument], truth: Sequence[CaseDocument]) -> int:
    """True documents whose pages or type are not in `found`."""
    have = {(one.first_page, one.last_page, one.type) for one in found}
    return sum((one.first_page, one.last_page, one.type) not in have for one in truth)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="how many keys and seconds does a finished catalogue take?")
    parser.add_argument("--seed", type=int, default=1001)
    parser.add_argument("--pages", type=int, default=100)
    parser.add_argument("--misread", type=float, default=0.02)
    parser.add_argument("--scan", choices=("clean", "degraded"), default="clean")
    parser.add_argument("--key-s", type=float, default=KEY_SECONDS)
    parser.add_argument("--look-s", type=float, default=LOOK_SECONDS)
    parser.add_argument("--width", type=int, default=1280)
    parser.add_argument("--height", type=int, default=720)
    parser.add_argument("--shots", type=Path, default=None, help="folder for pictures of the page")
    given = parser.parse_args()
    leave_on_sigterm()
    with tempfile.TemporaryDirectory(prefix="cataloguing-run-") as name:
        options = ServiceOptions(Path(name) / "data", settings={"json_max_bytes": JSON_BYTES})
        with Service(options) as service:
            service.wait_until_ready()
            kept = keep_volume(service, volume_of_pages(given.seed, given.pages), given.misread, given.scan)
            found = use(service, kept, given)
            record = latest(service, kept.record)
            versions = service.client.get(f"/api/v1/records/{kept.record}/versions").json()
    told = {
        "pages": kept.pages,
        "documents": len(kept.truth),
        "wrong_before": wrong(kept.proposed, kept.truth),
        "wrong_after": wrong(record.documents, kept.truth),
        "unconfirmed_after": sum(one.confirmed_by is None for one in record.documents),
        "versions": len(versions) - 2,
        **found,
    }
    print(json.dumps(told, ensure_ascii=False))


if __name__ == "__main__":
    main()
