"""Draws the pages of a volume as scans: letters, rules, pictures, red seals, and what paper and scanner do to them.

`draw` gives a picture and the page with its boxes where the picture has them: scaled by the resolution and turned by
the skew. The same page, scan and seed give the same picture.
"""

from __future__ import annotations

import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random
from typing import Final, cast

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

from benchmarks.volumes.setting import advance
from benchmarks.volumes.volume import Volume
from cases.records import JsonObject, JsonValue, Point, Quad, ScannedPage

INK: Final = (25, 25, 28)
RED: Final = (205, 35, 40)
SET_DPI: Final = 200
"""The resolution that pages are set at."""
BASELINE: Final = 0.83
"""Where letters stand in their line, from its top, so that Chinese ones fill it."""


@dataclass(frozen=True, slots=True)
class Scan:
    """What happened to a page on its way through the scanner; strengths are shares of full black.

    `skew` is in degrees, clockwise as in `ScannedPage`: lines run down to the right.
    `turn` is by how many degrees clockwise, in quarters, the sheet lay turned.
    `show_through` is how much of the next page shines through, `fold` how dark the shadow across the middle is.
    """

    dpi: int = SET_DPI
    skew: float = 0.0
    noise: float = 0.0
    quality: int = 90
    show_through: float = 0.0
    turn: int = 0
    fold: float = 0.0


CLEAN: Final = Scan()


def degraded(rng: Random) -> Scan:
    """A scan as volumes really have them."""
    return Scan(
        dpi=rng.choice((200, 200, 300)),
        skew=round(rng.uniform(-3, 3), 2) if rng.random() < 0.6 else round(rng.uniform(-0.5, 0.5), 2),
        noise=rng.uniform(0.01, 0.06),
        quality=rng.randrange(45, 85),
        show_through=rng.uniform(0.04, 0.16) if rng.random() < 0.5 else 0.0,
        fold=rng.uniform(0.1, 0.35) if rng.random() < 0.3 else 0.0,
    )


@dataclass(frozen=True, slots=True)
class Leaf:
    """A page, the places of its pictures, and the page whose print may shine through."""

    page: ScannedPage
    pictures: tuple[Quad, ...] = ()
    behind: ScannedPage | None = None


def leaves(volume: Volume) -> Iterator[Leaf]:
    """The pages of the volume as they are to be drawn."""
    for at, page in enumerate(volume.pages):
        behind = volume.pages[at + 1] if at + 1 < len(volume.pages) else None
        yield Leaf(page, volume.pictures[at], behind)


def draw(leaf: Leaf, scan: Scan, font: Path, seed: int) -> tuple[Image.Image, ScannedPage]:
    """The scan, RGB, and the page with its boxes in the pixels of the scan."""
    rng = np.random.default_rng([seed, leaf.page.number])
    scale = scan.dpi / SET_DPI
    sheet = _printed(leaf, scale, font, rng)
    if scan.show_through and leaf.behind is not None:
        sheet = _shining(sheet, leaf.behind, scale, font, scan.show_through)
    if scan.fold:
        sheet = _folded(sheet, scan.fold, rng)
    if scan.skew:
        sheet = sheet.rotate(-scan.skew, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255))
    if scan.noise:
        sheet = _noisy(sheet, scan.noise, rng)
    return sheet.rotate(-scan.turn, expand=True), laid(moved(leaf.page, scale, scan.skew), scan.turn)


def moved(page: ScannedPage, scale: float, skew: float) -> ScannedPage:
    """The page with its boxes scaled and then turned clockwise by `skew` degrees about the middle of the sheet."""
    width, height = round(page.width * scale), round(page.height * scale)
    angle = math.radians(skew)
    placed = _placed(page, lambda point: _turned((point[0] * scale, point[1] * scale), (width / 2, height / 2), angle))
    return replace(placed, width=width, height=height, skew=skew)


def laid(page: ScannedPage, turn: int) -> ScannedPage:
    """The page with its sheet turned clockwise by 0, 90, 180 or 270 degrees; corners stay in the order of reading."""
    if not turn:
        return page
    width, height = page.width, page.height

    def corner(point: Point) -> Point:
        x, y = point
        return {90: (height - y, x), 180: (width - x, height - y), 270: (y, width - x)}[turn]

    sides = (width, height) if turn == 180 else (height, width)
    return replace(_placed(page, corner), width=sides[0], height=sides[1], rotation=turn)


def _placed(page: ScannedPage, corner: Callable[[Point], Point]) -> ScannedPage:
    """The page with each corner of its boxes put elsewhere."""

    def turned(box: Quad) -> Quad:
        first, second, third, fourth = map(corner, box)
        return first, second, third, fourth

    return replace(
        page,
        lines=tuple(replace(line, box=turned(line.box)) for line in page.lines),
        tables=tuple(
            replace(table, box=turned(table.box), cells=tuple(_moved_cell(cell, turned) for cell in table.cells))
            for table in page.tables
        ),
        seals=tuple(replace(seal, box=turned(seal.box)) for seal in page.seals),
    )


def jpeg(picture: Image.Image, quality: int, dpi: int) -> bytes:
    """The picture as a JPEG file."""
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, dpi=(dpi, dpi))
    return out.getvalue()


