"""The documents of a volume out of its read pages: boundaries, types and what their catalogue rows say; pure."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from itertools import pairwise
from typing import Final

from cases.records import CaseDocument, ScannedPage
from pipelines.files.catalogue.authors import author_of
from pipelines.files.catalogue.boundaries import Vote, votes
from pipelines.files.catalogue.decoding import FIRM_KIND, JUDGE_ALONE, RuleVote, Weights, begin_odds, divided, spans
from pipelines.files.catalogue.fields import date_of, number_of
from pipelines.files.catalogue.judge import class_names, shipped_judge
from pipelines.files.catalogue.persons import Persons, persons_of, written_by_hand
from pipelines.files.catalogue.taxonomy import UNKNOWN, DocumentType, taxonomy, type_named
from pipelines.files.catalogue.titles import bare
from pipelines.files.page import is_blank

UNSURE: Final = 0.6
"""Documents less sure than this are for a person to look at first."""
LEAST_LIKELY: Final = 0.5
"""A type less likely than this is not told: the document is left to a person."""
_SIGNED: Final = 0.85
"""How sure the type of a piece is that a suspect or a witness of the volume signed."""
_OF_TWO: Final = 0.75
"""How sure a type is that shares its title with others and that no word of the text tells."""


class Way(Enum):
    """What decides: the rules, the learned judge, or both together, which is how volumes are catalogued."""

    RULES = "rules"
    JUDGE = "judge"
    BOTH = "both"


def documents_of(pages: Sequence[ScannedPage], way: Way = Way.BOTH) -> tuple[CaseDocument, ...]:
    """The documents in the order of the pages; together they hold every page once, but for blank ones before, between
    and behind them. None where no page bears a title of a case file: what was scanned is then no volume."""
    said = votes(pages)
    if not any(one.begins and one.title is not None for one in said):
        return ()
    if way is Way.RULES:
        return _ruled(pages, said)
    return _judged(pages, said, way)


def _ruled(pages: Sequence[ScannedPage], said: Sequence[Vote]) -> tuple[CaseDocument, ...]:
    begins, persons = [one for one in said if one.begins], persons_of(pages)
    ends = [later.page for _, later in pairwise(begins)] + [len(pages)]
    found: list[CaseDocument] = []
    for begin, end in zip(begins, ends, strict=True):
        span = pages[begin.page : end]
        kind, sureness = _type(begin, span, persons)
        found.append(_document(span, begin, kind, sureness * begin.sureness))
    return tuple(found)


def _judged(pages: Sequence[ScannedPage], said: Sequence[Vote], way: Way) -> tuple[CaseDocument, ...]:
    judge = shipped_judge()
    opinion = judge.opinion([pages[one.page] for one in said])
    weights = (
        JUDGE_ALONE if way is Way.JUDGE else Weights(judge.joint.tolist(), judge.typed.tolist(), judge.sure.tolist())
    )
    persons = persons_of(pages)
    ruled = [rule_vote(one, [pages[one.page]], persons) for one in said]
    begins = divided(ruled, opinion, weights)
    ends = [*(said[at].page for at in begins[1:]), len(pages)]
    held = [pages[said[at].page : end] for at, end in zip(begins, ends, strict=True)]
    kinds = [rule_vote(said[at], span, persons) for at, span in zip(begins, held, strict=True)]
    found = spans(begins, kinds, begin_odds(ruled, opinion, weights), opinion, weights)
    names = class_names()
    return tuple(
        _document(
            span,
            said[one.first],
            type_named(names[one.kind]) if one.likely >= LEAST_LIKELY else None,
            min(one.sureness, _OF_TWO) if len(rule.among) > 1 and not rule.firm_kind else one.sureness,
        )
        for span, rule, one in zip(held, kinds, found, strict=True)
    )


def rule_vote(said: Vote, span: Sequence[ScannedPage], persons: Persons) -> RuleVote:
    """What the rules say of the document of these pages in a volume that names these persons."""
    kind, sureness = _type(said, span, persons)
    begins = said.sureness if said.begins else 1 - said.sureness
    sure = said.title is not None and said.title.sureness >= FIRM_KIND
    among = tuple(one.order for one in said.title.types) if sure and said.title is not None else ()
    return RuleVote(begins, kind.order if kind is not None else None, sureness, among)


def text_of(pages: Sequence[ScannedPage]) -> str:
    """All that stands on the pages, without blanks."""
    return "".join(line.text.replace(" ", "") for page in pages for line in page.lines)


def _document(span: Sequence[ScannedPage], begin: Vote, kind: DocumentType | None, confidence: float) -> CaseDocument:
    pages = [page for page in span if not is_blank(page)]
    name = kind.name if kind is not None else UNKNOWN
    return CaseDocument(
        type=name,
        title=bare(begin.title.text) if begin.title is not None else name,
        number=number_of(pages[0], begin.title),
        date=date_of(pages, name),
        author=author_of(pages, begin.title, name),
        first_page=pages[0].number,
        last_page=pages[-1].number,
        confidence=round(confidence, 3),
    )


def _type(begin: Vote, span: Sequence[ScannedPage], persons: Persons) -> tuple[DocumentType | None, float]:
    """The type, and how sure it is: by the title, by words of the text where titles are shared or
    missing, by who signed where neither tells."""
    text = text_of(span)
    if begin.title is None:
        if known := [one for one in taxonomy() if one.is_known_by(text)]:
            return known[0], 0.7
        signed = type_named(written_by_hand(span, persons) or "")
        return (signed, _SIGNED) if signed is not None else (None, 0.3)
    types = begin.title.types
    told = [(sum(text.count(word) for word in one.told_by), one) for one in types]
    best = max(told, key=lambda pair: pair[0])
    plain = [one for one in types if not one.told_by]
    if best[0]:
        return best[1], begin.title.sureness
    if plain:
        return plain[0], begin.title.sureness if len(types) == 1 else _OF_TWO * begin.title.sureness
    return best[1], begin.title.sureness * (_OF_TWO if len(types) > 1 else 1.0)
