"""The running text of a paper, each character of which knows its line: page, box, confidence; knows no rule.

Lines that stop at the right margin go on in the next, so that a sentence is found whole. Blanks between letters are
dropped, wider ones part the fields of a form and are kept as one. Brackets and colons are written in one way.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from cases.records import PageLine, ScannedPage
from pipelines.files.order import extent
from pipelines.intelligence.review.casefile import Place

RUNS_ON: Final = 0.80
"""A line that ends beyond this share of the width between the outermost edges of the text goes on in the next."""
FROM_LEFT: Final = 0.3
"""... when it begins within this share from the left: what is set to the right ends there."""
APART: Final = 0.6
"""Pieces of one row that are nearer than this many line heights are one line that was torn."""
_ONE_WAY: Final = str.maketrans("():;,〔〕[]【】＜＞", "（）：；，〔〕〔〕〔〕《》")
_WIDE = re.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True)
class Wording:
    """`text` with, for each of its pieces, where it begins and the page and line that it is of."""

    text: str
    record: str
    begins: tuple[int, ...]
    pieces: tuple[tuple[int, PageLine], ...]

    def place(self, at: int) -> Place:
        """Where the character at this offset stands."""
        page, line = self._piece(at)
        return Place(self.record, page, line.box, confidence=line.confidence)

    def find(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match."""
        return pattern.finditer(self.text)

    def _piece(self, at: int) -> tuple[int, PageLine]:
        return self.pieces[max(0, bisect_right(self.begins, at) - 1)]


def wording_of(pages: Sequence[ScannedPage], record: str) -> Wording:
    """The text of these pages; a line without letters adds nothing."""
    pieces = [(page.number, line) for page in pages for line in page.lines if line.text.strip()]
    edges = {page.number: _edges(page) for page in pages}
    text, begins = "", list[int]()
    joints = [_joint(before, after, edges) for before, after in pairwise(pieces)]
    for (_, line), joint in zip(pieces, [*joints, ""], strict=False):
        begins.append(len(text))
        text += _spelled(line.text) + joint
    return Wording(text, record, tuple(begins) or (0,), tuple(pieces))


def _spelled(text: str) -> str:
    return " ".join(part.replace(" ", "") for part in _WIDE.split(text.strip())).translate(_ONE_WAY)


def _edges(page: ScannedPage) -> tuple[float, float]:
    """The outermost edges of the text, the stamped number left out."""
    boxes = [extent(line.box) for line in page.lines if len(line.text.strip()) > 4]
    return (min((box.left for box in boxes), default=0.0), max((box.right for box in boxes), default=float(page.width)))


def _joint(before: tuple[int, PageLine], after: tuple[int, PageLine], edges: dict[int, tuple[float, float]]) -> str:
    """What stands between two lines: nothing where the first goes on, a blank in one row, else a line end."""
    one, other = extent(before[1].box), extent(after[1].box)
    height = max(one.bottom - one.top, 1.0)
    if before[0] == after[0] and abs(one.top - other.top) < height / 2:
        return "" if other.left - one.right < APART * height else " "
    left, right = edges[before[0]]
    wide = right - left
    runs_on = one.left < left + FROM_LEFT * wide and one.right > left + RUNS_ON * wide
    return "" if runs_on and before[0] == after[0] else "\n"
