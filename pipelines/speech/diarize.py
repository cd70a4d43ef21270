"""Who spoke when, over a whole recording, from the voices of its windows; pure, knows no model and no word.

Each window says where its own voices speak; clustering says which person each voice is. What overlapping windows say
of one moment is put together by weight, the middle of a window counting most: first how many speak, then who. So two
voices at once stay two, and a short answer inside a long question stays an answer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cases.transcript import SpeakerTurn
from pipelines.speech.chunks import RATE
from pipelines.speech.clustering import clusters, nearest
from pipelines.speech.voices import LocalVoice, SpeakerVoice, VoiceWindow

STEP = RATE // 50
"""Resolution of turns: 20 ms."""
DIMENSIONS = 256
JOIN_SECONDS = 0.3
"""A pause of one speaker that is no pause: a breath, a stop consonant."""
LEAST_SECONDS = 0.1
"""A shorter turn is a click."""

KNOWN_SECONDS = 1.0
MARGIN = 0.1
"""With this much sound, and this much more alike in cosine, a stretch is somebody else than its voice."""

Grid = NDArray[np.bool_]
"""Bool [speakers, moments of STEP]."""


def diarize(windows: Sequence[VoiceWindow], samples: int, speakers: int | None) -> tuple[SpeakerTurn, ...]:
    """The turns of all speakers in order, names S1, S2 ... by first appearance; turns of two people may overlap.

    `speakers` fixes how many there are; None finds out.
    """
    return diarized(windows, samples, speakers)[0]


def diarized(
    windows: Sequence[VoiceWindow], samples: int, speakers: int | None
) -> tuple[tuple[SpeakerTurn, ...], dict[str, SpeakerVoice]]:
    """As `diarize`, and what each speaker sounds like over the whole recording."""
    known = [voice for window in windows for voice in window.voices]
    if not known:
        return (), {}
    usable = [voice for voice in known if voice.embedding]
    seconds = np.array([voice.seconds for voice in usable])
    centres = clusters(_stacked([voice.vector for voice in usable]), seconds, speakers)
    if not len(centres):
        centres = np.ones((1, DIMENSIONS), np.float32)
    persons = [_persons(window, centres) for window in windows]
    found = turns(_together(windows, persons, len(centres), samples))
    told = {name: SpeakerVoice(centres[row], _seconds(found, row)) for row, name in _names(found).items() if usable}
    return named(found), told


def _persons(window: VoiceWindow, centres: NDArray[np.float32]) -> list[int]:
    """Whose each stretch of a window is: that of its voice, unless it sounds clearly like somebody else."""
    numbers = sorted({stretch.voice for stretch in window.voices})
    own = [_vector(stretch) for stretch in window.voices]
    pooled = []
    for number in numbers:
        of_voice = [(v, s.seconds) for v, s in zip(own, window.voices, strict=True) if s.voice == number]
        middle = np.sum([vector * max(seconds, 0.1) for vector, seconds in of_voice], axis=0)
        pooled.append(middle / max(float(np.linalg.norm(middle)), 1e-9))
    labels = dict(zip(numbers, nearest(centres, _stacked(pooled)), strict=True))
    return [
        _person(stretch, vector, labels[stretch.voice], centres)
        for stretch, vector in zip(window.voices, own, strict=True)
    ]


def _person(stretch: LocalVoice, vector: NDArray[np.float32], label: int, centres: NDArray[np.float32]) -> int:
    likeness = centres @ vector
    best = int(likeness.argmax())
    known = stretch.seconds >= KNOWN_SECONDS and likeness[best] - (likeness[label] if label >= 0 else 0.0) >= MARGIN
    return best if known else label


def _stacked(vectors: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    return np.stack(vectors) if vectors else np.zeros((0, DIMENSIONS), np.float32)


def _vector(voice: LocalVoice) -> NDArray[np.float32]:
    return voice.vector if voice.embedding else np.zeros(DIMENSIONS, np.float32)


def _together(windows: Sequence[VoiceWindow], persons: Sequence[Sequence[int]], count: int, samples: int) -> Grid:
    """Who speaks at each moment, from what all windows say of it."""
    moments = -(-samples // STEP)
    votes = np.zeros((count, moments), np.uint16)
    heard = np.zeros(moments, np.uint16)
    speaking = np.zeros(moments, np.uint16)
    for window, labels in zip(windows, persons, strict=True):
        start, end = window.first // STEP, min(-(-window.last // STEP), moments)
        weights = _weights(end - start)
        heard[start:end] += weights
        for voice, person in zip(window.voices, labels, strict=True):
            active = np.zeros(end - start, np.bool_)
            for first, last in voice.spans:
                active[round(first / STEP) - start : round(last / STEP) - start] = True
            speaking[start:end] += weights * active
            if person >= 0:
                votes[person, start:end] += weights * active
    at_once = np.rint(speaking / np.maximum(heard, 1)).astype(np.int64)
    return _loudest(votes, at_once)


def _weights(length: int) -> NDArray[np.uint16]:
    """What each moment of a window counts: 1 at its edges, most in the middle."""
    rising = np.arange(1, length + 1)
    return np.asarray(np.minimum(rising, rising[::-1]), np.uint16)


def _loudest(votes: NDArray[np.uint16], at_once: NDArray[np.int64]) -> Grid:
    """The `at_once` persons with most votes at each moment."""
    grid = np.zeros(votes.shape, np.bool_)
    for place in range(min(int(at_once.max(initial=0)), len(votes))):
        wanted = np.flatnonzero(at_once > place)
        left = np.where(grid[:, wanted], 0, votes[:, wanted])
        best = left.argmax(axis=0)
        grid[best, wanted] |= left[best, np.arange(len(wanted))] > 0
    return grid


def turns(grid: Grid) -> list[tuple[int, float, float]]:
    """Row, start and end in seconds of each turn, by start; breaths joined, clicks left out."""
    found: list[tuple[int, float, float]] = []
    for row, active in enumerate(grid):
        edges = np.flatnonzero(np.diff(np.concatenate([[False], active, [False]]).astype(np.int8))) * STEP / RATE
        joined: list[tuple[float, float]] = []
        for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
            if joined and start - joined[-1][1] <= JOIN_SECONDS:
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        found += [(row, start, end) for start, end in joined if end - start >= LEAST_SECONDS]
    return sorted(found, key=lambda turn: (turn[1], turn[0]))


def named(found: Sequence[tuple[int, float, float]]) -> tuple[SpeakerTurn, ...]:
    """Turns with the speakers' names, by first appearance."""
    names = _names(found)
    return tuple(SpeakerTurn(names[row], round(start, 3), round(end, 3)) for row, start, end in found)


def _names(found: Sequence[tuple[int, float, float]]) -> dict[int, str]:
    names: dict[int, str] = {}
    for row, _, _ in found:
        names.setdefault(row, f"S{len(names) + 1}")
    return names


def _seconds(found: Sequence[tuple[int, float, float]], row: int) -> float:
    return sum(end - start for other, start, end in found if other == row)
