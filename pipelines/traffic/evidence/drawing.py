"""Pictures of a violation from its frames: masked panoramas, close-ups and the composite; knows no rule and no file.

Privacy masks are black before anything is cut. Vehicles are never enlarged: of one that comes towards the camera the
close-up ends below its windscreen, and no close-up is taken of people, so that no face is larger than the camera saw
it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cases.records import Quad
from pipelines.traffic.evidence.lettering import Lettering
from pipelines.traffic.evidence.shots import Box
from pipelines.traffic.layout import AreaKind, SignalGroup, Street

Picture = NDArray[np.uint8]

TILE: Final = (1280, 720)
"""Largest panorama in the composite."""
PLATE_HEIGHT: Final = 120
LAMP_HEIGHT: Final = 260
MOST_ENLARGED: Final = 8.0
PLATE_AROUND: Final = 0.6
"""How much around a plate its close-up shows, in parts of its width and height."""
LAMP_AROUND: Final = 0.8
BELOW_WINDSCREEN: Final = 0.55
"""Where the close-up of an oncoming vehicle begins, in parts of its height."""
QUALITY: Final = 92
MARK: Final = (255, 210, 60)


@dataclass(frozen=True, slots=True, eq=False)
class CloseUp:
    """A part of a frame, enlarged or not, and where it lies in the frame."""

    pixels: Picture
    box: Box


@dataclass(frozen=True, slots=True, eq=False)
class Tile:
    """A panorama of the composite: masked frame, the vehicle's box, and what is written in its corner."""

    pixels: Picture
    box: Box
    label: str


def masked(picture: Picture, street: Street) -> Picture:
    """The frame with privacy masks black."""
    import cv2

    masks = street.of(AreaKind.MASK)
    if not masks:
        return picture
    found = picture.copy()
    for mask in masks:
        cv2.fillPoly(found, [np.round(np.array(mask.polygon)).astype(np.int32)], (0, 0, 0))
    return found


def _part(picture: Picture, box: Box) -> CloseUp | None:
    height, width = picture.shape[:2]
    left, top = max(0, round(box[0])), max(0, round(box[1]))
    right, bottom = min(width, round(box[2])), min(height, round(box[3]))
    if right - left < 2 or bottom - top < 2:
        return None
    return CloseUp(picture[top:bottom, left:right], (float(left), float(top), float(right), float(bottom)))


def _enlarged(found: CloseUp | None, height: int) -> CloseUp | None:
    import cv2

    if found is None:
        return None
    scale = min(MOST_ENLARGED, max(1.0, height / found.pixels.shape[0]))
    size = (round(found.pixels.shape[1] * scale), round(found.pixels.shape[0] * scale))
    return CloseUp(np.asarray(cv2.resize(found.pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8), found.box)


def _grown(box: Box, share: float) -> Box:
    across, down = share * (box[2] - box[0]), share * (box[3] - box[1])
    return box[0] - across, box[1] - down, box[2] + across, box[3] + down


def plate_closeup(picture: Picture, corners: Quad) -> CloseUp | None:
    """The plate with a little around it, enlarged; `picture` is masked."""
    xs, ys = zip(*corners, strict=True)
    return _enlarged(_part(picture, _grown((min(xs), min(ys), max(xs), max(ys)), PLATE_AROUND)), PLATE_HEIGHT * 2)


def lamp_closeup(picture: Picture, group: SignalGroup) -> CloseUp | None:
    """All lamps of a group, enlarged; None where none is drawn."""
    if not group.lamps:
        return None
    boxes = [(left, top, right, bottom) for _, left, top, right, bottom in group.lamps]
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    side = LAMP_AROUND * max(1.0, min(right - left for left, _, right, _ in boxes))
    whole = min(lefts) - side, min(tops) - side, max(rights) + side, max(bottoms) + side
    return _enlarged(_part(picture, whole), LAMP_HEIGHT)


def vehicle_closeup(picture: Picture, box: Box, *, oncoming: bool) -> CloseUp | None:
    """The vehicle in the camera's own pixels; of an oncoming one what lies below its windscreen."""
    top = box[1] + BELOW_WINDSCREEN * (box[3] - box[1]) if oncoming else box[1]
    return _part(picture, (box[0], top, box[2], box[3]))


def _fitted(picture: Picture, size: tuple[int, int]) -> Picture:
    """The picture made smaller to fit, never larger."""
    import cv2

    height, width = picture.shape[:2]
    scale = min(1.0, size[0] / width, size[1] / height)
    if scale == 1.0:
        return picture
    smaller = (max(1, round(width * scale)), max(1, round(height * scale)))
    return np.asarray(cv2.resize(picture, smaller, interpolation=cv2.INTER_AREA), np.uint8)


def _panorama(tile: Tile, lettering: Lettering) -> Picture:
    import cv2

    small = _fitted(tile.pixels, TILE).copy()
    scale = small.shape[1] / tile.pixels.shape[1]
    left, top, right, bottom = (round(v * scale) for v in tile.box)
    cv2.rectangle(small, (left - 2, top - 2), (right + 2, bottom + 2), MARK, 1, cv2.LINE_AA)
    return lettering.label(small, tile.label, max(12, small.shape[1] // 48))


def _details(rows: Sequence[Sequence[CloseUp]], size: tuple[int, int]) -> Picture:
    """The close-ups in rows of equal height on black, each made smaller where it would not fit."""
    width, height = size
    sheet: Picture = np.zeros((height, width, 3), np.uint8)
    gap, filled = max(4, width // 100), [row for row in rows if row]
    for number, row in enumerate(filled):
        room = (width - gap) // len(row) - gap, (height - gap) // len(filled) - gap
        x, y = gap, gap + number * (room[1] + gap)
        for one in row:
            small = _fitted(one.pixels, room)
            sheet[y : y + small.shape[0], x : x + small.shape[1]] = small
            x += small.shape[1] + gap
    return sheet


def composite(
    tiles: Sequence[Tile], closeups: Sequence[Sequence[CloseUp]], text: list[str], lettering: Lettering
) -> Picture:
    """Panoramas two in a row, then the rows of close-ups, and under them a band of text."""
    cells = [_panorama(tile, lettering) for tile in tiles]
    height, width = cells[0].shape[:2]
    # Beside the last panorama where it stands alone in its row, else in a lower row of their own.
    beside = len(cells) % 2 == 1
    if beside:
        cells.append(_details(closeups, (width, height)))
    rows = [np.concatenate(cells[n : n + 2], axis=1) for n in range(0, len(cells), 2)]
    if not beside:
        rows.append(_details(closeups, (2 * width, 2 * height // 3)))
    return np.concatenate([*rows, lettering.band(text, 2 * width, max(12, width // 42))], axis=0)


def jpeg(picture: Picture) -> bytes:
    """The picture as JPEG, 24 bits a pixel."""
    import cv2

    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise ValueError("the picture cannot be written as JPEG")
    return bytes(data)
