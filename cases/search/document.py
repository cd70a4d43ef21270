"""What is searched: a text with the places that it leads to, and the fields that it is found by; values only.

A document is what boolean words decide on: a 文书 of a volume (or a page that belongs to none), a whole transcript or
笔录, one traffic event, one article of a statute.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cases.records import Quad


class Kind(StrEnum):
    """Where a document comes from; the order of the members is kept in the index: add at the end."""

    FILE = "file"
    TRANSCRIPT = "transcript"
    RECORD = "record"
    TRAFFIC = "traffic"
    STATUTE = "statute"


KINDS = tuple(Kind)


@dataclass(frozen=True, slots=True)
class Piece:
    """The stretch of a text from character `start` to the next piece, and where it stands in the source.

    `page` counts from 1 and `box` is in pixels of that page as stored; `second` is of the recording or the
    video; `mark` is what the source calls the piece: the number of a line on its page, of a segment, of a turn.
    """

    start: int
    page: int | None = None
    box: Quad | None = None
    second: float | None = None
    mark: str | None = None


@dataclass(frozen=True, slots=True)
class Fields:
    """What a document is found by beside its text; `day` (ISO 8601) begins a range that `until` ends, both in it."""

    type: str = ""
    title: str = ""
    number: str = ""
    author: str = ""
    persons: tuple[str, ...] = ()
    plate: str = ""
    day: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """One document; `pieces` ascend by `start`."""

    kind: Kind
    fields: Fields
    text: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """What documents are made from: a version of a record, or a statute; `case_id` None is open to everyone.

    `stored_at` is ISO 8601; `names` are spelled names with the Latin keys that they are typed by (see `pinyin` of the
    line that makes them).
    """

    id: str
    case_id: str | None
    version: int
    stored_at: str
    documents: tuple[Document, ...]
    names: tuple[tuple[str, str], ...] = ()
