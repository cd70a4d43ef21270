"""Settles characters that a recogniser doubts by the words of Chinese; knows no picture and no model.

A character that may be something else, and makes no word with its neighbours, gives way to its next reading that makes
one: 为3度假 is read 为了度假 when 了 was not much less probable than 3. Nothing that the recogniser did not see
itself is ever put in, a character that is sure stays, one that makes a word stays, and a letter or digit beside another
is part of a number or name and stays.
"""

from __future__ import annotations

from collections.abc import Sequence, Set

from models.text.ctc import Reading, Readings

SURE = 0.9
"""A character this probable is not doubted."""
NEARLY = 0.1
"""Another reading counts from this share of the first one's probability."""
SHORTEST_WORD, LONGEST_WORD = 2, 4


def settled(line: Sequence[Readings], words: Set[str]) -> list[Reading]:
    """One reading for each character of a line, left to right; a character settled helps to settle the next."""
    chosen = [of_character[0] for of_character in line]
    text = [reading.character for reading in chosen]
    for place, of_character in enumerate(line):
        others = _others(of_character)
        if not others or _in_word(text, place, words) or _in_number(text, place):
            continue
        for other in others:
            if _in_word([*text[:place], other.character, *text[place + 1 :]], place, words):
                chosen[place], text[place] = other, other.character
                break
    return chosen


def _others(of_character: Readings) -> list[Reading]:
    first, *others = of_character
    if first.probability >= SURE:
        return []
    return [one for one in others if one.probability >= NEARLY * first.probability and is_han(one.character)]


def _in_word(text: Sequence[str], place: int, words: Set[str]) -> bool:
    """Whether the character at `place` is part of a word with its neighbours."""
    for length in range(SHORTEST_WORD, LONGEST_WORD + 1):
        first, last = max(place - length + 1, 0), min(place, len(text) - length)
        if any("".join(text[start : start + length]) in words for start in range(first, last + 1)):
            return True
    return False


def _in_number(text: Sequence[str], place: int) -> bool:
    """Whether a letter or digit stands beside another."""
    beside = [text[near] for near in (place - 1, place + 1) if 0 <= near < len(text)]
    return _is_latin(text[place]) and any(map(_is_latin, beside))


def _is_latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def is_han(character: str) -> bool:
    """Whether it is a Chinese character (CJK Unified Ideographs)."""
    return "\u4e00" <= character <= "\u9fff"
