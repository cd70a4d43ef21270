"""What a stretch of talk is about, in features that survive a clerk's pen and a machine's ear; pure.

Fillers, particles, pronouns and negators go, forms of one word become one, quantities become their value, and what is
left is spelled by its sound, so that homophones are one. Offsets are those of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import pairwise

from pipelines.speech.compare.lexicon import FILLERS, FUNCTION_WORDS, NEGATORS
from pipelines.speech.compare.quantity import Quantity, Unit
from pipelines.speech.compare.sound import merged, syllables
from pipelines.speech.compare.synonyms import RELATED, SYNONYMS


@dataclass(frozen=True, slots=True)
class Token:
    """One character by its sound, or one quantity by its value, and its place in the text."""

    key: str
    start: int
    end: int


@cache
def _pattern() -> tuple[re.Pattern[str], dict[str, str]]:
    """The words to look for, longest first, and what each becomes ("" for nothing)."""
    becomes = dict.fromkeys((*FUNCTION_WORDS, *NEGATORS, *FILLERS), "")
    becomes |= {word: group[0] for group in SYNONYMS for word in group}
    ordered = sorted(becomes, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, ordered))), becomes


def tokens(text: str, found: Sequence[Quantity] = ()) -> list[Token]:
    """The content of `text` (made `plain` before); `found` are its quantities, in order."""
    pattern, becomes = _pattern()
    sounds = syllables(text)
    made: list[Token] = []
    position = 0
    for quantity in (*found, None):
        end = quantity.start if quantity is not None else len(text)
        while position < end:
            match = pattern.match(text, position, end)
            if match is None:
                if text[position].isalnum():
                    made.append(Token(merged(sounds[position].lower()), position, position + 1))
                position += 1
                continue
            if becomes[match[0]]:
                made.append(Token(f"={becomes[match[0]]}", match.start(), match.end()))
            position = match.end()
        if quantity is not None:
            made.append(Token(quantity_key(quantity), quantity.start, quantity.end))
            position = quantity.end
    return made


@cache
def _related() -> tuple[re.Pattern[str], dict[str, str]]:
    """The words that clerks write for one another, longest first, and the group of each."""
    becomes = {word: group[0] for group in RELATED for word in group}
    return re.compile("|".join(map(re.escape, sorted(becomes, key=len, reverse=True)))), becomes


@lru_cache(maxsize=16384)
def loosened(text: str, found: tuple[Token, ...], start: int) -> tuple[str, ...]:
    """The keys of the tokens of `text`, which begins at `start`; words that clerks write for one another are one."""
    pattern, becomes = _related()
    spans = [(m.start() + start, m.end() + start, f"~{becomes[m[0]]}") for m in pattern.finditer(text)]
    keys = [t.key for t in found if not any(a < t.end and t.start < b and t.key[0] != "#" for a, b, _ in spans)]
    return (*keys, *(key for _, _, key in spans))


def quantity_key(quantity: Quantity) -> str:
    """One key for what is probably one value; 晚上十点 and 10点 share theirs."""
    value = quantity.value
    if quantity.unit is Unit.TIME and isinstance(value, tuple):
        return f"#time:{(value[0] or 0) % 12}"
    if quantity.unit is Unit.DATE and isinstance(value, tuple):
        return f"#date:{value[1] or ''}-{value[2] or ''}-{value[3] or ''}"
    if isinstance(value, str):
        return f"#{value}"
    if quantity.unit is Unit.COUNT:
        return f"#{value:g}{quantity.of}"
    return f"#{value:g}" if isinstance(value, int | float) else f"#{value}"


def features(found: Sequence[Token]) -> list[str]:
    """Single keys and pairs of neighbours, for comparing what two stretches are about."""
    keys = [token.key for token in found]
    return [*keys, *(f"{a} {b}" for a, b in pairwise(keys))]


def weights_of(documents: Iterable[Iterable[str]]) -> dict[str, float]:
    """How much each feature tells (inverse document frequency, Spärck Jones 1972), 0 to 1."""
    from math import log

    counted: dict[str, int] = {}
    total = 0
    for document in documents:
        total += 1
        for feature in set(document):
            counted[feature] = counted.get(feature, 0) + 1
    top = log(1 + total) or 1.0
    return {feature: log((1 + total) / seen) / top for feature, seen in counted.items()}
