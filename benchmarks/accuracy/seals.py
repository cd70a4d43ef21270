"""How many red seals are found, and whether their letters are read right, on drawn pages of made volumes.

`python -m benchmarks.accuracy.seals [--volumes 5] [--first-seed 1000] [--device cpu]` draws every page that bears a
seal, clean and degraded, cuts out its surroundings, turns them by some degrees, and gives them to the page reader. The
seals of the generator are clean ink in one typeface: real ones are smudged, and no set of them is known.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image

from benchmarks.accuracy.chinese_text import character_errors
from benchmarks.volumes.drawing import CLEAN, Leaf, degraded, draw, leaves
from benchmarks.volumes.volume import make_volume
from cases.records import Quad
from models.device import choose_device
from models.errors import Defect
from models.fonts import font_path
from models.registry import build, names
from models.task import Task
from models.values import PageImage, PageText, SealMark
from models.weights import WeightsCache

AROUND = 2.6
"""Side of what is cut out, in diameters: a seal fills more than this of no page."""
MOST_TURN = 12
"""Degrees by which a hand may set a seal askew."""


@dataclass(slots=True)
class Tally:
    """Seals drawn, found, read without a fault; characters and those misread of the seals that were found."""

    drawn: int = 0
    found: int = 0
    exact: int = 0
    silent: int = 0
    characters: int = 0
    errors: int = 0

    def add(self, truth: str, mark: SealMark | None) -> None:
        """Count one seal."""
        self.drawn += 1
        if mark is None:
            return
        self.found += 1
        self.exact += mark.text == truth
        self.silent += not mark.text
        self.characters += len(truth)
        self.errors += _edits(truth, mark.text)

    def line(self, name: str) -> str:
        """A row of the table."""
        rate = self.errors / max(1, self.characters)
        return f"| {name} | {self.drawn} | {self.found} | {self.exact} | {self.silent} | {rate:.2%} |"


def surroundings(leaf: Leaf, how: str, rng: Random) -> Iterator[tuple[str, PageImage]]:
    """What each seal of a page says, and the picture around it, turned a little."""
    picture, page = draw(leaf, degraded(rng) if how == "degraded" else CLEAN, font_path(), rng.randrange(1000))
    for seal in page.seals:
        middle, side = _middle(seal.box), AROUND * _side(seal.box)
        left, top = round(middle[0] - side / 2), round(middle[1] - side / 2)
        cut = picture.convert("RGB").crop((left, top, left + round(side), top + round(side)))
        turned = cut.rotate(rng.uniform(-MOST_TURN, MOST_TURN), Image.Resampling.BICUBIC, fillcolor=(252, 252, 250))
        yield seal.text, PageImage(np.asarray(turned))


def _middle(box: Quad) -> tuple[float, float]:
    return sum(x for x, _ in box) / 4, sum(y for _, y in box) / 4


def _side(box: Quad) -> float:
    return max(x for x, _ in box) - min(x for x, _ in box)


def _edits(truth: str, read: str) -> int:
    found = character_errors(truth, read)
    return found.substitutions + found.deletions + found.insertions


def nearest(found: PageText, page: PageImage) -> SealMark | None:
    """The seal in the middle of a picture."""
    x, y = page.width / 2, page.height / 2
    over = (mark for mark in found.seals if mark.left < x < mark.right and mark.top < y < mark.bottom)
    return next(over, None)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print a row for clean and for degraded scans."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--volumes", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=12)
    parser.add_argument("--device", default="auto", help="auto, cpu, cuda or cuda:N")
    given = parser.parse_args(arguments)
    reader = build(names(Task.READ_PAGE)[0], WeightsCache())
    reader.load(choose_device(given.device))
    print("| scan | seals | found | letters right | no letters told | characters wrong |\n|---|---|---|---|---|---|")
    for how in ("clean", "degraded"):
        tally = Tally()
        for seed in range(given.first_seed, given.first_seed + given.volumes):
            rng = Random(f"seals {seed} {how}")
            for leaf in leaves(make_volume(seed, given.documents)):
                for truth, page in surroundings(leaf, how, rng) if leaf.page.seals else ():
                    (found,) = reader.predict([page])
                    if not isinstance(found, PageText):
                        raise Defect("bench.page", f"a page with a seal could not be read: {found}")
                    tally.add(truth, nearest(found, page))
        print(tally.line(how), flush=True)
    reader.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
