"""The content stream of a page's invisible text: each line in its box, in such pieces that readers keep lines apart.

A line is set on the lower edge of its box and stretched to the box's length; vertical writing is turned by a quarter.
Readers find lines again by where text objects lie. pdfium (and with it Chrome) compares the last object of a line with
the first of the next: what begins at one height it sorts from left to right, and a word that ends in a hyphen it joins
with what follows. The pieces are such that neither changes the order or the characters.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from models.values import Point, Quad
from pipelines.files.order import is_vertical
from pipelines.files.text_layer import DESCENT, FONT, Alphabet, Place, text_width

HYPHENS = ("-", "\u00ad")
NO_BREAK = "\u00a0"
"""No-break space: stands behind a line where something has to, and is seen and found by nobody."""
FOOT = 2
"""Characters at the foot of a column that are a text object of their own."""
RECENT = 5
"""Text objects before one that pdfium compares it with."""
ONE_HEIGHT = 0.55
"""Objects whose feet differ by less, in ems, begin at one height for pdfium (half the width of a character)."""
DROP = 0.62
"""How far, in ems, a blank lies below its line: further than ONE_HEIGHT, and not as far as another line (0.75)."""


@dataclass(frozen=True, slots=True)
class _Run:
    """A line on the page in points: where its foot starts and ends, its size, whether it goes across the page.

    `again` is how often the same text stands a few lines before.
    """

    text: str
    start: Point
    end: Point
    size: float
    upright: bool
    again: int = 0

    @property
    def tail(self) -> int:
        """How many of its last characters are a text object of their own.

        Those at the foot of a column, two of them, since of one alone nobody can tell which way it is written; and of a
        line that was there a moment before, since pdfium takes the same object twice for bold print.
        """
        wanted = self.again + FOOT if self.again or not self.upright else 0
        return wanted if len(self.text) > wanted else 0

    @property
    def pieces(self) -> tuple[str, ...]:
        """What is shown in one text object each."""
        return (self.text[: -self.tail], self.text[-self.tail :]) if self.tail else (self.text,)

    @property
    def last(self) -> Point:
        """Where the last piece begins."""
        return self.at(text_width(self.text[: -self.tail]) / text_width(self.text) if self.tail else 0.0)

    def at(self, share: float) -> Point:
        """The point at a share of the run's length."""
        (x0, y0), (x1, y1) = self.start, self.end
        return x0 + share * (x1 - x0), y0 + share * (y1 - y0)


def page_content(lines: Sequence[tuple[str, Quad]], place: Place, alphabet: Alphabet) -> bytes:
    """The content stream that writes (text, box) lines invisibly (text render mode 3) and leaves no state behind."""
    runs = [run for text, box in lines if text and (run := _run(text, box, place)) is not None]
    texts = [run.text for run in runs]
    runs = [
        replace(run, again=0 if _is_backwards(run, place.rotation) else texts[max(0, at - RECENT) : at].count(run.text))
        for at, run in enumerate(runs)
    ]
    written = [_shown(run, _blank_behind(run, following, place.rotation), alphabet) for run, following in _pairs(runs)]
    # The size of letters is in the matrix of each line: pdfium takes slanted lines of size 12 for one, of size 1 not.
    return (f"q\nBT\n3 Tr\n/{FONT} 1 Tf\n" + "".join(written) + "ET\nQ\n").encode("ascii")


def _pairs(runs: Sequence[_Run]) -> list[tuple[_Run, _Run | None]]:
    return [*pairwise(runs), (runs[-1], None)] if runs else []


def _run(text: str, box: Quad, place: Place) -> _Run | None:
    """The line as it lies on the page; None for a box without extent."""
    a, b, c, d = (place.point(corner) for corner in box)
    # `start` to `end` is the way of the text along the foot of its box, `head` lies above `start`.
    start, end, head = (a, d, b) if is_vertical(box) else (d, c, a)
    size = math.dist(start, head)
    if math.dist(start, end) <= 0 or size <= 0:
        return None
    up = DESCENT * (head[0] - start[0]), DESCENT * (head[1] - start[1])
    foot, far = (start[0] + up[0], start[1] + up[1]), (end[0] + up[0], end[1] + up[1])
    across, down = (abs(far[0] - foot[0]), abs(far[1] - foot[1]))
    upright = across >= down if place.rotation % 180 == 0 else down >= across
    return _Run(text, foot, far, size, upright)


def _blank_behind(run: _Run, following: _Run | None, rotation: int) -> float | None:
    """How far below its line a blank has to stand behind it, in ems; None where there is no need for one."""
    if following is None:
        return None
    (x, y), (next_x, next_y) = (_as_shown(point, rotation) for point in (run.last, following.start))
    if abs(next_y - y) < ONE_HEIGHT * max(run.size, following.size) and next_x < x:
        return DROP
    return 0.0 if run.text.rstrip().endswith(HYPHENS) else None


def _is_backwards(run: _Run, rotation: int) -> bool:
    """Whether a line runs from right to left as shown, on a page on its head: its pieces would be turned round."""
    return run.upright and _as_shown(run.end, rotation)[0] < _as_shown(run.start, rotation)[0]


def _as_shown(point: Point, rotation: int) -> Point:
    """A point of the page in the directions of the page as it is shown, turned clockwise by `rotation`."""
    x, y = point
    return {0: (x, y), 90: (y, -x), 180: (-x, -y), 270: (-y, x)}[rotation]


def _shown(run: _Run, blank: float | None, alphabet: Alphabet) -> str:
    length = math.dist(run.start, run.end)
    cosine, sine = (run.size * (run.end[axis] - run.start[axis]) / length for axis in (0, 1))
    stretch = 100 * length / (text_width(run.text) * run.size)
    turn = f"{cosine:.4f} {sine:.4f} {-sine:.4f} {cosine:.4f}"
    shown = " ".join(f"<{alphabet.encode(piece)}> Tj" for piece in run.pieces)
    line = f"{stretch:.2f} Tz {turn} {run.start[0]:.2f} {run.start[1]:.2f} Tm {shown}\n"
    if blank is None:
        return line
    # One em below is (sine, -cosine), for these are the sides of an em.
    x, y = run.end[0] + blank * sine, run.end[1] - blank * cosine
    return f"{line}{turn} {x:.2f} {y:.2f} Tm <{alphabet.encode(NO_BREAK)}> Tj\n"
