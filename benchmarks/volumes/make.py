"""Makes a volume as a PDF of scans, and the truth about it, from a seed.

`python -m benchmarks.volumes.make --seed N --documents 20 -o DIR` writes DIR/NAME.pdf and DIR/NAME.json, the same for
the same options and font: pages with their lines, tables and seals in the pixels of the scans, documents, faults.
Seeds below 1000 are for training and development, from 1000 on for figures only.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Final

import pikepdf

from benchmarks.volumes.drawing import CLEAN, degraded, draw, jpeg, leaves, pdf
from benchmarks.volumes.volume import NONE, Faults, Volume, make_volume
from cases.codec import to_json
from cases.records import ScannedPage
from models.fonts import font_path

SCANNED_DOCUMENTS: Final = 6
"""Documents of a volume of which only the first pages are wanted."""
USUAL_FAULTS: Final = Faults(missing=1, duplicates=1, foreign=1, swapped=1)


def scanned(volume: Volume, scan: str, font: Path, turned: float = 0.0) -> tuple[bytes, Volume]:
    """The PDF of the volume scanned `clean` or `degraded`, and the volume with its boxes where the scans have them.

    `turned` is the chance of a page to lie on its side or head.
    """
    rng = Random(f"scan {volume.seed} {scan}")
    files: list[tuple[bytes, int]] = []
    pages: list[ScannedPage] = []
    for leaf in leaves(volume):
        how = degraded(rng) if scan == "degraded" else CLEAN
        if rng.random() < turned:
            how = replace(how, turn=rng.choice((90, 180, 270)))
        picture, page = draw(leaf, how, font, volume.seed)
        files.append((jpeg(picture, how.quality, how.dpi), how.dpi))
        pages.append(page)
    return pdf(files), replace(volume, pages=tuple(pages))


def write_scan(seed: int, scan: str, pages: int, file: Path) -> list[tuple[str, ...]]:
    """Write the first pages of the volume of this seed to `file`, a PDF; the texts of the lines of each page."""
    data, truth = scanned(make_volume(seed, SCANNED_DOCUMENTS), scan, font_path())
    with pikepdf.open(BytesIO(data)) as whole:
        del whole.pages[pages:]
        whole.save(file)
    return [tuple(line.text for line in page.lines) for page in truth.pages[:pages]]


def pictures(file: Path, folder: Path) -> list[Path]:
    """The scans of a volume, as the JPEG files in its PDF, written to `folder`."""
    written: list[Path] = []
    with pikepdf.open(file) as whole:
        for number, page in enumerate(whole.pages, start=1):
            (picture,) = page.get_images().values()
            place = folder / f"{file.stem}-{number:03d}"
            written.append(Path(pikepdf.PdfImage(picture).extract_to(fileprefix=str(place))))
    return written


def main(arguments: Sequence[str] | None = None) -> int:
    """Make one volume and say what is in it."""
    options = _parser().parse_args(arguments)
    volume = make_volume(options.seed, options.documents, USUAL_FAULTS if options.faults else NONE)
    data, truth = scanned(volume, options.scan, font_path(), options.turned)
    options.output.mkdir(parents=True, exist_ok=True)
    place = options.output / f"{volume.name}-{options.documents}documents-{options.scan}"
    place.with_suffix(".pdf").write_bytes(data)
    text = json.dumps(to_json(truth), ensure_ascii=False, indent=1)
    place.with_suffix(".json").write_text(text + "\n", encoding="utf-8")
    print(f"{place}.pdf: {len(volume.pages)} pages, {len(volume.documents)} documents, {len(volume.faults)} faults")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--documents", type=int, default=20, help="besides cover, catalogue and remarks (default 20)")
    parser.add_argument("--faults", action="store_true", help="plant a missing, a double, a foreign and swapped pages")
    parser.add_argument("--scan", choices=("clean", "degraded"), default="clean")
    parser.add_argument("--turned", type=float, default=0.0, help="share of pages on their side or head (default none)")
    parser.add_argument("-o", "--output", type=Path, required=True, help="folder to write to")
    return parser


if __name__ == "__main__":
    sys.exit(main())
