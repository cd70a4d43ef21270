"""The documents of a volume as a person decides them: split, merged, typed, named; what the machine adds around; pure.

A person's choice outranks the machine: where the text is corrected later, only pages that nobody decided are
catalogued anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby
from typing import Final

from cases.records import CaseDocument, ScannedPage, ScanRecord
from models.errors import BadInput
from pipelines.files.catalogue.checks import findings
from pipelines.files.catalogue.documents import documents_of
from pipelines.files.catalogue.taxonomy import UNKNOWN, type_named
from pipelines.files.page import blank_pages

FIELD_CHARS: Final = 200
"""Characters of a title, number or author at most; a row of the 卷内目录 holds some forty."""


def decided(
    record: ScanRecord, documents: Sequence[CaseDocument], by: str, earlier: ScanRecord | None = None
) -> ScanRecord:
    """`record` with `documents` in place of its own, by the account `by`; findings follow.

    A document that is the record's own stays what it was, unless `confirmed_by` is set on one that nobody decided yet;
    any other is `by`'s decision. With `earlier`, another version of the record, one that stands there so, confirmed or
    open as it is sent, stands again as it did: that takes a decision back without vouching for what the machine only
    proposed. Raises BadInput where the documents do not hold every page once and in order, but for
    blank ones, for a type that the taxonomy does not have, and for a title, number, author or date that is none.
    """
    _check_pages(record.pages, documents)
    own = {_said(one): one for one in record.documents}
    then = {_said(one): one for one in earlier.documents} if earlier is not None else {}
    kept = tuple(_as_then(one, then) or _document(one, own, by) for one in documents)
    return replace(record, documents=kept, findings=findings(record.pages, kept))


def catalogued(pages: Sequence[ScannedPage], documents: Sequence[CaseDocument]) -> tuple[CaseDocument, ...]:
    """The documents of `pages` read anew, those of `documents` that a person decided as they are."""
    fixed = [one for one in documents if one.confirmed_by is not None]
    if not fixed:
        return documents_of(pages)
    found = list(fixed)
    for run in _undecided(pages, fixed):
        found += documents_of(run) or _within(run, documents)
    return tuple(sorted(found, key=lambda one: one.first_page))


def _undecided(pages: Sequence[ScannedPage], fixed: Sequence[CaseDocument]) -> Iterator[list[ScannedPage]]:
    """Runs of neighbouring pages that are in no document of `fixed`."""
    taken = {page.number for page in pages if any(one.first_page <= page.number <= one.last_page for one in fixed)}
    for free, run in groupby(pages, key=lambda page: page.number not in taken):
        if free:
            yield list(run)


def _within(run: Sequence[ScannedPage], documents: Sequence[CaseDocument]) -> list[CaseDocument]:
    """Those of `documents` that lie in the run, cut to it: the run alone has no title to go by."""
    first, last = run[0].number, run[-1].number
    return [
        replace(one, first_page=max(first, one.first_page), last_page=min(last, one.last_page))
        for one in documents
        if one.confirmed_by is None and one.first_page <= last and one.last_page >= first
    ]


def _check_pages(pages: Sequence[ScannedPage], documents: Sequence[CaseDocument]) -> None:
    numbers = [page.number for page in pages]
    held = [number for one in documents for number in numbers if one.first_page <= number <= one.last_page]
    # A blank page between two documents may be in neither.
    free = set(blank_pages(pages)).difference(held)
    wanted = [number for number in numbers if number not in free]
    if held != wanted:
        wrong = next((n for n in wanted if held.count(n) != 1), wanted[0] if wanted else 0)
        raise BadInput(
            "review.pages", f"the documents must hold every page once and in order; look at page {wrong} of the scan"
        )
    there = set(numbers)
    for one in documents:
        if one.first_page not in there or one.last_page not in there:
            raise BadInput("review.pages", f"no page {one.first_page} to {one.last_page} in this record")


def _as_then(one: CaseDocument, then: dict[CaseDocument, CaseDocument]) -> CaseDocument | None:
    """How the document stood in the version gone back to, if it was as open or decided there as it is sent."""
    earlier = then.get(_said(one))
    stood = earlier is not None and (earlier.confirmed_by is None) == (one.confirmed_by is None)
    return earlier if stood else None


def _document(one: CaseDocument, own: dict[CaseDocument, CaseDocument], by: str) -> CaseDocument:
    earlier = own.get(_said(one))
    if earlier is not None and (one.confirmed_by is None or earlier.confirmed_by is not None):
        return earlier
    if one.type != UNKNOWN and type_named(one.type) is None:
        raise BadInput("review.type", f"there is no document type {one.type!r}; take one of the taxonomy")
    title = one.title.strip()
    if not title:
        raise BadInput("review.title", f"the document on page {one.first_page} needs a title")
    for text in (title, one.number or "", one.author or ""):
        if len(text) > FIELD_CHARS or not text.isprintable():
            raise BadInput("review.field", f"title, number and author are one line of {FIELD_CHARS} characters at most")
    if one.date:
        _check_date(one.date)
    return replace(
        one,
        title=title,
        number=(one.number or "").strip() or None,
        author=(one.author or "").strip() or None,
        date=one.date or None,
        confidence=1.0,
        confirmed_by=by,
    )


def _check_date(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise BadInput("review.date", f"{text!r} is no date; write it as 2026-03-09") from None


def _said(one: CaseDocument) -> CaseDocument:
    """What a document says, apart from who says it and how sure."""
    return replace(one, confidence=0.0, confirmed_by=None)
