"""Whom a volume names as suspects and witnesses, and so what a piece without a title is that one of them signed; pure.

亲笔供词 and 亲笔证词 mostly bear no title, and no two people word them alike. Who signed tells them apart: the suspect
of the other documents of the volume confesses, somebody whom they question or quote bears witness.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from cases.records import ScannedPage
from pipelines.files.catalogue.authors import signature_of
from pipelines.files.catalogue.marks import is_talk

CONFESSION, TESTIMONY = "亲笔供词", "亲笔证词"
LEAST_LETTERS: Final = 60
"""A piece that tells something is as long as this; a note or a receipt is shorter."""
_SUSPECT = re.compile(r"(?:犯罪嫌疑人|被讯问人|被告人)(?:姓名)?[:：]?\s*([\u4e00-\u9fff]{2,4})")
_WITNESS = re.compile(r"(?:(?<!见)证人|被询问人|被害人)(?:姓名|（被害人）)?[:：]?\s*([\u4e00-\u9fff]{2,4})")


@dataclass(frozen=True, slots=True)
class Persons:
    """The letters that follow the words for a suspect and for a witness; a name is one of either when they begin with
    it."""

    suspects: Counter[str]
    witnesses: Counter[str]

    def is_suspect(self, name: str) -> bool:
        """Whether the volume calls somebody of this name a suspect more often than a witness."""
        return self._times(self.suspects, name) > self._times(self.witnesses, name)

    def is_witness(self, name: str) -> bool:
        """Whether the volume calls somebody of this name a witness or victim."""
        return self._times(self.witnesses, name) > 0

    def _times(self, named: Counter[str], name: str) -> int:
        return sum(times for letters, times in named.items() if letters.startswith(name))


def persons_of(pages: Sequence[ScannedPage]) -> Persons:
    """Whom the pages of a volume name."""
    texts = [line.text for page in pages for line in page.lines]
    return Persons(
        Counter(found[1] for text in texts for found in _SUSPECT.finditer(text)),
        Counter(found[1] for text in texts for found in _WITNESS.finditer(text)),
    )


def written_by_hand(span: Sequence[ScannedPage], persons: Persons) -> str | None:
    """The type of a piece without a title that a suspect or witness signed; None for any other."""
    letters = sum(len(line.text) for page in span for line in page.lines)
    if letters < LEAST_LETTERS or any(is_talk(page) or page.tables for page in span):
        return None
    name = signature_of(span)
    if name is None:
        return None
    if persons.is_suspect(name):
        return CONFESSION
    return TESTIMONY if persons.is_witness(name) else None
