"""Lists in papers: goods with their numbers, prices, and the rows of 卷内目录; knows no rule."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, cast

from cases.records import Quad, ScannedPage, ScannedTable
from pipelines.intelligence.review.casefile import CatalogueRow, Fact, Place

_MONEY = re.compile(r"^(\d+)元?$")
_SPAN = re.compile(r"^(\d{1,3})(?:[-—~](\d{1,3}))?$")
GOODS: Final = ("扣押清单", "发还清单", "随案移送清单", "调取证据清单")
_WHOLE: Final = ((0.0, 0.0), (0.0, 0.0), (0.0, 0.0), (0.0, 0.0))


@dataclass(frozen=True, slots=True)
class _Row:
    cells: tuple[str, ...]
    place: Place


def list_facts(type_name: str, pages: Sequence[ScannedPage], record: str) -> dict[str, tuple[Fact, ...]]:
    """`items` and `places` of a list of goods, `prices` of an appraisal; a list that is no table gives nothing."""
    rows = list(_rows(pages, record))
    if type_name in GOODS:
        return _goods(rows)
    if type_name == "价格认定书":
        head = next((row.cells for row in rows if "认定价格" in row.cells), None)
        if head is None:
            return {}
        at = head.index("认定价格")
        read = [(_MONEY.match(row.cells[at]), row) for row in rows if len(row.cells) == len(head) and row.cells != head]
        # One row that cannot be read makes the sum unknown.
        if not read or any(money is None for money, _ in read):
            return {}
        return {"prices": tuple(Fact(int(money[1]), row.place) for money, row in read if money is not None)}
    return {}


def _goods(rows: Sequence[_Row]) -> dict[str, tuple[Fact, ...]]:
    head = next((row.cells for row in rows if "名称" in row.cells), None)
    if head is None or "数量" not in head:
        return {}
    name, count = head.index("名称"), head.index("数量")
    every = [row for row in rows if len(row.cells) == len(head) and row.cells != head]
    kept = [row for row in every if row.cells[name]]
    # A row whose name or number ran into another cell makes the list one that was not read whole.
    whole = len(kept) == len(every) and all(row.cells[0].isdecimal() for row in kept)
    found = {
        "whole": tuple(Fact(whole, row.place) for row in every[:1]),
        "items": tuple(Fact(row.cells[name], row.place) for row in kept),
        "uncounted": tuple(Fact(row.cells[name], row.place) for row in kept if not row.cells[count]),
        "counts": tuple(Fact((row.cells[name], row.cells[count]), row.place) for row in kept),
        "numbers": tuple(Fact(int(row.cells[0]), row.place) for row in kept if row.cells[0].isdecimal()),
    }
    return {key: facts for key, facts in found.items() if facts}


def catalogue_rows(pages: Sequence[ScannedPage], record: str) -> Iterator[CatalogueRow]:
    """The rows of 卷内目录; pages that cannot be read are 0."""
    rows = list(_rows(pages, record))
    head = next((row.cells for row in rows if "页号" in row.cells and "文书名称" in row.cells), None)
    if head is None:
        return
    title, span = head.index("文书名称"), head.index("页号")
    for row in rows:
        if len(row.cells) != len(head) or row.cells == head:
            continue
        found = _SPAN.match(row.cells[span])
        first, last = (int(found[1]), int(found[2] or found[1])) if found is not None else (0, 0)
        yield CatalogueRow(row.cells[title], first, last, row.place)


def _rows(pages: Sequence[ScannedPage], record: str) -> Iterator[_Row]:
    for page in pages:
        for table in page.tables:
            yield from _rows_of(table, page, record)


def _rows_of(table: ScannedTable, page: ScannedPage, record: str) -> Iterator[_Row]:
    by_row: dict[int, list[tuple[int, str, Quad]]] = {}
    for cell in table.cells:
        box = cell.get("box")
        quad = cast(Quad, tuple(tuple(point) for point in cast("list[list[float]]", box))) if box else _WHOLE
        text = str(cell["text"]).replace(" ", "")
        by_row.setdefault(cast(int, cell["row"]), []).append((cast(int, cell["col"]), text, quad))
    for _, cells in sorted(by_row.items()):
        cells.sort(key=lambda cell: cell[0])
        whole: Quad = (cells[0][2][0], cells[-1][2][1], cells[-1][2][2], cells[0][2][3])
        place = Place(record, page.number, whole, confidence=_confidence(page, whole))
        yield _Row(tuple(text for _, text, _ in cells), place)


def _confidence(page: ScannedPage, box: Quad) -> float:
    """Of the least sure line whose middle is in the row."""
    top, bottom = box[0][1], box[2][1]
    sure = [line.confidence for line in page.lines if top <= (line.box[0][1] + line.box[2][1]) / 2 <= bottom]
    return min(sure, default=1.0)
