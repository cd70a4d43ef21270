"""Text over evidence, in Chinese letters where a font is here; knows no violation.

Without a font the text is drawn with what Pillow brings, which has no Chinese letters, and `chinese` says so.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from models.errors import WeightsMissing
from models.fonts import font_path

if TYPE_CHECKING:
    from PIL import ImageFont

Picture = NDArray[np.uint8]
INK = (255, 255, 255)
GROUND = (0, 0, 0)


class Lettering:
    """Draws lines of text in one typeface."""

    def __init__(self, font: Path | None) -> None:
        self._font = font

    @classmethod
    def usual(cls) -> Lettering:
        """With the font that is here; nothing is fetched."""
        try:
            return cls(font_path(fetch=False))
        except WeightsMissing:
            return cls(None)

    @property
    def chinese(self) -> bool:
        """Whether Chinese letters can be drawn."""
        return self._font is not None

    def band(self, lines: list[str], width: int, size: int) -> Picture:
        """A black band `width` pixels wide with the lines in letters `size` pixels high; long lines are wrapped."""
        from PIL import Image, ImageDraw

        font = self._at(size)
        rows = [row for line in lines for row in _wrapped(line, font, width - size)]
        step = round(size * 1.4)
        band = Image.new("RGB", (width, step * len(rows) + size // 2), GROUND)
        drawing = ImageDraw.Draw(band)
        for number, row in enumerate(rows):
            drawing.text((size // 2, size // 4 + number * step), row, font=font, fill=INK)
        return np.asarray(band, np.uint8)

    def label(self, picture: Picture, text: str, size: int) -> Picture:
        """A copy with a label in its upper left corner, on black."""
        from PIL import Image, ImageDraw

        font, image = self._at(size), Image.fromarray(picture)
        drawing = ImageDraw.Draw(image)
        _left, _top, right, bottom = drawing.textbbox((size // 2, size // 3), text, font=font)
        drawing.rectangle((0, 0, right + size // 2, bottom + size // 3), fill=GROUND)
        drawing.text((size // 2, size // 3), text, font=font, fill=INK)
        return np.asarray(image, np.uint8)

    def _at(self, size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
        from PIL import ImageFont

        return ImageFont.truetype(str(self._font), size) if self._font else ImageFont.load_default(size)


def _wrapped(line: str, font: ImageFont.FreeTypeFont | ImageFont.ImageFont, width: int) -> list[str]:
    """The line in rows that fit; Chinese breaks anywhere."""
    rows, row = [], ""
    for letter in line:
        if row and font.getlength(row + letter) > width:
            rows.append(row)
            row = ""
        row += letter
    return [*rows, row]
