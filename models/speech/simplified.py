"""Simplified Chinese with its own punctuation from whatever a model writes; changes characters, never their number.

Whisper writes traditional characters now and then, also for Mandarin. Words keep their length, so that every character
keeps its place in the recording. Conversion tables: OpenCC, t2s (Apache-2.0).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Protocol

_AS_PARTICLE = re.compile(r"(?<![显顯名原土编編论論专專译譯卓昭巨拙遗遺合新旧舊所])著(?![名作述称稱书書者录錄文])")
"""著 where it stands for 着 (随著, 看著): the table leaves it, since 著名 and 编著 keep it in simplified script."""
_MARKS = {",": "，", ".": "。", "?": "？", "!": "！", ":": "：", ";": "；"}
_MARK = re.compile(r"(?<=[\u3400-\u9fff])[,.?!:;](?![\w.])|(?<=[\u3400-\u9fff])[,?!:;](?=[\u3400-\u9fff])")


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


@cache
def _converter() -> _Converter:
    import opencc

    made: _Converter = opencc.OpenCC("t2s")
    return made


def simplified(text: str) -> str:
    """`text` in simplified characters, as many as before."""
    converter = _converter()
    text = _AS_PARTICLE.sub("着", text)
    whole = converter.convert(text)
    if len(whole) == len(text):
        return whole
    # A phrase rule changed the length: character by character none does, or the character stays.
    single = [converter.convert(character) for character in text]
    return "".join(new if len(new) == 1 else old for new, old in zip(single, text, strict=True))


def chinese_marks(text: str) -> str:
    """`text` with the full-width marks of Chinese after Chinese characters; decimal points and times stay."""
    return _MARK.sub(lambda match: _MARKS[match[0]], text)


def cut_like(whole: str, words: Sequence[str]) -> list[str]:
    """`whole` cut into pieces as long as `words`, which it was made from."""
    found: list[str] = []
    position = 0
    for word in words:
        found.append(whole[position : position + len(word)])
        position += len(word)
    return found
