"""How well pages that lie on their side or head are found, and how many upright ones are turned by mistake.

`python -m benchmarks.accuracy.orientation [--first-seed 1000 --volumes 100] [--turned 0.25] [--minutes 60]` draws the
pages of volumes that nothing was tuned on (benchmarks.volumes), three in four of them degraded, and after each volume
the hard pages of `benchmarks.volumes.hard`. By default each page gets the look alone that the reader takes at a
doubtful one, on boxes found on a smaller picture: every upright page is put to the test that in the product only pages
are put to that read badly, so that thousands are affordable. `--read` reads them whole, as `anjuan scan` does.
`--shared PATH` takes the real pages of PATH/data/pages, each in all four directions. A page is *right* when it is
turned upright, *left* when it is not turned though it should be, *wrong* when it is turned to another side, *unknown*
(beside these) when the reader says that it cannot tell. *Blank* counts the upright pages on which no ink was found,
without what the reader found on them. Bounds are the 95 % ones of Clopper and Pearson (1934).
"""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Final, cast

import numpy as np
from PIL import Image, ImageOps
from scipy.stats import beta

from benchmarks.volumes.drawing import CLEAN, degraded, draw, jpeg, leaves
from benchmarks.volumes.hard import hard_pages
from benchmarks.volumes.volume import make_volume
from models.device import choose_device
from models.fonts import font_path
from models.manifest import load_manifest
from models.text.blank import is_blank
from models.text.lines import LineReader
from models.text.orientation import runs, support
from models.text.paddle import PaddlePageReader
from models.text.page_lane import turned
from models.text.seal import seals, without_seals
from models.values import PageImage, PageText
from models.weights import WeightsCache

LOOK_PX: Final = 736
"""The longer side of the picture that lines are looked for on, where pages are not read."""
WAYS: Final = (0, 90, 180, 270)
LEAST: Final = 0.1
"""Letters of the next direction are taken for at least so many, so that a share can be told."""
DEGRADED: Final = 0.75
"""Share of the pages of volumes that are degraded; the others are clean."""
PHOTOGRAPH_PX: Final = 6_000_000
"""Larger photographs are made smaller before they are looked at, as no page of a scan has more pixels."""
REAL: Final = ("omnidocbench/*.jpg", "mdpbench/*.JPEG", "tables/*")
LYING: Final = ("right_bend-in",)
"""Parts of the names of photographs that lie on their side themselves: they are turned by 270 first."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as it should be read: what it is, its pixels, whether it has a head at all."""

    kind: str
    pixels: np.ndarray[Any, np.dtype[np.uint8]]
    headless: bool = False


