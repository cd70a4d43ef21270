"""The invisible text of a searchable PDF: which characters stand where, and the font that carries them; writes no file.

The font paints nothing: each character is a blank, one em wide (East Asian) or half an em (all others). It is embedded
and mapped to Unicode, so that any character of any plane can be searched and copied in every viewer. A line is set on
the lower edge of its box and stretched to the box's length; vertical writing is turned by a quarter.
"""

from __future__ import annotations

import math
import struct
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from models.values import Point, Quad
from pipelines.files.order import is_vertical

FONT = "AnjuanText"
"""The font's name in a page's resources."""
EM = 1000
WIDE, NARROW = 2, 1
"""Glyph numbers of the blanks: one em and half an em; glyph 0 is the missing one."""
DESCENT = 0.12
"""How far the foot of a box lies under the line that letters stand on, as a share of its height."""
LAST_CID = 0xFFFF
"""Two bytes number a character: a volume may use this many different ones, more than any alphabet that we read."""


@dataclass(frozen=True, slots=True)
class Place:
    """How the picture of a page lies on the page: its size in pixels, the visible box in points, clockwise turn."""

    width: int
    height: int
    box: tuple[float, float, float, float]
    rotation: int = 0

    def point(self, pixel: Point) -> Point:
        """Where a pixel lies, in points of the page as it is before its turn (origin bottom left)."""
        left, bottom, right, top = self.box
        across, down = pixel[0] / self.width, pixel[1] / self.height
        if self.rotation == 90:
            across, down = down, 1 - across
        elif self.rotation == 180:
            across, down = 1 - across, 1 - down
        elif self.rotation == 270:
            across, down = 1 - down, across
        return left + across * (right - left), top - down * (top - bottom)


@dataclass(frozen=True, slots=True)
class LayerLine:
    """A line to write: its text and its box in pixels of the page's picture."""

    text: str
    box: Quad


@dataclass(frozen=True, slots=True)
class LayerPage:
    """A page to write on: its number from 1, its picture ("" when there is none) with size and dpi, its lines.

    `turn` is by how many degrees clockwise the picture was turned from how the page shows it.
    """

    number: int
    picture: str
    width: int
    height: int
    dpi: float
    lines: tuple[LayerLine, ...]
    turn: int = 0


@dataclass(slots=True)
class Alphabet:
    """The characters of one PDF, numbered as they come; 0 stays free."""

    numbers: dict[str, int] = field(default_factory=dict)

    def encode(self, text: str) -> str:
        """The text as hex digits, four a character; characters beyond LAST_CID are left out."""
        codes: list[int] = []
        for character in text:
            if character not in self.numbers and len(self.numbers) < LAST_CID:
                self.numbers[character] = len(self.numbers) + 1
            if character in self.numbers:
                codes.append(self.numbers[character])
        return "".join(f"{code:04X}" for code in codes)


def is_wide(character: str) -> bool:
    """Whether a character takes a full em; those of doubtful width do so in Chinese print."""
    return unicodedata.east_asian_width(character) in "WFA"


def text_width(text: str) -> float:
    """Width of a text in ems."""
    return sum(1.0 if is_wide(character) else 0.5 for character in text)


def page_content(lines: Sequence[tuple[str, Quad]], place: Place, alphabet: Alphabet) -> bytes:
    """The content stream that writes (text, box) lines invisibly (text render mode 3) and leaves no state behind."""
    written = [_line(text, box, place, alphabet) for text, box in lines if text]
    return ("q\nBT\n3 Tr\n" + "".join(written) + "ET\nQ\n").encode("ascii")


