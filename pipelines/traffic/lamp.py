"""What a signal head shows in a picture, and from pictures in a row its phases; knows no file, no lane and no rule.

A lamp counts as lit by the brightness of its disc and the colour of disc and rim (a lamp at night is white in its
middle and coloured at its rim), and only where it stands out from the other lamps of its colour's group. Two lit lamps,
colours that do not fit, or a picture in which nothing stands out are unknown, never a guess. A colour is taken once it
was seen for `settle_s`; between the last picture of one phase and the first of the next the state is unknown, so that
neither end of a phase is ever stretched. A blinking lamp stays what it is, since dark is taken late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.traffic.layout import SignalGroup
from pipelines.traffic.signal import Colour, SignalLog

Picture = NDArray[np.uint8]
Floats = NDArray[np.float64]

LEAST_PX = 4
"""A disc smaller than this across holds no colour that survives 4:2:0 video."""
RIM = 0.35
"""How far beyond its box, in parts of its size, a lamp's glow is looked for."""


@dataclass(frozen=True, slots=True)
class LampSettings:
    """Thresholds; brightness and colour in 0..1, times in seconds."""

    lit: float = 0.45
    """A disc less bright than this is not lit."""
    dark: float = 0.35
    """Where every disc of a head is less bright than this, none is lit."""
    apart: float = 0.12
    """How much brighter the lit disc is than the others of its head."""
    colour: float = 0.12
    """How much its own colour must outweigh the others; a lens that only mirrors the sky has none."""
    rival: float = 0.6
    """A second lamp whose light has this part of the first's makes the head unknown."""
    settle_s: float = 0.25
    """How long a colour is seen before it is taken; it counts from its first picture."""
    dark_s: float = 1.5
    """The same for dark: blinking lamps are dark for half a second."""
    bridge_s: float = 0.6
    """How long nothing may be known before the state is unknown: a lorry's mirror, a bad frame."""


def _disc(size: tuple[int, int]) -> NDArray[np.bool_]:
    """The pixels of the ellipse that fills a box of (height, width)."""
    height, width = size
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    inner: NDArray[np.bool_] = ((x + 0.5) / width * 2 - 1) ** 2 + ((y + 0.5) / height * 2 - 1) ** 2 <= 1.0
    return inner


def _excess(pixels: Floats, colour: str) -> Floats:
    """How much of a colour pixels [n, 3] (0..1) have more than of the others; Chinese greens lean to blue."""
    red, green, blue = pixels.T
    if colour == "red":
        return np.asarray(red - np.maximum(green, blue))
    if colour == "green":
        return np.asarray(np.maximum(green, 0.5 * (green + blue)) - red)
    # Yellow: red and green together, red leading as in amber, blue far below.
    return np.asarray(np.minimum(red, 1.6 * green) - blue - np.abs(red - green) * 0.8)


@dataclass(frozen=True, slots=True)
class _Lamp:
    """How bright a disc is, and how much of its own colour it has beyond the others', both 0..1."""

    colour: str
    bright: float
    own: float

    @property
    def light(self) -> float:
        """Brightness in its own colour."""
        return self.bright * self.own


