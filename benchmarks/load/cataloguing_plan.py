"""The acts that lead from the documents that a machine proposes to the true ones, in order of pages; knows no browser.

As a clerk works: from the front, the border of the next document first, then its type, so that what lies before the
hand is right at any time. The acts are those of the cataloguing board: begin a document at a page, join one to the one
before, type one, confirm one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from cases.records import CaseDocument

Deed = Literal["split", "merge", "type", "confirm"]


@dataclass(frozen=True, slots=True)
class Act:
    """What is done, at which page; `type` is what the document is where one is begun or typed."""

    deed: Deed
    page: int
    type: str = ""


def plan(proposed: Sequence[CaseDocument], truth: Sequence[CaseDocument]) -> list[Act]:
    """Acts for each true document: its borders mended, its type set where it is wrong, else it is confirmed.

    A document that a border act touched needs no confirmation: the act says who decided it.
    """
    types = {one.first_page: one.type for one in proposed}
    touched: set[int] = set()
    acts: list[Act] = []
    for true in truth:
        acts += _borders(true, types, touched)
        if types[true.first_page] != true.type:
            acts.append(Act("type", true.first_page, true.type))
            types[true.first_page] = true.type
        elif true.first_page not in touched:
            acts.append(Act("confirm", true.first_page))
    return acts


def _borders(true: CaseDocument, types: dict[int, str], touched: set[int]) -> Iterator[Act]:
    if true.first_page not in types:
        before = max(page for page in types if page < true.first_page)
        types[true.first_page] = true.type
        touched.update((before, true.first_page))
        yield Act("split", true.first_page, true.type)
    for page in sorted(page for page in types if true.first_page < page <= true.last_page):
        del types[page]
        touched.add(true.first_page)
        yield Act("merge", page)
