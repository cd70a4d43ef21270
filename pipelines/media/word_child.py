"""The child process that opens Word documents (docx) from outside: their paragraphs in order, with their page.

Run by `pipelines.media.confined`. A docx is a ZIP of XML (ECMA-376): what it unpacks to is measured before anything is
parsed, so that a small file which unpacks to gigabytes is refused. Tables, text boxes and form fields give their
paragraphs where they stand; what a tracked change has deleted is left out.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, cast

from cases.records import JsonObject, JsonValue
from models.errors import BadInput, TooLarge
from pipelines.media.confined import serve

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_UNPACKED_BYTES = 256 << 20
"""A record with photographs has some tens of megabytes."""
MAX_RATIO = 200
"""Unpacked over packed bytes of one part beyond the first megabyte: real XML stays below 50."""
MAX_PARTS = 5000
MAX_CHARACTERS = 400_000
"""Three hundred pages of close writing; the answer stays below what a parent believes."""
_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_LEFT_OUT = frozenset({f"{_W}del", f"{_W}moveFrom", _FALLBACK})


def paragraphs(question: JsonObject) -> JsonObject:
    """{pages, paragraphs: [[page, text, ...]]}: page from 1 as Word last laid it out, None when it never did.

    Raises BadInput `docx.broken`, TooLarge `docx.unpacked`, `docx.too-long`.
    """
    path = Path(str(question["path"]))
    _measure(path)
    body = _body(path)
    found: list[JsonValue] = []
    page, characters = 1, 0
    for paragraph in body.iter(f"{_W}p"):
        first = page
        text, page = _text(paragraph, page)
        characters += len(text)
        if characters > MAX_CHARACTERS:
            raise TooLarge("docx.too-long", f"the document has more than {MAX_CHARACTERS} characters; send one record")
        if text.strip():
            found.append([first, text])
    return {"pages": page, "paragraphs": found}


def _measure(path: Path) -> None:
    """Refuse what is no docx or unpacks to more than a record can be."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
    except (zipfile.BadZipFile, OSError, ValueError):
        raise BadInput("docx.broken", "the document cannot be opened: it is damaged; save it again as docx") from None
    if "[Content_Types].xml" not in names or "word/document.xml" not in names:
        raise BadInput("docx.broken", "this is no Word document; save it as docx, or export it as PDF")
    unpacked = sum(part.file_size for part in parts)
    bombs = any(part.file_size > (1 << 20) + MAX_RATIO * part.compress_size for part in parts)
    if len(parts) > MAX_PARTS or unpacked > MAX_UNPACKED_BYTES or bombs:
        raise TooLarge("docx.unpacked", "the document unpacks to far more than a record holds; export it as PDF")


def _body(path: Path) -> _Element:
    from docx import Document
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError

    try:
        return cast("_Element", Document(str(path)).element.body)
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, zipfile.BadZipFile, OSError):
        # python-docx meets damage with whatever exception lies at hand.
        raise BadInput("docx.broken", "the document cannot be opened: it is damaged; save it again as docx") from None


def _text(paragraph: _Element, page: int) -> tuple[str, int]:
    """A paragraph's own text, and the page on which it ends."""
    text = ""
    for element in _own(paragraph):
        if element.tag == f"{_W}t":
            text += element.text or ""
        elif element.tag in (f"{_W}tab", f"{_W}br", f"{_W}cr"):
            text += " "
            page += element.get(f"{_W}type") == "page"
        elif element.tag == f"{_W}lastRenderedPageBreak":
            page += 1
    return text, page


def _own(element: _Element) -> Iterator[_Element]:
    """What stands in a paragraph itself, and not in a paragraph inside it."""
    for child in element:
        if child.tag in _LEFT_OUT or child.tag == f"{_W}p":
            continue
        yield child
        yield from _own(child)


if __name__ == "__main__":
    serve({"paragraphs": paragraphs})
