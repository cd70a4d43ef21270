"""Pages with one table each as case files have them, with exact truth: forms of merged cells, lists, statements without
rules; and what paper does to rules: gaps, a seal over them, skew, noise.

`table_page(kind, seed)` sets a page, `table_scan(page, worn, seed)` draws it. Invented facts fill the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from random import Random
from typing import Final, cast

import numpy as np
from PIL import Image, ImageDraw

from benchmarks.volumes.drawing import CLEAN, Leaf, Scan, draw, moved
from benchmarks.volumes.facts import Facts, make_facts
from benchmarks.volumes.rows import Row, rows
from benchmarks.volumes.setting import HEIGHT, LEFT, RIGHT, SEAL, WIDTH, line_at, rectangle, text_width, wrapped
from cases.records import JsonValue, PageLine, Quad, ScannedPage, ScannedTable, Seal
from pipelines.files.tables.cells import Cell, scanned_table

FULL, OPEN, THREE, NONE = "full", "open", "three", "none"
"""How a table is ruled: all sides, none at its left and right, three lines across, not at all."""
PADDING: Final = 8
GAPS: Final = 12
"""Places where the rules of a worn page are broken."""
GAP_PX: Final = 14
"""How long such a gap is: two millimetres."""
TOP: Final = 380


@dataclass(frozen=True, slots=True)
class Layout:
    """A table before it is set: shares of the columns' widths, cells without boxes as (row, column, spans, text)."""

    title: str
    columns: tuple[int, ...]
    cells: tuple[tuple[int, int, int, int, str], ...]
    rules: str = FULL


@dataclass(frozen=True, slots=True)
class TablePage:
    """A page with its table as truth, and the page as it is ruled."""

    kind: str
    page: ScannedPage
    ruled: ScannedPage


def table_page(kind: str, seed: int) -> TablePage:
    """The page of this kind and seed; raises KeyError for an unknown kind."""
    rng = Random(f"tables {kind} {seed}")
    layout = KINDS[kind](make_facts(seed), rng)
    size = rng.choice((26, 28, 30, 32))
    table, lines = _set(layout, size, rng.choice((14, 20, 26)))
    wide = text_width(layout.title, 60)
    title = line_at(layout.title, LEFT + (RIGHT - LEFT - wide) / 2, 250, 60)
    page = ScannedPage(1, WIDTH, HEIGHT, 0, 0.0, (title, *lines), (table,))
    return TablePage(kind, page, replace(page, tables=(_rules(table, layout.rules),)))


def table_scan(made: TablePage, worn: bool, font: Path, seed: int) -> tuple[Image.Image, ScannedPage]:
    """The scan, and the page with its boxes where the scan has them."""
    if not worn:
        picture, _ = draw(Leaf(made.ruled), CLEAN, font, seed)
        return picture, made.page
    rng = Random(f"tables worn {made.kind} {seed}")
    how = Scan(skew=rng.choice((-3.0, -1.5, 0.7, 1.5, 3.0)), noise=0.0)
    picture, _ = draw(Leaf(_sealed(made.ruled, rng)), how, font, seed)
    page = moved(made.page, 1.0, how.skew)
    _break(picture, page.tables[0], rng)
    grain = np.random.default_rng(seed).normal(0, 255 * rng.uniform(0.02, 0.06), (page.height, page.width, 1))
    noisy = np.clip(np.asarray(picture, np.float32) + grain, 0, 255).astype(np.uint8)
    return Image.fromarray(noisy), page


def _sealed(page: ScannedPage, rng: Random) -> ScannedPage:
    """With a seal over the rules in the lower right part of the table."""
    (left, top), _, (right, bottom), _ = page.tables[0].box
    x = rng.uniform((left + right) / 2, right - SEAL * 0.7)
    y = rng.uniform((top + bottom) / 2, bottom) - SEAL / 2
    return replace(page, seals=(Seal(rectangle(x, y, SEAL, SEAL), "round", "云阳市公安局", 1.0),))


def _break(picture: Image.Image, table: ScannedTable, rng: Random) -> None:
    """Leave gaps in the rules of the table."""
    pen = ImageDraw.Draw(picture)
    for _ in range(GAPS):
        (ax, ay), (bx, by), (cx, cy), _ = cast(Quad, rng.choice(table.cells)["box"])
        share = rng.uniform(0.15, 0.85)
        ends = ((ax, ay), (bx, by)) if rng.random() < 0.5 else ((bx, by), (cx, cy))
        x, y = (one + share * (other - one) for one, other in zip(*ends, strict=True))
        across, down = (
            (GAP_PX / 2, 4) if abs(ends[0][0] - ends[1][0]) > abs(ends[0][1] - ends[1][1]) else (4, GAP_PX / 2)
        )
        pen.rectangle((x - across, y - down, x + across, y + down), fill=(252, 252, 250))


