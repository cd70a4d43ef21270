"""How names and words are typed in Latin letters: pinyin whole and by initials; knows no index and no query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from importlib.resources import files
from itertools import islice, product

from pipelines.files.catalogue.taxonomy import taxonomy
from pipelines.speech.pinyin import HAN, Syllable, readings

MAX_NAME = 8
"""Characters of the longest name or word that is typed so; longer ones are found by a part."""
MAX_READINGS = 4
"""Readings of one name: 单于 and the like have some, most names one."""
MIN_FREQUENCY = 20
"""Of the dictionary's 350,000 words these are the 70,000 that texts use."""
_WORD = re.compile(r"[\u4e00-\u9fff]{2,4}")


def keys_of(name: str) -> list[str]:
    """The Latin keys that a Chinese name or word is typed by; none for anything else."""
    if not 2 <= len(name) <= MAX_NAME or HAN.fullmatch(name) is None:
        return []
    syllables = readings(name)
    if not all(syllables):
        return []
    spelled = list(islice(product(*syllables), MAX_READINGS))
    return list(dict.fromkeys(key for one in spelled for key in (_whole(one), _initials(one))))


def _whole(syllables: Iterable[Syllable]) -> str:
    return "".join(one.initial + one.final for one in syllables)


def _initials(syllables: Iterable[Syllable]) -> str:
    return "".join((one.initial or one.final)[:1] for one in syllables)


def typed(names: Iterable[str]) -> tuple[tuple[str, str], ...]:
    """(key, name) of every name that can be typed."""
    return tuple((key, name) for name in dict.fromkeys(names) for key in keys_of(name))


def dictionary() -> Iterator[tuple[str, int, str]]:
    """(key, rank, word) of the words of the trade, first, and of the usual words by frequency (jieba's list, MIT)."""
    trade = [leaf.name for leaf in taxonomy()]
    lines = files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").splitlines()
    counted = [(parts[0], int(parts[1])) for parts in map(str.split, lines) if len(parts) > 1]
    usual = [(word, often) for word, often in counted if often >= MIN_FREQUENCY and _WORD.fullmatch(word)]
    usual.sort(key=lambda pair: -pair[1])
    for rank, word in enumerate([*trade, *(word for word, _ in usual)]):
        for key in keys_of(word):
            yield key, rank, word
