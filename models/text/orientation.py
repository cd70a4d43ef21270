"""Which way up a page lies, told by its own lines: what reads well along one direction reads badly the other way.

Every line is read once along its box as it stands. A page whose lines run to the right and read well is upright, and
nothing more is asked. Otherwise pieces of its longest lines are read from both ends, and the direction with the most
letters wins, weighted by how sure the reader is of them: words upside down give few letters, digits doubtful ones.
Lines that run down may be vertical writing, whose letters stand upright: then they also read well one by one. Below a
margin the page is left as it is. Pure; knows no model and no picture.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from models.values import Point, Quad

TALL: Final = 1.5
"""A box this many times taller than wide is read from its top to its foot: the recogniser turns such a box."""
SURE: Final = 0.9
"""Mean confidence from which a reading to the right is that of an upright page; upside down, print has 0.6 to 0.8."""
MOSTLY: Final = 0.8
"""... when this share of its letters stands in lines that run to the right."""
LINES: Final = 5
"""Lines of which a piece is read from both ends; all of them together cost some hundredths of the page."""
PIECE: Final = 10
"""How many times longer than high a piece is: so many characters of Chinese."""
BABBLE: Final = 0.6
"""What is read no more surely than this counts nothing; digits upside down are read into others, at 0.7 to 0.87."""
LEAST_LETTERS: Final = 4.0
"""Letters, by their weight, below which a direction is no proof: a stamped number has up to three."""
MARGIN: Final = 2.0
"""How many times the letters of any other direction the winner has: words upside down keep a tenth, digits a third."""
LEAST_CONFIDENCE: Final = 0.8
"""Mean confidence of the lines that turn a page: who cannot read them does not know their direction."""
STACKED: Final = 0.6
"""Vertical writing read letter by letter keeps at least this share of what was read along its lines, nearly all ..."""
LYING: Final = 0.3
"""... and lines of a page on its side keep at most this share, next to nothing."""
KEPT: Final = 0.9
"""A page that was turned must read as well as before, but for this share: else it was turned wrongly."""


@dataclass(frozen=True, slots=True)
class LineReading:
    """What was read along a box, and how surely; `backwards` when it was read from the box's other end."""

    box: Quad
    text: str
    confidence: float
    backwards: bool = False

    @property
    def letters(self) -> int:
        """Letters and digits; marks are read into any speck."""
        return sum(character.isalnum() for character in self.text)


@dataclass(frozen=True, slots=True)
class Direction:
    """How a page lies: by how many degrees clockwise its picture must be turned (0, 90, 180, 270) so that it is
    upright, and whether that is known."""

    turn: int
    known: bool


UNKNOWN: Final = Direction(0, known=False)


def support(lines: Iterable[LineReading]) -> float:
    """Letters, each weighing as much as the reader is surer of it than of babble, 1 at most."""
    return sum(line.letters * max(0.0, line.confidence - BABBLE) for line in lines) / (1 - BABBLE)


def is_tall(box: Quad) -> bool:
    """Whether the recogniser turns the box."""
    a, b, c, d = box
    return math.dist(a, d) + math.dist(b, c) >= TALL * (math.dist(a, b) + math.dist(d, c))


def runs(line: LineReading) -> int:
    """Where a line runs, by quarters clockwise from the right, in degrees: 0, 90 (down), 180, 270 (up)."""
    a, b, _, d = line.box
    end = d if is_tall(line.box) else b
    angle = math.degrees(math.atan2(end[1] - a[1], end[0] - a[0])) + (180 if line.backwards else 0)
    return round(angle / 90) % 4 * 90


def is_upright(lines: Sequence[LineReading]) -> bool:
    """Whether the lines as they were read first prove that the page is upright; a page without letters has no head."""
    letters = sum(line.letters for line in lines)
    right = [line for line in lines if runs(line) == 0]
    return not letters or (_mean(right) >= SURE and sum(line.letters for line in right) >= MOSTLY * letters)


def pieces(boxes: Sequence[Quad]) -> list[Quad]:
    """What to read from both ends: the beginnings of the longest lines, whichever way they are read."""
    sides = [sorted((math.dist(a, b), math.dist(a, d))) for a, b, _, d in boxes]
    order = sorted(range(len(boxes)), key=lambda at: (-sides[at][1], at))
    return [_beginning(boxes[at], PIECE * sides[at][0] / max(1.0, sides[at][1])) for at in order[:LINES]]


def _beginning(box: Quad, share: float) -> Quad:
    """So much of a line from its left or upper end, the whole at most."""
    if share >= 1:
        return box
    a, b, c, d = box

    def between(start: Point, end: Point) -> Point:
        return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])

    return (a, b, between(b, c), between(a, d)) if is_tall(box) else (a, between(a, b), between(d, c), d)


def winners(lines: Iterable[LineReading]) -> list[LineReading]:
    """Of lines read from both ends, those of the direction that wins; none when no direction clearly does."""
    groups: dict[int, list[LineReading]] = {0: [], 90: [], 180: [], 270: []}
    for line in lines:
        groups[runs(line)].append(line)
    ranked = sorted(groups.values(), key=support, reverse=True)
    clear = support(ranked[0]) >= max(LEAST_LETTERS, MARGIN * support(ranked[1]))
    return ranked[0] if clear else []


def direction(won: Sequence[LineReading], stacked: Sequence[LineReading] = ()) -> Direction:
    """How a page lies whose lines `won`; `stacked` are those of them that run up or down, read letter by letter."""
    if not won:
        return UNKNOWN
    way = runs(won[0])
    if way == 0:
        return Direction(0, known=True)
    if _mean(won) < LEAST_CONFIDENCE:
        return UNKNOWN
    if way == 180:
        return Direction(180, known=True)
    written = _chinese(won)
    share = _chinese(stacked) / written if written >= LEAST_LETTERS else 0.0
    if share >= STACKED:
        return Direction(0 if way == 90 else 180, known=True)
    return Direction(360 - way, known=True) if share <= LYING else UNKNOWN


def _chinese(lines: Sequence[LineReading]) -> float:
    """The support of lines by their Chinese characters alone: only those are set under each other."""
    wide = ["".join(c for c in line.text if unicodedata.east_asian_width(c) == "W") for line in lines]
    return support(replace(line, text=text) for line, text in zip(lines, wide, strict=True))


def _mean(lines: Sequence[LineReading]) -> float:
    """Confidence, each line weighing as many letters as it has."""
    weighed = sum(line.letters * line.confidence for line in lines)
    return weighed / max(1, sum(line.letters for line in lines))
