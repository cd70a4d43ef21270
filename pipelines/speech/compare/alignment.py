"""Which turn of the record stands for which units of the recording: the best path down both, in their order.

Each pair of a turn and a unit has a gain: how much of the unit is in the turn, beyond what chance would give. The path
runs down the turns and along the units, one step at a time, and gathers the gains of the cells that it visits; many
units may fall to one turn and many turns to one unit. It is found row by row in array operations, so that thirty pages
against four hours take seconds. Within a turn the order does not count: clerks put answers in order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

CHANCE = 0.3
"""Share of a unit that any turn of its length holds by chance."""
SAME_ROLE, OTHER_ROLE = 1.15, 0.8
"""What a gain counts where unit and turn are known to be of one role, or of different ones."""
IN_TURN = 0.3
"""What a cell of one role counts for the path alone: without shared words, question and answer follow each other."""
MAX_CELLS = 60_000_000
"""Turns times units: 3,000 turns against 20,000 units, a day of talk; 240 MB of gains."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of the comparison: the features and the role (question, answer or None) of each of its stretches."""

    features: tuple[frozenset[str], ...]
    roles: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """For each turn the first and last unit (None: nothing of it was found); for each unit its turn, or None.

    `visited` are the first and last unit that the path passes on each turn's row, found or not; () without a path.
    """

    stretches: tuple[tuple[int, int] | None, ...]
    turn_of: tuple[int | None, ...]
    visited: tuple[tuple[int, int], ...] = ()


def matrix(features: Sequence[frozenset[str]], numbers: Mapping[str, int]) -> sparse.csr_array:
    """Stretches by features, ones and zeros; features without a number are left out."""
    rows, columns = [], []
    for row, one in enumerate(features):
        for feature in one:
            if feature in numbers:
                rows.append(row)
                columns.append(numbers[feature])
    shape = (len(features), max(1, len(numbers)))
    return sparse.csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)


def shared_weight(
    a: Sequence[frozenset[str]], b: Sequence[frozenset[str]], weights: Mapping[str, float]
) -> NDArray[np.float32]:
    """[len(a), len(b)]: the summed weight of the features that both have."""
    numbers = {feature: n for n, feature in enumerate(weights)}
    column = np.fromiter(weights.values(), np.float32, len(weights)) if weights else np.zeros(1, np.float32)
    left = matrix(a, numbers) @ sparse.diags_array(column)
    return np.asarray((left @ matrix(b, numbers).T).toarray(), np.float32)


def total_weight(features: frozenset[str], weights: Mapping[str, float]) -> float:
    """The summed weight of all features of a stretch."""
    return sum(weights.get(feature, 1.0) for feature in features)


def align(turns: Side, units: Side, weights: Mapping[str, float]) -> Alignment:
    """The best path; see the module's paragraph."""
    if not turns.features or not units.features or len(turns.features) * len(units.features) > MAX_CELLS:
        return Alignment((None,) * len(turns.features), (None,) * len(units.features))
    gains, of_one_role = _gains(turns, units, weights)
    path = _path(gains + (IN_TURN * of_one_role).astype(np.float32))
    return _stretches(gains, path)


def _gains(turns: Side, units: Side, weights: Mapping[str, float]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """What each unit gains on each turn, and where both are known to be of one role."""
    gains = shared_weight(turns.features, units.features, weights)
    full = np.array([total_weight(one, weights) for one in units.features], np.float32)
    gains -= CHANCE * full
    np.maximum(gains, 0.0, out=gains)
    roles = np.array([["question", "answer"].index(r) if r else -1 for r in turns.roles])
    heard = np.array([["question", "answer"].index(r) if r else -1 for r in units.roles])
    known = (roles[:, None] >= 0) & (heard[None, :] >= 0)
    same = known & (roles[:, None] == heard[None, :])
    gains *= np.where(known, np.where(same, SAME_ROLE, OTHER_ROLE), 1.0).astype(np.float32)
    return gains, same


def _path(gains: NDArray[np.float32]) -> list[tuple[int, int]]:
    """The cells of the best path from the first turn and unit to the last, right or down a step at a time."""
    rows, columns = gains.shape
    came_down = np.zeros((rows, columns), bool)
    best = np.cumsum(gains[0].astype(np.float64))
    for row in range(1, rows):
        along = np.cumsum(gains[row].astype(np.float64))
        before = np.concatenate(([0.0], along[:-1]))
        # Entering the row at column k and staying to j gains best[k] + along[j] - along[k - 1].
        entered = np.maximum.accumulate(best - before)
        came_down[row] = best - before >= entered
        best = along + entered
    cells = [(rows - 1, columns - 1)]
    row, column = cells[0]
    while row or column:
        if row and (column == 0 or came_down[row, column]):
            row -= 1
        else:
            column -= 1
        cells.append((row, column))
    return cells[::-1]


def _stretches(gains: NDArray[np.float32], path: Sequence[tuple[int, int]]) -> Alignment:
    stretches: list[tuple[int, int] | None] = [None] * gains.shape[0]
    turn_of: list[int | None] = [None] * gains.shape[1]
    visited: list[tuple[int, int]] = [(gains.shape[1], 0)] * gains.shape[0]
    for row, column in path:
        visited[row] = min(visited[row][0], column), max(visited[row][1], column)
        if gains[row, column] <= 0:
            continue
        first, _ = stretches[row] or (column, column)
        stretches[row] = (first, column)
        held = turn_of[column]
        if held is None or gains[row, column] > gains[held, column]:
            turn_of[column] = row
    return Alignment(tuple(stretches), tuple(turn_of), tuple(visited))


def settled(found: Alignment, turns: Sequence[str | None], units: Sequence[str | None]) -> Alignment:
    """The alignment with what stands beside it: `turns` and `units` are roles.

    A turn takes in the units of its own role right beside its stretch, as far as they belong to no other turn. Turns
    without a stretch take the units between their neighbours where question and answer follow each other alike on both
    sides: 是的 and 嗯 have no words in common.
    """
    spans: list[tuple[int, int] | None] = [
        None if span is None else _grown(found, turn, turns[turn], units) for turn, span in enumerate(found.stretches)
    ]
    turn = 0
    while turn < len(spans):
        end = turn
        while end < len(spans) and spans[end] is None:
            end += 1
        if end > turn:
            first = next((s[1] + 1 for s in reversed(spans[:turn]) if s is not None), 0)
            last = (spans[end] or (len(units), 0))[0] if end < len(spans) else len(units)
            blocks = _blocks(units, first, last)
            if [units[a] for a, _ in blocks] == list(turns[turn:end]):
                spans[turn:end] = blocks
        turn = end + 1
    return Alignment(tuple(spans), found.turn_of, found.visited)


def _grown(found: Alignment, turn: int, role: str | None, units: Sequence[str | None]) -> tuple[int, int]:
    first, last = found.stretches[turn] or (0, 0)
    while first > 0 and units[first - 1] == role and found.turn_of[first - 1] is None and units[first] == role:
        first -= 1
    while last + 1 < len(units) and units[last + 1] == role == units[last] and found.turn_of[last + 1] is None:
        last += 1
    return first, last


def _blocks(units: Sequence[str | None], first: int, last: int) -> list[tuple[int, int]]:
    """The runs of units of one role from `first` up to `last`."""
    blocks: list[tuple[int, int]] = []
    for unit in range(first, last):
        if blocks and units[unit] == units[blocks[-1][0]]:
            blocks[-1] = (blocks[-1][0], unit)
        else:
            blocks.append((unit, unit))
    return blocks
