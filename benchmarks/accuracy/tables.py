"""How well tables of pages are found: TEDS and TEDS-struct, tables found where there are none, and seconds.

`python -m benchmarks.accuracy.tables --shared PATH` reads the pages of PATH/data/pages that have tables with HTML truth
(OmniDocBench), by the real reader. With `--made` pages that are made here (`benchmarks.volumes.tables`) are measured
instead, seeds from 1000 on, clean and worn (up to 3 degrees askew, noise, rules broken, a seal over them); by the real
reader with `--read`, else with the true places and texts of lines, so that the table alone is measured. `--plain`
counts tables that are found on pages of generated volumes without any. A table counts for 0 when none is found where it
stands; cells' texts are compared as they are, but for white space.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from benchmarks.accuracy.teds import teds
from benchmarks.volumes.drawing import CLEAN, degraded, draw, leaves
from benchmarks.volumes.tables import KINDS, table_page, table_scan
from benchmarks.volumes.volume import DEVELOPMENT, make_volume
from cases.records import Quad, ScannedPage, ScannedTable
from models.device import choose_device
from models.fonts import font_path
from models.text.ruled import ruled_text
from models.text.seal import seals, without_seals
from models.values import ItemError, PageText, TextLine
from models.weights import WeightsCache
from pipelines.engine import READ_PAGE, Engine, PageRef
from pipelines.files.order import extent
from pipelines.files.page import read_page
from pipelines.inline import InlineEngine

SAME_PLACE = 0.3
"""Tables whose boxes share this much of what they cover together are the same one."""


@dataclass(frozen=True, slots=True)
class Score:
    """One table of the truth: how like it what was found is, with and without texts; seconds of the page for tables."""

    name: str
    teds: float
    struct: float
    seconds: float


def pixels_of(file: Path) -> NDArray[np.uint8]:
    """The picture, red first."""
    with Image.open(file) as picture:
        return np.asarray(picture.convert("RGB"))


def found_by_truth(pixels: NDArray[np.uint8], page: ScannedPage) -> tuple[ScannedPage, float]:
    """The page with the tables that are found in its picture given its true lines, and the seconds that rules took."""
    clean = without_seals(pixels, seals(pixels))
    boxes = np.array([line.box for line in page.lines], np.float64).reshape(-1, 4, 2)
    started = time.process_time()
    grids = ruled_text(clean, boxes).grids
    seconds = time.process_time() - started
    lines = tuple(TextLine(line.text, line.box, line.confidence) for line in page.lines)
    return read_page(1, (page.width, page.height), "", PageText(lines, grids=grids)), seconds


def found_by_reader(picture: Path, engine: Engine) -> tuple[ScannedPage, float]:
    """The page as the real reader has it, and the seconds that it took; raises RuntimeError where it fails."""
    with Image.open(picture) as opened:
        size = opened.size
    started = time.perf_counter()
    (text,) = engine.run(READ_PAGE, [PageRef(picture)])
    if isinstance(text, ItemError):
        raise RuntimeError(text.message)
    return read_page(1, size, "", text), time.perf_counter() - started


def scored(name: str, truth: Sequence[ScannedTable], found: tuple[ScannedPage, float]) -> Iterator[Score]:
    """The score of each table of the truth against the one that stands where it does."""
    page, seconds = found
    for at, table in enumerate(truth, start=1):
        shared, best = max(((_shared(table.box, one.box), one.html) for one in page.tables), default=(0.0, ""))
        html = best if shared >= SAME_PLACE else ""
        struct = teds(table.html, html, structure_only=True)
        yield Score(f"{name} {at}", teds(table.html, html), struct, seconds)


def _shared(one: Quad, other: Quad) -> float:
    a, b = extent(one), extent(other)
    width = min(a.right, b.right) - max(a.left, b.left)
    height = min(a.bottom, b.bottom) - max(a.top, b.top)
    both = max(0.0, width) * max(0.0, height)
    return both / ((a.right - a.left) * (a.bottom - a.top) + (b.right - b.left) * (b.bottom - b.top) - both)


def given(folder: Path, engine: Engine, only: str = "") -> Iterator[Score]:
    """The pages of OmniDocBench that have tables and `only` in their names."""
    for file in sorted(file for file in folder.glob("*.json") if only in file.name):
        blocks = json.loads(file.read_text(encoding="utf-8"))["layout_dets"]
        tables = [
            ScannedTable(_corners(block["poly"]), block["html"], ())
            for block in blocks
            if block["category_type"] == "table" and block.get("html") and not block.get("ignore")
        ]
        if tables:
            yield from scored(file.stem[:24], tables, found_by_reader(file.with_suffix(".jpg"), engine))


def _corners(poly: Sequence[float]) -> Quad:
    a, b, c, d = ((poly[at], poly[at + 1]) for at in range(0, 8, 2))
    return a, b, c, d


def made(pages: int, worn: bool, engine: Engine | None) -> Iterator[Score]:
    """`pages` pages of each kind, by the reader when there is one."""
    font = font_path()
    with tempfile.TemporaryDirectory(prefix="anjuan-bench-") as scratch:
        for kind in KINDS:
            for seed in range(DEVELOPMENT, DEVELOPMENT + pages):
                picture, truth = table_scan(table_page(kind, seed), worn, font, seed)
                file = Path(scratch) / "page.jpg"
                picture.save(file, "JPEG", quality=70 if worn else 90)
                found = found_by_reader(file, engine) if engine else found_by_truth(pixels_of(file), truth)
                yield from scored(kind, truth.tables, found)


def plain(volumes: int) -> tuple[int, int, float]:
    """Pages of volumes without a table, how many of them are said to have one, and seconds a page for rules."""
    font, pages, wrong, seconds = font_path(), 0, 0, list[float]()
    for seed in range(DEVELOPMENT, DEVELOPMENT + volumes):
        rng = Random(f"tables plain {seed}")
        for at, leaf in enumerate(leaves(make_volume(seed))):
            if leaf.page.tables:
                continue
            picture, truth = draw(leaf, degraded(rng) if at % 2 else CLEAN, font, seed)
            found, taken = found_by_truth(np.asarray(picture), truth)
            pages, wrong = pages + 1, wrong + bool(found.tables)
            seconds.append(taken)
    return pages, wrong, fmean(seconds)


def report(scores: Sequence[Score]) -> str:
    """Means by kind, and of all."""
    kinds: dict[str, list[Score]] = {}
    for score in scores:
        kinds.setdefault(score.name.rpartition(" ")[0], []).append(score)
    kinds["all"] = list(scores)
    lines = [f"{'tables':<26} {'n':>4} {'TEDS':>7} {'struct':>7} {'exact':>6} {'s/page':>7}"]
    for kind, of_kind in kinds.items():
        exact = sum(score.struct == 1 for score in of_kind)
        means = fmean(s.teds for s in of_kind), fmean(s.struct for s in of_kind), fmean(s.seconds for s in of_kind)
        lines.append(f"{kind:<26} {len(of_kind):>4} {means[0]:>7.4f} {means[1]:>7.4f} {exact:>6} {means[2]:>7.3f}")
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    options = _parser().parse_args(arguments)
    if options.plain:
        pages, wrong, seconds = plain(options.plain)
        print(f"plain pages {pages}, with a table that is none {wrong}, {1000 * seconds:.0f} ms of one core a page")
        return 0
    engine = None
    if options.read or not options.made:
        engine = InlineEngine.from_registry(WeightsCache(), choose_device(options.device))
    try:
        if options.made:
            for worn in (False, True):
                print("worn" if worn else "clean", report(list(made(options.made, worn, engine))), sep="\n", flush=True)
        elif engine is not None:
            print(report(list(given(options.shared / "data" / "pages" / "omnidocbench", engine, options.only))))
    finally:
        if engine is not None:
            engine.close()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=Path("../shared"), help="folder that holds data/pages")
    parser.add_argument("--made", type=int, default=0, help="pages of each kind to make instead")
    parser.add_argument("--only", default="", help="given pages whose name holds this")
    parser.add_argument("--read", action="store_true", help="read the pages made, too")
    parser.add_argument("--plain", type=int, default=0, help="volumes whose pages without tables are searched instead")
    parser.add_argument("--device", default="auto")
    return parser


if __name__ == "__main__":
    sys.exit(main())
