"""What writing searchable PDFs costs: seconds and bytes a page, and the most memory of the child that writes.

`python -m benchmarks.speed.searchable --pages 3000` makes a PDF of so many small scans (each other bytes), stores 40
lines of 20 characters for each page, and writes: the searchable PDF over the original, the same over page pictures, and
one PDF a document of 12 pages. Memory is the largest resident set of the writing child and of the process that asks.
"""

from __future__ import annotations

import argparse
import io
import multiprocessing
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pikepdf
from PIL import Image

from cases.records import CaseDocument, PageLine, ScannedPage
from pipelines.files.pdf import PrintedPage, write_searchable
from pipelines.files.pdf_marks import About
from pipelines.files.split import write_split

SIDE: Final = (620, 877)
"""A4 at 75 dpi."""
LINES: Final = 40
DOCUMENT_PAGES: Final = 12
WORDS: Final = "问你把当天的经过再说一遍答我在人民路一八号门口等他后来没有来所以先走了记录如下"


def scan(number: int, picture: bytes) -> bytes:
    """The picture with a comment of its own, so that no two pages share their bytes (ITU-T T.81, B.2.4.5)."""
    comment = f"page {number}".encode()
    return picture[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + picture[2:]


def original(file: Path, pages: int, picture: bytes) -> None:
    """A PDF of scans."""
    with pikepdf.new() as made:
        for number in range(1, pages + 1):
            page = made.add_blank_page(page_size=(595, 842))
            image = pikepdf.Stream(
                made,
                scan(number, picture),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Image,
                Width=SIDE[0],
                Height=SIDE[1],
                ColorSpace=pikepdf.Name.DeviceRGB,
                BitsPerComponent=8,
                Filter=pikepdf.Name.DCTDecode,
            )
            page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=made.make_indirect(image)))
            page.obj.Contents = pikepdf.Stream(made, b"q 595 0 0 842 0 0 cm /Im0 Do Q")
        made.save(file)


def read_pages(pages: int, folder: Path | None) -> list[PrintedPage]:
    """Stored pages, with their pictures in `folder` where there is one."""
    made = []
    for number in range(1, pages + 1):
        lines = []
        for at in range(LINES):
            start = (number * 7 + at * 3) % len(WORDS)
            text = (WORDS[start:] + WORDS)[:20]
            top = 20.0 + 21 * at
            lines.append(PageLine(text, ((40, top), (540, top), (540, top + 18), (40, top + 18)), 0.9, "text"))
        picture = folder / f"page-{number:04d}.jpg" if folder is not None else None
        made.append(PrintedPage(ScannedPage(number, *SIDE, 0, 0.0, tuple(lines)), picture, 75.0, 0))
    return made


def write(how: str, folder: Path, pages: int) -> tuple[float, int, int, int]:
    """Seconds, bytes written, and largest resident sets in KiB of the child and of this process."""
    printed = read_pages(pages, folder if how == "pictures" else None)
    source = folder / "original.pdf" if how != "pictures" else None
    started = time.perf_counter()
    if how == "split":
        firsts = range(1, pages + 1, DOCUMENT_PAGES)
        documents = [
            CaseDocument("讯问笔录", "讯问笔录", None, None, None, n, min(n + DOCUMENT_PAGES - 1, pages), 0.9)
            for n in firsts
        ]
        target = folder / "split"
        target.mkdir()
        written = write_split(printed, documents, target, source, About())
        size = sum(one.path.stat().st_size for one in written)
    else:
        out = folder / f"{how}.pdf"
        write_searchable(printed, out, source)
        size = out.stat().st_size
    seconds = time.perf_counter() - started
    used = [resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_CHILDREN, resource.RUSAGE_SELF)]
    return seconds, size, used[0], used[1]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, nargs="+", default=[300, 3000])
    options = parser.parse_args(arguments)
    out = io.BytesIO()
    Image.effect_noise(SIDE, 40).convert("RGB").save(out, "JPEG", quality=60)
    print(f"scans of {len(out.getvalue()) / 1024:.0f} KiB, {LINES} lines a page")
    print(f"{'written':<10} {'pages':>6} {'ms/page':>8} {'KiB/page':>9} {'child MiB':>10} {'asking MiB':>10}")
    for pages in options.pages:
        with tempfile.TemporaryDirectory(prefix="anjuan-searchable-") as name:
            folder = Path(name)
            original(folder / "original.pdf", pages, out.getvalue())
            for number in range(1, pages + 1):
                (folder / f"page-{number:04d}.jpg").write_bytes(scan(number, out.getvalue()))
            for how in ("original", "pictures", "split"):
                # A process of its own for each, so that the largest resident set is of this one alone.
                with multiprocessing.get_context("spawn").Pool(1) as pool:
                    seconds, size, child, own = pool.apply(write, (how, folder, pages))
                print(
                    f"{how:<10} {pages:>6} {1000 * seconds / pages:>8.1f} {size / 1024 / pages:>9.1f}"
                    f" {child / 1024:>10.0f} {own / 1024:>10.0f}",
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
