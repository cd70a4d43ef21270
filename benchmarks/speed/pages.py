"""How fast pages are read, beside RapidOCR and PaddleOCR on the same weights: pages a second, and how many errors.

`python -m benchmarks.speed.pages --shared PATH --peer-python VENV/bin/python` reads the pages of
PATH/data/pages/omnidocbench; with `--seeds 1000`, those of made volumes, clean and degraded, too; with `--volumes 12`,
the first 12 pages of each made volume at once, which ours is given as a clerk hands it in, one PDF, while the others
are given the pictures in it and spared the PDF. Each engine lives in a process of its own on the same number of
threads. They take turns, page by page or volume by volume, one works while the others wait, and each round begins with
another, so that what else the machine does falls on all alike. The first warms each up and is not counted.

Errors are counted as in `benchmarks/accuracy/files.py`, twice: over the lines in the engine's own order, which the
peers take across columns, and over the same lines in our reading order, so that recognition alone is compared. VENV
holds rapidocr; without it the peer is left out.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.accuracy.files import SCANS, Page, block_pages, edits, made_pages
from benchmarks.volumes.make import pictures, write_scan
from models.device import available_cores
from models.values import Quad
from pipelines.files.order import reading_order

CHILD = Path(__file__).with_name("page_peer.py")
ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Stack:
    """Pages that are read together, and the PDF that holds them, where there is one."""

    name: str
    pages: tuple[Page, ...]
    volume: Path | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """What an engine made of one stack."""

    stack: str
    pages: int
    clock_s: float
    processor_s: float
    edits: int
    ordered_edits: int
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

    def read(self, stack: Stack) -> Reading:
        """Ask for one stack; raises RuntimeError when the engine has ended."""
        asked, answers = _open(self._process.stdin), _open(self._process.stdout)
        volume = str(stack.volume) if stack.volume else None
        asked.write(json.dumps({"pictures": [str(page.file) for page in stack.pages], "volume": volume}) + "\n")
        asked.flush()
        if not (line := answers.readline()):
            raise RuntimeError(f"{self.name} ended; its own words are above")
        answer = json.loads(line)
        wrong = ordered = characters = 0
        for page, lines in zip(stack.pages, answer["pages"], strict=True):
            texts, boxes = [text for text, _ in lines], [quad(box) for _, box in lines]
            raw, count = edits(page.truth, "\n".join(texts))
            in_order = "\n".join(texts[at] for at in reading_order(boxes))
            ordered += raw if self.name == "ours" else edits(page.truth, in_order)[0]
            wrong, characters = wrong + raw, characters + count
        taken = float(answer["clock"]), float(answer["processor"])
        return Reading(stack.name, len(stack.pages), *taken, wrong, ordered, characters)

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.wait()


def quad(corners: Sequence[Sequence[float]]) -> Quad:
    """Corners as they came through the pipe."""
    a, b, c, d = ((x, y) for x, y in corners)
    return a, b, c, d


def _open(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise RuntimeError("the engine's process has no pipe")
    return stream


def race(entrants: Sequence[Contender], stacks: Sequence[Stack], rounds: int) -> None:
    """Every engine over every stack, taking turns; the first stack warms up."""
    for one in entrants:
        one.read(stacks[0])
    for number in range(rounds):
        for at, stack in enumerate(stacks):
            first = (number + at) % len(entrants)
            for one in [*entrants[first:], *entrants[:first]]:
                one.readings.append(one.read(stack))
                print(f"  round {number + 1} {one.name}: {one.readings[-1]}", file=sys.stderr, flush=True)


def made_stack(seed: int, scan: str, pages: int, folder: Path) -> Stack:
    """The first pages of the volume of this seed, as one PDF and as the pictures in it."""
    file = folder / f"{scan}-{seed}.pdf"
    texts = write_scan(seed, scan, pages, file)
    files = pictures(file, folder)
    return Stack(file.stem, tuple(Page(f.stem, f, text) for f, text in zip(files, texts, strict=True)), file)


def table(read: dict[str, Sequence[Reading]]) -> str:
    """A row an engine; ratios are of seconds in all, above 1 where ours is faster."""
    head = f"{'engine':<10} {'pages/s':>8} {'clock s':>8} {'cpu s':>8} {'ours faster':>11} {'by cpu':>7}"
    rows = [f"{head} {'CER %':>6} {'ordered':>7}"]
    ours = read["ours"]
    for name, readings in read.items():
        pages = sum(r.pages for r in readings)
        clock, cpu = sum(r.clock_s for r in readings), sum(r.processor_s for r in readings)
        characters = max(1, sum(r.characters for r in readings))
        rate, ordered = sum(r.edits for r in readings) / characters, sum(r.ordered_edits for r in readings) / characters
        ratio, by_cpu = clock / sum(r.clock_s for r in ours), cpu / sum(r.processor_s for r in ours)
        rows.append(
            f"{name:<10} {pages / clock:>8.3f} {clock:>8.1f} {cpu:>8.1f} {ratio:>11.2f} {by_cpu:>7.2f}"
            f" {100 * rate:>6.2f} {100 * ordered:>7.2f}"
        )
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Race and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, help="folder that holds data/pages")
    parser.add_argument("--peer-python", help="interpreter that has rapidocr")
    parser.add_argument("--engines", nargs="+", default=["ours", "rapidocr", "paddleocr"])
    parser.add_argument("--pages", type=int, default=0, help="so many pages; 0 is all")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=available_cores())
    parser.add_argument("--seeds", type=int, nargs="*", default=[], help="volumes whose pages are made and read, too")
    parser.add_argument(
        "--volumes", type=int, default=0, metavar="PAGES", help="read made volumes whole, so many pages"
    )
    parser.add_argument("--every", type=int, default=1, help="of made pages, each so many-th")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="anjuan-made-") as made:
        return _raced(options, Path(made))


def _raced(options: argparse.Namespace, made: Path) -> int:
    """Race over each kind of pages and print a table of each."""
    kinds = _kinds(options, made)
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
        for kind, stacks in kinds.items():
            race(entrants, stacks, options.rounds)
            pages = sum(len(stack.pages) for stack in stacks)
            print(f"{kind}: {pages} pages, {options.threads} threads, load average {os.getloadavg()[0]:.1f}")
            print(table({one.name: one.readings for one in entrants}), flush=True)
            for one in entrants:
                one.readings.clear()
    return 0


def _kinds(options: argparse.Namespace, made: Path) -> dict[str, list[Stack]]:
    """What is read, by kind."""
    kinds: dict[str, list[Stack]] = {}
    if options.shared is not None:
        kinds["shared"] = _single(block_pages(options.shared / "data" / "pages" / "omnidocbench"))
    for scan in SCANS if options.seeds else ():
        if options.volumes:
            kinds[scan] = [made_stack(seed, scan, options.volumes, made) for seed in options.seeds]
        else:
            kinds[scan] = _single(one for seed in options.seeds for one in made_pages(seed, scan, made))
            kinds[scan] = kinds[scan][:: options.every]
    return {
        kind: [stack for stack in stacks if options.only in stack.name][: options.pages or None]
        for kind, stacks in kinds.items()
    }


def _single(pages: Iterable[Page]) -> list[Stack]:
    return [Stack(page.name, (page,)) for page in pages]


if __name__ == "__main__":
    raise SystemExit(main())
