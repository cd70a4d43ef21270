"""The types of the taxonomy by their sound, so that xwbl finds 讯问笔录 without an input method; pure, knows no page.

Readings: pypinyin, whose dictionary of phrases tells 调取 (diào qǔ) from 调解. Zh, ch and sh give z, c and s, as people
type initials.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from pipelines.files.catalogue.taxonomy import DocumentType, taxonomy


@dataclass(frozen=True, slots=True)
class SoundedType:
    """A type with the first letters of its syllables and the syllables in full, both small and without tones."""

    type: DocumentType
    initials: str
    pinyin: str


@cache
def sounded_types() -> tuple[SoundedType, ...]:
    """All types in the order of binding; brackets and other marks have no sound."""
    from pypinyin import lazy_pinyin

    found: list[SoundedType] = []
    for one in taxonomy():
        syllables: list[str] = lazy_pinyin(one.name, errors="ignore")
        found.append(SoundedType(one, "".join(syllable[0] for syllable in syllables), "".join(syllables)))
    return tuple(found)
