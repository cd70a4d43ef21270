"""Word documents as paragraphs of text; knows no job and no record. They are opened in a bounded child process."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from cases.records import JsonObject, JsonValue
from models.errors import BadInput
from pipelines.media.confined import Bounds, ChildLost, Confined

CHILD = "pipelines.media.word_child"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
BOUNDS = Bounds(memory_bytes=2 << 30, file_bytes=1 << 20)
"""The XML of three hundred pages takes some hundred megabytes; the child writes nothing."""
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""First bytes of old Office files, and of a docx under a password."""


@dataclass(frozen=True, slots=True)
class WordParagraph:
    """A paragraph with text; `page` from 1 as Word last laid the document out."""

    page: int
    text: str


def is_docx(path: Path) -> bool:
    """Whether the bytes are a Word document; never raises for what they are."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "word/document.xml" in archive.namelist()
    except (zipfile.BadZipFile, OSError, ValueError):
        return False


def word_paragraphs(path: Path, bounds: Bounds = BOUNDS) -> list[WordParagraph]:
    """The paragraphs of the docx at `path`, tables and text boxes included, in order.

    Raises BadInput (`docx.password`, `docx.broken`, `docx.empty`) and TooLarge (`docx.unpacked`, `docx.too-long`).
    """
    with path.open("rb") as file:
        head = file.read(len(OLE))
    if not head:
        raise BadInput("docx.empty", "the document is empty; choose it again")
    if head == OLE:
        raise BadInput("docx.password", "the document is locked by a password or of an old form; save it as open docx")
    try:
        with Confined(CHILD, bounds) as child:
            answer = child.ask({"ask": "paragraphs", "path": str(path)})
    except ChildLost:
        raise BadInput("docx.broken", "the document cannot be opened safely: it is damaged") from None
    rows = cast("list[list[JsonValue]]", answer["paragraphs"])
    if not rows:
        raise BadInput("docx.empty", "no text stands in the document; send the 笔录 itself")
    return [WordParagraph(int(cast(int, page)), str(text)) for page, text in rows]


def word_facts(path: Path) -> JsonObject:
    """{paragraphs, characters} of the docx at `path`; raises as `word_paragraphs`."""
    found = word_paragraphs(path)
    return {"paragraphs": len(found), "characters": sum(len(one.text) for one in found)}
