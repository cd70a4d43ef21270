"""The plate of a track: frames to read it in, each read given to the vehicle that bears it, and their consensus.

The plate that is shown as evidence lies in the frame in which the agreed text was read most surely. Knows no store; the
pictures are opened where the reader runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases.traffic import PlateSeen
from models.errors import BadInput, Defect
from models.values import Detection, ItemError, Track, TrackPoint
from pipelines.engine import READ_PLATES, Engine, FramePart, FrameParts
from pipelines.traffic.evidence.shots import PLATED, Shot
from pipelines.traffic.plate import PlateRead, consensus, owners

LOOKS = 10
"""Frames in which the plate of one track is sought: two must agree, and neighbours in time are alike."""
LEAST_HEIGHT_PX = 80.0
"""A lower vehicle's plate has letters of less than 5 pixels."""
NEAR_SHARE = 0.6
"""Frames are taken where the vehicle is at least this part of its greatest height."""
MARGIN = 0.05
"""How much around its box is looked at, in parts of its width and height: boxes tremble."""
DECIMALS = 4

InFrame = Mapping[int, Sequence[tuple[int, Detection]]]
"""Track ids and boxes of the vehicles in each frame."""


@dataclass(frozen=True, slots=True)
class PlateFinding:
    """`state` is as `Violation.plate_state`; `seen` stands with read alone."""

    state: str
    seen: PlateSeen | None = None


def vehicles_by_frame(tracks: Sequence[Track]) -> dict[int, list[tuple[int, Detection]]]:
    """The vehicles of each frame, as the tracks have them."""
    found: dict[int, list[tuple[int, Detection]]] = {}
    for track in tracks:
        if track.label in PLATED:
            for point in track.points:
                found.setdefault(point.index, []).append((track.id, point.detection))
    return found


def looks(track: Track, shots: Sequence[Shot], size: tuple[int, int]) -> tuple[TrackPoint, ...]:
    """The points of a track to read its plate at: the shots, and evenly spread ones among the nearest views.

    `size` is width and height of the picture; a box at its edge is cut, and its plate perhaps with it.
    """
    whole = [p for p in track.points if _within(p.detection, size) and _height(p) >= LEAST_HEIGHT_PX]
    if not whole:
        return ()
    nearest = max(_height(p) for p in whole)
    near = [p for p in whole if _height(p) >= NEAR_SHARE * nearest]
    step = max(1.0, len(near) / LOOKS)
    chosen = {near[int(n * step)].index for n in range(min(LOOKS, len(near)))}
    chosen |= {shot.index for shot in shots}
    return tuple(p for p in whole if p.index in chosen)


def _height(point: TrackPoint) -> float:
    return point.detection.bottom - point.detection.top


def _within(box: Detection, size: tuple[int, int]) -> bool:
    return box.left >= 0 and box.top >= 0 and box.right <= size[0] and box.bottom <= size[1]


def _part(point: TrackPoint, size: tuple[int, int]) -> FramePart:
    d = point.detection
    across, down = MARGIN * (d.right - d.left), MARGIN * (d.bottom - d.top)
    left, top = max(0, round(d.left - across)), max(0, round(d.top - down))
    return FramePart(
        point.index, (left, top, min(size[0], round(d.right + across)), min(size[1], round(d.bottom + down)))
    )


def plate_of(
    path: Path, track: Track, points: Sequence[TrackPoint], frames: InFrame, size: tuple[int, int], engine: Engine
) -> PlateFinding:
    """What the reads of a track say together; `points` as `looks` gives them.

    Raises Unavailable when no reader can be had, BadInput when the video cannot be read.
    """
    if not points:
        return PlateFinding("no plate")
    asked = FrameParts(path, tuple(_part(point, size) for point in points))
    (answer,) = engine.run(READ_PLATES, [asked])
    if isinstance(answer, ItemError):
        if answer.code.startswith("video."):
            raise BadInput(answer.code, answer.message)
        raise Defect(answer.code, answer.message)
    reads: list[PlateRead] = []
    for point, found in zip(points, answer, strict=True):
        here = frames.get(point.index, ())
        bearers = owners(found, [box for _, box in here])
        reads += [
            PlateRead(point.index, point.time, plate)
            for plate, bearer in zip(found, bearers, strict=True)
            if bearer is not None and here[bearer][0] == track.id
        ]
    agreed = consensus(reads)
    if agreed is None:
        return PlateFinding("unsure" if reads else "no plate")
    shown = agreed.evidence
    return PlateFinding(
        "read",
        PlateSeen(
            text=agreed.text,
            colour=agreed.colour,
            kind=shown.plate.kind,
            confidence=round(agreed.confidence, DECIMALS),
            characters=tuple(round(value, DECIMALS) for value in shown.plate.characters),
            reads=agreed.reads,
            agreeing=agreed.agreeing,
            frame=shown.index,
            time=round(shown.time, 3),
            box=shown.plate.box,
        ),
    )
