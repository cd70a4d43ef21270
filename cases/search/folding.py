"""What counts as the same character when people search; knows no document and no query.

Folded away: full and half width (NFKC, Unicode Annex 15), upper and lower case, traditional and simplified characters
(OpenCC, one character at a time), kinds of quotation marks and dashes, blanks and line breaks. Every character is
folded by itself, whatever stands beside it, so that a text and a phrase of it always fold alike and places can be
carried back.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

PAGE_BREAK = "\f"
"""Stands between pages and other parts of a text; no phrase runs over it, and folding keeps it."""
_SAME = {
    **dict.fromkeys("“”„‟«»「」『』〝〞", '"'),
    **dict.fromkeys("‘’‛", "'"),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    "•": "·",
    "‧": "·",
    "・": "·",
}
_HAN_START = 0x2E80
"""Below it stands nothing that OpenCC turns."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text; `origins[n]` is the character of the original that folded character `n` comes from."""

    text: str
    origins: NDArray[np.int64]


@cache
def _simplify() -> Callable[[str], str]:
    from opencc import OpenCC

    return cast("Callable[[str], str]", OpenCC("t2s").convert)


class _Table(dict[int, str]):
    """Code point -> its folded characters, worked out when one is first met; bounded by Unicode."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _folded(chr(code))
        return folded


def _folded(character: str) -> str:
    if character == PAGE_BREAK:
        return character
    plain = unicodedata.normalize("NFKC", _SAME.get(character, character)).casefold()
    if ord(character) >= _HAN_START:
        plain = "".join(_simplify()(one) if ord(one) >= _HAN_START else one for one in plain)
    # Cc, Cf: controls, zero-width and direction marks.  Zs, Zl, Zp: blanks.
    return "".join(_SAME.get(c, c) for c in plain if unicodedata.category(c) not in ("Cc", "Cf", "Zs", "Zl", "Zp"))


_TABLE = _Table()


def fold(text: str) -> str:
    """The folded text."""
    return text.translate(_TABLE)


def fold_with_origins(text: str) -> Folded:
    """The folded text with the places that it comes from."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    different, which = np.unique(codes, return_inverse=True)
    widths = np.array([len(_TABLE[int(code)]) for code in different], dtype=np.int64)
    return Folded(fold(text), np.repeat(np.arange(len(codes)), widths[which] if len(codes) else 0))
