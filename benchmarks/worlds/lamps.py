"""Signal heads as a camera sees them, drawn by day, at night, in glare and out of focus; truth is what was drawn.

A head is a dark housing with three lenses one above the other, red at the top. A lit lamp is bright and, at night,
white in its middle with a coloured rim, as sensors give it; an unlit lens keeps a tint. Knows no reader.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Floats = NDArray[np.float32]

COLOURS = ("red", "yellow", "green")
LIT = {"red": (255, 40, 30), "yellow": (255, 190, 40), "green": (40, 250, 190)}
TINT = {"red": (70, 25, 25), "yellow": (75, 60, 25), "green": (20, 60, 50)}


@dataclass(frozen=True, slots=True)
class Light:
    """How a picture is lit: `ambient` 0..1 on what does not shine itself, `burnt` how far a lit lamp's middle is
    white, `lens` how much brighter than usual unlit lenses are (a low sun makes them shine), `veil` light that lies
    over everything, `blur_px` of the lens, `noise` of the sensor in grey levels."""

    ambient: float = 1.0
    burnt: float = 0.25
    lens: float = 1.0
    veil: float = 0.0
    blur_px: float = 0.0
    noise: float = 4.0


LIGHTS = {
    "day": Light(),
    "night": Light(ambient=0.12, burnt=0.85, noise=8.0),
    "glare": Light(ambient=1.0, burnt=0.4, veil=0.45, noise=4.0),
    "low sun": Light(lens=2.4),
    "blur": Light(blur_px=3.0),
    "night and blur": Light(ambient=0.12, burnt=0.85, blur_px=3.0, noise=8.0),
}


@dataclass(frozen=True, slots=True)
class Head:
    """A head in the picture: `left`, `top` of its first lens and the diameter of each, pixels."""

    left: float
    top: float
    disc: float

    def boxes(self) -> list[tuple[str, tuple[float, float, float, float]]]:
        """Colour and box (left, top, right, bottom) of each lens."""
        step = 1.25 * self.disc
        return [
            (colour, (self.left, self.top + n * step, self.left + self.disc, self.top + n * step + self.disc))
            for n, colour in enumerate(COLOURS)
        ]


def draw_head(picture: Picture, head: Head, shown: str, light: Light) -> None:
    """Draw the head onto `picture`; `shown` is a colour or dark."""
    gap = 0.2 * head.disc
    _rectangle(
        picture,
        (head.left - gap, head.top - gap, head.left + head.disc + gap, head.top + 3.5 * head.disc + gap),
        (28, 28, 30),
        light,
    )
    for colour, (left, top, right, bottom) in head.boxes():
        centre, radius = ((left + right) / 2, (top + bottom) / 2), (right - left) / 2
        if colour != shown:
            tint = tuple(min(255, int(v * light.ambient * light.lens)) for v in TINT[colour])
            _disc(picture, centre, radius, (tint[0], tint[1], tint[2]))
            continue
        if light.burnt > 0.5:
            _glow(picture, centre, radius, LIT[colour])
        _disc(picture, centre, radius, LIT[colour])
        _disc(picture, centre, radius * light.burnt, (255, 255, 245))


def _rectangle(
    picture: Picture, box: tuple[float, float, float, float], colour: tuple[int, int, int], light: Light
) -> None:
    left, top, right, bottom = (round(v) for v in box)
    cv2.rectangle(picture, (left, top), (right, bottom), tuple(int(v * light.ambient) for v in colour), -1)


def _disc(picture: Picture, centre: tuple[float, float], radius: float, colour: tuple[int, int, int]) -> None:
    place = round(centre[0] * 16), round(centre[1] * 16)
    cv2.circle(picture, place, max(1, round(radius * 16)), colour, -1, cv2.LINE_AA, 4)


def _glow(picture: Picture, centre: tuple[float, float], radius: float, colour: tuple[int, int, int]) -> None:
    """What a lit lamp at night throws around itself."""
    reach = int(4 * radius) + 1
    x, y = round(centre[0]), round(centre[1])
    left, top = max(0, x - reach), max(0, y - reach)
    part = picture[top : y + reach, left : x + reach]
    rows, columns = np.mgrid[top : top + part.shape[0], left : left + part.shape[1]]
    fall = np.exp(-(((rows - centre[1]) ** 2 + (columns - centre[0]) ** 2) / (2 * (1.1 * radius) ** 2)))
    lit = part + 0.55 * fall[..., None] * np.array(colour, np.float32)
    part[:] = np.clip(lit, 0, 255).astype(np.uint8)


@dataclass(frozen=True, slots=True, eq=False)
class Grain:
    """Noise of a sensor: what is added to and taken from each pixel."""

    more: Picture
    less: Picture


def grain(shape: tuple[int, ...], light: Light, random: np.random.Generator) -> Grain:
    """Noise for pictures of a shape in some light."""
    noise = np.round(random.normal(0, light.noise, shape)).astype(np.int16)
    return Grain(np.maximum(noise, 0).astype(np.uint8), np.maximum(-noise, 0).astype(np.uint8))


def seen(picture: Picture, light: Light, noise: Grain) -> Picture:
    """The picture as lens and sensor give it."""
    found = picture
    if light.blur_px:
        found = np.asarray(cv2.GaussianBlur(found, (0, 0), light.blur_px), np.uint8)
    if light.veil:
        found = np.asarray(cv2.addWeighted(found, 1 - light.veil, np.full_like(found, 255), light.veil, 0), np.uint8)
    return np.asarray(cv2.subtract(cv2.add(found, noise.more), noise.less), np.uint8)
