"""What rules ask of a case: few pure functions from a case and a rule's arguments to hits and gaps, by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from pipelines.intelligence.review.casefile import CaseFile
from pipelines.intelligence.review.predicates import accuracy, contents, persons, presence, times, volumes
from pipelines.intelligence.review.rule import Arguments, Gap, Hit

Predicate: TypeAlias = Callable[[CaseFile, Arguments], "Iterator[Hit | Gap]"]

PREDICATES: Final[Mapping[str, Predicate]] = {
    "within": times.within,
    "in_order": times.in_order,
    "same_moment": times.same_moment,
    "not_repeated": times.not_repeated,
    "accompanied": presence.accompanied,
    "excluded": presence.excluded,
    "at_most_papers": presence.at_most_papers,
    "stated": presence.stated,
    "counted": presence.counted,
    "one_place": persons.one_place,
    "fit_witness": persons.fit_witness,
    "guardian_present": persons.guardian_present,
    "inside_detention": persons.inside_detention,
    "valid_identity": persons.valid_identity,
    "one_identity": persons.one_identity,
    "sums_agree": accuracy.sums_agree,
    "numbers_agree": accuracy.numbers_agree,
    "items_known": accuracy.items_known,
    "consecutive": accuracy.consecutive,
    "uncounted": accuracy.uncounted,
    "cites": contents.cites,
    "not_copied": contents.not_copied,
    "seal_of_issuer": contents.seal_of_issuer,
    "higher_organ": contents.higher_organ,
    "pages_agree": volumes.pages_agree,
    "rows_agree": volumes.rows_agree,
    "page_faults": volumes.page_faults,
    "size": volumes.size,
    "parts": volumes.parts,
}
"""The name that rules use -> the function."""
