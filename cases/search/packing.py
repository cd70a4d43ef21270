"""A document's text with its places as bytes and back; knows no file."""

from __future__ import annotations

import json
from dataclasses import dataclass

import zstandard

from cases.codec import from_json, to_json
from cases.search.document import Document, Fields, Piece

MAX_BYTES = 256 << 20
"""Longest text with its places, unpacked; that of a record's body in the store."""


@dataclass(frozen=True, slots=True)
class KeptText:
    """What a hit shows and leads to."""

    fields: Fields
    text: str
    pieces: tuple[Piece, ...]


def packed_text(document: Document) -> bytes:
    """The bytes that the index keeps of a document."""
    pieces = [
        [
            piece.start,
            piece.page,
            None if piece.box is None else [round(number) for point in piece.box for number in point],
            None if piece.second is None else round(piece.second, 3),
            piece.mark,
        ]
        for piece in document.pieces
    ]
    body = {"fields": to_json(document.fields), "text": document.text, "pieces": pieces}
    spelled = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return zstandard.ZstdCompressor(level=3).compress(spelled)


def kept_text(packed: bytes) -> KeptText:
    """What `packed_text` packed."""
    spelled = zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_BYTES)
    body = json.loads(spelled.decode("utf-8", "surrogatepass"))
    return KeptText(from_json(Fields, body["fields"]), body["text"], tuple(_piece(one) for one in body["pieces"]))


def _piece(kept: list[object]) -> Piece:
    start, page, flat, second, mark = kept
    box = None
    if isinstance(flat, list):
        box = tuple((float(flat[n]), float(flat[n + 1])) for n in range(0, 8, 2))
    return Piece(start, page, box, second, mark)  # type: ignore[arg-type]  # as `packed_text` wrote them
