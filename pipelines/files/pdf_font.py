"""The objects of the font that carries the invisible text (PDF 32000-1, 9.7): written once all characters are known."""

from __future__ import annotations

from collections.abc import Sequence

from pypdf.generic import (
    ArrayObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    TextStringObject,
)

from pipelines.files.pdf_file import PdfFile, names
from pipelines.files.text_layer import DESCENT, EM, FONT, Alphabet, blank_font, glyph_map, to_unicode, widths

SUBSET = f"/ANJUAN+{FONT}"
"""The name of a font that holds a part of its characters begins with six letters (PDF 32000-1, 9.6.4)."""
SYMBOLIC = 4
"""Its characters are no standard set (PDF 32000-1, table 123)."""


def write_font(file: PdfFile, font: IndirectObject, alphabet: Alphabet) -> None:
    """Put the font `font` for the characters of `alphabet`."""
    base = NameObject(SUBSET)
    ascent, descent = EM * (1 - DESCENT), -EM * DESCENT
    descriptor = names(
        {
            "Type": NameObject("/FontDescriptor"),
            "FontName": base,
            "Flags": NumberObject(SYMBOLIC),
            "FontBBox": _numbers([0, descent, EM, ascent]),
            "ItalicAngle": NumberObject(0),
            "Ascent": FloatObject(ascent),
            "Descent": FloatObject(descent),
            "CapHeight": FloatObject(ascent),
            "StemV": NumberObject(80),
            "FontFile2": file.stream(blank_font()),
        }
    )
    system = {"Registry": TextStringObject("Adobe"), "Ordering": TextStringObject("Identity")}
    descendant = names(
        {
            "Type": NameObject("/Font"),
            "Subtype": NameObject("/CIDFontType2"),
            "BaseFont": base,
            "CIDSystemInfo": names({**system, "Supplement": NumberObject(0)}),
            "FontDescriptor": file.add(descriptor),
            "DW": NumberObject(EM),
            "W": ArrayObject([NumberObject(1), ArrayObject([NumberObject(width) for width in widths(alphabet)])]),
            "CIDToGIDMap": file.stream(glyph_map(alphabet)),
        }
    )
    whole: dict[str, PdfObject] = {
        "Type": NameObject("/Font"),
        "Subtype": NameObject("/Type0"),
        "BaseFont": base,
        "Encoding": NameObject("/Identity-H"),
        "DescendantFonts": ArrayObject([file.add(descendant)]),
        "ToUnicode": file.stream(to_unicode(alphabet)),
    }
    file.put(font, names(whole))


def _numbers(values: Sequence[float]) -> ArrayObject:
    return ArrayObject([FloatObject(value) for value in values])
