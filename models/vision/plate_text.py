"""From a reader's probabilities to the text of a plate: CTC, held to the formats of GA 36 where it strays from them.

Pure numpy; knows no network and no picture. Class 0 is CTC's blank, class n the n-th character of the alphabet.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from models.vision.plate_format import ALPHABET, PlateFormat, format_of, plate_formats

Floats = NDArray[np.float32]
BLANK: Final = 0
IMPOSSIBLE: Final = -1e9
LEAST_PROBABILITY: Final = 1e-6


@dataclass(frozen=True, slots=True)
class PlateReading:
    """What a plate says, in the reader's alphabet: its format, and a probability for each character."""

    text: str
    format: PlateFormat
    probabilities: tuple[float, ...]

    @property
    def confidence(self) -> float:
        """How probable it is that every character is right."""
        return math.prod(self.probabilities)


def greedy(log_probabilities: Floats) -> tuple[str, tuple[float, ...]]:
    """The likeliest class of each column, repeats and blanks removed; [columns, classes]."""
    best = log_probabilities.argmax(axis=1)
    text: list[str] = []
    sure: list[float] = []
    last = BLANK
    for column, found in enumerate(best):
        value = float(np.exp(log_probabilities[column, found]))
        if found == last and text and found != BLANK:
            sure[-1] = max(sure[-1], value)
        elif found != BLANK:
            text.append(ALPHABET[found - 1])
            sure.append(value)
        last = int(found)
    return "".join(text), tuple(sure)


def reading(log_probabilities: Floats) -> PlateReading:
    """The text of a plate, always of some format: the likeliest as it stands, else the likeliest path of any format."""
    text, sure = greedy(log_probabilities)
    plain = format_of(text)
    if plain is not None:
        return PlateReading(text, plain, sure)
    return _likeliest(log_probabilities)


def voted(readings: Sequence[PlateReading]) -> PlateReading:
    """One reading of several of the same plate: at each place the character that most probability speaks for.

    Readings of another length than the surest one's do not vote, and a text that no plate can bear gives way to the
    surest reading. A character is as sure as all voters together find it.
    """
    best = max(readings, key=lambda one: one.confidence)
    voters = [one for one in readings if len(one.text) == len(best.text)]
    text, sure = [], []
    for place in range(len(best.text)):
        votes: dict[str, float] = {}
        for one in voters:
            votes[one.text[place]] = votes.get(one.text[place], 0.0) + one.probabilities[place]
        winner = max(votes, key=lambda character: votes[character])
        text.append(winner)
        sure.append(votes[winner] / len(voters))
    form = format_of("".join(text))
    return best if form is None else PlateReading("".join(text), form, tuple(sure))


@functools.cache
def _classes(place: str) -> NDArray[np.int64]:
    return np.array([ALPHABET.index(character) + 1 for character in place], np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class _Paths:
    """The likeliest path through each format: its log probability, and the state that each column is in."""

    scores: NDArray[np.float64]
    states: NDArray[np.int64]


def _likeliest(log_probabilities: Floats) -> PlateReading:
    """The likeliest text of any format."""
    formats = plate_formats()
    paths = _paths(log_probabilities, formats)
    best = int(paths.scores.argmax())
    text, sure = [], []
    for number, place in enumerate(formats[best].places):
        allowed = log_probabilities[paths.states[best] == 2 * number + 1][:, _classes(place)]
        chosen = int(allowed.max(axis=0).argmax()) if allowed.size else 0
        text.append(place[chosen])
        sure.append(float(np.exp(allowed[:, chosen].max())) if allowed.size else LEAST_PROBABILITY)
    return PlateReading("".join(text), formats[best], tuple(max(LEAST_PROBABILITY, value) for value in sure))


def _paths(log_probabilities: Floats, formats: Sequence[PlateFormat]) -> _Paths:
    """Viterbi over all formats at once; a format's states are blank, character, blank, ... and a character's state
    takes the likeliest of its classes column by column."""
    columns = log_probabilities.shape[0]
    ends = np.array([2 * len(one.places) for one in formats])
    emitted = np.full((columns, len(formats), int(ends.max()) + 1), IMPOSSIBLE)
    for row, one in enumerate(formats):
        emitted[:, row, : ends[row] + 1 : 2] = log_probabilities[:, [BLANK]]
        for number, place in enumerate(one.places):
            emitted[:, row, 2 * number + 1] = log_probabilities[:, _classes(place)].max(axis=1)
    score = np.full(emitted.shape[1:], IMPOSSIBLE)
    score[:, :2] = emitted[0, :, :2]
    came = np.zeros(emitted.shape, np.int8)
    ways = np.full((3, *score.shape), IMPOSSIBLE)
    for column in range(1, columns):
        ways[0], ways[1, :, 1:], ways[2, :, 3::2] = score, score[:, :-1], score[:, 1:-2:2]
        came[column] = ways.argmax(axis=0)
        score = ways.max(axis=0) + emitted[column]
    rows = np.arange(len(formats))
    state = np.where(score[rows, ends] >= score[rows, ends - 1], ends, ends - 1)
    total, states = score[rows, state], np.empty((len(formats), columns), np.int64)
    for column in range(columns - 1, -1, -1):
        states[:, column] = state
        state = state - came[column, rows, state]
    return _Paths(total, states)