@dataclass(slots=True)
class Tally:
    """Answers by kind of page and by how it was laid."""

    answers: dict[tuple[str, int], Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    margins: list[float] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    blank: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0


def generated(first_seed: int, volumes: int) -> Iterator[tuple[str, Sheet]]:
    """Name and picture of the pages of volumes, and of a set of hard pages after each."""
    font = font_path()
    for seed in range(first_seed, first_seed + volumes):
        rng = Random(f"orientation {seed}")
        for leaf in leaves(make_volume(seed)):
            scan = degraded(rng) if rng.random() < DEGRADED else CLEAN
            picture, _ = draw(leaf, scan, font, seed)
            yield f"{seed} p. {leaf.page.number}", Sheet("volume", _coded(picture, scan.quality, scan.dpi))
        for kind, picture, headless in hard_pages(seed, font):
            yield f"{seed} {kind}", Sheet(kind, _coded(picture, 70, 200), headless)


def real(shared: Path) -> Iterator[tuple[str, Sheet]]:
    """The pages of the shared data."""
    for pattern in REAL:
        for file in sorted((shared / "data" / "pages").glob(pattern)):
            if file.suffix == ".json":
                continue
            with Image.open(file) as image:
                picture = ImageOps.exif_transpose(image).convert("RGB")
            shrink = (PHOTOGRAPH_PX / (picture.width * picture.height)) ** 0.5
            if shrink < 1:
                picture = picture.resize((round(picture.width * shrink), round(picture.height * shrink)))
            pixels = np.asarray(picture)
            if any(part in file.name for part in LYING):
                pixels = turned(pixels, 270)
            yield file.name, Sheet("vertical" if "newspaper_15" in file.name else "real", pixels)


def _coded(picture: Image.Image, quality: int, dpi: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """The pixels as they come out of a JPEG."""
    return np.asarray(Image.open(io.BytesIO(jpeg(picture, quality, dpi))).convert("RGB"))


@dataclass(frozen=True, slots=True)
class Measured:
    """A loaded reader and how it is asked: with `read` it reads the whole page."""

    reader: PaddlePageReader
    read: bool

    def answer(self, pixels: np.ndarray[Any, np.dtype[np.uint8]], tally: Tally) -> tuple[int, bool]:
        """By how much the page would be turned, and whether that is known."""
        started = time.process_time()
        if self.read:
            (text,) = self.reader.predict([PageImage(pixels)])
            found = (text.rotation, text.upright and bool(text.lines)) if isinstance(text, PageText) else (0, False)
        else:
            found = self._look(pixels, tally)
        tally.seconds += time.process_time() - started
        return found

    def _look(self, pixels: np.ndarray[Any, np.dtype[np.uint8]], tally: Tally) -> tuple[int, bool]:
        lane = cast(Any, self.reader)._alone
        pipeline, lines = lane.ocr.paddlex_pipeline, cast(LineReader, lane.lines)
        clean = np.ascontiguousarray(without_seals(pixels, seals(pixels))[:, :, ::-1])
        (found,) = pipeline.text_det_model([clean], limit_side_len=LOOK_PX, limit_type="max")
        boxes = [tuple((float(x), float(y)) for x, y in polygon) for polygon in found["dt_polys"]]
        both = lines.both_ways(clean, cast(Any, boxes))
        best, second, *_ = sorted((support(line for line in both if runs(line) == way) for way in WAYS), reverse=True)
        if best:
            tally.margins.append(best / max(LEAST, second))
        way = lines.judged(clean, both)
        return way.turn, way.known


def count(tally: Tally, name: str, sheet: Sheet, turn: int, answer: tuple[int, bool]) -> None:
    """Add one answer about a page that was laid turned clockwise by `turn`."""
    given, known = answer
    wanted = 0 if sheet.headless else (360 - turn) % 360
    verdict = "right" if given == wanted else "wrong" if given else "left"
    tally.answers[sheet.kind, turn][verdict] += 1
    tally.answers[sheet.kind, turn]["unknown"] += not known
    if verdict != "right":
        tally.notes.append(f"{name} laid by {turn}: turned by {given}{'' if known else ', unknown'}")


def measure(measured: Measured, sheets: Iterator[tuple[str, Sheet]], turned_share: float, minutes: float) -> Tally:
    """Ask about each sheet upright, and about a share of them also laid by 90, 180 or 270 (all of them at 1)."""
    tally, ends, rng = Tally(), time.monotonic() + 60 * minutes, Random("laid")
    for name, sheet in sheets:
        laid = (90, 180, 270) if turned_share >= 1 else (rng.choice((90, 180, 180, 270)),)
        turns = (0, *laid) if rng.random() < turned_share else (0,)
        tally.blank[sheet.kind] += is_blank(sheet.pixels, ())
        for turn in turns:
            count(tally, name, sheet, turn, measured.answer(turned(sheet.pixels, turn), tally))
        if time.monotonic() > ends:
            break
    return tally


def bound(bad: int, of: int) -> float:
    """The share that is not exceeded with 95 % certainty when `bad` of `of` were seen."""
    return float(beta.ppf(0.95, bad + 1, of - bad)) if bad < of else 1.0


def upright_of(tally: Tally, kind: str) -> int:
    """How many upright pages of this kind there were."""
    seen = tally.answers[kind, 0]
    return seen["right"] + seen["left"] + seen["wrong"]


def report(tally: Tally) -> str:
    """The figures as text."""
    rows = [f"{'pages':<16}{'laid by':>8}{'n':>7}{'right':>8}{'left':>7}{'wrong':>7}{'unknown':>9}"]
    for (kind, turn), seen in sorted(tally.answers.items()):
        n = seen["right"] + seen["left"] + seen["wrong"]
        rows.append(
            f"{kind:<16}{turn:>8}{n:>7}{seen['right']:>8}{seen['left']:>7}{seen['wrong']:>7}{seen['unknown']:>9}"
        )
    for label, upright in (("upright", True), ("laid", False)):
        chosen = [seen for (_, turn), seen in tally.answers.items() if (turn == 0) == upright]
        n = sum(seen["right"] + seen["left"] + seen["wrong"] for seen in chosen)
        bad = sum(seen["left"] + seen["wrong"] for seen in chosen)
        if n:
            rows.append(f"{label}: {bad} of {n} not right, {100 * bad / n:.3f} % (below {100 * bound(bad, n):.3f} %)")
    if tally.margins:
        margins = np.percentile(tally.margins, [0, 1, 5, 50])
        rows.append(
            "times the letters of the next direction, least, 1 %, 5 %, half: " + ", ".join(f"{m:.1f}" for m in margins)
        )
    empty = (f"{kind} {n} of {upright_of(tally, kind)}" for kind, n in sorted(tally.blank.items()))
    rows.append("blank: " + ", ".join(empty))
    asked = sum(sum(seen.values()) - seen["unknown"] for seen in tally.answers.values())
    rows.append(f"{tally.seconds / max(1, asked):.2f} processor seconds a page")
    return "\n".join(rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when an upright page of a volume was turned."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--first-seed", type=int, default=1000)
    parser.add_argument("--volumes", type=int, default=100)
    parser.add_argument(
        "--turned", type=float, default=0.25, help="share of the pages that are laid on side or head, too"
    )
    parser.add_argument("--read", action="store_true", help="read the pages whole")
    parser.add_argument("--minutes", type=float, default=600.0, help="stop after so long")
    parser.add_argument("--shared", type=Path, help="folder that holds data/pages: take the real pages")
    options = parser.parse_args(arguments)
    reader = PaddlePageReader(load_manifest("pp-ocrv6-small"), WeightsCache())
    reader.load(choose_device("cpu"))
    sheets = real(options.shared) if options.shared else generated(options.first_seed, options.volumes)
    share = 1.0 if options.shared else options.turned
    tally = measure(Measured(reader, options.read), sheets, share, options.minutes)
    reader.close()
    sys.stdout.write(report(tally) + "\n" + "\n".join(tally.notes) + "\n")
    return int(any(seen["wrong"] for (_, turn), seen in tally.answers.items() if turn == 0))


if __name__ == "__main__":
    sys.exit(main())
