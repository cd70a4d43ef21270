"""From a recogniser's probabilities to the characters of a line and what else each may be (CTC, Graves et al., ICML
2006, best path); knows no picture, no language and no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

BLANK = 0
"""The class that is no character."""
MOST_READINGS = 4
"""Readings of one character that are kept: those after them are noise."""
LEAST_PROBABILITY = 0.01


@dataclass(frozen=True, slots=True)
class Reading:
    """A character and how probable it is, 0 to 1."""

    character: str
    probability: float


Readings = tuple[Reading, ...]
"""What one character of a line may be, the most probable first; never empty."""


def readings(probabilities: NDArray[np.float32], alphabet: Sequence[str]) -> list[Readings]:
    """The characters along the best path, each with its other readings where it begins.

    `probabilities` is float32 [steps, classes], its classes the blank and then `alphabet`.
    """
    best = probabilities.argmax(axis=1)
    begins = np.flatnonzero((best != BLANK) & (np.diff(best, prepend=BLANK) != 0))
    return [_at(probabilities[step], int(best[step]), alphabet) for step in begins]


def _at(step: NDArray[np.float32], best: int, alphabet: Sequence[str]) -> Readings:
    if step[best] > 1 - LEAST_PROBABILITY:
        # Nothing else is probable enough to be kept, so that the other thousands need not be looked through.
        return (Reading(alphabet[best - 1], float(step[best])),)
    first = np.argpartition(step, -MOST_READINGS - 1)[-MOST_READINGS - 1 :]
    ordered = sorted((int(place) for place in first if place != BLANK), key=lambda place: -float(step[place]))
    known = [Reading(alphabet[place - 1], float(step[place])) for place in ordered]
    return known[0], *(one for one in known[1:MOST_READINGS] if one.probability >= LEAST_PROBABILITY)
