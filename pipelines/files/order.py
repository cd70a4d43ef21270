"""The order in which a person reads the lines of a page, from their boxes alone; knows no model and no text.

A recursive cut: where white runs down between two blocks that look like running text, the left block is read first;
everything else is read row by row, so that the cells of a form or a table stay together. A title across the columns
ends one group of columns and begins the next. Slanted pages are turned straight first, and a page of vertical writing
is turned by a quarter, so that its columns, read from the right, become rows.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from models.values import Point, Quad

TALL = 1.5
"""A box this many times taller than wide holds vertical writing (the recogniser turns such a box, too)."""
LONG = 3.0
"""A line this many times wider than high tells the slant of the page; shorter boxes are too rough."""
GAP_HEIGHTS = 0.6
"""Columns stand at least this many line heights apart; the gaps between words are narrower."""
COLUMN_LINES = 3
"""Fewer lines on a side are no column."""
COLUMN_FILL = 0.5
"""The middling line of a column fills this share of its width; the cells of a form do not."""
COLUMN_HEIGHTS = 8.0
"""... and is this many line heights long: the cells of a table are shorter."""
COLUMN_PITCH = 2.5
"""... and stands at most this many line heights below the one above: the rows of a form stand wider."""
LEVEL_HEIGHTS = 0.2
"""Rows whose middles differ by less than this share of their height are level, as the cells of one table row are."""
IN_STEP = 0.7
"""A side with this share of its rows level with the other side's is part of a table; by chance it is a quarter."""
ROW_OVERLAP = 0.5
"""Boxes that share this much of the lower one's height stand in one row."""


@dataclass(frozen=True, slots=True)
class _Block:
    """A line's upright box on the straightened page, and its place in the list as given."""

    left: float
    top: float
    right: float
    bottom: float
    index: int

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def width(self) -> float:
        return self.right - self.left


def sides(box: Quad) -> tuple[float, float]:
    """The length of a box along its text and across it, in pixels."""
    (a, b, c, d) = box
    return (math.dist(a, b) + math.dist(d, c)) / 2, (math.dist(a, d) + math.dist(b, c)) / 2


@dataclass(frozen=True, slots=True)
class Extent:
    """The upright box around something on a page, in its pixels."""

    left: float
    top: float
    right: float
    bottom: float


def extent(box: Quad) -> Extent:
    """The upright box around a box that may be slanted."""
    xs, ys = [x for x, _ in box], [y for _, y in box]
    return Extent(min(xs), min(ys), max(xs), max(ys))


def is_vertical(box: Quad) -> bool:
    """Whether a box is of vertical writing, by its shape; a single character never is."""
    along, across = sides(box)
    return across > TALL * max(along, 1.0)


def slant(boxes: Sequence[Quad]) -> float:
    """How far the lines fall to the right, in degrees, positive downwards; 0.0 when no line is long enough to tell.

    The median over the upper and lower edges of the long lines, weighted by their length. It tells a slight slant of
    the sheet, never a page that lies on its side or head.
    """
    angles: list[tuple[float, float]] = []
    for box in boxes:
        along, across = sides(box)
        if along < LONG * max(across, 1.0):
            continue
        for start, end in ((box[0], box[1]), (box[3], box[2])):
            angles.append((math.degrees(math.atan2(end[1] - start[1], end[0] - start[0])), along))
    angles.sort()
    half = sum(weight for _, weight in angles) / 2
    passed = 0.0
    for angle, weight in angles:
        passed += weight
        if passed >= half:
            return angle
    return 0.0


def reading_order(boxes: Sequence[Quad]) -> tuple[int, ...]:
    """The places of `boxes` in reading order; each place once. Does not depend on the order in which they are given."""
    turn = math.radians(slant(boxes))
    vertical = sum(is_vertical(box) for box in boxes) * 2 > len(boxes)
    blocks = sorted(
        (_upright(box, index, turn, vertical) for index, box in enumerate(boxes)),
        key=lambda b: (b.top, b.left, b.bottom, b.right, b.index),
    )
    return tuple(block.index for block in _ordered(blocks))


def _upright(box: Quad, index: int, turn: float, vertical: bool) -> _Block:
    """The box on a page turned straight by `turn` radians, and by a quarter more for vertical writing."""
    cosine, sine = math.cos(turn), math.sin(turn)
    points: list[Point] = [(x * cosine + y * sine, y * cosine - x * sine) for x, y in box]
    if vertical:
        points = [(y, -x) for x, y in points]
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return _Block(min(xs), min(ys), max(xs), max(ys), index)


def _ordered(blocks: list[_Block]) -> list[_Block]:
    """Blocks in reading order: runs of bands that stand in columns column by column, the other bands row by row."""
    if len(blocks) <= 1:
        return blocks
    ordered: list[_Block] = []
    plain: list[list[_Block]] = []
    bands = _bands(blocks)
    at = 0
    while at < len(bands):
        cut, end = _column_run(bands, at)
        if cut is None:
            plain.append(bands[at])
            at += 1
            continue
        run = [block for band in _headings(plain, cut) + bands[at:end] for block in band]
        ordered.extend(_rows(plain))
        ordered.extend(_ordered([block for block in run if _middle(block) < cut]))
        ordered.extend(_ordered([block for block in run if _middle(block) >= cut]))
        plain = []
        at = end
    return ordered + _rows(plain)


