"""Lines of a read volume as a person leaves them: corrected or confirmed, and all that follows from their text; pure.

The page pictures, the boxes and the order of the lines never change; the version before stays where versions are kept.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from cases.records import PageLine, ScannedPage, ScanRecord
from models.errors import BadInput
from pipelines.files.catalogue.checks import findings
from pipelines.files.page import volume_text
from pipelines.files.review.documents import catalogued
from pipelines.files.tables.follow import followed

LINE_CHARS: Final = 2_000
"""Characters of a line at most: the widest table row of a page has some hundreds."""
VOUCHED: Final = 1.0
"""Confidence of a line or document that a person confirmed: what the machine thought of its own no longer counts."""


@dataclass(frozen=True, slots=True)
class LineFix:
    """Line `line` (from 0) of page `page` read `was` and reads `text`; the same text confirms it as it is."""

    page: int
    line: int
    was: str
    text: str


def corrected(record: ScanRecord, fixes: Sequence[LineFix], by: str, *, carried: bool = False) -> ScanRecord:
    """`record` with `fixes` by the account `by`; text, tables, catalogue and findings follow where the text changed.

    Documents that a person decided stay. With `carried` the fixes were made on an older version: a line that reads
    otherwise meanwhile takes a correction all the same, but no mere confirmation of what it read. Raises BadInput for
    a place that is not there, for a line given twice, for an empty or overlong text, and, without `carried`, for a
    line that does not read `was`.
    """
    places = {page.number: at for at, page in enumerate(record.pages)}
    pages = [list(page.lines) for page in record.pages]
    seen: set[tuple[int, int]] = set()
    for fix in fixes:
        if fix.page not in places or not 0 <= fix.line < len(pages[places[fix.page]]):
            raise BadInput("review.place", f"the record has no line {fix.line} on page {fix.page}")
        if (fix.page, fix.line) in seen:
            raise BadInput("review.twice", f"line {fix.line} of page {fix.page} is given twice; send it once")
        seen.add((fix.page, fix.line))
        lines = pages[places[fix.page]]
        lines[fix.line] = _fixed(lines[fix.line], fix, by, carried)
    changed = tuple(_with_lines(page, lines) for page, lines in zip(record.pages, pages, strict=True))
    if all(_texts(old) == _texts(new) for old, new in zip(record.pages, changed, strict=True)):
        return replace(record, pages=changed)
    documents = catalogued(changed, record.documents)
    return replace(
        record, pages=changed, documents=documents, text=volume_text(changed), findings=findings(changed, documents)
    )


def _fixed(line: PageLine, fix: LineFix, by: str, carried: bool) -> PageLine:
    text = fix.text.strip()
    if not text or len(text) > LINE_CHARS or any(unicodedata.category(letter)[0] == "C" for letter in text):
        raise BadInput("review.text", f"a line has 1 to {LINE_CHARS} characters, and no control characters")
    if line.text != fix.was and not carried:
        raise BadInput("review.was", f"line {fix.line} of page {fix.page} does not read {fix.was!r} in this version")
    if line.text != fix.was == text:
        # A mere confirmation of what stood there before takes back nobody's correction.
        return line
    return replace(line, text=text, confidence=VOUCHED, confirmed_by=by)


def _with_lines(page: ScannedPage, lines: Sequence[PageLine]) -> ScannedPage:
    if all(a is b for a, b in zip(page.lines, lines, strict=True)):
        return page
    return replace(page, lines=tuple(lines), tables=followed(page, lines))


def _texts(page: ScannedPage) -> list[str]:
    return [line.text for line in page.lines]