def _set(layout: Layout, size: int, room: int) -> tuple[ScannedTable, list[PageLine]]:
    """The table with its boxes, and the lines in its cells, each cell's in the middle of its height."""
    unit = (RIGHT - LEFT) / sum(layout.columns)
    xs = [LEFT + unit * share for share in accumulate((0, *layout.columns))]
    texts = {cell: wrapped(cell[4], xs[cell[1] + cell[3]] - xs[cell[1]] - 2 * PADDING, size) for cell in layout.cells}
    heights = _heights(layout, texts, size + 8, room)
    ys = [float(TOP), *accumulate(heights, initial=TOP)][1:]
    cells, lines = [], []
    for cell, wrapping in texts.items():
        row, column, row_span, column_span, text = cell
        width, height = xs[column + column_span] - xs[column], ys[row + row_span] - ys[row]
        cells.append(Cell(row, column, row_span, column_span, text, rectangle(xs[column], ys[row], width, height)))
        y = ys[row] + (height - len(wrapping) * (size + 8) + 8) / 2
        for at, line in enumerate(wrapping):
            lines.append(line_at(line, xs[column] + PADDING, y + at * (size + 8), size))
    lines.sort(key=lambda line: (line.box[0][1], line.box[0][0]))
    return scanned_table(rectangle(LEFT, TOP, RIGHT - LEFT, ys[-1] - TOP), cells), lines


def _heights(
    layout: Layout, texts: dict[tuple[int, int, int, int, str], list[str]], pitch: int, room: int
) -> list[float]:
    """The height of each row: that of its cells of one row; the last row of a higher cell takes what is missing."""
    heights = [float(pitch + room)] * (1 + max(cell[0] + cell[2] - 1 for cell in layout.cells))
    for (row, _, span, _, _), lines in sorted(texts.items(), key=lambda entry: entry[0][2]):
        missing = len(lines) * pitch + room - sum(heights[row : row + span])
        heights[row + span - 1] += max(0.0, missing)
    return heights


def _rules(table: ScannedTable, rules: str) -> ScannedTable:
    """The table whose cells are what is drawn as rules."""
    if rules == FULL:
        return table
    (left, top), (right, _), (_, bottom), _ = table.box
    if rules == NONE:
        return replace(table, cells=())
    if rules == THREE:
        below = min(cast(Quad, cell["box"])[2][1] for cell in table.cells)
        flat = [rectangle(left, y, right - left, 0) for y in (top, below, bottom)]
    else:
        flat = [box for cell in table.cells for box in _open_sides(cast(Quad, cell["box"]), left, right)]
    return replace(table, cells=tuple({"box": _corners(box)} for box in flat))


def _corners(box: Quad) -> list[JsonValue]:
    return [list(point) for point in box]


def _open_sides(box: Quad, left: float, right: float) -> list[Quad]:
    """The sides of a cell but those at the left and right of the table."""
    (x, y), (end, _), (_, foot) = box[0], box[1], box[2]
    sides = [rectangle(x, y, end - x, 0), rectangle(x, foot, end - x, 0)]
    sides += [rectangle(at, y, 0, foot - y) for at in (x, end) if left + 1 < at < right - 1]
    return sides


def _plain(head: Row, body: Sequence[Row]) -> tuple[tuple[int, int, int, int, str], ...]:
    return tuple((at, column, 1, 1, text) for at, row in enumerate((head, *body)) for column, text in enumerate(row))


def _registration(facts: Facts, rng: Random) -> Layout:
    """受案登记表: who reports is one cell beside four rows, what was reported runs across."""
    person, low = facts.victim, 4 + rng.randrange(2)
    cells = [
        (0, 0, 1, 2, "案件来源"),
        (0, 2, 1, 1, "110指令"),
        (0, 3, 1, 1, "受理时间"),
        (0, 4, 1, 1, str(facts.dates.accepted)),
        (1, 0, low - 1, 1, "报案人"),
        (1, 1, 1, 1, "姓名"),
        (1, 2, 1, 1, person.name),
        (1, 3, 1, 1, "性别"),
        (1, 4, 1, 1, person.sex),
        (2, 1, 1, 1, "证件号码"),
        (2, 2, 1, 3, person.identity),
        (3, 1, 1, 1, "现住址"),
        (3, 2, 1, 3, person.home),
        *([(4, 1, 1, 1, "联系方式"), (4, 2, 1, 3, person.phone)] if low == 5 else []),
        (low, 0, 1, 2, "简要案情或者报案记录"),
        (low, 2, 1, 3, facts.deed),
        (low + 1, 0, 1, 2, "受案意见"),
        (low + 1, 2, 1, 3, "属本单位管辖的刑事案件，建议及时立案侦查。"),
        (low + 2, 0, 1, 2, "受案部门负责人意见"),
        (low + 2, 2, 1, 2, f"同意。{facts.officers[1]}"),
        (low + 2, 4, 1, 1, str(facts.dates.filed)),
    ]
    return Layout("受案登记表", (2, 4, 6, 3, 7), tuple(cells))


