"""An original PDF whose pages go into copies: read object by object, carried over with every stream as it stands.

What a copy does not need is not read, and what was carried is forgotten, so that memory holds a page at a time. Knows
no text layer; what may stand in a PDF/A is `pipelines.files.pdfa`.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import Self

from pypdf import PageObject, PdfReader
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NullObject,
    NumberObject,
    PdfObject,
    StreamObject,
)

from pipelines.files.pdf_file import PdfFile

DEPTH = 60
"""Levels of dictionaries and arrays inside one object: more is no document, and would exhaust the stack."""
KEPT_BYTES = 4096
"""Streams longer than this are forgotten once carried; shorter ones may be lists of objects that are asked again."""
_TREE = ("/Page", "/Pages")


class Original:
    """An open original; raises pypdf's errors for what is no PDF."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # An open file: from a path pypdf takes the whole of it into memory.
        self._file = path.open("rb")
        self.reader = PdfReader(self._file)
        self.locked = self.reader.is_encrypted
        if self.locked:
            # Opens without a password, else it would not have been read; a copy cannot keep the owner's lock.
            self.reader.decrypt("")
        self.pages: list[PageObject] = list(self.reader.pages)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def catalogue(self) -> DictionaryObject:
        """The document's root."""
        root = self.reader.trailer["/Root"].get_object()
        if not isinstance(root, DictionaryObject):
            raise TypeError("no root")
        return root

    @property
    def root(self) -> IndirectObject:
        """Where the root lies; raises TypeError for a file that has it nowhere."""
        found = self.reader.trailer.raw_get("/Root")
        if not isinstance(found, IndirectObject):
            raise TypeError("no root")
        return found

    @property
    def information(self) -> IndirectObject | None:
        """Where it says who made it, or None."""
        found = self.reader.trailer.raw_get("/Info") if "/Info" in self.reader.trailer else None
        return found if isinstance(found, IndirectObject) else None

    @property
    def identifier(self) -> bytes | None:
        """The first of its two identifiers, which stays through all updates."""
        found = self.reader.trailer.get("/ID")
        pair = found.get_object() if found is not None else None
        return bytes(pair[0].original_bytes) if isinstance(pair, ArrayObject) and pair else None

    @property
    def size(self) -> int:
        """Object numbers from here on are free."""
        found = self.reader.trailer["/Size"]
        if not isinstance(found, NumberObject):
            raise TypeError("no size")
        return int(found)

    @property
    def signed(self) -> bool:
        """Whether it bears digital signatures, which vouch for its bytes (PDF 32000-1, 12.8)."""
        form = self.catalogue.get("/AcroForm")
        form = form.get_object() if form is not None else None
        flags = form.get("/SigFlags") if isinstance(form, DictionaryObject) else None
        return bool(int(flags.get_object()) & 1) if flags is not None else False

    @property
    def title(self) -> str:
        """What it calls itself, or nothing."""
        info = self.reader.metadata
        return str(info.title or "") if info is not None else ""


class Carrier:
    """Carries objects of an original into one file; each once, under a new number."""

    def __init__(self, original: Original, file: PdfFile) -> None:
        self._reader = original.reader
        self._file = file
        self._new: dict[tuple[int, int], IndirectObject] = {}
        self._waiting: deque[IndirectObject] = deque()

    def assign(self, page: PageObject) -> IndirectObject:
        """The new reference of a page, so that what points to it still does."""
        reference = self._file.reserve()
        old = page.indirect_reference
        if old is not None:
            self._new[(old.idnum, old.generation)] = reference
        return reference

    def carried(self, value: PdfObject, depth: int = 0) -> PdfObject:
        """The value with references of the new file; raises ValueError where it is nested without end."""
        if depth > DEPTH:
            raise ValueError("nested too deep")
        if isinstance(value, IndirectObject):
            return self._reference(value)
        if isinstance(value, ArrayObject):
            return ArrayObject([self.carried(one, depth + 1) for one in value])
        if isinstance(value, DictionaryObject):
            new = StreamObject() if isinstance(value, StreamObject) else DictionaryObject()
            for key, one in value.items():
                if key != "/Length" or not isinstance(value, StreamObject):
                    new[NameObject(key)] = self.carried(one, depth + 1)
            if isinstance(value, StreamObject) and isinstance(new, StreamObject):
                new._data = value._data
            return new
        return value

    def drain(self) -> None:
        """Write all that was referred to and is not written yet."""
        while self._waiting:
            old = self._waiting.popleft()
            value = self._reader.get_object(old)
            new = self._new[(old.idnum, old.generation)]
            if value is None or (isinstance(value, DictionaryObject) and value.get("/Type") in _TREE):
                # A page that the copy does not have, or a part of the old tree: nothing to point to.
                self._file.put(new, NullObject())
                continue
            self._file.put(new, self.carried(value))
            if isinstance(value, StreamObject) and len(value._data) > KEPT_BYTES and value.get("/Type") != "/ObjStm":
                self._reader.resolved_objects.pop((old.generation, old.idnum), None)

    def _reference(self, old: IndirectObject) -> IndirectObject:
        key = old.idnum, old.generation
        if key not in self._new:
            self._new[key] = self._file.reserve()
            self._waiting.append(old)
        return self._new[key]


class Kept:
    """Stands for a `Carrier` where objects keep their numbers: the file begins as the original, byte for byte."""

    def assign(self, page: PageObject) -> IndirectObject:
        """The page's own reference; raises ValueError for a page without one."""
        if page.indirect_reference is None:
            raise ValueError("a page without a number")
        return page.indirect_reference

    def carried(self, value: PdfObject) -> PdfObject:
        """The value itself."""
        return value

    def drain(self) -> None:
        """Nothing to carry."""
