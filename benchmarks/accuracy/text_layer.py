"""Whether a searchable PDF gives back the text that was put in, where it was put, and the original's images as well.

`python -m benchmarks.accuracy.text_layer` writes the text layer over volumes of scans (`benchmarks.volumes`, drawn;
their truth is the stored text, so that no reader stands between), over more that are not drawn but slanted, and over
pages made for the purpose: skewed up to 3 degrees, /Rotate of every kind, laid on their side, vertical writing, tables,
characters beyond the first plane. Read back by pdfium and by pdfminer:

- *text*: pages whose characters are the stored ones, in their order, with nothing between them but ends of lines and
  blanks where stored lines end. pdfium gives "fi" for U+FB01 and its kin, and one blank for several: both sides are
  compared so.
- *lines*: stored lines that stand alone between ends of lines; cells of a row share one, parted by blanks.
- *IoU*: of the box of the characters read back with the stored box, by the polygon of both.
- *images*: raw streams of images that are those of the original; *PDF/A*: faults by `benchmarks.pdfa`; qpdf, gs and,
  where it is present, veraPDF: complaints.
"""

from __future__ import annotations

import argparse
import math
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import cast

import cv2
import numpy as np
import pikepdf
from PIL import Image

from benchmarks.accuracy.text_readers import READERS, Found, is_equal, plain
from benchmarks.pdfa.clauses import faults
from benchmarks.volumes.drawing import moved
from benchmarks.volumes.make import scanned
from benchmarks.volumes.setting import advance
from benchmarks.volumes.volume import NONE, make_volume
from cases.records import PageLine, Point, Quad, ScannedPage
from models.fonts import font_path
from pipelines.files.pdf import PrintedPage, write_searchable

TOOL_S = 600
"""Seconds that another program may take over one file."""
SIDE = (1654, 2339)
"""A4 at 200 dpi."""
DPI = 200
SAMPLES = (
    "讯问笔录",
    "问：你把2026年10月4日的经过讲一下？",
    "答：我在𠮷野家吃饭，看见〇〇七号车Ａ１２３４５开过去，司机姓𫍯，住滨河区人民路１８号２单元三〇五室。",
    "金额 RMB 1,234.50元，折合USD170.35（大写：壹仟贰佰叁拾肆元伍角整）",
    "①②③④ ㈠㈡ ℃ № “引号”——破折号……《刑法》第二百六十四条",
    "𪚥𠀀𠀁𫝀 㐀䶵 龘靐齉爩 〇",
    "HELLO World-wide e-mail: a.b@c-d.cn",
    "行末连字符A-",
    "身份证号11010119900307123X",
    "ﬁ ﬂ é ü ñ Ω λ ж",
    "；",
    "一",
    "1",
)
FIRST_WRITTEN = 2000
"""The first seed of the volumes that are not drawn."""
ROW = ("序号1", "手机（银色）", "1部", "屏幕碎裂")


