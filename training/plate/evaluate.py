"""How well the reader reads drawn plates that it was not taught on: whole texts, by format and by how hard they are.

    python -m training.plate.evaluate models/shipped/plate-reader.onnx --count 2000

Figures are for seeds from 1000 on; real photos are measured by `benchmarks.accuracy.plates`.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np

from models.device import choose_device
from models.network import open_network
from models.vision.plate import PlateReader
from models.weights import WeightsCache
from training.plate.data import Sample, sample
from training.plate.glyphs import Atlas, atlas

SEED: Final = 1000
BATCH: Final = 64


@dataclass(frozen=True, slots=True)
class Score:
    """Drawn plates of a kind: how many, and of how many the whole text and the colour were read."""

    count: int
    texts: int
    colours: int


def scores(reader: PlateReader, glyphs: Atlas, count: int) -> dict[str, Score]:
    """By format and rows, and over all under `all`."""
    rng = np.random.default_rng(SEED)
    tally: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for _ in range(-(-count // BATCH)):
        drawn = [sample(glyphs, rng) for _ in range(BATCH)]
        for one, (found, colour) in zip(drawn, reader.read([one.picture for one in drawn]), strict=True):
            right = (found.text == one.plate.text, colour == one.plate.colour)
            tally[_kind(one)].append(right)
            tally["all"].append(right)
    return {
        kind: Score(len(rights), sum(text for text, _ in rights), sum(colour for _, colour in rights))
        for kind, rights in sorted(tally.items())
    }


def _kind(one: Sample) -> str:
    last = one.plate.text[-1] if not one.plate.text[-1].isascii() else str(len(one.plate.text))
    first = one.plate.text[0] if one.plate.text[0] == "使" else last
    return f"{one.plate.colour} {first} {'double' if one.plate.double else 'single'}"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("reader", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    given = parser.parse_args()
    reader = PlateReader(open_network(given.reader, choose_device("cpu"), 1, arena=True))
    for kind, score in scores(reader, atlas(WeightsCache()), given.count).items():
        share, colour = score.texts / score.count, score.colours / score.count
        print(f"{kind:<22} {score.count:>5}  text {share:6.1%}  colour {colour:6.1%}")  # noqa: T201


if __name__ == "__main__":
    main()