def _household(facts: Facts, rng: Random) -> Layout:
    """常住人口基本信息: a photograph beside four rows, an address across."""
    one = rng.choice((facts.suspect, facts.accomplice, facts.victim))
    cells = (
        (0, 0, 1, 1, "姓名"),
        (0, 1, 1, 1, one.name),
        (0, 2, 1, 1, "性别"),
        (0, 3, 1, 1, one.sex),
        (0, 4, 4, 1, "照片"),
        (1, 0, 1, 1, "民族"),
        (1, 1, 1, 1, one.nation),
        (1, 2, 1, 1, "出生日期"),
        (1, 3, 1, 1, str(one.birth)),
        (2, 0, 1, 1, "公民身份号码"),
        (2, 1, 1, 3, one.identity),
        (3, 0, 1, 1, "籍贯"),
        (3, 1, 1, 1, one.native),
        (3, 2, 1, 1, "文化程度"),
        (3, 3, 1, 1, one.school),
        (4, 0, 1, 1, "住址"),
        (4, 1, 1, 4, one.home),
        (5, 0, 1, 1, "服务处所"),
        (5, 1, 1, 1, "无"),
        (5, 2, 1, 1, "联系电话"),
        (5, 3, 1, 2, one.phone),
    )
    return Layout("常住人口基本信息", (4, 5, 4, 6, 4), cells)


def _seizure(facts: Facts, rng: Random) -> Layout:
    """扣押清单: goods, empty rows to the foot, signatures across."""
    body = rows("goods", rng.randrange(3, 9), {"goods": facts.goods}, rng)
    blank = [("",) * 5] * rng.randrange(0, 5)
    cells = list(_plain(("编号", "名称", "数量", "特征", "备注"), [*body, *blank]))
    foot = 1 + len(body) + len(blank)
    cells += [(foot, 0, 1, 2, f"持有人：{facts.suspect.name}"), (foot, 2, 1, 1, "见证人：")]
    cells += [(foot, 3, 1, 2, f"办案人员：{facts.officers[0]}、{facts.officers[1]}")]
    return Layout("扣押清单", (2, 6, 4, 7, 5), tuple(cells))


def _statement(rules: str) -> Callable[[Facts, Random], Layout]:
    def made(facts: Facts, rng: Random) -> Layout:
        body = rows("bank", rng.randrange(8, 22), {"day": facts.dates.filed}, rng)
        head = ("交易日期", "交易类型", "发生额", "余额", "对方户名", "备注")
        return Layout("账户交易明细", (4, 4, 4, 4, 5, 3), _plain(head, body), rules)

    return made


def _prices(rules: str) -> Callable[[Facts, Random], Layout]:
    def made(facts: Facts, rng: Random) -> Layout:
        body = rows("prices", rng.randrange(4, 10), {"goods": facts.goods, "amount": facts.amount}, rng)
        head = ("序号", "名称", "数量", "成新率", "认定价格")
        return Layout("价格认定明细表", (2, 7, 3, 4, 4), _plain(head, body), rules)

    return made


def _calls(facts: Facts, rng: Random) -> Layout:
    body = rows("calls", rng.randrange(8, 22), {"day": facts.dates.filed}, rng)
    return Layout(
        "通话详单", (6, 3, 5, 4, 4), _plain(("起始时间", "呼叫类型", "对方号码", "通话时长", "通话地点"), body), NONE
    )


KINDS: Final[dict[str, Callable[[Facts, Random], Layout]]] = {
    "registration": _registration,
    "household": _household,
    "seizure": _seizure,
    "prices ruled": _prices(FULL),
    "statement ruled": _statement(FULL),
    "prices open": _prices(OPEN),
    "prices three-line": _prices(THREE),
    "statement three-line": _statement(THREE),
    "statement unruled": _statement(NONE),
    "calls unruled": _calls,
}
"""The kinds of pages: forms with merged cells, lists, statements."""