@dataclass(frozen=True, slots=True)
class Volume:
    """A file of pages and what was stored of them."""

    name: str
    file: Path
    pages: tuple[ScannedPage, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """One reader over one volume."""

    pages: int
    equal: int
    lines: int
    alone: int
    overlaps: tuple[float, ...]


def overlap(one: Sequence[Point], other: Sequence[Point]) -> float:
    """Intersection over union of the hulls of two sets of points."""
    hulls = [cv2.convexHull(np.array(points, np.float32)) for points in (one, other)]
    shared, _ = cv2.intersectConvexConvex(*hulls)
    areas = [cv2.contourArea(hull) for hull in hulls]
    return float(shared / (sum(areas) - shared)) if sum(areas) > shared else 0.0


def overlaps(lines: Sequence[tuple[str, tuple[Point, ...]]], found: Found) -> Iterator[float]:
    """Of each stored line with the characters that were read back in its place; `found` holds them all in order."""
    waiting = iter(found.characters)
    for text, box in lines:
        need, points = len(plain(text)), list[Point]()
        while need > 0:
            character, place = next(waiting)
            need -= len(plain(character))
            points.extend(place)
        if points:
            yield overlap(points, box)


def score(volume: Volume, file: Path, reader: str) -> Score:
    """What `reader` gives back of the text layer of `file`."""
    pages, equal, lines, alone, shares = 0, 0, 0, 0, list[float]()
    places = page_places(file, shown=reader == "pdfminer")
    for page, found, place in zip(volume.pages, READERS[reader](file), places, strict=True):
        stored = [line.text for line in page.lines]
        # In the order of the file the characters must be the stored ones; where a reader lays lines out, so must they.
        whole = plain("".join(stored)) == plain("".join(c for c, _ in found.characters))
        same = is_equal(stored, found.text) if reader == "pdfium" else whole
        pages, equal, lines = pages + 1, equal + same, lines + len(stored)
        told = Counter(plain(line) for line in found.text.splitlines())
        alone += sum((told & Counter(map(plain, stored))).values())
        if whole:
            stood = [(line.text, place(without_blanks(line.text, line.box), page)) for line in page.lines]
            shares.extend(overlaps(stood, found))
    return Score(pages, equal, lines, alone, tuple(shares))


def without_blanks(text: str, box: Quad) -> Quad:
    """The part of a line's box that its letters take: readers give no boxes of blanks at its ends."""
    total = sum(advance(c, 1.0) for c in text) or 1.0
    before, behind = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
    from_, to = (sum(advance(c, 1.0) for c in part) / total for part in (before, behind))

    def between(start: Point, end: Point, share: float) -> Point:
        return start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1])

    a, b, c, d = box
    return between(a, b, from_), between(a, b, 1 - to), between(d, c, 1 - to), between(d, c, from_)


def page_places(file: Path, *, shown: bool) -> list[Placing]:
    """For each page of a PDF what puts a box of its picture on it; not worked out by the code that is measured.

    pdfium tells places on the page before its turn, pdfminer (`shown`) after it.
    """
    placings: list[Placing] = []
    with pikepdf.open(file) as opened:
        for page in opened.pages:
            left, bottom, right, top = (float(value) for value in page.mediabox)
            turn = int(page.obj.get("/Rotate", 0)) % 360
            if shown:
                sides = (right - left, top - bottom) if turn % 180 == 0 else (top - bottom, right - left)
                placings.append(Placing(0, 0, *sides, 0))
            else:
                placings.append(Placing(left, bottom, right, top, turn))
    return placings


