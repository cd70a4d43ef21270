"""Chinese text to Kokoro's phonemes, character by character, so that the length of each phoneme times each character.

The phonemes are those of misaki's Mandarin reader (jieba for words, pypinyin for readings); this module keeps which
character each came from, which misaki does not tell.  Numerals and Latin letters are read out first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from benchmarks.accuracy.chinese_text import read_out
from pipelines.numerals import one_by_one

_NAMES = "A bi si di i ɛf ʤi Aʧ I ʤA kA ɛl ɛm ɛn O pi kju ɑɹ ɛs ti ju vi dʌbᵊlju ɛks wI zi"
LETTERS: Final = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", _NAMES.split(), strict=True))
"""How letters of plates and accounts are said, in Kokoro's English phonemes."""
_WORD = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z]|[^\u4e00-\u9fffA-Za-z]")
_PLATE = re.compile(r"(?<=[A-Za-z])\d+")
_NON_SYLLABIC: Final = chr(815)
"""A mark of misaki's transcription that Kokoro has no symbol for; misaki drops it too."""


@dataclass(frozen=True, slots=True)
class Said:
    """A character of the text as said, and its phonemes; punctuation is said too, as a pause."""

    character: str
    phonemes: str


def spoken(text: str) -> str:
    """The text as it is said: numerals read out, digit by digit after a letter (a plate), letters large."""
    return read_out(_PLATE.sub(lambda match: one_by_one(match[0]), text)).upper()


def read(text: str) -> tuple[Said, ...]:
    """Every character of `spoken(text)` with its phonemes, in order."""
    found: list[Said] = []
    for piece in _WORD.findall(spoken(text)):
        if piece in LETTERS:
            found.append(Said(piece, LETTERS[piece] + " "))
        elif "\u4e00" <= piece[0] <= "\u9fff":
            found.extend(_characters(piece))
        else:
            found.append(Said(piece, _mark(piece)))
    return tuple(found)


def _characters(run: str) -> list[Said]:
    from pypinyin import Style, lazy_pinyin

    found: list[Said] = []
    for number, word in enumerate(_reader()[1].lcut(run, cut_all=False)):
        syllables = lazy_pinyin(word, style=Style.TONE3, neutral_tone_with_five=True)
        said = [_reader()[0].py2ipa(syllable).replace(_NON_SYLLABIC, "") for syllable in syllables]
        # Words are held apart by a space, as the model was trained.
        said[0] = f" {said[0]}" if number else said[0]
        found.extend(Said(character, phonemes) for character, phonemes in zip(word, said, strict=True))
    return found


def _mark(mark: str) -> str:
    return str(_reader()[0].map_punctuation(f"字{mark}字")[1:-1])


@cache
def _reader() -> tuple[Any, Any]:
    """misaki's reader and its segmenter; they take seconds to load, so only when there is something to read."""
    import jieba
    from misaki.zh import ZHG2P

    return ZHG2P, jieba
