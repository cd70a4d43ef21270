"""TrueType files made known to the PDF library, each under a name of its own; knows no document."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Collection
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TypeVar, cast

from models.errors import BadInput

Content = TypeVar("Content")
GETA = "〓"
"""What printers set for a letter that they do not have."""


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


def legible(content: Content, typeface: Typeface) -> tuple[Content, str | None]:
    """`content` (text, tuple or dataclass of them) without letters that the font lacks, which would vanish.

    〓 stands for each; beside it comes the sentence that names them, None where the font has them all.
    """
    missing: dict[str, None] = {}
    shown = cast(Content, _replaced(content, typeface, missing))
    if not missing:
        return shown, None
    named = "、".join(f"U+{ord(letter):04X}" for letter in missing)
    return shown, f"（{GETA} 为字体所缺的字，请手写补正；依出现先后为：{named}）"


def _replaced(value: object, typeface: Typeface, missing: dict[str, None]) -> object:
    if isinstance(value, str) and not isinstance(value, Enum):
        lacking = dict.fromkeys(c for c in value if ord(c) not in typeface.letters and not c.isspace())
        missing.update(lacking)
        return "".join(GETA if c in lacking else c for c in value)
    if isinstance(value, tuple):
        return tuple(_replaced(item, typeface, missing) for item in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _replaced(getattr(value, f.name), typeface, missing) for f in fields(value)})
    return value


def _unusable(path: Path, error: Exception) -> BadInput:
    text = f"{path.name} is no TrueType font that can be embedded ({error}); name one in ANJUAN_FONT, or unset it"
    return BadInput("font.unusable", text)