def pdf(scans: Sequence[tuple[bytes, int]]) -> bytes:
    """A PDF whose pages are these JPEG files at their resolutions; the files are taken in bit for bit."""
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    # Without the time of making the same scans give the same file.
    canvas = Canvas(out, invariant=1)
    for data, dpi in scans:
        picture = ImageReader(io.BytesIO(data))
        width, height = (72 * side / dpi for side in picture.getSize())
        canvas.setPageSize((width, height))
        canvas.drawImage(picture, 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _turned(point: Point, centre: Point, angle: float) -> Point:
    x, y = point[0] - centre[0], point[1] - centre[1]
    return (
        round(centre[0] + x * math.cos(angle) - y * math.sin(angle), 1),
        round(centre[1] + x * math.sin(angle) + y * math.cos(angle), 1),
    )


def _moved_cell(cell: JsonObject, turned: Callable[[Quad], Quad]) -> JsonObject:
    box = cast(Quad, cell["box"])
    corners: list[JsonValue] = [list(point) for point in turned(box)]
    return {**cell, "box": corners}


def _printed(leaf: Leaf, scale: float, font: Path, rng: np.random.Generator) -> Image.Image:
    """Pictures and rules below, then letters, then seals on top."""
    size = (round(leaf.page.width * scale), round(leaf.page.height * scale))
    sheet = Image.new("RGB", size, (252, 252, 250))
    pen = ImageDraw.Draw(sheet)
    for box in leaf.pictures:
        # What has letters on it is a card, pale so that they can be read.
        light = any(box[0][1] < line.box[0][1] < box[2][1] for line in leaf.page.lines)
        _photograph(sheet, [value * scale for value in (*box[0], *box[2])], rng, (215 if light else 90, 240))
        pen.rectangle([value * scale for value in (*box[0], *box[2])], outline=INK, width=2)
    _rules(pen, leaf.page, scale)
    _letters(pen, leaf.page, scale, font)
    for seal in leaf.page.seals:
        _seal(sheet, seal.box, seal.text, scale, font)
    return sheet


def _rules(pen: ImageDraw.ImageDraw, page: ScannedPage, scale: float) -> None:
    for table in page.tables:
        for cell in table.cells:
            box = cast(Quad, cell["box"])
            pen.rectangle([value * scale for value in (*box[0], *box[2])], outline=INK, width=round(2 * scale))


def _letters(pen: ImageDraw.ImageDraw, page: ScannedPage, scale: float, font: Path) -> None:
    """Each character in the middle of its place, so that boxes hold whatever the font's own widths are."""
    for line in page.lines:
        (x, top), _, _, (_, bottom) = line.box
        size = bottom - top
        face = _face(font, max(1, round(size * scale)))
        for character in line.text:
            step = advance(character, size)
            middle = ((x + step / 2) * scale, (top + BASELINE * size) * scale)
            pen.text(middle, character, INK, face, "ms")
            x += step


def _photograph(sheet: Image.Image, box: Sequence[float], rng: np.random.Generator, greys: tuple[int, int]) -> None:
    """Soft patches of grey: something was photographed, what does not matter."""
    left, top, right, bottom = (round(value) for value in box)
    coarse = Image.fromarray(rng.integers(*greys, (6, 8), dtype=np.uint8))
    sheet.paste(coarse.resize((right - left, bottom - top), Image.Resampling.BICUBIC).convert("RGB"), (left, top))


def _seal(sheet: Image.Image, box: Quad, text: str, scale: float, font: Path) -> None:
    """A round seal: ring, star, and the name along the upper arc; ink multiplies what is below it."""
    (left, top), _, (right, _), _ = box
    side = round((right - left) * scale)
    stamp = Image.new("RGB", (side, side), (255, 255, 255))
    pen = ImageDraw.Draw(stamp)
    edge = round(side * 0.02)
    pen.ellipse((edge, edge, side - edge, side - edge), outline=RED, width=max(2, round(side * 0.022)))
    pen.text((side / 2, side / 2), "★", RED, _face(font, round(side * 0.3)), "mm")
    size = round(side * min(0.13, 1.5 / len(text)))
    span = min(260.0, 22.0 * len(text))
    for at, character in enumerate(text):
        angle = -span / 2 + span * (at + 0.5) / len(text)
        glyph = Image.new("RGB", (side, side), (255, 255, 255))
        ImageDraw.Draw(glyph).text((side / 2, side * 0.14), character, RED, _face(font, size), "mm")
        stamp = ImageChops.darker(stamp, glyph.rotate(-angle, Image.Resampling.BICUBIC, fillcolor=(255, 255, 255)))
    x, y = round(left * scale), round(top * scale)
    sheet.paste(ImageChops.multiply(sheet.crop((x, y, x + side, y + side)), stamp), (x, y))


def _shining(sheet: Image.Image, behind: ScannedPage, scale: float, font: Path, share: float) -> Image.Image:
    """The print of the page behind, mirrored, blurred and faint."""
    back = Image.new("RGB", sheet.size, (255, 255, 255))
    _letters(ImageDraw.Draw(back), behind, scale, font)
    faint = back.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2.5 * scale))
    white = Image.new("RGB", sheet.size, (255, 255, 255))
    return ImageChops.multiply(sheet, Image.blend(white, faint, share))


def _folded(sheet: Image.Image, depth: float, rng: np.random.Generator) -> Image.Image:
    """A soft dark band across the sheet, about its middle."""
    at = sheet.height * rng.uniform(0.4, 0.6)
    distance = (np.arange(sheet.height) - at) / (sheet.height * 0.012)
    shade = np.round(255 * (1 - depth * np.exp(-(distance**2)))).astype(np.uint8)
    band = Image.fromarray(np.repeat(shade[:, None], sheet.width, axis=1)).convert("RGB")
    return ImageChops.multiply(sheet, band)


def _noisy(sheet: Image.Image, share: float, rng: np.random.Generator) -> Image.Image:
    grain = rng.normal(0, 255 * share, (sheet.height, sheet.width, 1)).astype(np.float32)
    return Image.fromarray(np.clip(np.asarray(sheet, dtype=np.float32) + grain, 0, 255).astype(np.uint8))


@cache
def _face(font: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font), size)
