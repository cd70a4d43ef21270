"""双层 PDF: the original's own pages, or pictures of them, with the read text under them; knows no model and no job.

The writing is done by a bounded child (`pipelines.files.pdf_child`), since the original is a stranger's file. Where an
original cannot be rewritten, the copy is made from the page pictures instead. What is written depends on nothing but
what is handed in, so that any version of a record gives its copy.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

from cases.codec import to_json
from cases.records import CaseDocument, JsonValue, ScannedPage
from models.errors import BadInput
from pipelines.files.catalogue.entries import entries, listed
from pipelines.files.page import blank_pages
from pipelines.files.pdf_marks import About, Bookmark, Copy
from pipelines.files.text_layer import LayerLine, LayerPage
from pipelines.media.confined import Bounds, Confined
from pipelines.media.pdf import PDF, PageSource

logger = logging.getLogger(__name__)

CHILD = "pipelines.files.pdf_child"
BOUNDS = Bounds(memory_bytes=2 << 30, file_bytes=16 << 30, processor_s=1800, answer_s=3600.0, answers=10)
"""One answer is a whole volume, written page by page: 5,000 scans of 3 MB, and the memory of the largest of them."""
OWN_TEXT_SHARE = 0.5
"""A page that came with this share of the characters that were read has a text layer; a second one would double it."""
DEFAULT_DPI = 200.0
"""Of a page picture that does not say how large it is."""


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A read page, its picture on this machine (None: it could not be had), dpi, and its own text's characters."""

    page: ScannedPage
    picture: Path | None
    dpi: float
    own_characters: int


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a copy is no PDF/A-2b: a code of `pdfa.OBSTACLES`, and the page, 0 for the document itself."""

    code: str
    page: int


def write_searchable(
    pages: Sequence[PrintedPage],
    out: Path,
    original: Path | None,
    documents: Sequence[CaseDocument] = (),
    about: About = About(),
) -> tuple[Obstacle, ...]:
    """Write the searchable PDF of `pages` to `out`: over the PDF `original` where there is one, else over the pictures.

    Pages that have a text layer keep theirs, those that lie on their side or head are shown upright (/Rotate). The rows
    of the catalogue of `documents` become bookmarks, and pages bear the numbers of the binding. Gives why the copy is
    no PDF/A-2b; it is one, and says so, where nothing is given.
    Raises Unavailable when `out` cannot be written.
    """
    blank = blank_pages([printed.page for printed in pages])
    marked = Copy(str(out), (), bookmarks(documents), unnumbered(documents), about, blank)
    return write_copies(pages, original, (marked,))[0]


def write_copies(
    pages: Sequence[PrintedPage], original: Path | None, copies: Sequence[Copy]
) -> tuple[tuple[Obstacle, ...], ...]:
    """Write several copies out of the same pages; of each why it is no PDF/A-2b. As `write_searchable`."""
    job = Path(copies[0].out).with_suffix(".pages")
    partial = [replace(copy, out=str(Path(copy.out).with_suffix(".partial"))) for copy in copies]
    try:
        with Confined(CHILD, BOUNDS) as child:
            found = _over_original(child, pages, job, partial, original) if original is not None else None
            if found is None:
                _write_job(job, (_layer(printed) for printed in pages))
                found = _asked(child, "over_pictures", {"pages": str(job)}, partial)
        for copy, written in zip(copies, partial, strict=True):
            Path(written.out).replace(copy.out)
    finally:
        for leftover in (job, *(Path(copy.out) for copy in partial)):
            leftover.unlink(missing_ok=True)
    return found


def flagged(pages: Sequence[ScannedPage], obstacles: Sequence[Obstacle]) -> tuple[ScannedPage, ...]:
    """The pages with a flag for each obstacle; those of the document itself stand on its first page."""
    first = pages[0].number if pages else 0
    codes: dict[int, list[str]] = {}
    for one in obstacles:
        codes.setdefault(one.page or first, []).append(one.code)
    return tuple(
        replace(page, flags=(*page.flags, *sorted(set(codes[page.number])))) if page.number in codes else page
        for page in pages
    )


def bookmarks(documents: Sequence[CaseDocument]) -> tuple[Bookmark, ...]:
    """The rows of the catalogue as an outline: titles as there, pages as the scan counts them."""
    rows = zip(entries(documents), listed(documents), strict=True)
    return tuple(Bookmark(entry.title, one.first_page) for entry, one in rows)


def unnumbered(documents: Sequence[CaseDocument]) -> int | None:
    """How many pages lie before the one that the binding numbers 1; None where there is no catalogue."""
    rows = entries(documents)
    return listed(documents)[0].first_page - rows[0].first_page if rows else None


def printed_pages(
    pages: Sequence[ScannedPage], pictures: Mapping[str, Path], original: Path | None
) -> list[PrintedPage]:
    """The pages of a stored record as `write_searchable` takes them; `pictures` by the names that the pages give.

    `original` is the PDF, or None where it was a picture. Raises BadInput when it cannot be opened.
    """
    own: dict[int, int] = {}
    if original is not None:
        with PageSource(original, PDF) as source:
            own = {page.number: source.characters(page.number - 1) for page in pages}
    found = [(page, pictures.get(page.image or "")) for page in pages]
    return [PrintedPage(page, picture, _dpi(picture), own.get(page.number, 0)) for page, picture in found]


def _dpi(picture: Path | None) -> float:
    """Dots an inch, as our page pictures say."""
    if picture is None:
        return DEFAULT_DPI
    from PIL import Image

    with Image.open(picture, formats=("JPEG",)) as opened:
        said = opened.info.get("dpi")
    across = float(said[0]) if isinstance(said, tuple) and said else 0.0
    return across if 72 <= across <= 2400 else DEFAULT_DPI


def _over_original(
    child: Confined, pages: Sequence[PrintedPage], job: Path, copies: Sequence[Copy], original: Path
) -> tuple[tuple[Obstacle, ...], ...] | None:
    """Why the copies are no PDF/A; None where the original did not take the text."""
    layers = (_over_own_page(printed) for printed in pages)
    _write_job(job, (layer for layer in layers if layer.lines or layer.turn))
    try:
        return _asked(child, "over_original", {"source": str(original), "pages": str(job)}, copies)
    except BadInput as error:
        logger.warning("the searchable copy is made from pictures: %s", error.message)
        return None


def _asked(
    child: Confined, what: str, question: Mapping[str, JsonValue], copies: Sequence[Copy]
) -> tuple[tuple[Obstacle, ...], ...]:
    answer = child.ask({"ask": what, **question, "copies": [to_json(copy) for copy in copies]})
    found = cast("list[list[tuple[str, int]]]", answer["obstacles"])
    return tuple(tuple(Obstacle(code, page) for code, page in one) for one in found)


def has_own_text(printed: PrintedPage) -> bool:
    """Whether the page came with a text layer worth keeping, judged by its length."""
    read = sum(not character.isspace() for line in printed.page.lines for character in line.text)
    return printed.own_characters > 0 and printed.own_characters >= OWN_TEXT_SHARE * read


def _over_own_page(printed: PrintedPage) -> LayerPage:
    """What is added to a page of the original."""
    layer = replace(_layer(printed), turn=printed.page.rotation)
    return replace(layer, lines=()) if has_own_text(printed) else layer


def _layer(printed: PrintedPage) -> LayerPage:
    page = printed.page
    lines = tuple(LayerLine(line.text, line.box) for line in page.lines)
    return LayerPage(page.number, str(printed.picture or ""), page.width, page.height, printed.dpi, lines)


def _write_job(job: Path, pages: Iterable[LayerPage]) -> None:
    """A line a page: its number, a tab, its JSON."""
    with job.open("w", encoding="utf-8") as file:
        for page in pages:
            file.write(f"{page.number}\t{json.dumps(to_json(page), ensure_ascii=False)}\n")
