"""How much of the print under red seals is read, with the seals' ink taken out before reading and with it left in.

`python -m benchmarks.accuracy.under_seals [--volumes 3] [--first-seed 1000] [--minutes 10]` draws every page that bears
a seal, clean and degraded, and reads it both ways. A letter of the truth is under a seal when its middle lies within
the seal's ring; it is read when it stands in its place in the lines that were found over its own (longest common
blocks, difflib). Letters of the same lines that no seal covers are told beside, and whole lines without a fault.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from random import Random
from typing import Final
from unittest.mock import patch

import numpy as np

from benchmarks.volumes.drawing import CLEAN, degraded, draw, leaves
from benchmarks.volumes.volume import make_volume
from cases.records import PageLine, ScannedPage, Seal
from models.device import choose_device
from models.errors import Defect
from models.fonts import font_path
from models.registry import build, names
from models.task import Model, Task
from models.values import PageImage, PageText
from models.weights import WeightsCache
from pipelines.files.order import extent

WAYS: Final = ("separated", "as it is")
SEPARATION: Final = "models.text.page_lane.without_seals"
"""Where the reader takes the ink of seals out."""
SCANS: Final = ("clean", "degraded")


@dataclass(slots=True)
class Tally:
    """Letters under seals and beside them in the same lines, how many were read, lines, and those without a fault."""

    under: int = 0
    under_read: int = 0
    beside: int = 0
    beside_read: int = 0
    lines: int = 0
    whole: int = 0

    def add(self, truth: str, covered: Sequence[bool], read: str) -> None:
        """Count one line, of which some letters are covered."""
        kept = [False] * len(truth)
        for block in SequenceMatcher(None, truth, read, autojunk=False).get_matching_blocks():
            kept[block.a : block.a + block.size] = [True] * block.size
        self.under += sum(covered)
        self.under_read += sum(one and there for one, there in zip(covered, kept, strict=True))
        self.beside += len(truth) - sum(covered)
        self.beside_read += sum(not one and there for one, there in zip(covered, kept, strict=True))
        self.lines += 1
        self.whole += truth in read

    def row(self, name: str) -> str:
        """A row of the table."""
        shares = f"{self.under_read / max(1, self.under):.4f} | {self.beside_read / max(1, self.beside):.4f}"
        return f"| {name} | {self.lines} | {self.under} | {shares} | {self.whole / max(1, self.lines):.3f} |"


def covered_letters(line: PageLine, seals: Sequence[Seal]) -> list[bool]:
    """Whether each letter of a line lies under a seal; letters share the line's box out evenly."""
    (left, top), (right, rise), _, (_, bottom) = line.box
    found: list[bool] = []
    for at in range(len(line.text)):
        along = (at + 0.5) / len(line.text)
        x, y = left + along * (right - left), (top + bottom) / 2 + along * (rise - top)
        found.append(any(_within(x, y, seal) for seal in seals))
    return found


def _within(x: float, y: float, seal: Seal) -> bool:
    box = extent(seal.box)
    across, down = (box.right - box.left) / 2, (box.bottom - box.top) / 2
    return ((x - box.left - across) / across) ** 2 + ((y - box.top - down) / down) ** 2 < 1


def over(line: PageLine, page: PageText) -> str:
    """What was read in the place of a line, from left to right."""
    place = extent(line.box)
    found = [
        (there.left, one.text)
        for one in page.lines
        if min((there := extent(one.box)).bottom, place.bottom) - max(there.top, place.top)
        > 0.4 * min(there.bottom - there.top, place.bottom - place.top)
        and min(there.right, place.right) > max(there.left, place.left)
    ]
    return "".join(text for _, text in sorted(found)).replace(" ", "")


def count(tally: Tally, truth: ScannedPage, read: PageText) -> None:
    """Add the lines of a page that a seal covers."""
    for line in truth.lines:
        bare = PageLine(line.text.replace(" ", ""), line.box, line.confidence, line.kind)
        covered = covered_letters(bare, truth.seals)
        if any(covered):
            tally.add(bare.text, covered, over(line, read))


def sealed_pages(seed: int, documents: int, scan: str) -> Iterator[tuple[PageImage, ScannedPage]]:
    """The pages with seals of the volume of this seed, drawn."""
    rng = Random(f"under {seed} {scan}")
    for leaf in leaves(make_volume(seed, documents)):
        how = degraded(rng) if scan == "degraded" else CLEAN
        if leaf.page.seals:
            picture, page = draw(leaf, how, font_path(), seed)
            yield PageImage(np.asarray(picture.convert("RGB"))), page


def read_page(reader: Model[PageImage, PageText], page: PageImage, way: str) -> PageText:
    """The page read with its seals' ink taken out, or left in."""
    if way == "separated":
        (found,) = reader.predict([page])
    else:
        with patch(SEPARATION, lambda pixels, _: pixels):
            (found,) = reader.predict([page])
    if not isinstance(found, PageText):
        raise Defect("bench.page", f"a page with a seal could not be read: {found}")
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a row for each scan and way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--volumes", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long")
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    given = parser.parse_args(arguments)
    reader = build(names(Task.READ_PAGE)[0], WeightsCache())
    reader.load(choose_device(given.device))
    tallies = {(scan, way): Tally() for scan in SCANS for way in WAYS}
    pages, begun = 0, time.monotonic()
    for seed in range(given.first_seed, given.first_seed + given.volumes):
        for scan in SCANS:
            for picture, truth in sealed_pages(seed, given.documents, scan):
                if time.monotonic() - begun > 60 * given.minutes:
                    break
                pages += 1
                for way in WAYS:
                    count(tallies[scan, way], truth, read_page(reader, picture, way))
    reader.close()
    print("| scan, ink of seals | lines | letters under seals | read | read beside them | lines without a fault |")
    print("|---|---|---|---|---|---|")
    for (scan, way), tally in tallies.items():
        print(tally.row(f"{scan}, {way}"))
    print(f"{pages} pages, each read both ways")
    return 0


if __name__ == "__main__":
    sys.exit(main())