def _line(text: str, box: Quad, place: Place, alphabet: Alphabet) -> str:
    a, b, c, d = (place.point(corner) for corner in box)
    # `start` to `end` is the way of the text along its foot, `head` lies above `start`.
    start, end, head = (a, d, b) if is_vertical(box) else (d, c, a)
    length, size = math.dist(start, end), math.dist(start, head)
    if length <= 0 or size <= 0:
        return ""
    cosine, sine = (end[0] - start[0]) / length, (end[1] - start[1]) / length
    x, y = start[0] + DESCENT * (head[0] - start[0]), start[1] + DESCENT * (head[1] - start[1])
    stretch = 100 * length / (text_width(text) * size)
    matrix = f"{cosine:.5f} {sine:.5f} {-sine:.5f} {cosine:.5f} {x:.2f} {y:.2f}"
    return f"/{FONT} {size:.2f} Tf {stretch:.2f} Tz {matrix} Tm <{alphabet.encode(text)}> Tj\n"


def to_unicode(alphabet: Alphabet) -> bytes:
    """The CMap from character numbers to Unicode (PDF 32000-1, 9.10.3); at most 100 characters a block."""
    entries = [
        f"<{number:04X}> <{character.encode('utf-16-be').hex().upper()}>"
        for character, number in alphabet.numbers.items()
    ]
    blocks = [entries[at : at + 100] for at in range(0, len(entries), 100)]
    body = "".join(f"{len(block)} beginbfchar\n" + "\n".join(block) + "\nendbfchar\n" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{body}endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode("ascii")


def glyph_map(alphabet: Alphabet) -> bytes:
    """CIDToGIDMap: two bytes for each character number, 0 included."""
    return b"\0\0" + b"".join(
        struct.pack(">H", WIDE if is_wide(character) else NARROW) for character in alphabet.numbers
    )


def widths(alphabet: Alphabet) -> list[int]:
    """Advance of the characters 1, 2, 3 ... in thousandths of an em."""
    return [EM if is_wide(character) else EM // 2 for character in alphabet.numbers]


def _hairline(width: int, descent: int, ascent: int) -> bytes:
    """A glyph of no area from corner to corner of its box: pdfium skips text whose glyphs have no extent."""
    outline = struct.pack(">hhhhhHH", 1, 0, descent, width, ascent, 2, 0) + bytes([1, 1, 1])
    outline += struct.pack(">6h", 0, width, -width, descent, ascent - descent, descent - ascent)
    return outline + b"\0" * (-len(outline) % 4)


def blank_font() -> bytes:
    """A TrueType font of glyphs that paint nothing, made here (Apple TrueType reference; the tables that PDF needs)."""
    ascent, descent = round(EM * (1 - DESCENT)), -round(EM * DESCENT)
    narrow, wide = _hairline(EM // 2, descent, ascent), _hairline(EM, descent, ascent)
    tables = {
        b"glyf": narrow + wide,
        b"head": struct.pack(
            ">IIIIHHqqhhhhHHhhh", 0x10000, 0x10000, 0, 0x5F0F3CF5, 3, EM, 0, 0, 0, descent, EM, ascent, 0, 8, 2, 0, 0
        ),
        b"hhea": struct.pack(">IhhhHhhhhhhhhhhhH", 0x10000, ascent, descent, 0, EM, 0, 0, EM, *[0] * 8, 3),
        b"hmtx": struct.pack(">HhHhHh", EM, 0, EM // 2, 0, EM, 0),
        b"loca": struct.pack(">4H", 0, 0, len(narrow) // 2, (len(narrow) + len(wide)) // 2),
        b"maxp": struct.pack(">IH13H", 0x10000, 3, 3, 1, 0, 0, 2, *[0] * 8),
    }
    header = struct.pack(">IHHHH", 0x10000, len(tables), 64, 2, len(tables) * 16 - 64)
    at = len(header) + 16 * len(tables)
    directory, body = b"", b""
    for tag, content in sorted(tables.items()):
        padded = content + b"\0" * (-len(content) % 4)
        total = sum(struct.unpack(f">{len(padded) // 4}I", padded)) & 0xFFFFFFFF
        directory += tag + struct.pack(">III", total, at + len(body), len(content))
        body += padded
    return header + directory + body