def _headings(plain: list[list[_Block]], cut: float) -> list[list[_Block]]:
    """Takes from the end of `plain` the lone blocks that stand over one column, and gives them back."""
    taken: list[list[_Block]] = []
    while plain and len(plain[-1]) == 1 and not plain[-1][0].left < cut < plain[-1][0].right:
        taken.insert(0, plain.pop())
    return taken


def _middle(block: _Block) -> float:
    return (block.left + block.right) / 2


def _bands(blocks: list[_Block]) -> list[list[_Block]]:
    """The blocks, split wherever a white line runs across all of them; blocks come sorted by their top."""
    bands: list[list[_Block]] = []
    lower = -math.inf
    for block in sorted(blocks, key=lambda b: b.top):
        if not bands or block.top >= lower:
            bands.append([])
        bands[-1].append(block)
        lower = max(lower, block.bottom)
    return bands


def _column_run(bands: list[list[_Block]], start: int) -> tuple[float | None, int]:
    """The x of a cut between columns that begin at band `start`, and the band after them; (None, start) without one."""
    run: list[_Block] = []
    lengths: list[tuple[int, int, list[float]]] = []
    for end in range(start, len(bands)):
        run.extend(bands[end])
        gaps = _gaps(run)
        if not gaps:
            break
        lengths.append((end + 1, len(run), gaps))
    for end, size, gaps in reversed(lengths):
        for gap in gaps:
            if _are_columns(run[:size], gap):
                return gap, end
    return None, start


def _gaps(blocks: list[_Block]) -> list[float]:
    """The middles of the white stripes that run down between blocks, widest first."""
    least = GAP_HEIGHTS * median(block.height for block in blocks)
    stripes: list[tuple[float, float]] = []
    reach = -math.inf
    for block in sorted(blocks, key=lambda b: b.left):
        if reach > -math.inf and block.left - reach >= least:
            stripes.append((reach - block.left, (reach + block.left) / 2))
        reach = max(reach, block.right)
    return [middle for _, middle in sorted(stripes)]


def _are_columns(blocks: list[_Block], cut: float) -> bool:
    """Whether `cut` parts columns: both sides are running text, or one is and the other's rows do not match it."""
    left = [block for block in blocks if _middle(block) < cut]
    right = [block for block in blocks if _middle(block) >= cut]
    texts = _is_column(left), _is_column(right)
    return all(texts) or (any(texts) and _out_of_step(_row_groups(left), _row_groups(right)))


def _out_of_step(one: list[list[_Block]], other: list[list[_Block]]) -> bool:
    """Whether the rows of two sides stand at heights of their own, as beside a margin, and unlike those of a table."""
    fewer, more = sorted((one, other), key=len)
    if len(fewer) < COLUMN_LINES:
        return False
    middles = [(row[0].top + row[0].bottom) / 2 for row in more]
    level = sum(
        any(abs((row[0].top + row[0].bottom) / 2 - middle) <= LEVEL_HEIGHTS * row[0].height for middle in middles)
        for row in fewer
    )
    return level < IN_STEP * len(fewer)


def _is_column(blocks: list[_Block]) -> bool:
    """Whether these blocks fill their rows, in lines that are long and close together."""
    rows = _row_groups(blocks)
    if len(rows) < COLUMN_LINES:
        return False
    height = median(block.height for block in blocks)
    pitch = median(below[0].top - above[0].top for above, below in pairwise(rows))
    width = max(block.right for block in blocks) - min(block.left for block in blocks)
    filled = median(sum(block.width for block in row) for row in rows)
    longest = median(block.width for block in blocks)
    return filled >= COLUMN_FILL * width and longest >= COLUMN_HEIGHTS * height and pitch <= COLUMN_PITCH * height


def _row_groups(blocks: list[_Block]) -> list[list[_Block]]:
    """Blocks grouped to rows, from the top; a block joins the row whose first block it stands level with."""
    rows: list[list[_Block]] = []
    for block in sorted(blocks, key=lambda b: ((b.top + b.bottom) / 2, b.left, b.index)):
        first = rows[-1][0] if rows else None
        if first is not None and _level(first, block):
            rows[-1].append(block)
        else:
            rows.append([block])
    return rows


def _level(one: _Block, other: _Block) -> bool:
    shared = min(one.bottom, other.bottom) - max(one.top, other.top)
    return shared >= ROW_OVERLAP * max(min(one.height, other.height), 1e-9)


def _rows(bands: list[list[_Block]]) -> list[_Block]:
    """Blocks row by row, each row from the left."""
    blocks = [block for band in bands for block in band]
    return [block for row in _row_groups(blocks) for block in sorted(row, key=lambda b: (b.left, b.index))]
