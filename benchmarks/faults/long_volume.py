"""One volume of thousands of pages, and a server that is killed again and again while it reads them.

    python -m benchmarks.faults.long_volume --pages 3000 --kills 30

Every page bears its own number in print, and a line of its own. `kill -9` comes at a random moment of each stretch of
the work; the server is started again on the same folder. At the end the record must hold every page once and in
order, each with the number that is printed on it as far as the reader can read it: a page that was lost, came twice or
bears another's text is told. Memory is that of the server and all its children, looked at twice a second.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import httpx
import psutil

from benchmarks.faults.service import Service, ServiceOptions, leave_on_sigterm
from cases.records import JsonObject
from models.errors import Defect, Unavailable

SETTINGS = {"WORKER_LEASE_S": "5", "WORKER_HEARTBEAT_S": "1", "REQUESTS_PER_MINUTE": "100000"}
"""A short lease, so that the job of a killed server is taken up at once after its restart."""
LOOK_S = 0.5
PAGE_S = 5.0
"""Longest time for a page of these, and as much again for a restart: bounds the whole run."""
UPLOAD_S = 300.0
SIZE_PT = (300, 130)
PRINTED = re.compile(r"第\s*(\d{1,5})\s*页")


@dataclass(slots=True)
class Memory:
    """The most bytes that all processes of the server held at once."""

    peak: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    def watch(self, service: Service) -> None:
        """Look until `stop`, whichever process is the server at the time."""
        while not self._over.wait(LOOK_S):
            try:
                main = psutil.Process(service.pid)
                every = [main, *main.children(recursive=True)]
                self.peak = max(self.peak, sum(process.memory_info().rss for process in every))
            except (psutil.Error, Defect):
                continue  # between two servers there is none to look at

    def stop(self) -> None:
        """End `watch`."""
        self._over.set()


def make_volume(path: Path, pages: int) -> Path:
    """A PDF of small pages in print, each with its number and with a line that no other page has."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont
    from reportlab.pdfgen.canvas import Canvas

    from models.fonts import font_path

    pdfmetrics.registerFont(TTFont("print", str(font_path())))
    canvas = Canvas(str(path), pagesize=SIZE_PT)
    for number in range(1, pages + 1):
        chance = random.Random(number)
        canvas.setFont("print", 16)
        canvas.drawString(24, 90, f"第 {number} 页")
        canvas.drawString(24, 54, f"共清点物品 {chance.randrange(10, 99)} 件，由保管人签收。")
        canvas.showPage()
    canvas.save()
    return path


def pages_amiss(pages: Sequence[JsonObject], count: int) -> list[str]:
    """What is wrong with the pages of a record that should hold pages 1 to `count`, in words."""
    numbers = [int(cast(int, page["number"])) for page in pages]
    faults = [f"page {n} is not there" for n in sorted(set(range(1, count + 1)) - set(numbers))]
    faults += [f"page {n} is there {times} times" for n, times in sorted(Counter(numbers).items()) if times > 1]
    if numbers != sorted(numbers):
        faults.append("the pages are out of order")
    for page in pages:
        printed = printed_number(page)
        if printed is not None and printed != page["number"]:
            faults.append(f"page {page['number']} bears the text of page {printed}")
    return faults


def printed_number(page: JsonObject) -> int | None:
    """The number that the reader read on a page; None where it read none."""
    lines = cast("list[JsonObject]", page["lines"])
    found = PRINTED.search("".join(str(line["text"]) for line in lines))
    return int(found[1]) if found else None


def run(pages: int, kills: int, folder: Path, *, fake_models: bool, seed: int = 1) -> JsonObject:
    """Read the volume in `folder`, which must be empty, through all kills; what was seen, with its `faults`."""
    chance = random.Random(seed)
    path = make_volume(folder / "volume.pdf", pages)
    service = Service(ServiceOptions(folder / "data", "inline", fake_models, settings=SETTINGS))
    memory, began = Memory(), time.monotonic()
    service.start()
    watcher = threading.Thread(target=memory.watch, args=(service,), daemon=True)
    watcher.start()
    try:
        service.client.timeout = httpx.Timeout(UPLOAD_S)
        case = service.create_case("long")
        job = service.submit(case, "scan", str(service.upload(case, path)["id"]))
        killed = _kill_along(service, job, kills, pages, chance)
        ended = service.finish(job, PAGE_S * pages, every_s=1.0)
        if ended["state"] != "done":
            raise Unavailable("service.job", f"the job is {ended['state']}: {ended['error_message']}")
        found = cast("list[JsonObject]", service.record(str(ended["record"]))["pages"])
    finally:
        memory.stop()
        watcher.join()
        service.stop()
        service.client.close()
    return {
        "pages": pages,
        "kills": killed,
        "attempts": ended["attempts"],
        "read_with_their_number": sum(printed_number(page) == page["number"] for page in found),
        "flags": dict(Counter(str(flag) for page in found for flag in cast("list[str]", page["flags"]))),
        "seconds": round(time.monotonic() - began, 1),
        "peak_rss_mib": round(memory.peak / 2**20),
        "faults": list(pages_amiss(found, pages)),
    }


def _kill_along(service: Service, job: str, kills: int, pages: int, chance: random.Random) -> int:
    """Kill and restart the server, once in each stretch of the pages; how often it was killed before the job ended."""
    deadline = time.monotonic() + PAGE_S * pages
    for number in range(kills):
        due = (number + chance.uniform(0.1, 0.9)) / kills
        while (at := service.job(job))["state"] != "done" and float(cast(float, at["progress"])) < due:
            if time.monotonic() > deadline:
                raise Unavailable("service.job", f"the job stands at {at['progress']} after {PAGE_S * pages:.0f} s")
            time.sleep(0.05)
        if at["state"] == "done":
            return number
        time.sleep(chance.uniform(0.0, 1.0))
        service.kill()
        print(f"kill {number + 1} at {at['progress']}", file=sys.stderr)
        service.start()
    return kills


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--kills", type=int, default=30)
    parser.add_argument("--fake-models", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    leave_on_sigterm()
    with tempfile.TemporaryDirectory(prefix="volume-") as folder:
        found = run(given.pages, given.kills, Path(folder), fake_models=given.fake_models, seed=given.seed)
    print(json.dumps(found, ensure_ascii=False))
    sys.exit(1 if found["faults"] else 0)


if __name__ == "__main__":
    main()
