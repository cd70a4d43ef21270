"""Pages whose head is hard to find, beside those of volumes: digits alone, few words, pictures, vertical writing.

`hard_pages` gives one of each, the same for the same seed and font; all but the blank ones and the picture have a head.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Final

from PIL import Image, ImageDraw, ImageFont

from benchmarks.volumes.drawing import INK, Leaf, Scan, degraded, draw
from benchmarks.volumes.setting import HEIGHT, WIDTH, line_at, rectangle, text_width
from benchmarks.volumes.volume import make_volume
from cases.records import PageLine, ScannedPage

PAPER: Final = (252, 252, 250)
PITCH: Final = 1.08
"""From one character of vertical writing to the next, over its size."""
SHOWING: Final = (0.04, 0.16)
"""How much of the next page shines through a blank one at least and at most."""


def hard_pages(seed: int, font: Path) -> Iterator[tuple[str, Image.Image, bool]]:
    """Kind, picture, and whether it looks the same from all sides (it has no head to find)."""
    rng = Random(f"hard {seed}")
    volume = make_volume(seed, 6)
    words = [line.text for page in volume.pages for line in page.lines if len(line.text) > 3]
    yield "digits", _page(rng, _digits(rng), font, seed), False
    yield "few words", _page(rng, _few(rng, words), font, seed), False
    yield "stamp alone", _page(rng, (_stamp(rng),), font, seed), True
    picture = Leaf(_sheet(()), (rectangle(220, 300, 1214, 1500),))
    yield "picture", draw(picture, degraded(rng), font, seed)[0], True
    yield "blank", blank_page(seed, font), True
    yield "vertical", vertical_page(seed, font), False
    yield "wide table", _wide_table(rng, font), False


def blank_page(seed: int, font: Path) -> Image.Image:
    """The empty back of a sheet: the print of a page may shine through it; the paper has grain, folds, a slant."""
    rng = Random(f"blank {seed}")
    behind = rng.choice(make_volume(seed, 6).pages)
    scan = Scan(
        skew=rng.uniform(-2, 2),
        noise=rng.uniform(0.01, 0.06),
        show_through=rng.uniform(*SHOWING) if rng.random() < 0.7 else 0.0,
        fold=rng.uniform(0.1, 0.35) if rng.random() < 0.3 else 0.0,
    )
    return draw(Leaf(_sheet(()), behind=behind), scan, font, seed)[0]


def vertical_page(seed: int, font: Path) -> Image.Image:
    """A page of vertical writing: columns from the right, each letter upright."""
    rng = Random(f"vertical {seed}")
    size = rng.choice((30, 36, 44))
    face = ImageFont.truetype(str(font), size)
    text = "".join(
        c for page in make_volume(seed, 6).pages for line in page.lines for c in line.text if ord(c) > 0x3000
    )
    sheet = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    pen = ImageDraw.Draw(sheet)
    at = 0
    for x in range(WIDTH - 220, 200, -round(size * rng.uniform(1.6, 2.0))):
        for row in range(rng.randint(20, round(1850 / (size * PITCH)))):
            pen.text((x, 200 + row * size * PITCH), text[at % len(text)], INK, face, "mm")
            at += 1
    return sheet


def _sheet(lines: tuple[PageLine, ...]) -> ScannedPage:
    return ScannedPage(1, WIDTH, HEIGHT, 0, 0.0, lines)


def _page(rng: Random, lines: tuple[PageLine, ...], font: Path, seed: int) -> Image.Image:
    return draw(Leaf(_sheet(lines)), degraded(rng), font, seed)[0]


def _stamp(rng: Random) -> PageLine:
    text = str(rng.randint(1, 200))
    return line_at(text, WIDTH - 150 - text_width(text, 44), 90, 44)


def _digits(rng: Random) -> tuple[PageLine, ...]:
    """A page of an account: days, numbers and sums without a word."""
    rows = (
        (f"{rng.randint(2019, 2025)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}", f"{rng.randint(1, 99999):05}")
        for _ in range(rng.randint(8, 28))
    )
    lines = [_stamp(rng)]
    for at, (day, number) in enumerate(rows):
        y = 260 + 62 * at
        sums = f"{rng.randint(1, 99999)}.{rng.randint(0, 99):02}", f"{rng.randint(1, 999999)}.{rng.randint(0, 99):02}"
        lines += [line_at(text, x, y, 34) for text, x in zip((day, number, *sums), (240, 560, 800, 1150), strict=True)]
    return tuple(lines)


def _few(rng: Random, words: list[str]) -> tuple[PageLine, ...]:
    """A sheet with one or two short lines: a separator, a caption."""
    lines = [_stamp(rng)]
    for _ in range(rng.randint(1, 2)):
        text = rng.choice(words)[: rng.randint(4, 8)]
        lines.append(line_at(text, rng.randint(250, 900), rng.randint(400, 1900), rng.choice((34, 40, 56))))
    return tuple(lines)


def _wide_table(rng: Random, font: Path) -> Image.Image:
    """A sheet held across with a table that fills it, as it reads."""
    size = rng.choice((28, 32))
    face = ImageFont.truetype(str(font), size)
    heads = ("序号", "交易日期", "对方户名", "摘要", "借方金额", "贷方金额", "余额")
    names = ("张伟", "李芳", "王秀英", "刘洋", "陈静", "超市", "工资", "转账", "取现")
    sheet = Image.new("RGB", (HEIGHT, WIDTH), PAPER)
    pen = ImageDraw.Draw(sheet)
    for row in range(rng.randint(8, 24)):
        cells = (
            heads
            if not row
            else (
                str(row),
                f"2024-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}",
                rng.choice(names),
                rng.choice(names),
                *(f"{rng.randint(1, 99999)}.{rng.randint(0, 99):02}" for _ in range(3)),
            )
        )
        for at, text in enumerate(cells):
            left, top = 150 + at * 290, 180 + row * 56
            pen.rectangle((left, top, left + 290, top + 56), outline=INK, width=2)
            pen.text((left + 12, top + 28), text, INK, face, "lm")
    return sheet
