"""A PDF's text as two readers of other hands have it, pdfium (and with it Chrome) and pdfminer, each character with its
box; knows nothing of what the text should be.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from cases.records import Point
from pipelines.files.text_layer import DESCENT

LIGATURES = {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl", "\ufb05": "st"}


@dataclass(frozen=True, slots=True)
class Found:
    """A page as a reader gives it: its text, and each of its characters with a box (four corners, points)."""

    text: str
    characters: tuple[tuple[str, tuple[Point, ...]], ...]


def plain(text: str) -> str:
    """The text without white space, ligatures taken apart."""
    return "".join(LIGATURES.get(c, c) for c in text if not c.isspace())


def is_equal(stored: Sequence[str], text: str) -> bool:
    """Whether a page's text is the stored lines in their order, parted by white space, and nothing else."""
    words = (word for line in stored for word in "".join(LIGATURES.get(c, c) for c in line).split())
    pattern = r"\s+".join(re.escape(word) for word in words)
    return re.fullmatch(rf"\s*{pattern}\s*", "".join(LIGATURES.get(c, c) for c in text)) is not None


def by_pdfium(file: Path) -> Iterator[Found]:
    """Each page as pdfium reads it, and with it Chrome."""
    with pypdfium2.PdfDocument(file) as document:
        for page in document:
            layer = page.get_textpage()
            text = layer.get_text_range()
            yield Found(text, tuple(_characters(layer)))
            page.close()


def _characters(layer: pypdfium2.PdfTextPage) -> Iterator[tuple[str, tuple[Point, ...]]]:
    """The characters of a page but blanks; those beyond the first plane come as two halves in one place."""
    first = ""
    for at in range(layer.count_chars()):
        half = chr(pypdfium2.raw.FPDFText_GetUnicode(layer, at))
        if "\ud800" <= half < "\udc00":
            first = half
            continue
        character = (first + half).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        first = ""
        if not character.isspace():
            yield character, corners(*layer.get_charbox(at, loose=True))


def by_pdfminer(file: Path) -> Iterator[Found]:
    """Each page as pdfminer reads it: its characters in the order of the file."""
    from pdfminer.converter import PDFPageAggregator
    from pdfminer.high_level import extract_pages
    from pdfminer.layout import LTChar, LTTextContainer
    from pdfminer.pdfinterp import PDFPageInterpreter, PDFResourceManager
    from pdfminer.pdfpage import PDFPage

    laid = (
        "\n".join(line for one in page if isinstance(one, LTTextContainer) for line in one.get_text().splitlines())
        for page in extract_pages(file)
    )
    manager = PDFResourceManager()
    device = PDFPageAggregator(manager, laparams=None)
    interpreter = PDFPageInterpreter(manager, device)
    with file.open("rb") as opened:
        for page, text in zip(PDFPage.get_pages(opened), laid, strict=True):
            interpreter.process_page(page)
            found = [one for one in device.get_result() if isinstance(one, LTChar)]
            yield Found(text, tuple((one.get_text(), _em_box(one)) for one in found if not one.get_text().isspace()))


def _em_box(one: object) -> tuple[Point, ...]:
    """The corners of a character's em box, by its matrix: pdfminer's own box is upright, whatever the slant."""
    a, b, c, d, e, f = one.matrix  # type: ignore[attr-defined]
    # Letters of size 1 over a foot of this depth, as our copies set them: the matrix holds all there is of size.
    width, low = one.adv, -DESCENT  # type: ignore[attr-defined]
    places = ((0.0, low), (width, low), (width, low + 1), (0.0, low + 1))
    return tuple((a * x + c * y + e, b * x + d * y + f) for x, y in places)


def corners(left: float, bottom: float, right: float, top: float) -> tuple[Point, ...]:
    """Of an upright box."""
    return (left, bottom), (right, bottom), (right, top), (left, top)


READERS = {"pdfium": by_pdfium, "pdfminer": by_pdfminer}
