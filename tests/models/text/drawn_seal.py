"""A sheet with a drawn seal, for tests of the page reader."""

from __future__ import annotations

from PIL import Image, ImageChops, ImageDraw, ImageFont


def sealed(name: str, font: ImageFont.FreeTypeFont, askew: float) -> Image.Image:
    """A sheet with a seal that bears `name` around its star."""
    ink = Image.new("RGB", (1654, 1200), "white")
    pen, red, middle = ImageDraw.Draw(ink), (215, 45, 55), (1140, 600)
    pen.ellipse((980, 440, 1300, 760), outline=red, width=8)
    pen.regular_polygon((*middle, 48), 5, fill=red)
    for at, letter in enumerate(name):
        one = Image.new("RGB", ink.size, "white")
        ImageDraw.Draw(one).text((middle[0], 484), letter, red, font, "mm")
        angle = askew + 24 * (at - (len(name) - 1) / 2)
        ink = ImageChops.darker(ink, one.rotate(-angle, Image.Resampling.BICUBIC, center=middle, fillcolor="white"))
    return ink
