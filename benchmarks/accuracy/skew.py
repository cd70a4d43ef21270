"""Whether slanted pages should be turned straight before they are read: errors with and without, by how far they slant.

`python -m benchmarks.accuracy.skew [--first-seed 1000 --pages 6]` draws one page with much text of each volume, slants
it by 0, 1, 3 and 5 degrees, and reads it as it is and turned back by the slant that its own lines tell: what
straightening at the price of a second reading would gain. Rates are edits over the letters of the truth, each line
fitted where it matches best.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace
from random import Random
from typing import Final

import numpy as np
from PIL import Image

from benchmarks.accuracy.files import edits
from benchmarks.volumes.drawing import Leaf, Scan, degraded, draw, leaves
from benchmarks.volumes.volume import make_volume
from models.device import choose_device
from models.fonts import font_path
from models.manifest import load_manifest
from models.text.paddle import PaddlePageReader
from models.values import PageImage, PageText
from models.weights import WeightsCache
from pipelines.files.order import slant

SLANTS: Final = (0.0, 1.0, 3.0, 5.0)
LEAST_LETTERS: Final = 300
"""A page with less text tells little."""


def _read(reader: PaddlePageReader, picture: Image.Image) -> PageText:
    (found,) = reader.predict([PageImage(np.asarray(picture.convert("RGB")))])
    if not isinstance(found, PageText):
        raise SystemExit(f"a page was not read: {found.message}")
    return found


def _wrong(found: PageText, truth: Sequence[str]) -> int:
    return edits(truth, "".join(line.text for line in found.lines), letters_only=True)[0]


def _leaf(seed: int) -> Leaf | None:
    full = [
        leaf for leaf in leaves(make_volume(seed)) if sum(len(line.text) for line in leaf.page.lines) >= LEAST_LETTERS
    ]
    return Random(f"skew {seed}").choice(full) if full else None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--pages", type=int, default=6)
    options = parser.parse_args(arguments)
    reader = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache())
    reader.load(choose_device("cpu"))
    font = font_path()
    letters, as_is, straight = 0, dict.fromkeys(SLANTS, 0), dict.fromkeys(SLANTS, 0)
    for seed in range(options.first_seed, options.first_seed + options.pages):
        leaf = _leaf(seed)
        if leaf is None:
            continue
        truth = [line.text for line in leaf.page.lines]
        letters += edits(truth, "", letters_only=True)[1]
        for angle in SLANTS:
            scan: Scan = replace(degraded(Random(f"skew {seed}")), skew=angle, dpi=200)
            picture, _ = draw(leaf, scan, font, seed)
            found = _read(reader, picture)
            as_is[angle] += _wrong(found, truth)
            back = slant([line.box for line in found.lines])
            again = picture.rotate(back, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
            straight[angle] += _wrong(_read(reader, again), truth)
    reader.close()
    sys.stdout.write(f"{letters} letters\n{'slant':>6}{'as it is %':>12}{'straight %':>12}\n")
    for angle in SLANTS:
        rates = (100 * wrong[angle] / max(1, letters) for wrong in (as_is, straight))
        sys.stdout.write(f"{angle:>6.1f}" + "".join(f"{rate:>12.2f}" for rate in rates) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
