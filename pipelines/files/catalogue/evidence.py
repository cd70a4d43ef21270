"""What the learned judge of volumes is given of a page: its letters as hashed pairs and triples, and its layout.

Pure, and the same for training and for use; knows no weights, no type and no rule. Digits count as one letter, so that
no number of a case is learned. The rows of a page that only say which page it is are left out of its letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from cases.records import PageLine, ScannedPage
from models.language.characters import character_vectors
from pipelines.files.catalogue.distance import distance_within
from pipelines.files.catalogue.marks import caption_of, is_dated, is_signed, is_talk, place_of, runs_on
from pipelines.files.order import extent, sides

BUCKETS: Final = 1 << 13
"""Places that a hashed gram may fall on."""
HEAD_LINES, TAIL_LINES = 5, 5
MOST_LETTERS: Final = 1200
"""Letters of a page that are looked at: a page of text has about a thousand."""
SAME_HEAD: Final = 8
"""Letters of a repeated head that may differ once."""
NAMES_OF_NUMBERS: Final = (
    "lines",
    "letters a line",
    "first height",
    "first centred",
    "first width",
    "second centred",
    "last right",
    "first of pages",
    "later page",
    "last of pages",
    "talk",
    "signed",
    "dated",
    "runs on",
    "first caption",
    "later caption",
    "tables",
    "seals",
    "digits",
    "head as before",
)
"""What `numbers` of a page mean, in their order."""
_DIGIT = re.compile(r"\d")
_PAGE = re.compile(r"\d{1,3}|第.{1,3}页,?，?共.{1,3}页")
_MIXERS: Final = np.array([0x9E3779B1, 0x85EBCA77, 0xC2B2AE3D], np.uint64)


@dataclass(frozen=True, slots=True)
class PageEvidence:
    """A page as the judge sees it: buckets of the grams of its head, its tail and all of it, the mean vector of its
    letters [dimensions], and its layout [numbers]."""

    head: NDArray[np.uint16]
    tail: NDArray[np.uint16]
    whole: NDArray[np.uint16]
    letters: NDArray[np.float32]
    numbers: NDArray[np.float32]


def evidence(pages: Sequence[ScannedPage]) -> list[PageEvidence]:
    """The evidence of each page, in order; each is measured against the one before it."""
    found: list[PageEvidence] = []
    before: list[str] = []
    for page in pages:
        lines = _text_lines(page)
        texts = [_plain(line.text) for line in lines]
        found.append(
            PageEvidence(
                _grams("".join(texts[:HEAD_LINES]), 1),
                _grams("".join(texts[-TAIL_LINES:]), 2),
                _grams("".join(texts)[:MOST_LETTERS], 3),
                _mean_vector("".join(texts)[:MOST_LETTERS]),
                _numbers(page, lines, texts, before),
            )
        )
        before = texts
    return found


def _text_lines(page: ScannedPage) -> list[PageLine]:
    return [line for line in page.lines if not _PAGE.fullmatch(line.text.replace(" ", ""))]


def _plain(text: str) -> str:
    return _DIGIT.sub("0", text.replace(" ", ""))


def _grams(text: str, zone: int) -> NDArray[np.uint16]:
    """Buckets of all pairs and triples of letters; a zone's grams fall on other places than another's."""
    codes = np.fromiter(map(ord, text), np.uint64, len(text))
    if len(codes) < 2:
        return np.zeros(0, np.uint16)
    mixed = codes[:, None] * _MIXERS
    pairs = mixed[:-1, 0] + mixed[1:, 1]
    triples = mixed[:-2, 0] ^ (mixed[1:-1, 1] << np.uint64(1)) ^ mixed[2:, 2]
    keys = np.concatenate([pairs, triples]) + np.uint64(zone) * np.uint64(0x27D4EB2F165667C5)
    keys ^= keys >> np.uint64(29)
    keys *= np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray((keys >> np.uint64(40)) % np.uint64(BUCKETS), np.uint16)


def _mean_vector(text: str) -> NDArray[np.float32]:
    vectors = character_vectors()(text or " ")
    return np.asarray(vectors.mean(axis=0), np.float32)


def _numbers(
    page: ScannedPage, lines: Sequence[PageLine], texts: Sequence[str], before: Sequence[str]
) -> NDArray[np.float32]:
    place, caption = place_of(page), caption_of(page)
    letters = "".join(texts)
    heights = sorted(sides(line.box)[1] for line in lines) or [1.0]
    usual = max(1.0, heights[(len(heights) - 1) // 3])
    first = lines[0] if lines else None
    values = (
        len(lines) / 30,
        len(letters) / max(1, len(lines)) / 20,
        sides(first.box)[1] / usual - 1 if first else 0.0,
        _off_centre(page, first),
        (extent(first.box).right - extent(first.box).left) / page.width if first else 0.0,
        _off_centre(page, lines[1] if len(lines) > 1 else None),
        extent(lines[-1].box).left / page.width if lines else 0.0,
        float(place is not None and place.number == 1),
        float(place is not None and place.number > 1),
        float(place is not None and place.number == place.of),
        float(is_talk(page)),
        float(is_signed(page)),
        float(is_dated(page)),
        float(runs_on(page)),
        float(caption == 1),
        float(caption is not None and caption > 1),
        float(bool(page.tables)),
        float(bool(page.seals)),
        letters.count("0") / max(1, len(letters)),
        float(_as_before(texts, before)),
    )
    return np.asarray(values, np.float32)


def _off_centre(page: ScannedPage, line: PageLine | None) -> float:
    """How far the middle of a line is from that of the page, in widths of the page; a half where there is none."""
    if line is None:
        return 0.5
    place = extent(line.box)
    return abs((place.left + place.right) / 2 / page.width - 0.5)


def _as_before(texts: Sequence[str], before: Sequence[str]) -> bool:
    mine, theirs = "".join(texts[:2]), "".join(before[:2])
    if len(mine) < SAME_HEAD:
        return False
    return distance_within(mine, theirs, len(mine) // SAME_HEAD) is not None