def _lamp(picture: Picture, colour: str, box: tuple[float, float, float, float]) -> _Lamp | None:
    """A lamp as the picture has it; None where it lies outside or is too small."""
    left, top, right, bottom = (round(v) for v in box)
    height, width = picture.shape[:2]
    if left < 0 or top < 0 or right > width or bottom > height or min(right - left, bottom - top) < LEAST_PX:
        return None
    disc = picture[top:bottom, left:right][_disc((bottom - top, right - left))].astype(np.float64) / 255
    # The brighter half: a lens has a dark rim, and arrows fill a part of the disc only.
    light = np.sort(disc.max(axis=1))
    bright = float(light[len(light) // 2 :].mean())
    across, down = round(RIM * (right - left)), round(RIM * (bottom - top))
    around = picture[max(0, top - down) : bottom + down, max(0, left - across) : right + across]
    glow = around.reshape(-1, 3).astype(np.float64) / 255
    lens = np.sort(_excess(disc, colour))[-max(LEAST_PX, len(disc) // 4) :]
    rim = np.sort(_excess(glow, colour))[-max(LEAST_PX, len(glow) // 8) :]
    return _Lamp(colour, bright, max(float(lens.mean()), float(rim.mean()), 0.0))


def sight(picture: Picture, group: SignalGroup, settings: LampSettings | None = None) -> Colour:
    """What a group shows in a picture (uint8 [height, width, 3] RGB, upright); its boxes are pixels.

    Of several heads of a group the lamps of one colour are taken together by their brightest.
    """
    chosen = settings or LampSettings()
    lamps = [_lamp(picture, colour, (left, top, right, bottom)) for colour, left, top, right, bottom in group.lamps]
    seen = [lamp for lamp in lamps if lamp is not None]
    if not seen or len(seen) < len(lamps):
        return Colour.UNKNOWN
    first, *rest = sorted(_brightest(seen), key=lambda lamp: -lamp.light)
    if all(lamp.bright < chosen.dark for lamp in seen):
        return Colour.DARK
    alone = all(first.bright - lamp.bright >= chosen.apart and lamp.light < chosen.rival * first.light for lamp in rest)
    if first.bright < chosen.lit or first.own < chosen.colour or not alone:
        return Colour.UNKNOWN
    return Colour(first.colour)


def _brightest(lamps: Sequence[_Lamp]) -> list[_Lamp]:
    """One lamp a colour."""
    found: dict[str, _Lamp] = {}
    for lamp in lamps:
        other = found.get(lamp.colour)
        found[lamp.colour] = lamp if other is None or lamp.bright > other.bright else other
    return list(found.values())


def sights(picture: Picture, groups: Sequence[SignalGroup], settings: LampSettings | None = None) -> tuple[Colour, ...]:
    """What each group shows, in order."""
    return tuple(sight(picture, group, settings) for group in groups)


class _Follower:
    """Follows one group through time and notes its changes."""

    def __init__(self, settings: LampSettings) -> None:
        self._settings = settings
        self._state = Colour.UNKNOWN
        self._last = 0.0
        """When the state was last seen."""
        self._candidate = Colour.UNKNOWN
        self._since = 0.0
        self.changes: list[tuple[float, Colour]] = []

    def see(self, time: float, colour: Colour) -> None:
        """Take in what one picture showed."""
        if colour is Colour.UNKNOWN:
            self._doubt(time, self._settings.bridge_s)
        elif colour is self._state:
            self._last, self._candidate = time, Colour.UNKNOWN
        else:
            if colour is not self._candidate:
                self._candidate, self._since = colour, time
            late = colour is Colour.DARK
            self._doubt(time, self._settings.dark_s if late else self._settings.bridge_s)
            if time - self._since >= (self._settings.dark_s if late else self._settings.settle_s):
                self.end()
                self.changes.append((self._since, colour))
                self._state, self._last, self._candidate = colour, time, Colour.UNKNOWN

    def end(self) -> None:
        """Nothing is known after the state was last seen."""
        if self._state is not Colour.UNKNOWN:
            self.changes.append((self._last, Colour.UNKNOWN))
            self._state = Colour.UNKNOWN

    def _doubt(self, time: float, bridge_s: float) -> None:
        if time - self._last > bridge_s:
            self.end()


def phases(
    seen: Sequence[tuple[float, Colour]], settings: LampSettings | None = None
) -> tuple[tuple[float, Colour], ...]:
    """Changes of one group, (second, colour from then on), from what was seen at each second, in order."""
    follower = _Follower(settings or LampSettings())
    for time, colour in seen:
        follower.see(time, colour)
    follower.end()
    return tuple(follower.changes)


def with_lamps(fed: SignalLog, seen: Mapping[str, Sequence[tuple[float, Colour]]]) -> SignalLog:
    """A feed's log with what pictures tell of the groups that it does not name."""
    read = {group: phases(series) for group, series in seen.items() if group not in fed.changes}
    return SignalLog({**read, **fed.changes}, fed.directed, frozenset(read))
