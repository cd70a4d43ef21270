"""TrueType files made known to the PDF library, each under a name of its own; knows no document."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from models.errors import BadInput


@dataclass(frozen=True, slots=True)
class Typeface:
    """A registered font: the name to draw with, and the code points that it has letters for."""

    name: str
    letters: Collection[int]


def registered(path: Path) -> Typeface:
    """The font at `path`; raises BadInput when it is no TrueType font that can be embedded."""
    try:
        return _registered(path, path.stat().st_mtime_ns)
    except OSError as error:
        raise _unusable(path, error) from error


@functools.lru_cache(maxsize=4)
def _registered(path: Path, changed_ns: int) -> Typeface:
    """As `registered`, once for each file: the tables of forty thousand letters take half a second to read."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    # The library never gives a name to a second font: another file, or a changed one, needs a name of its own.
    name = "font-" + hashlib.sha256(f"{path} {changed_ns}".encode()).hexdigest()[:16]
    try:
        font = TTFont(name, str(path))
    except TTFError as error:
        raise _unusable(path, error) from error
    pdfmetrics.registerFont(font)
    return Typeface(name, font.face.charToGlyph)


def _unusable(path: Path, error: Exception) -> BadInput:
    text = f"{path.name} is no TrueType font that can be embedded ({error}); name one in ANJUAN_FONT, or unset it"
    return BadInput("font.unusable", text)
