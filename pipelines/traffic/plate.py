"""Which plate a vehicle bears: reads of many frames put together, and each plate given to one vehicle; pure functions.

The first read is often wrong, and a neighbour's plate is easily taken for one's own (the reference names the issues of
open-nvr, Frigate and deepstream_lpr_app). So a text counts only when at least two frames say it, no other text may come
near it, and the frame that is shown as evidence is one in which that text was read.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.values import Detection, Plate

LEAST_AGREEING: Final = 2
"""Frames that must say the same."""
RIVAL_SHARE: Final = 0.6
"""Where another text has this share of the winner's weight, nobody knows which is right."""
LEAST_CONFIDENCE: Final = 0.3
"""Reads less sure than this do not vote: their text is a guess that the next frame may repeat."""


@dataclass(frozen=True, slots=True)
class PlateRead:
    """A plate read in a frame: the frame's number in the stream, its time in seconds."""

    index: int
    time: float
    plate: Plate


@dataclass(frozen=True, slots=True)
class PlateConsensus:
    """What the reads of one track say together.

    `evidence` is the surest of the agreeing reads: its frame shows this text and no other. `reads` counts all that
    voted, `agreeing` those with this text.
    """

    text: str
    colour: str
    confidence: float
    evidence: PlateRead
    reads: int
    agreeing: int


def consensus(reads: Sequence[PlateRead], least: int = LEAST_AGREEING) -> PlateConsensus | None:
    """The text on which at least `least` frames of a track agree; None while there is none, or two that vie."""
    voting = [read for read in _one_a_frame(reads) if read.plate.confidence >= LEAST_CONFIDENCE]
    if not voting:
        return None
    groups: dict[str, list[PlateRead]] = defaultdict(list)
    for read in voting:
        groups[read.plate.text].append(read)
    ranked = sorted(groups.values(), key=lambda group: (-_weight(group), group[0].index))
    best = ranked[0]
    if len(best) < least or (len(ranked) > 1 and _weight(ranked[1]) > RIVAL_SHARE * _weight(best)):
        return None
    return PlateConsensus(
        text=best[0].plate.text,
        colour=_colour(best),
        confidence=_weight(best) / sum(_weight(group) for group in ranked),
        evidence=max(best, key=lambda read: (read.plate.confidence, -read.index)),
        reads=len(voting),
        agreeing=len(best),
    )


def owners(plates: Sequence[Plate], vehicles: Sequence[Detection]) -> list[int | None]:
    """For each plate of a frame the place of the vehicle that bears it, None where it lies on none; no vehicle has two.

    Of several boxes around a plate the one that reaches lowest is meant: that vehicle stands in front, and what it
    hides of the others cannot be seen. Of several plates in a vehicle the surest one is its own.
    """
    bearers = [_bearer(plate, vehicles) for plate in plates]
    surest: dict[int, int] = {}
    for place, (plate, bearer) in enumerate(zip(plates, bearers, strict=True)):
        if bearer is None:
            continue
        other = surest.get(bearer)
        if other is None or plate.score > plates[other].score:
            surest[bearer] = place
    return [bearer if bearer is not None and surest[bearer] == place else None for place, bearer in enumerate(bearers)]


def _bearer(plate: Plate, vehicles: Sequence[Detection]) -> int | None:
    x = sum(corner[0] for corner in plate.box) / 4
    y = sum(corner[1] for corner in plate.box) / 4
    around = [n for n, box in enumerate(vehicles) if box.left <= x <= box.right and box.top <= y <= box.bottom]
    return max(around, key=lambda n: vehicles[n].bottom, default=None)


def _one_a_frame(reads: Sequence[PlateRead]) -> list[PlateRead]:
    """The surest read of each frame, in order: a frame that is looked at twice has one voice."""
    kept: dict[int, PlateRead] = {}
    for read in reads:
        other = kept.get(read.index)
        if other is None or read.plate.confidence > other.plate.confidence:
            kept[read.index] = read
    return [kept[index] for index in sorted(kept)]


def _weight(group: Sequence[PlateRead]) -> float:
    return sum(read.plate.confidence for read in group)


def _colour(group: Sequence[PlateRead]) -> str:
    """The colour that most confidence speaks for; of equals the one seen first."""
    votes: dict[str, float] = defaultdict(float)
    for read in group:
        votes[read.plate.colour] += read.plate.confidence
    return max(votes, key=lambda colour: votes[colour])
