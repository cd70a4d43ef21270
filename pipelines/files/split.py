"""One PDF for each document of a volume: which pages go where and under which name; knows no record store.

Names say what the catalogue says: 序号, 文书名称 and the pages as the binding numbers them, `003-讯问笔录-3-7.pdf`.
What is no row has a file too, so that no page is left out: cover and catalogue before the first row (000), the sheets
behind the last one with the number that follows, and pages that belong to no document.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cases.records import CaseDocument
from models.errors import BadInput
from pipelines.files.catalogue.entries import entries, listed
from pipelines.files.page import blank_pages
from pipelines.files.pdf import Obstacle, PrintedPage, unnumbered, write_copies
from pipelines.files.pdf_marks import About, Bookmark, Copy

TITLE_CHARS = 60
"""Characters of a title in a file name: with numbers and ending it stays below the 255 bytes that file systems take."""
UNLISTED = "未编入目录"
"""Pages that no document has."""
_FORBIDDEN = '<>:"/\\|?*'
"""What Windows takes in no file name; control characters neither."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A file of the split: its name, title, first and last page as the scan counts them."""

    name: str
    title: str
    first_page: int
    last_page: int


@dataclass(frozen=True, slots=True)
class WrittenPiece:
    """A piece that was written, where, and why it is no PDF/A-2b."""

    piece: Piece
    path: Path
    obstacles: tuple[Obstacle, ...]


def pieces(documents: Sequence[CaseDocument], last_page: int, blank: Sequence[int] = ()) -> tuple[Piece, ...]:
    """The files that a volume of `last_page` pages is split into, by their pages; names differ from each other.

    Pages that are `blank` count in no name, and go with the document before them.

    Raises BadInput where there is no document to split by.
    """
    rows = dict(zip(listed(documents), entries(documents, blank=blank), strict=True))
    if not rows:
        raise BadInput("split.empty", "the record names no documents, so there is nothing to split the volume by")
    first_row = min(one.first_page for one in rows)
    ends = {one: _with_blanks(one.last_page, blank) for one in documents}
    found = [*documents, *_unlisted([replace(one, last_page=end) for one, end in ends.items()], last_page)]
    made: list[Piece] = []
    for one in sorted(found, key=lambda document: (document.first_page, document.last_page)):
        title = one.title or one.type
        if one in rows:
            entry = rows[one]
            stem = f"{entry.number:03d}-{safe(title)}-{_range(entry.first_page, entry.last_page)}"
        else:
            number = 0 if one.first_page < first_row or one.type == UNLISTED else len(rows) + 1
            stem = f"{number:03d}-{safe(title)}-扫描页{_range(one.first_page, one.last_page)}"
        name = _free(stem, {piece.name for piece in made})
        made.append(Piece(name, title, one.first_page, ends.get(one, one.last_page)))
    return tuple(made)


def write_split(
    pages: Sequence[PrintedPage], documents: Sequence[CaseDocument], folder: Path, original: Path | None, about: About
) -> tuple[WrittenPiece, ...]:
    """Write the pieces of a volume into `folder`, each with its text, over the PDF `original` or over the pictures.

    A piece tells in its metadata which pages of which file it is; `about` says what that is. Pages that were not read
    are left out. Raises BadInput where there is nothing to split by, Unavailable when nothing can be written there.
    """
    numbers = sorted(printed.page.number for printed in pages)
    blank = blank_pages([printed.page for printed in pages])
    wanted = [
        (piece, tuple(n for n in numbers if piece.first_page <= n <= piece.last_page))
        for piece in pieces(documents, numbers[-1] if numbers else 0, blank)
    ]
    there = [(piece, chosen) for piece, chosen in wanted if chosen]
    if not there:
        raise BadInput("split.pages", "none of the pages that documents name was read; read the whole volume")
    before = unnumbered(documents)
    copies = [
        Copy(
            str(folder / piece.name),
            chosen,
            (Bookmark(piece.title, chosen[0]),),
            before,
            About(piece.title, _origin(piece, about), about.source_sha256),
            blank,
        )
        for piece, chosen in there
    ]
    found = write_copies(pages, original, copies)
    return tuple(WrittenPiece(piece, folder / piece.name, why) for (piece, _), why in zip(there, found, strict=True))


def pack(written: Sequence[WrittenPiece], out: Path) -> None:
    """Put the pieces into the ZIP file `out`, stored as they are, and remove them one by one."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as packed:
        for one in written:
            # A fixed date: the same pieces give the same file.
            entry = zipfile.ZipInfo(one.piece.name)
            with one.path.open("rb") as source, packed.open(entry, "w", force_zip64=True) as target:
                while block := source.read(1 << 20):
                    target.write(block)
            one.path.unlink()


def safe(title: str) -> str:
    """A title as a part of a file name, on any system."""
    kept = "".join("_" if c in _FORBIDDEN or not c.isprintable() else c for c in title)
    return kept.strip(" .")[:TITLE_CHARS].strip(" .") or "无题"


def _unlisted(documents: Sequence[CaseDocument], last_page: int) -> Iterator[CaseDocument]:
    """Stretches of pages that no document has."""
    at = 1
    for one in sorted(documents, key=lambda document: document.first_page):
        if one.first_page > at:
            yield CaseDocument(UNLISTED, UNLISTED, None, None, None, at, one.first_page - 1, 1.0)
        at = max(at, one.last_page + 1)
    if at <= last_page:
        yield CaseDocument(UNLISTED, UNLISTED, None, None, None, at, last_page, 1.0)


def _with_blanks(page: int, blank: Sequence[int]) -> int:
    """The last of the blank pages that follow `page`, or itself."""
    while page + 1 in blank:
        page += 1
    return page


def _range(first: int, last: int) -> str:
    return str(first) if first == last else f"{first}-{last}"


def _free(stem: str, taken: set[str]) -> str:
    """A name that none has yet: two documents of one title on one page."""
    name, count = f"{stem}.pdf", 1
    while name in taken:
        count += 1
        name = f"{stem}({count}).pdf"
    return name


def _origin(piece: Piece, about: About) -> str:
    whole = about.title or "原件"
    return f"{whole}，扫描件第{_range(piece.first_page, piece.last_page)}页"