@dataclass(frozen=True, slots=True)
class Placing:
    """A page's box and its turn."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int

    def __call__(self, box: Quad, page: ScannedPage) -> tuple[Point, ...]:
        """The corners of a box of the picture in points of the page as it is before its turn.

        A picture shows the page turned clockwise: its left edge is the page's foot after 90 degrees, its right edge
        after 180 the left one, and its right edge the foot after 270.
        """
        width, height = self.right - self.left, self.top - self.bottom
        placed = []
        for x, y in box:
            u, v = x / page.width, 1 - y / page.height
            across, up = {0: (u, v), 90: (1 - v, u), 180: (1 - u, 1 - v), 270: (v, 1 - u)}[self.turn]
            placed.append((self.left + across * width, self.bottom + up * height))
        return tuple(placed)


# --- what is measured -------------------------------------------------------------------------------------------------
def line_of(text: str, left: float, top: float, size: float = 44, skew: float = 0.0) -> PageLine:
    """A line of print: full width for Chinese, half for the rest."""
    width = sum(size if ord(c) > 0x2E80 else size / 2 for c in text)
    box = [(left, top), (left + width, top), (left + width, top + size), (left, top + size)]
    angle, (x0, y0) = math.radians(skew), (SIDE[0] / 2, SIDE[1] / 2)
    turned = [
        (
            x0 + (x - x0) * math.cos(angle) - (y - y0) * math.sin(angle),
            y0 + (x - x0) * math.sin(angle) + (y - y0) * math.cos(angle),
        )
        for x, y in box
    ]
    return PageLine(text, cast(Quad, tuple(turned)), 1.0, "text")


def page_of(number: int, skew: float = 0.0) -> ScannedPage:
    """Samples one under the other, then a table of four columns."""
    lines = [line_of(text, 150, 150 + 62 * at, 36, skew) for at, text in enumerate(SAMPLES)]
    foot = 150 + 62 * len(SAMPLES)
    for row in range(12):
        lines += [line_of(text, 150 + 380 * at, foot + 62 * row, 36, skew) for at, text in enumerate(ROW)]
    return ScannedPage(number, *SIDE, 0, skew, tuple(lines))


def column_page(number: int) -> ScannedPage:
    """Samples in columns from right to left."""
    lines = []
    for at, text in enumerate(one for one in SAMPLES if len(one) > 1):
        right, length = SIDE[0] - 150 - 90 * at, 44.0 * len(text)
        foot = min(200 + length, SIDE[1] - 50.0)
        box = ((right - 44.0, 200.0), (float(right), 200.0), (float(right), foot), (right - 44.0, foot))
        lines.append(PageLine(text, box, 1.0, "text"))
    return ScannedPage(number, *SIDE, 0, 0.0, tuple(lines))


def special(folder: Path) -> Iterator[Volume]:
    """Volumes of pages made for the purpose, over scans of noise."""
    skews = (-3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)
    pages = tuple(page_of(at + 1, skew) for at, skew in enumerate(skews))
    yield Volume("skewed", scans(folder / "skewed.pdf", [0] * len(pages)), pages)
    turns = (90, 180, 270)
    slanted = [page_of(at + 1, skew) for at, skew in enumerate((0.0, 0.0, 0.0, 1.5, 1.5, 1.5))]
    yield Volume("/Rotate", scans(folder / "rotate.pdf", turns * 2), tuple(slanted))
    yield Volume("vertical", scans(folder / "vertical.pdf", [0, 90]), (column_page(1), column_page(2)))


def scans(file: Path, turns: Sequence[int]) -> Path:
    """A PDF of pages that are shown as A4 upright, each turned by so much from how it is stored."""
    from pypdf import PdfReader, PdfWriter
    from reportlab.pdfgen.canvas import Canvas

    canvas = Canvas(str(file), invariant=1)
    for at, turn in enumerate(turns):
        picture = file.with_name(f"{file.stem}-{at}.jpg")
        Image.effect_noise((827, 1169), 10 + at).save(picture)
        width, height = (72 * side / DPI for side in (SIDE if turn % 180 == 0 else SIDE[::-1]))
        canvas.setPageSize((width, height))
        canvas.drawImage(str(picture), 0, 0, width, height)
        canvas.showPage()
    canvas.save()
    writer = PdfWriter(clone_from=PdfReader(file))
    for page, turn in zip(writer.pages, turns, strict=True):
        page.rotate(turn)
    writer.write(file)
    return file


def drawn(folder: Path, seeds: Sequence[int], documents: int) -> Iterator[Volume]:
    """Volumes as they are scanned: clean, degraded, and with pages on their side or head."""
    for seed in seeds:
        for scan, turned in (("clean", 0.0), ("degraded", 0.0), ("clean", 1.0)):
            data, volume = scanned(make_volume(seed, documents, NONE), scan, font_path(), turned)
            name = f"{seed} {scan}{' turned' if turned else ''}"
            file = folder / f"{name.replace(' ', '-')}.pdf"
            file.write_bytes(data)
            # `rotation` tells how the sheet lay; what is stored has boxes in the picture as it is.
            yield Volume(name, file, tuple(replace(page, rotation=0) for page in volume.pages))


def written(folder: Path, count: int) -> Iterator[Volume]:
    """Volumes whose pages are not drawn, each slanted by its own angle up to 3 degrees: many forms in little time."""
    for seed in range(FIRST_WRITTEN, FIRST_WRITTEN + count):
        rng = Random(seed)
        pages = tuple(moved(page, 1.0, rng.uniform(-3, 3)) for page in make_volume(seed, 20, NONE).pages)
        yield Volume(f"{seed} slanted", scans(folder / f"{seed}.pdf", [0] * len(pages)), pages)


def images(file: Path) -> Counter[bytes]:
    """The raw streams of the images of a PDF."""
    with pikepdf.open(file) as opened:
        found = [one for one in opened.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
        return Counter(one.read_raw_bytes() for one in found)


def complaints(file: Path) -> dict[str, str]:
    """What other programs say of a file: nothing where they take it, "absent" where they are not here."""
    commands = {
        "qpdf": ["qpdf", "--check", str(file)],
        "gs": [
            "gs",
            "-q",
            "-dNOPAUSE",
            "-dBATCH",
            "-dPDFSTOPONERROR",
            "-dPDFSTOPONWARNING",
            "-sDEVICE=nullpage",
            str(file),
        ],
        "veraPDF": ["verapdf", "--flavour", "2b", "--format", "text", str(file)],
    }
    told = {}
    for name, command in commands.items():
        if shutil.which(command[0]) is None:
            told[name] = "absent"
            continue
        done = subprocess.run(command, capture_output=True, timeout=TOOL_S, check=False)
        said = (done.stdout + done.stderr).decode(errors="replace")
        fine = done.returncode == 0 and (name != "gs" or not said) and "WARNING" not in said and "FAIL" not in said
        told[name] = "" if fine else said.strip()[-300:]
    return told


def measure(volume: Volume, folder: Path) -> tuple[str, bool]:
    """One row of the table, and whether all of it is as it should be."""
    printed = [PrintedPage(page, None, DPI, 0) for page in volume.pages]
    out = folder / f"{volume.file.stem}-searchable.pdf"
    started = time.perf_counter()
    obstacles = write_searchable(printed, out, volume.file)
    seconds = (time.perf_counter() - started) / len(volume.pages)
    scores = {name: score(volume, out, name) for name in READERS}
    kept = images(out) == images(volume.file)
    wrong = [*faults(out), *(f"{one.code} on page {one.page}" for one in obstacles)]
    told = complaints(out)
    row = f"{volume.name:<22} {len(volume.pages):>5}"
    for one in scores.values():
        row += f" {one.equal:>4}/{one.pages:<4} {100 * one.alone / one.lines:>6.1f}"
        row += f" {min(one.overlaps, default=0):>6.3f} {statistics.median(one.overlaps or (0,)):>6.3f}"
    more = (out.stat().st_size - volume.file.stat().st_size) / 1024 / len(volume.pages)
    row += f" {'same' if kept else 'DIFFER':>6} {len(wrong):>6} {more:>6.1f} {1000 * seconds:>6.1f} "
    row += " ".join(f"{name} {said or 'clean'}" for name, said in told.items())
    fine = all(one.equal == one.pages and min(one.overlaps, default=0) >= 0.8 for one in scores.values())
    fine = fine and kept and not wrong and not any(said not in ("", "absent") for said in told.values())
    return "\n".join([row, *(f"    {one}" for one in wrong[:5])]), fine


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; exit code 1 when anything is not as it should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1001, 1002], help="volumes to draw (1000 and above)")
    parser.add_argument("--documents", type=int, default=8, help="of each, besides cover, catalogue and remarks")
    parser.add_argument("--written", type=int, default=3, help="volumes of 20 documents, not drawn but slanted")
    options = parser.parse_args(arguments)
    head = f"{'volume':<22} {'pages':>5}" + "".join(
        f" {name + ' text':>9} {'lines%':>6} {'IoUmin':>6} {'median':>6}" for name in ("pdfium", "miner")
    )
    print(f"{head} {'images':>6} {'PDF/A':>6} {'KiB/p':>6} {'ms/p':>6} other programs")
    fine = True
    with tempfile.TemporaryDirectory(prefix="anjuan-layer-") as name:
        folder = Path(name)
        made = special(folder), written(folder, options.written), drawn(folder, options.seeds, options.documents)
        for source in made:
            for volume in source:
                row, good = measure(volume, folder)
                print(row, flush=True)
                fine = fine and good
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
