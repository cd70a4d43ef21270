"""A document's text with its places as bytes and back; knows no file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from typing import overload

import zstandard

from cases.search.document import Document, Fields, Piece

MAX_BYTES = 256 << 20
"""Longest text with its places, unpacked; that of a record's body in the store."""
_LEVEL = 3


@dataclass(frozen=True, slots=True)
class KeptText:
    """What a hit shows and leads to."""

    fields: Fields
    text: str
    pieces: Pieces


class Pieces(Sequence[Piece]):
    """The pieces of a text, each made when it is asked for: a long transcript has thousands, a hit shows two."""

    def __init__(self, kept: list[list[object]]) -> None:
        self._kept = kept

    def __len__(self) -> int:
        return len(self._kept)

    @overload
    def __getitem__(self, at: int) -> Piece: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[Piece]: ...

    def __getitem__(self, at: int | slice) -> Piece | Sequence[Piece]:
        if isinstance(at, slice):
            return [_piece(one) for one in self._kept[at]]
        return _piece(self._kept[at])


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
    body = [astuple(document.fields), document.text, pieces]
    spelled = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    return zstandard.ZstdCompressor(level=_LEVEL).compress(spelled)


def kept_text(packed: bytes) -> KeptText:
    """What `packed_text` packed."""
    spelled = zstandard.ZstdDecompressor().decompress(packed, max_output_size=MAX_BYTES)
    (type_, title, number, author, persons, *rest), text, pieces = json.loads(spelled.decode("utf-8", "surrogatepass"))
    return KeptText(Fields(type_, title, number, author, tuple(persons), *rest), text, Pieces(pieces))


def _piece(kept: list[object]) -> Piece:
    start, page, flat, second, mark = kept
    box = None
    if isinstance(flat, list):
        box = tuple((float(flat[n]), float(flat[n + 1])) for n in range(0, 8, 2))
    return Piece(start, page, box, second, mark)  # type: ignore[arg-type]  # as `packed_text` wrote them
