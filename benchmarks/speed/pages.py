"""How fast pages are read, beside RapidOCR and PaddleOCR on the same weights: pages a second, and how many errors.

`python -m benchmarks.speed.pages --shared PATH --peer-python VENV/bin/python` reads the pages of
PATH/data/pages/omnidocbench. Each engine lives in a process of
its own on the same number of threads. They take turns page by page, one works while the others wait, and each round
begins with another, so that what else the machine does falls on all alike. The first page warms each up and is not
counted. Errors are counted as in `benchmarks/accuracy/files.py`. VENV holds rapidocr; without it the peer is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.accuracy.files import Page, block_pages, edits
from models.device import available_cores

CHILD = Path(__file__).with_name("page_peer.py")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine made of one page."""

    page: str
    clock_s: float
    processor_s: float
    edits: int
    characters: int


class Contender:
    """An engine in its process."""

    def __init__(self, name: str, python: str, threads: int) -> None:
        self.name = name
        self.readings: list[Reading] = []
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": str(threads)}
        command = [python, str(CHILD), name, str(threads)]
        pipe = subprocess.PIPE
        self._process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, text=True)

    def read(self, page: Page) -> Reading:
        """Ask for one page; raises RuntimeError when the engine has ended."""
        asked, answers = _open(self._process.stdin), _open(self._process.stdout)
        asked.write(json.dumps(str(page.file)) + "\n")
        asked.flush()
        if not (line := answers.readline()):
            raise RuntimeError(f"{self.name} ended; its own words are above")
        answer = json.loads(line)
        wrong, characters = edits(page.truth, answer["text"])
        return Reading(page.name, float(answer["clock"]), float(answer["processor"]), wrong, characters)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def _open(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the engine's process has no pipe")
    return stream


def race(entrants: Sequence[Contender], pages: Sequence[Page], rounds: int) -> None:
    """Every engine over every page, taking turns."""
    for one in entrants:
        one.read(pages[0])
    for number in range(rounds):
        for at, page in enumerate(pages):
            first = (number + at) % len(entrants)
            for one in [*entrants[first:], *entrants[:first]]:
                one.readings.append(one.read(page))
                print(f"  round {number + 1} {one.name}: {one.readings[-1]}", file=sys.stderr, flush=True)


def table(read: dict[str, Sequence[Reading]]) -> str:
    """A row an engine; ratios are of seconds in all, above 1 where ours is faster."""
    rows = [f"{'engine':<10} {'pages/s':>8} {'clock s':>8} {'cpu s':>8} {'ours faster':>11} {'by cpu':>7} {'CER %':>6}"]
    ours = read["ours"]
    for name, readings in read.items():
        clock, cpu = sum(r.clock_s for r in readings), sum(r.processor_s for r in readings)
        rate = sum(r.edits for r in readings) / max(1, sum(r.characters for r in readings))
        ratio, by_cpu = clock / sum(r.clock_s for r in ours), cpu / sum(r.processor_s for r in ours)
        rows.append(
            f"{name:<10} {len(readings) / clock:>8.3f} {clock:>8.1f} {cpu:>8.1f} {ratio:>11.2f} {by_cpu:>7.2f}"
            f" {100 * rate:>6.2f}"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Race and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder that holds data/pages")
    parser.add_argument("--peer-python", help="interpreter that has rapidocr")
    parser.add_argument("--engines", nargs="+", default=["ours", "rapidocr", "paddleocr"])
    parser.add_argument("--pages", type=int, default=0, help="so many pages; 0 is all")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=available_cores())
    options = parser.parse_args(arguments)
    found = block_pages(options.shared / "data" / "pages" / "omnidocbench")
    pages = [page for page in found if options.only in page.name][: options.pages or None]
    pythons = {"rapidocr": options.peer_python}
    with ExitStack() as stack:
        entrants = []
        for name in options.engines:
            python = pythons.get(name, sys.executable)
            if python is None:
                print(f"{name} is left out: no --peer-python", file=sys.stderr)
                continue
            entrants.append(Contender(name, python, options.threads))
            stack.callback(entrants[-1].close)
        race(entrants, pages, options.rounds)
    print(f"{len(pages)} pages, {options.threads} threads, load average {os.getloadavg()[0]:.1f}")
    print(table({one.name: one.readings for one in entrants}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
