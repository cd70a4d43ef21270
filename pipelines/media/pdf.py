"""Evidence that consists of pages: what it holds, and a picture of each page; knows no job, no model and no text.

PDFs and pictures alike are opened in a bounded child process (`pipelines.media.page_child`). A page that kills the
child costs that page and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self, cast

from cases.records import JsonObject, JsonValue
from models.errors import BadInput
from pipelines.media.confined import Bounds, ChildLost, Confined
from pipelines.media.picture import FORMATS as PICTURE_FORMATS
from pipelines.media.picture import read_picture

__all__ = [
    "PDF",
    "PICTURE_FORMATS",
    "PageLimits",
    "PagePicture",
    "PageSource",
    "pdf_facts",
    "picture_facts",
    "read_picture",
]

CHILD = "pipelines.media.page_child"
PDF = "application/pdf"
SAMPLED_PAGES = 5
"""Pages that are asked for a text layer when a PDF comes in: enough to tell a scan from a born-digital volume."""


MAX_PAGES = 5000
"""Pages of one file: a bound volume has 200 at most, so this is a whole case in one file."""
MAX_PIXELS = 200_000_000
"""Pixels of one picture: A3 at 900 dpi."""
MAX_PAGE_PX = 20_000
"""Pixels on one side of a picture: more is no page, and decoders' sums begin to overflow."""


@dataclass(frozen=True, slots=True)
class PageLimits:
    """What evidence may hold."""

    max_pages: int = MAX_PAGES
    max_pixels: int = MAX_PIXELS
    max_page_px: int = MAX_PAGE_PX


@dataclass(frozen=True, slots=True)
class PagePicture:
    """A page's picture on disk: size in pixels, dots an inch, characters of the text layer that the page came with."""

    path: Path
    width: int
    height: int
    dpi: float
    characters: int
    flags: tuple[str, ...]


def _number(answer: JsonObject, name: str) -> float:
    return float(cast(float, answer[name]))


class PageSource:
    """A PDF, TIFF or picture whose pages are made into pictures; close it, since it holds a child process."""

    def __init__(
        self, path: Path, media_type: str, limits: PageLimits | None = None, bounds: Bounds | None = None
    ) -> None:
        """`media_type` is what the bytes say; raises BadInput for a type that has no pages."""
        if media_type != PDF and media_type not in PICTURE_FORMATS:
            raise BadInput("pages.type", f"{media_type} has no pages to read; use PDF, TIFF, PNG, JPEG, BMP or WebP")
        self._path = path
        self._media_type = media_type
        self._limits = limits or PageLimits()
        self._child = Confined(CHILD, bounds)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        self._child.close()

    def facts(self) -> JsonObject:
        """Of a PDF: pages, width_pt and height_pt of the largest page, text_layer (None when nobody could tell).

        Of a picture: width, height, frames.
        Raises BadInput `pdf.password`, `pdf.broken`, `pdf.empty` or `picture.broken`, TooLarge beyond a limit.
        """
        if self._media_type != PDF:
            return self._about_picture()
        try:
            facts = self._ask("pdf_facts", max_pages=self._limits.max_pages)
        except ChildLost:
            raise BadInput("pdf.broken", "the PDF cannot be opened safely: it is damaged") from None
        return {**facts, "text_layer": self._text_layer(int(_number(facts, "pages")))}

    def pages(self) -> int:
        """How many pages there are; raises as `facts`."""
        if self._media_type != PDF:
            return int(_number(self._about_picture(), "frames"))
        return int(_number(self._ask("pdf_facts", max_pages=self._limits.max_pages), "pages"))

    def picture(self, page: int, dpi: int, out: Path, turn: int = 0) -> PagePicture:
        """Write the picture of `page` (from 0) to `out`, a JPEG; a PDF is drawn at `dpi`, a picture keeps its pixels.

        It is turned clockwise by `turn` degrees (0, 90, 180, 270) from how the file shows it.
        Raises BadInput (ChildLost when the page killed its reader) or TooLarge: the page cannot be had.
        """
        answer = self._ask(
            "render",
            page=page,
            dpi=dpi,
            out=str(out),
            turn=turn,
            max_pixels=self._limits.max_pixels,
            max_page_px=self._limits.max_page_px,
        )
        return PagePicture(
            path=out,
            width=int(_number(answer, "width")),
            height=int(_number(answer, "height")),
            dpi=_number(answer, "dpi"),
            characters=int(_number(answer, "characters")),
            flags=tuple(str(flag) for flag in cast("list[JsonValue]", answer["flags"])),
        )

    def lines(self, page: int) -> list[str]:
        """The lines of the text layer of `page` (from 0); none for a scan and for a page that cannot be read."""
        try:
            answer = self._ask("text", page=page)
        except ChildLost:
            return []
        return [str(line) for line in cast("list[JsonValue]", answer["lines"])]

    def characters(self, page: int) -> int:
        """Characters of the text layer of `page` (from 0), white space left out; none for a page that is lost."""
        try:
            return int(_number(self._ask("characters", page=page), "characters"))
        except ChildLost:
            return 0

    def _about_picture(self) -> JsonObject:
        try:
            return self._ask(
                "picture_facts",
                max_pixels=self._limits.max_pixels,
                max_page_px=self._limits.max_page_px,
                max_frames=self._limits.max_pages,
            )
        except ChildLost:
            raise BadInput("picture.broken", "the picture cannot be opened safely: it is damaged") from None

    def _text_layer(self, pages: int) -> bool | None:
        """Whether any of some pages, evenly spread, holds text; None when the first of them could not be asked."""
        step = max(1, pages // SAMPLED_PAGES)
        for page in range(0, pages, step)[:SAMPLED_PAGES]:
            try:
                if _number(self._ask("characters", page=page), "characters"):
                    return True
            except ChildLost:
                return None
        return False

    def _ask(self, what: str, **more: JsonValue) -> JsonObject:
        return self._child.ask({"ask": what, "path": str(self._path), "media_type": self._media_type, **more})


def pdf_facts(path: Path, *, max_pages: int = MAX_PAGES) -> JsonObject:
    """{pages, width_pt, height_pt, text_layer} of the PDF at `path`.

    Raises BadInput (`pdf.password`, `pdf.broken`, `pdf.empty`) and TooLarge (`pdf.pages`).
    """
    with PageSource(path, PDF, PageLimits(max_pages=max_pages)) as source:
        return source.facts()


def picture_facts(
    path: Path,
    media_type: str | None = None,
    *,
    max_pixels: int = MAX_PIXELS,
    max_page_px: int = MAX_PAGE_PX,
    max_pages: int = MAX_PAGES,
) -> JsonObject:
    """{width, height, frames, complete} of the picture at `path`; `media_type` None finds it from the bytes.

    Raises BadInput (`picture.broken`, `pages.type`) and TooLarge (`picture.pixels`, `picture.side`, `picture.frames`).
    """
    kind = media_type or picture_type(path)
    with PageSource(path, kind, PageLimits(max_pages, max_pixels, max_page_px)) as source:
        return source.facts()


_SIGNS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"II+\x00", "image/tiff"),
    (b"MM\x00+", "image/tiff"),
)


def picture_type(path: Path) -> str:
    """The media type of a picture by its first bytes; raises BadInput when it is none that is read."""
    with path.open("rb") as file:
        head = file.read(12)
    for sign, media_type in _SIGNS:
        if head.startswith(sign):
            return media_type
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    raise BadInput("picture.type", "this is no picture that is read; use PNG, JPEG, TIFF, BMP or WebP")
