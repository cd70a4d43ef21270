"""The 卷内目录 as the page of a read volume lists it: which row is open, which come before and after; pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cases.records import CaseDocument
from pipelines.files.catalogue.entries import CatalogueEntry, entries, listed


@dataclass(frozen=True, slots=True)
class ShownEntry:
    """A row with its pages as the scan counts them, which is what the page beside it shows."""

    entry: CatalogueEntry
    first_page: int
    last_page: int
    open: bool


@dataclass(frozen=True, slots=True)
class ShownCatalogue:
    """The rows; `previous` and `next` are the first pages of the documents before and after the open page's."""

    rows: tuple[ShownEntry, ...]
    previous: int | None
    next: int | None


def catalogue_of(documents: Sequence[CaseDocument], page: int, blank: Collection[int] = ()) -> ShownCatalogue:
    """The catalogue as page `page` of the scan shows it; on a page of no document the neighbours are those around.

    `blank` are the numbers of pages with nothing on them, which the binding leaves out.
    """
    rows = tuple(
        ShownEntry(entry, one.first_page, one.last_page, one.first_page <= page <= one.last_page)
        for entry, one in zip(entries(documents, blank=blank), listed(documents), strict=True)
    )
    before = [row.first_page for row in rows if row.last_page < page]
    after = [row.first_page for row in rows if row.first_page > page]
    return ShownCatalogue(rows, before[-1] if before else None, after[0] if after else None)
