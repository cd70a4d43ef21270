"""TEDS: how like two tables are, by the edit distance of their HTML trees (Zhong, ShafieiBavani, Jimeno Yepes, "Image-
based table recognition: data, model, and evaluation", ECCV 2020); the tree edit distance is that of Zhang and Shasha
(SIAM J. Comput. 1989). Knows no picture.

TEDS(a, b) = 1 - distance / max(|a|, |b|). Inserting or deleting a node costs 1; so does renaming one, but for two cells
of like spans, which cost the edit distance of their texts over the longer's length; in TEDS-struct they cost nothing.
As in OmniDocBench `thead`, `tbody` and `th` are taken away first, and white space in cells is not compared.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

MOST_NODES: Final = 3000
"""Nodes of a tree at most: the time grows with the product of two."""


@dataclass(slots=True)
class Node:
    """A node: its tag, and of a cell the spans and text."""

    tag: str
    spans: tuple[int, int] = (1, 1)
    text: str = ""
    children: list[Node] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.table = Node("table")
        self._cell: Node | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.table.children.append(Node("tr"))
        elif tag in ("td", "th") and self.table.children:
            given = dict(attrs)
            spans = int(given.get("rowspan") or 1), int(given.get("colspan") or 1)
            self._cell = Node("td", spans)
            self.table.children[-1].children.append(self._cell)

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.text += "".join(data.split())


def tree(html: str) -> Node:
    """The table of `html`: rows, and in them cells."""
    reader = _Reader()
    reader.feed(html)
    return reader.table


def teds(truth: str, found: str, *, structure_only: bool = False) -> float:
    """How like the HTML of two tables is, 0 to 1; a table that was not found ("") is 0 like any."""
    if not truth or not found:
        return 0.0
    one, other = _ordered(tree(truth)), _ordered(tree(found))
    if max(len(one.nodes), len(other.nodes)) > MOST_NODES:
        raise ValueError(f"a table has more than {MOST_NODES} nodes")
    return 1 - _distance(one, other, structure_only) / max(len(one.nodes), len(other.nodes))


@dataclass(frozen=True, slots=True)
class _Tree:
    """Nodes in postorder, the leftmost leaf below each, and the keyroots."""

    nodes: list[Node]
    leftmost: list[int]
    keyroots: list[int]


def _ordered(root: Node) -> _Tree:
    nodes: list[Node] = []
    leftmost: list[int] = []

    def visit(node: Node) -> int:
        first = -1
        for child in node.children:
            leaf = visit(child)
            first = leaf if first < 0 else first
        nodes.append(node)
        leftmost.append(first if first >= 0 else len(nodes) - 1)
        return leftmost[-1]

    visit(root)
    last = {leaf: at for at, leaf in enumerate(leftmost)}
    return _Tree(nodes, leftmost, sorted(last.values()))


def _distance(one: _Tree, other: _Tree, structure_only: bool) -> float:
    known: list[list[float]] = [[0.0] * len(other.nodes) for _ in one.nodes]
    for first in one.keyroots:
        for second in other.keyroots:
            _forests(one, other, (first, second), known, structure_only)
    return known[-1][-1]


def _forests(one: _Tree, other: _Tree, roots: tuple[int, int], known: list[list[float]], structure_only: bool) -> None:
    """Distances of the subtrees at two keyroots, into `known`."""
    first, second = roots
    top, left = one.leftmost[first], other.leftmost[second]
    above = [float(at) for at in range(second - left + 2)]
    table = [above]
    for i in range(top, first + 1):
        row = [table[-1][0] + 1]
        for j in range(left, second + 1):
            removed, added = table[-1][j - left + 1] + 1, row[-1] + 1
            if one.leftmost[i] == top and other.leftmost[j] == left:
                renamed = table[-1][j - left] + _cost(one.nodes[i], other.nodes[j], structure_only)
                row.append(min(removed, added, renamed))
                known[i][j] = row[-1]
            else:
                row.append(min(removed, added, table[one.leftmost[i] - top][other.leftmost[j] - left] + known[i][j]))
        table.append(row)


def _cost(one: Node, other: Node, structure_only: bool) -> float:
    if one.tag != other.tag or one.spans != other.spans:
        return 1.0
    if one.tag != "td" or structure_only or one.text == other.text:
        return 0.0
    return edit_distance(one.text, other.text) / max(len(one.text), len(other.text))


def edit_distance(one: str, other: str) -> int:
    """Levenshtein's distance."""
    row = list(range(len(other) + 1))
    for number, character in enumerate(one, start=1):
        before, row = row, [number]
        for at, second in enumerate(other):
            row.append(min(before[at + 1] + 1, row[-1] + 1, before[at] + (character != second)))
    return row[-1]
