"""The words of Chinese that are common enough to settle a doubtful character; knows no text and no model.

They are jieba's dictionary (MIT): 349,000 words with how often each was seen. Rarer words are names as often as not.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import distribution
from itertools import islice
from pathlib import Path
from typing import Final

from models.errors import Defect
from models.text.doubtful import LONGEST_WORD, SHORTEST_WORD, is_han

LEAST_SEEN: Final = 50
"""How often a word must have been seen to count; about 45,000 were."""
MOST_LINES: Final = 1_000_000


@cache
def common_words() -> frozenset[str]:
    """Common words of two to four Chinese characters; read once a process, in half a second.

    Raises Defect when the installed dictionary is not one of words with counts.
    """
    # Its place alone is asked for: importing jieba would read the dictionary into a slower form, with warnings.
    file = Path(str(distribution("jieba").locate_file("jieba/dict.txt")))
    with file.open(encoding="utf-8") as lines:
        try:
            return frozenset(word for word, seen in map(_entry, islice(lines, MOST_LINES)) if _counts(word, seen))
        except ValueError as error:
            raise Defect("words.dictionary", "jieba's dictionary is not lines of a word and its count") from error


def _entry(line: str) -> tuple[str, int]:
    word, seen, *_ = line.split(" ")
    return word, int(seen)


def _counts(word: str, seen: int) -> bool:
    return SHORTEST_WORD <= len(word) <= LONGEST_WORD and seen >= LEAST_SEEN and all(map(is_han, word))
