"""Plates as GA 36 lays them out: which characters stand where, in millimetres, in which colours; draws nothing.

Sizes from GA 36-2007, tables and figures of the single (440 x 140), double (440 x 220) and new-energy (480 x 140)
plates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from models.vision.plate_format import DIGITS, LATIN, LETTERS, PROVINCES, plate_formats

Colour = tuple[int, int, int]
"""Red, green, blue."""
Cell = tuple[float, float, float, float]
"""Left, top, width, height in millimetres."""

WHITE: Final[Colour] = (240, 240, 240)
BLACK: Final[Colour] = (20, 20, 20)
RED: Final[Colour] = (200, 30, 30)
GROUNDS: Final[dict[str, Colour]] = {
    "blue": (15, 65, 165),
    "yellow": (235, 175, 20),
    "green": (95, 205, 140),
    "white": WHITE,
    "black": BLACK,
}
RED_MARKS: Final = "警使领"
"""Marks that GA 36 prints in red."""
SHARES: Final = {
    "ordinary": 0.66,
    "new-energy-small": 0.1,
    "new-energy-large": 0.03,
    "police": 0.04,
    "learner": 0.03,
    "trailer": 0.05,
    "hong-kong": 0.025,
    "macao": 0.02,
    "consulate": 0.02,
    "embassy": 0.025,
}
"""How often each format is drawn: common plates most, none too seldom to be learnt."""
LETTER_SHARE: Final = 0.35
"""How often a serial's character is a letter."""
YELLOW_SHARE: Final = 0.35
DOUBLE_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True)
class Plate:
    """What is to be drawn: `text` in the reader's alphabet, a cell and an ink for each character."""

    text: str
    colour: str
    width: int
    height: int
    cells: tuple[Cell, ...]
    inks: tuple[Colour, ...]
    dot: tuple[float, float] | None
    tinted: float
    """How much of the width, from the left, a large new-energy plate has in yellow."""

    @property
    def double(self) -> bool:
        """Whether it has two rows."""
        return self.height > 200


def _single(count: int) -> tuple[int, tuple[Cell, ...], tuple[float, float]]:
    if count == 8:
        cells: list[Cell] = [(15.5, 25, 45, 90), (69.5, 25, 43, 90)]
        cells += [(161.5 + n * 52, 25, 43, 90) for n in range(6)]
        return 480, tuple(cells), (137, 70)
    cells = [(15.5, 25, 45, 90), (72.5, 25, 45, 90)]
    cells += [(151.5 + n * 57, 25, 45, 90) for n in range(5)]
    return 440, tuple(cells), (134.5, 70)


def _embassy() -> tuple[int, tuple[Cell, ...], tuple[float, float]]:
    cells: list[Cell] = [(15.5 + n * 57, 25, 45, 90) for n in range(4)]
    cells += [(265.5 + n * 57, 25, 45, 90) for n in range(3)]
    return 440, tuple(cells), (248.5, 70)


def _double() -> tuple[Cell, ...]:
    upper: list[Cell] = [(110, 15, 80, 60), (250, 15, 80, 60)]
    return (*upper, *((27.5 + n * 80, 90, 65, 110) for n in range(5)))


def _character(place: str, rng: np.random.Generator) -> str:
    if place == LATIN:
        place = LETTERS if rng.random() < LETTER_SHARE else DIGITS
    return str(place[rng.integers(len(place))])


def _text(pattern_places: tuple[str, ...], rng: np.random.Generator) -> str:
    return "".join(_character(place, rng) for place in pattern_places)


def _colour(name: str, colours: tuple[str, ...], rng: np.random.Generator) -> str:
    if name == "ordinary":
        return "yellow" if rng.random() < YELLOW_SHARE else "blue"
    return colours[0]


def random_plate(rng: np.random.Generator) -> Plate:
    """A plate of some format with a random text; provinces are equally likely, so that none is guessed."""
    formats = plate_formats()
    shares = np.array([SHARES[one.name] for one in formats])
    chosen = formats[int(rng.choice(len(formats), p=shares / shares.sum()))]
    text, colour = _text(chosen.places, rng), _colour(chosen.name, chosen.colours, rng)
    two_rows = colour == "yellow" and chosen.name in {"ordinary", "trailer"} and rng.random() < DOUBLE_SHARE
    return plate_of(text, colour, large=chosen.name == "new-energy-large", double=two_rows)


def plate_of(text: str, colour: str, *, large: bool = False, double: bool = False) -> Plate:
    """The layout of a given text."""
    ink = BLACK if colour in {"yellow", "green", "white"} else WHITE
    inks = tuple(RED if c in RED_MARKS else ink for c in text)
    if double:
        return Plate(text, colour, 440, 220, _double(), inks, None, 0.0)
    if text[0] not in PROVINCES:
        width, cells, dot = _embassy()
    else:
        width, cells, dot = _single(len(text))
    no_dot = colour == "green"
    return Plate(text, colour, width, 140, cells, inks, None if no_dot else dot, 0.28 if large else 0.0)
