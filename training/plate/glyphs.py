"""The atlas of glyphs that plates are drawn with: every character in many hands; knows no plate and no photo.

Letters and digits come from our own strokes and from condensed fonts stretched to the plate's cell; Chinese characters
from fonts in several weights. All fonts are freely licensed; `plate-fonts.toml` names them with digests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from models.fonts import font_path
from models.manifest import Manifest, parse_manifest
from models.vision.plate_format import HAN, LATIN
from models.weights import WeightsCache
from training.plate.strokes import drawn

Mask = NDArray[np.uint8]

CELL_WIDTH: Final = 45
CELL_HEIGHT: Final = 90
"""The cell of GA 36 in millimetres; the atlas has one pixel a millimetre."""
FONT_SIZE: Final = 180
STROKES: Final = (0.17, 0.21, 0.25, 0.29)
"""Widths of our strokes as shares of the cell's width: 10 to 12 mm on plates, thinner and bolder by light and wear."""
ROUNDNESS: Final = (0.2, 0.25, 0.29)
NARROW: Final = {"1": 0.5}
"""How much of the cell a glyph may fill across, where not all of it."""


BOLD: Final = ("700", "ZCOOL")
"""Fonts whose strokes leave no room for more."""


@dataclass(frozen=True, slots=True)
class Atlas:
    """Masks [90, 45] (255 is ink) of every character."""

    masks: Mapping[str, tuple[Mask, ...]]


def font_manifest() -> Manifest:
    """The fonts of training; they lie here, since no part of the product draws with them."""
    place = resources.files("training.plate") / "plate-fonts.toml"
    return parse_manifest(place.read_text(encoding="utf-8"), place.name)


def font_paths(cache: WeightsCache) -> list[Path]:
    """Every font file, fetched where missing; the product's own Chinese font is one of them."""
    manifest = font_manifest()
    folder = cache.ensure(manifest)
    return [*(folder / file.path for file in manifest.files), font_path(cache)]


def from_font(path: Path, character: str) -> Mask | None:
    """A font's glyph cut to its ink, None where the font has none."""
    font = ImageFont.truetype(str(path), FONT_SIZE)
    picture = Image.new("L", (FONT_SIZE * 2, FONT_SIZE * 2))
    ImageDraw.Draw(picture).text((FONT_SIZE // 2, FONT_SIZE // 3), character, font=font, fill=255)
    box = picture.getbbox()
    return None if box is None else np.asarray(picture.crop(box))


def in_cell(ink: Mask, share: float) -> Mask:
    """Ink stretched to the cell's height and `share` of its width."""
    width = max(1, round(CELL_WIDTH * share))
    cell = np.zeros((CELL_HEIGHT, CELL_WIDTH), np.uint8)
    left = (CELL_WIDTH - width) // 2
    cell[:, left : left + width] = cv2.resize(ink, (width, CELL_HEIGHT), interpolation=cv2.INTER_AREA)
    return cell


def _latin(character: str, fonts: list[Path]) -> tuple[Mask, ...]:
    ours = [
        drawn(character, variant, CELL_WIDTH, CELL_HEIGHT, stroke, ROUNDNESS[(variant + index) % len(ROUNDNESS)])
        for index, stroke in enumerate(STROKES)
        for variant in range(4)
    ]
    share = NARROW.get(character, 1.0)
    theirs = [in_cell(ink, share) for path in fonts if (ink := from_font(path, character)) is not None]
    return (*ours, *theirs)


def _han(character: str, fonts: list[Path]) -> tuple[Mask, ...]:
    plain = {path: in_cell(ink, 1.0) for path in fonts if (ink := from_font(path, character)) is not None}
    light = [mask for path, mask in plain.items() if not any(bold in path.name for bold in BOLD)]
    return (*plain.values(), *(np.asarray(cv2.dilate(mask, np.ones((3, 3), np.uint8)), np.uint8) for mask in light))


def atlas(cache: WeightsCache) -> Atlas:
    """The whole atlas, about a second of work; raises WeightsMissing when a font cannot be had."""
    fonts = font_paths(cache)
    han = [path for path in fonts if any(name in path.name for name in ("NotoSansSC", "ZCOOL", "Droid"))]
    latin = [path for path in fonts if "ZCOOL" not in path.name and "Droid" not in path.name and "300" not in path.name]
    masks = {character: _latin(character, latin) for character in LATIN}
    masks |= {character: _han(character, han) for character in HAN}
    return Atlas(masks)
