"""How Chinese characters sound and how far two sounds are apart; knows no hotword and no transcript.

Distances follow what is confused in fact: tones by recognisers, and zh/z, ch/c, sh/s, n/l, f/h, -ng/-n by speakers of
many regions. Readings: pypinyin, whose dictionary of phrases tells 银行 from 行走.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

HAN = re.compile(r"[\u3400-\u9fff]+")
TONE = 0.1
"""Same syllable, other tone: recognisers choose characters by context, not by tone."""
FUZZY = 0.3
"""For each part of a syllable that is within a regional confusion."""
PART = 0.7
"""Only the initial or only the final is alike."""
OTHER = 1.0
SECOND_READING = 0.15
"""For a reading of a character that is not the one of its phrase."""
NAME_READINGS = {
    **{"单": ("shan4", "dan1"), "曾": ("zeng1", "ceng2"), "解": ("xie4", "jie3"), "仇": ("qiu2", "chou2")},
    **{
        "区": ("ou1", "qu1"),
        "查": ("zha1", "cha2"),
        "盖": ("ge3", "gai4"),
        "翟": ("zhai2", "di2"),
        "尉": ("yu4", "wei4"),
    },
    **{
        "任": ("ren2", "ren4"),
        "华": ("hua4", "hua2"),
        "葛": ("ge3", "ge2"),
        "盛": ("sheng4", "cheng2"),
        "召": ("shao4", "zhao4"),
    },
    **{
        "石": ("shi2", "dan4"),
        "沈": ("shen3", "chen2"),
        "藏": ("zang4", "cang2"),
        "朴": ("piao2", "pu3"),
        "缪": ("miao4", "mou2"),
    },
    **{"长": ("chang2", "zhang3"), "乐": ("yue4", "le4"), "行": ("xing2", "hang2"), "重": ("zhong4", "chong2")},
    **{
        "朝": ("chao2", "zhao1"),
        "贾": ("jia3", "gu3"),
        "覃": ("qin2", "tan2"),
        "谌": ("chen2", "shen4"),
        "洗": ("xi3", "xian3"),
    },
}
"""Surnames whose reading differs from the character's usual one, and characters of names with two readings in use."""

_INITIAL = re.compile(r"zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw]")
_FUZZY_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "n": "l"}
_FUZZY_H = {"hu": "fu", "hua": "fa", "huan": "fan", "huang": "fang", "hui": "fei", "hun": "fen", "huo": "fo"}


_UNKNOWN = cast("Callable[[str], str]", lambda part: [""] * len(part))
"""Characters without a reading stay in their places; pypinyin takes a list here, whatever its types say."""


@dataclass(frozen=True, slots=True)
class Syllable:
    """One reading: initial, final and tone 1 to 5, and the class of what is taken for it."""

    initial: str
    final: str
    tone: str
    initial_class: str
    final_class: str

    @property
    def sound_class(self) -> str:
        """What is shared by all that is easily taken for each other."""
        return self.initial_class + self.final_class


@lru_cache(maxsize=4096)
def syllable(spelled: str) -> Syllable:
    """The syllable of pinyin with a tone digit, lv4 for 绿."""
    bare, tone = spelled.rstrip("12345"), spelled[-1:]
    initial, final = _split(bare)
    near_initial, near_final = _split(_FUZZY_H.get(bare, bare))
    if near_final.endswith("ng") and not near_final.endswith("ong"):
        near_final = near_final.removesuffix("g")
    return Syllable(initial, final, tone, _FUZZY_INITIALS.get(near_initial, near_initial), near_final)


def _split(bare: str) -> tuple[str, str]:
    match = _INITIAL.match(bare)
    return (match[0], bare[match.end() :]) if match else ("", bare)


def readings(run: str) -> list[tuple[Syllable, ...]]:
    """For each character of a run of Chinese characters its readings, that of the phrase first; () for unknown ones.

    Second readings are those in use (NAME_READINGS): dictionaries also list ones that nobody would hear today.
    """
    from pypinyin import Style, lazy_pinyin

    spelled = lazy_pinyin(run, style=Style.TONE3, neutral_tone_with_five=True, errors=_UNKNOWN)
    found: list[tuple[Syllable, ...]] = []
    for character, first in zip(run, spelled, strict=True):
        rest = [one for one in NAME_READINGS.get(character, ()) if one != first]
        found.append(tuple(syllable(one) for one in [first, *rest] if one))
    return found


def apart(one: Syllable, other: Syllable) -> float:
    """How far two syllables are apart: 0 for the same, 1 for what nobody takes for each other."""
    if (one.initial, one.final) == (other.initial, other.final):
        return 0.0 if one.tone == other.tone else TONE
    initials = _parts_apart(one.initial, other.initial, one.initial_class == other.initial_class)
    finals = _parts_apart(one.final, other.final, one.final_class == other.final_class)
    if initials < OTHER and finals < OTHER:
        return min(initials + finals, PART)
    return PART if initials < OTHER or finals < OTHER else OTHER


def _parts_apart(one: str, other: str, alike: bool) -> float:
    if one == other:
        return 0.0
    return FUZZY if alike else OTHER


def characters_apart(heard: Sequence[Syllable], meant: Sequence[Syllable]) -> float:
    """The nearest that two characters come to each other by any of their readings."""
    best = OTHER
    for place, one in enumerate(heard):
        for rank, other in enumerate(meant):
            best = min(best, apart(one, other) + SECOND_READING * ((place > 0) + (rank > 0)))
    return best
