"""How alike Chinese words sound: syllables without tone, and which of them are easily taken for one another.

A machine that mishears writes a word of the same or nearly the same syllables; a changed record seldom does. Knows no
record and no recording.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

SAME, NEAR, HALF = 1.0, 0.8, 0.4
"""Of two syllables: the same; apart by what dialects and recognisers mix up (zh/z, an/ang, n/l); by half."""
MISHEARD = 0.75
"""From here on a word counts as one that may have been misheard."""
_INITIALS = ("zh", "ch", "sh", *"bpmfdtnlgkhjqxrzcsyw")
_MERGED_INITIALS = {"zh": "z", "ch": "c", "sh": "s", "l": "n", "f": "h", "r": "n"}
_MERGED_FINALS = {"ang": "an", "eng": "en", "ing": "in", "iang": "ian", "uang": "uan", "ong": "en"}


@lru_cache(maxsize=8192)
def syllables(text: str) -> tuple[str, ...]:
    """One syllable a character; what is no Chinese character stands for itself."""
    from pypinyin import lazy_pinyin

    # A list from `errors` stands for as many characters; the package's types know the form with one string alone.
    found: list[str] = lazy_pinyin(text, errors=list)  # type: ignore[arg-type]
    return tuple(found)


@lru_cache(maxsize=4096)
def _split(syllable: str) -> tuple[str, str]:
    initial = next((i for i in _INITIALS if syllable.startswith(i)), "")
    return initial, syllable[len(initial) :]


@lru_cache(maxsize=4096)
def merged(syllable: str) -> str:
    """The syllable with what is easily mixed up made one: zhang and zan are both zan."""
    initial, final = _split(syllable)
    soft = initial if initial in ("l", "f", "r") else _MERGED_INITIALS.get(initial, initial)
    return soft + _MERGED_FINALS.get(final, final)


@lru_cache(maxsize=65536)
def alike(a: str, b: str) -> float:
    """How alike two syllables sound, 0 to 1."""
    if a == b:
        return SAME
    (ia, fa), (ib, fb) = _split(a), _split(b)
    initials = _MERGED_INITIALS.get(ia, ia) == _MERGED_INITIALS.get(ib, ib)
    finals = _MERGED_FINALS.get(fa, fa) == _MERGED_FINALS.get(fb, fb)
    if initials and finals:
        return NEAR
    return HALF if (initials and ia) or (finals and fa) else 0.0


def closeness(a: Sequence[str], b: Sequence[str]) -> float:
    """How alike two rows of syllables sound, 0 to 1: the best alignment's sum over the longer one's length."""
    if not a or not b:
        return 0.0
    row = [0.0] * (len(b) + 1)
    for x in a:
        above, row = row, [0.0]
        for n, y in enumerate(b):
            row.append(max(above[n] + alike(x, y), above[n + 1], row[n]))
    return row[-1] / max(len(a), len(b))


def best_place(needle: Sequence[str], hay: Sequence[str], *, least: float = 0.0) -> tuple[float, int, int]:
    """The stretch of `hay`, marks left out, that `needle` sounds most like: closeness, first and last place.

    Each syllable must be as alike as `least`. (0, 0, 0) when there is none.
    """
    spots = [n for n, syllable in enumerate(hay) if syllable.isalnum()]
    width = len(needle)
    best = (0.0, 0, 0)
    for at in range(max(0, len(spots) - width + 1)):
        inside = spots[at : at + width]
        scores = [alike(x, hay[n]) for x, n in zip(needle, inside, strict=True)]
        score = sum(scores) / width
        if score > best[0] and min(scores) >= least:
            best = (score, inside[0], inside[-1] + 1)
            if score == SAME:
                break
    return best
