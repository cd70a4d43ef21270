"""The documents of a volume out of its read pages: boundaries, types and what their catalogue rows say; pure."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from cases.records import CaseDocument, ScannedPage
from pipelines.files.catalogue.boundaries import Beginning, beginnings
from pipelines.files.catalogue.fields import author_of, date_of, number_of
from pipelines.files.catalogue.taxonomy import DocumentType, taxonomy
from pipelines.files.catalogue.titles import bare
from pipelines.files.page import is_blank

UNKNOWN: Final = "其他材料"
"""What no rule knows: a person names it."""
UNSURE: Final = 0.6
"""Documents less sure than this are for a person to look at first."""
_OF_TWO: Final = 0.75
"""How sure a type is that shares its title with others and that no word of the text tells."""


def documents_of(pages: Sequence[ScannedPage]) -> tuple[CaseDocument, ...]:
    """The documents in the order of the pages; together they hold every page once, but for blank ones before, between
    and behind them. None where no page bears a title of a case file: what was scanned is then no volume."""
    begins = beginnings(pages)
    if not any(one.title is not None for one in begins):
        return ()
    ends = [later.page for _, later in pairwise(begins)] + [len(pages)]
    return tuple(_document(pages[one.page : end], one) for one, end in zip(begins, ends, strict=True))


def _document(span: Sequence[ScannedPage], begin: Beginning) -> CaseDocument:
    pages = [page for page in span if not is_blank(page)]
    text = "".join(line.text.replace(" ", "") for page in pages for line in page.lines)
    kind, sureness = _type(begin, text)
    name = kind.name if kind is not None else UNKNOWN
    return CaseDocument(
        type=name,
        title=bare(begin.title.text) if begin.title is not None else name,
        number=number_of(pages[0], begin.title),
        date=date_of(pages, name),
        author=author_of(pages, begin.title, name),
        first_page=pages[0].number,
        last_page=pages[-1].number,
        confidence=round(sureness * begin.sureness, 3),
    )


def _type(begin: Beginning, text: str) -> tuple[DocumentType | None, float]:
    """The type, and how sure it is: by the title, by words of the text where titles are shared or missing."""
    if begin.title is None:
        known = [one for one in taxonomy() if one.is_known_by(text)]
        return (known[0], 0.7) if known else (None, 0.3)
    types = begin.title.types
    told = [(sum(text.count(word) for word in one.told_by), one) for one in types]
    best = max(told, key=lambda pair: pair[0])
    plain = [one for one in types if not one.told_by]
    if best[0]:
        return best[1], begin.title.sureness
    if plain:
        return plain[0], begin.title.sureness if len(types) == 1 else _OF_TWO * begin.title.sureness
    return best[1], begin.title.sureness * (_OF_TWO if len(types) > 1 else 1.0)
