"""One PP-OCR pipeline that reads one page after another; knows no file of evidence and no reading order.

PaddleOCR finds boxes, cuts lines out and keeps them in order; the parts that cost time are ours and take the places of
PaddleX's own. A page that lies on its side or head is read as it stands turned upright. PaddleX takes no second thread:
pages that are read at the same time need a lane each.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from models.text.blank import is_blank
from models.text.detector import PageDetector
from models.text.lines import LineReader
from models.text.orientation import KEPT, UNKNOWN, Direction, LineReading, support
from models.text.seal import seals, without_seals
from models.text.seal_strip import strip
from models.values import ItemError, PageImage, PageText, Quad, TableGrid, TextLine

logger = logging.getLogger(__name__)

SMALL_PAGE_PX = 1500
"""A page whose longer side is shorter than this is read at twice its size: A4 at 72 to 130 dots an inch. Measured on
the small OmniDocBench pages: note 3.5 -> 2.5 %, newspaper 15 -> 9 % of characters wrong."""
SHORTEST_PX = 4
"""A page with a shorter side holds no readable text, and the detector cannot scale it."""
LONGEST_RATIO = 200
"""A page this many times longer than wide is a stripe; the detector would scale its other side to nothing."""
LEAST_SEAL_CONFIDENCE = 0.6
"""Below, the letters of a seal are no name but a guess at smudged ink: nobody is told a wrong organ."""
LEAST_CONFIDENCE = 0.3
"""Lines below are specks and pictures taken for text; what a person can read lies far above."""


class Ocr(Protocol):
    """The part of paddleocr.PaddleOCR that is used."""

    def predict(self, input: list[NDArray[np.uint8]]) -> list[Mapping[str, object]]: ...


@dataclass(frozen=True, slots=True)
class PageLane:
    """Reads pages one by one; `detector` is the one in `ocr`, where tables are found, and `lines` reads with the same
    recogniser."""

    ocr: Ocr
    detector: PageDetector
    lines: LineReader

    def read(self, page: PageImage) -> PageText | ItemError:
        """The lines of the page, roughly from the top, or what is wrong with it."""
        shorter, longer = sorted((page.width, page.height))
        if shorter < SHORTEST_PX or longer > LONGEST_RATIO * shorter:
            return ItemError("page.shape", f"a page of {page.width} x {page.height} pixels holds no readable text")
        try:
            return self._upright(page.pixels)
        except Exception as error:  # noqa: BLE001 - process border: what PaddleX or OpenCV raises is not theirs to name
            logger.warning("a page could not be read: %s", type(error).__name__)
            return ItemError("page.unread", f"the reader failed on this page: {type(error).__name__}")

    def _upright(self, pixels: NDArray[np.uint8]) -> PageText:
        """The lines of the page, turned where it lies on its side or head; what reads no better turned is not."""
        text, lies, letters = self._look(pixels)
        if lies.turn:
            other, again, others = self._look(turned(pixels, lies.turn))
            if not again.turn and others >= KEPT * letters:
                return self._lettered(turned(pixels, lies.turn), replace(other, rotation=lies.turn))
            lies = UNKNOWN
        if is_blank(pixels, text.lines):
            return PageText((), text.seals, blank=True)
        return self._lettered(pixels, replace(text, upright=lies.known))

    def _lettered(self, pixels: NDArray[np.uint8], text: PageText) -> PageText:
        """The page with the letters of its seals read from the ring that they stand in."""
        lines = [(at, line) for at, mark in enumerate(text.seals) if (line := strip(pixels, mark)) is not None]
        if not lines:
            return text
        marks = list(text.seals)
        for (at, _), (letters, sure) in zip(lines, self.lines.texts([line for _, line in lines]), strict=True):
            if sure >= LEAST_SEAL_CONFIDENCE:
                marks[at] = replace(marks[at], text=letters, confidence=sure)
        return replace(text, seals=tuple(marks))

    def _look(self, page: NDArray[np.uint8]) -> tuple[PageText, Direction, float]:
        """The lines of the page as it lies, how it lies, and how many letters could be read."""
        marks = seals(page)
        pixels, scale = _prepared(without_seals(page, marks))
        (found,) = self.ocr.predict([pixels])
        lines = _line_readings(found)
        lies = self.lines.direction(pixels, lines)
        grids = tuple(_smaller(one, scale) for one in self.detector.grids)
        return replace(_page_text(found, scale), grids=grids, seals=tuple(marks)), lies, support(lines)


def turned(page: NDArray[np.uint8], degrees: int) -> NDArray[np.uint8]:
    """The picture turned clockwise by quarters."""
    return np.ascontiguousarray(np.rot90(page, -degrees // 90))


def _prepared(page: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float]:
    """The pixels as PaddleOCR takes them, blue first, and how much larger than the page they are."""
    import cv2

    pixels = np.ascontiguousarray(page[:, :, ::-1])
    height, width = page.shape[:2]
    if max(width, height) >= SMALL_PAGE_PX:
        return pixels, 1.0
    size = 2 * width, 2 * height
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), np.uint8), 2.0


def _line_readings(found: Mapping[str, object]) -> list[LineReading]:
    """All lines with their boxes in pixels of the picture that was read."""
    texts = cast("Sequence[str]", found["rec_texts"])
    scores = cast("Sequence[float]", found["rec_scores"])
    polygons = cast("Sequence[NDArray[np.int16]]", found["rec_polys"])
    return [
        LineReading(_quad(polygon, 1.0), text, float(score))
        for text, score, polygon in zip(texts, scores, polygons, strict=True)
    ]


def _page_text(found: Mapping[str, object], scale: float) -> PageText:
    texts = cast("Sequence[str]", found["rec_texts"])
    scores = cast("Sequence[float]", found["rec_scores"])
    polygons = cast("Sequence[NDArray[np.int16]]", found["rec_polys"])
    lines = (
        TextLine(text.strip(), _quad(polygon, scale), float(score))
        for text, score, polygon in zip(texts, scores, polygons, strict=True)
        if text.strip() and score >= LEAST_CONFIDENCE
    )
    return PageText(tuple(lines))


def _quad(polygon: Iterable[Iterable[float]], scale: float) -> Quad:
    (a, b, c, d) = ((float(x) / scale, float(y) / scale) for x, y in polygon)
    return a, b, c, d


def _smaller(grid: TableGrid, scale: float) -> TableGrid:
    """The table in pixels of a page that is `scale` times smaller."""
    cells = tuple(replace(cell, box=_quad(cell.box, scale)) for cell in grid.cells)
    return TableGrid(_quad(grid.box, scale), cells)
