"""Clauses about fonts (ISO 19005-2, 6.2.11): those that draw letters, also invisible ones, with every code they use."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from fontTools.ttLib import TTFont, TTLibError
from pikepdf import Array, Dictionary, Name, Object, Stream, String

from benchmarks.pdfa.opened import Opened

TOLERANCE: Final = 1.0
"""Thousandths of an em by which a width may differ from the font program's (6.2.11.5)."""


@dataclass
class Used:
    """A font that draws: where first, and the bytes of what it draws."""

    where: str
    font: Object
    strings: list[bytes] = field(default_factory=list)


def _used(opened: Opened) -> list[Used]:
    """Fonts that show text, each once."""
    found: dict[object, Used] = {}
    for one in opened.drawings:
        current: Used | None = None
        for operands, operator in one.instructions:
            if operator == "Tf":
                font = one.resources.get("/Font", Dictionary()).get(str(operands[0]))
                current = None
                if font is not None:
                    key = font.objgen if font.is_indirect else id(font)
                    current = found.setdefault(key, Used(f"{one.where} font {operands[0]}", font))
            elif operator in ("Tj", "'", '"', "TJ") and current is not None:
                shown = operands[-1]
                parts = list(shown) if isinstance(shown, Array) else [shown]
                current.strings.extend(bytes(part) for part in parts if isinstance(part, String))
    return [used for used in found.values() if used.strings]


def _descendant(font: Object) -> Object | None:
    found = font.get("/DescendantFonts")
    return found[0] if isinstance(found, Array) and len(found) else None


def _checkable(used: Used) -> bool:
    """A composite font of two-byte codes over a TrueType program: what our copies have."""
    below = _descendant(used.font)
    return (
        used.font.get("/Subtype") == Name.Type0
        and str(used.font.get("/Encoding")) == "/Identity-H"
        and below is not None
        and below.get("/Subtype") == Name.CIDFontType2
        and isinstance(below.get("/FontDescriptor", Dictionary()).get("/FontFile2"), Stream)
    )


def embedded(opened: Opened) -> Iterator[str]:
    """6.2.11.4.1: the program of each font that draws is in the file; also where it draws invisibly."""
    for used in _used(opened):
        holder = _descendant(used.font) or used.font
        descriptor = holder.get("/FontDescriptor", Dictionary())
        if holder.get("/Subtype") != Name.Type3 and not any(
            key in descriptor for key in ("/FontFile", "/FontFile2", "/FontFile3")
        ):
            yield f"{used.where} ({used.font.get('/BaseFont')}): not embedded"


def composite(opened: Opened) -> Iterator[str]:
    """6.2.11.3: Identity-H and a map from characters to glyphs; other fonts are not checked here."""
    for used in _used(opened):
        if not _checkable(used):
            yield f"{used.where} ({used.font.get('/Subtype')}): a font of a kind that is not checked here"
            continue
        below = _descendant(used.font)
        if below is None:
            continue
        system = below.get("/CIDSystemInfo", Dictionary())
        if not all(key in system for key in ("/Registry", "/Ordering", "/Supplement")):
            yield f"{used.where}: CIDSystemInfo is not whole"
        mapped = below.get("/CIDToGIDMap")
        if not (isinstance(mapped, Stream) or mapped == Name.Identity):
            yield f"{used.where}: no CIDToGIDMap"
        if below.get("/BaseFont") != below["/FontDescriptor"].get("/FontName"):
            yield f"{used.where}: BaseFont and FontName differ"


def widths(opened: Opened) -> Iterator[str]:
    """6.2.11.5: the width of each used character is that of its glyph."""
    for used in filter(_checkable, _used(opened)):
        try:
            program, glyphs = _program(used), _glyphs(used)
        except (TTLibError, KeyError, ValueError) as error:
            yield f"{used.where}: the font program cannot be read: {error}"
            continue
        told, scale = _told_widths(_descendant(used.font)), 1000 / program["head"].unitsPerEm
        order = program.getGlyphOrder()
        for code in sorted(_codes(used)):
            glyph = glyphs(code)
            if glyph >= len(order):
                yield f"{used.where}: code {code:04X} has no glyph"
                return
            wide = program["hmtx"][order[glyph]][0] * scale
            if abs(wide - told.get(code, told[-1])) > TOLERANCE:
                yield f"{used.where}: code {code:04X} is {wide} wide, the file says {told.get(code, told[-1])}"
                return


def unicode_values(opened: Opened) -> Iterator[str]:
    """6.2.11.7 (asked of level U alone; our copies are searched, so they have it): a value for every code used."""
    for used in _used(opened):
        found = used.font.get("/ToUnicode")
        if not isinstance(found, Stream):
            yield f"{used.where}: no ToUnicode"
            continue
        pairs = re.findall(rb"<([0-9A-F]{4})>\s*<([0-9A-F]{4,})>", found.read_bytes())
        known = {int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be") for code, text in pairs}
        bad = [code for code in _codes(used) if known.get(code, "\0") in ("\0", "\ufeff", "\ufffe")]
        if bad:
            yield f"{used.where}: codes without Unicode, such as {min(bad):04X}"


def undefined(opened: Opened) -> Iterator[str]:
    """6.2.11.8: no code leads to glyph 0."""
    for used in filter(_checkable, _used(opened)):
        glyphs = _glyphs(used)
        bad = [code for code in _codes(used) if glyphs(code) == 0]
        if bad:
            yield f"{used.where}: code {min(bad):04X} is .notdef"


def _codes(used: Used) -> set[int]:
    data = used.strings
    return {int.from_bytes(one[at : at + 2], "big") for one in data for at in range(0, len(one), 2)}


def _program(used: Used) -> TTFont:
    below = _descendant(used.font)
    if below is None:
        raise ValueError("no descendant")
    font = TTFont(io.BytesIO(below["/FontDescriptor"]["/FontFile2"].read_bytes()))
    for table in ("glyf", "head", "hhea", "hmtx", "loca", "maxp"):
        font[table]
    return font


def _glyphs(used: Used):  # type: ignore[no-untyped-def]  # a function from code to glyph
    below = _descendant(used.font)
    mapped = below.get("/CIDToGIDMap") if below is not None else None
    if not isinstance(mapped, Stream):
        return lambda code: code
    table = mapped.read_bytes()
    return lambda code: int.from_bytes(table[2 * code : 2 * code + 2], "big")


def _told_widths(below: Object | None) -> dict[int, float]:
    """Widths by code, the default under -1 (PDF 32000-1, 9.7.4.3)."""
    told: dict[int, float] = {-1: float(below.get("/DW", 1000)) if below is not None else 1000.0}
    row = list(below.get("/W", Array())) if below is not None else []
    at = 0
    while at < len(row):
        if isinstance(row[at + 1], Array):
            told.update({int(row[at]) + n: float(width) for n, width in enumerate(row[at + 1])})
            at += 2
        else:
            told.update({code: float(row[at + 2]) for code in range(int(row[at]), int(row[at + 1]) + 1)})
            at += 3
    return told
