"""How many letters two short texts differ by, up to a bound; pure."""

from __future__ import annotations


def distance_within(one: str, other: str, most: int) -> int | None:
    """Insertions, deletions and substitutions from `one` to `other` (Levenshtein 1966), None when more than `most`."""
    if abs(len(one) - len(other)) > most:
        return None
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        above, row[0] = row[0], i
        for j, wanted in enumerate(other, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (letter != wanted))
        if min(row) > most:
            return None
    return row[-1] if row[-1] <= most else None
