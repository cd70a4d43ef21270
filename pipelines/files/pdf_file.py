"""A PDF that is written object by object: each goes to disk as it comes and only its place is kept; knows no page.

So a volume of thousands of scans costs the memory of one of them. Syntax as ISO 19005-2 (6.1) wants it: binary comment,
one cross-reference table, a file identifier. A file can also begin as another file, byte for byte, with what is added
standing behind it as an incremental update (PDF 32000-1, 7.5.6).
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DecodedStreamObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
TAIL_BYTES = 2048
"""Where readers look for the last cross-reference section: the end of a file (PDF 32000-1, annex H: 1,024 bytes)."""


class PdfFile:
    """An open PDF; close it by `end`. Objects are pypdf's, references to them are this file's."""

    def __init__(self, path: Path, before: Path | None = None, used: int = 0) -> None:
        """Begin `path`, or begin it as the PDF `before`, whose trailer says that object numbers below `used` are."""
        self._file = path.open("wb")
        self._at: dict[int, int] = {}
        self._digest = hashlib.sha256()
        self._place = 0
        self._next = 1 if before is None else max(used, 1)
        self._previous: int | None = None
        if before is None:
            self.write(HEADER)
            return
        self._previous = _last_section(before)
        with before.open("rb") as source:
            shutil.copyfileobj(source, self._file, 1 << 20)
        self._place = self._file.tell()
        self.write(b"\n")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, data: bytes) -> int:
        """Bytes as they are: the end that pypdf's objects write themselves to."""
        self._digest.update(data)
        self._place += len(data)
        return self._file.write(data)

    def reserve(self) -> IndirectObject:
        """The reference of an object that is put later."""
        self._next += 1
        return IndirectObject(self._next - 1, 0, self)

    def put(self, reference: IndirectObject, value: PdfObject) -> None:
        """Write the object that `reference` names."""
        self._at[reference.idnum] = self._place
        self.write(b"%d 0 obj\n" % reference.idnum)
        value.write_to_stream(self)  # type: ignore[arg-type]  # it calls write alone
        self.write(b"\nendobj\n")

    def add(self, value: PdfObject) -> IndirectObject:
        """Write an object and give its reference."""
        reference = self.reserve()
        self.put(reference, value)
        return reference

    def stream(self, data: bytes) -> IndirectObject:
        """Write a compressed stream."""
        stream = DecodedStreamObject()
        stream.set_data(data)
        return self.add(stream.flate_encode())

    @property
    def digest(self) -> str:
        """SHA-256 over what was written so far, hex; the same content gives the same."""
        return self._digest.hexdigest()

    def end(self, root: IndirectObject, info: IndirectObject | None, first_id: bytes | None = None) -> None:
        """Write the cross-reference table and the trailer, whose identifiers come from the content."""
        identifier = ByteStringObject(self._digest.digest()[:16])
        first = ByteStringObject(first_id) if first_id else identifier
        trailer = DictionaryObject(
            {
                NameObject("/Size"): NumberObject(self._next),
                NameObject("/Root"): root,
                NameObject("/ID"): ArrayObject([first, identifier]),
            }
        )
        if info is not None:
            trailer[NameObject("/Info")] = info
        if self._previous is not None:
            trailer[NameObject("/Prev")] = NumberObject(self._previous)
        start = self._place
        self._table()
        self.write(b"trailer\n")
        trailer.write_to_stream(self)  # type: ignore[arg-type]  # as above
        self.write(b"\nstartxref\n%d\n%%%%EOF\n" % start)
        self._file.close()

    def _table(self) -> None:
        """One section of all objects, or one subsection for each run of those that an update brings."""
        self.write(b"xref\n")
        numbers = sorted(self._at)
        if self._previous is None:
            # Numbers that were reserved and never put are free; so is 0, where their list begins and ends.
            self.write(b"0 %d\n0000000000 65535 f \n" % self._next)
            for number in range(1, self._next):
                self.write(b"%010d 00000 n \n" % self._at[number] if number in self._at else b"0000000000 00001 f \n")
            return
        for run in _runs(numbers):
            self.write(b"%d %d\n" % (run[0], len(run)))
            for number in run:
                self.write(b"%010d 00000 n \n" % self._at[number])


def _runs(numbers: list[int]) -> list[list[int]]:
    """Ascending numbers in runs without gaps."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and runs[-1][-1] == number - 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


def _last_section(path: Path) -> int:
    """Where the last cross-reference section of a PDF begins; raises ValueError when its end does not say."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL_BYTES))
        found = re.findall(rb"startxref\s+(\d+)", file.read())
    if not found:
        raise ValueError("no startxref")
    return int(found[-1])


def names(values: Mapping[str, PdfObject]) -> DictionaryObject:
    """A dictionary by plain names: {"Type": ...} is << /Type ... >>."""
    return DictionaryObject({NameObject(f"/{name}"): value for name, value in values.items()})


def raw_stream(data: bytes, values: Mapping[str, PdfObject]) -> StreamObject:
    """A stream whose bytes go in as they are."""
    stream = StreamObject()
    stream._data = data
    stream.update(names(values))
    return stream
