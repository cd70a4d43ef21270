"""A PDF as the clauses look at it: its bytes, its objects, and what its pages draw; knows no clause."""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

DEPTH = 40
"""Levels of direct objects that are walked inside an indirect one."""
FORMS = 12
"""Form XObjects within each other that are looked into."""


def words(text: str) -> frozenset[str]:
    """What a text names, blanks between."""
    return frozenset(text.split())


@dataclass(frozen=True)
class Drawing:
    """One content stream: where it is ("page 3", "page 3 form /Fm0"), its owner, its resources, its instructions."""

    where: str
    owner: Object
    resources: Dictionary
    instructions: tuple[tuple[tuple[Object, ...], str], ...]
    inherited: bool


@dataclass
class Opened:
    """An open PDF and its raw bytes."""

    path: Path
    pdf: Pdf
    raw: mmap.mmap
    drawings: list[Drawing] = field(default_factory=list)

    @classmethod
    def open(cls, path: Path) -> Opened:
        """Open `path`; raises pikepdf.PdfError for what is no PDF."""
        with path.open("rb") as file:
            raw = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        opened = cls(path, pikepdf.open(path), raw)
        for number, page in enumerate(opened.pdf.pages, 1):
            found = page.obj.get("/Resources")
            inherited = found is None and page.resources is not None
            opened.drawings.extend(_drawings(f"page {number}", page.obj, page.resources, inherited, 0))
        return opened

    def close(self) -> None:
        """Let go of the file."""
        self.pdf.close()
        self.raw.close()

    @cached_property
    def objects(self) -> list[tuple[str, Object]]:
        """Every dictionary and stream of the file with where it is, nested ones too."""
        found: list[tuple[str, Object]] = []
        for number, value in enumerate(self.pdf.objects, 1):
            found.extend(_nested(f"object {number}", value, 0))
        return found

    def of_type(self, name: str) -> Iterator[tuple[str, Object]]:
        """Dictionaries and streams whose /Type is `name`."""
        return ((where, one) for where, one in self.objects if one.get("/Type") == name)

    @property
    def streams(self) -> Iterator[tuple[str, Stream]]:
        """Every stream."""
        return ((where, one) for where, one in self.objects if isinstance(one, Stream))

    @property
    def images(self) -> Iterator[tuple[str, Stream]]:
        """Every image."""
        return ((where, one) for where, one in self.streams if one.get("/Subtype") == "/Image")


def _nested(where: str, value: Object, depth: int) -> Iterator[tuple[str, Object]]:
    if depth > DEPTH:
        return
    if isinstance(value, Dictionary | Stream):
        yield where, value
        for key in value.keys():  # noqa: SIM118 - a pikepdf object, no dict
            one = value[key]
            if isinstance(one, Dictionary | Array) and not one.is_indirect:
                yield from _nested(f"{where} {key}", one, depth + 1)
    elif isinstance(value, Array):
        for one in value:
            if isinstance(one, Dictionary | Array) and not one.is_indirect:
                yield from _nested(where, one, depth + 1)


def _drawings(where: str, owner: Object, resources: Dictionary, inherited: bool, depth: int) -> Iterator[Drawing]:
    parsed = pikepdf.parse_content_stream(owner) if "/Contents" in owner or isinstance(owner, Stream) else []
    instructions = tuple(_instruction(one) for one in parsed)
    yield Drawing(where, owner, resources, instructions, inherited)
    if depth > FORMS:
        return
    used = {str(operands[0]) for operands, operator in instructions if operator == "Do" and operands}
    objects = resources.get("/XObject", Dictionary())
    for name in sorted(used):
        form = objects.get(name)
        if isinstance(form, Stream) and form.get("/Subtype") == Name.Form:
            own = form.get("/Resources")
            used_by_form = own if isinstance(own, Dictionary) else resources
            yield from _drawings(f"{where} form {name}", form, used_by_form, own is None, depth + 1)


def _instruction(one: object) -> tuple[tuple[Object, ...], str]:
    operands, operator = one.operands, str(one.operator)  # type: ignore[attr-defined]
    return tuple(operands), operator
