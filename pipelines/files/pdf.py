"""双层 PDF: the original's own pages, or pictures of them, with the read text under them; knows no model and no job.

The writing is done by a bounded child (`pipelines.files.pdf_child`), since the original is a stranger's file. Where an
original cannot be rewritten, the copy is made from the page pictures instead.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cases.codec import to_json
from cases.records import ScannedPage
from models.errors import BadInput
from pipelines.files.text_layer import LayerLine, LayerPage
from pipelines.media.confined import Bounds, Confined

logger = logging.getLogger(__name__)

CHILD = "pipelines.files.pdf_child"
BOUNDS = Bounds(memory_bytes=8 << 30, processor_s=1800, answer_s=3600.0, answers=10)
"""One answer is a whole volume: the original and all its pictures pass through memory."""
OWN_TEXT_SHARE = 0.5
"""A page that came with this share of the characters that were read has a text layer; a second one would double it."""


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """A read page, its picture on this machine (None: it could not be had), dpi, and its own text's characters."""

    page: ScannedPage
    picture: Path | None
    dpi: float
    own_characters: int


def write_searchable(pages: Sequence[PrintedPage], out: Path, original: Path | None) -> None:
    """Write the searchable PDF of `pages` to `out`: over the PDF `original` where there is one, else over the pictures.

    Pages that have a text layer keep theirs; those that lie on their side or head are shown upright (/Rotate). Raises
    Unavailable when `out` cannot be written.
    """
    job = out.with_suffix(".pages")
    partial = out.with_suffix(".partial")
    with Confined(CHILD, BOUNDS) as child:
        if original is None or not _over_original(child, pages, job, partial, original):
            _write_job(job, (_layer(printed) for printed in pages))
            child.ask({"ask": "over_pictures", "pages": str(job), "out": str(partial)})
    job.unlink()
    partial.replace(out)


def _over_original(child: Confined, pages: Sequence[PrintedPage], job: Path, out: Path, original: Path) -> bool:
    """Whether the original took the text."""
    layers = (_over_own_page(printed) for printed in pages)
    _write_job(job, (layer for layer in layers if layer.lines or layer.turn))
    try:
        child.ask({"ask": "over_original", "source": str(original), "pages": str(job), "out": str(out)})
    except BadInput as error:
        logger.warning("the searchable copy is made from pictures: %s", error.message)
        return False
    return True


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
    with job.open("w", encoding="utf-8") as file:
        for page in pages:
            file.write(json.dumps(to_json(page), ensure_ascii=False) + "\n")
