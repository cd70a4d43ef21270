"""The forms that documents are written on, as data in `forms/*.toml`; knows no case and no page.

A line of a form's body begins with what it is: `- ` a line without indent, `= ` centred, `> ` at the right, `| ` cells
of a row of a table, `% ` an authority that closes with the date under its seal, `[picture 30] ` a picture of that share
of the page in percent with its caption, `[card] ` a card with lines apart by `;`, `---` a new page, `+ ` a paragraph
that only a case with an accomplice has, `@name n..m` something written by `benchmarks.volumes.writing`; any other line
is an indented paragraph.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

from cases.codec import from_json
from models.errors import Defect
from pipelines.files.catalogue.taxonomy import UNKNOWN, DocumentType, type_named

FILES: Final = ("decisions.toml", "evidence.toml", "authorities.toml")
REWORDINGS: Final = "rewordings.toml"
USUAL: Final = 0
"""The wording of untitled pieces in all volumes that are not asked to be worded otherwise."""
UNSEEN: Final = 3
"""The wording that nothing is trained with: for figures alone."""
OTHER: Final = DocumentType(UNKNOWN, "B5", "书证", "证据材料卷", 10_000, (), ())
"""What is of no type and is bound behind the others: letters, notices, printed talk."""


@dataclass(frozen=True, slots=True)
class Form:
    """A blank form. `titles` may hold "" for a piece without a title; `day` is a field of Dates, `a..b` or `past`.

    `foot` is what is signed at the foot of each page, `paged` whether each says 第x页 共y页, `ordinal` whether it may
    say which time it is, `copies` whether it may be marked as a copy or stub, `most` how many a volume usually holds.
    `wording` is which wording of an untitled piece it is. `cover` gives it a cover of its own, `airy` sets it over the
    whole page; `first` is the day of the first of its kind about somebody, `joint` says that it needs a case with an
    accomplice.
    """

    type: str
    day: str
    author: str
    body: str
    titles: tuple[str, ...] = ()
    letterhead: str = ""
    number: str = ""
    subject: str = "suspect"
    foot: str = ""
    paged: bool = False
    ordinal: bool = False
    copies: bool = False
    cover: bool = False
    airy: bool = False
    first: str = ""
    joint: bool = False
    most: int = 1
    columns: tuple[int, ...] = ()
    offences: tuple[str, ...] = ()
    wording: int = USUAL

    @property
    def kind(self) -> DocumentType:
        """The type in the taxonomy."""
        found = OTHER if self.type == UNKNOWN else type_named(self.type)
        if found is None:
            raise Defect("volumes.type", f"no document type is called {self.type}")
        return found

    @property
    def wordings(self) -> tuple[str, ...]:
        """The titles that it may bear: its own, else those of the taxonomy without an asterisk."""
        return self.titles or tuple(title for title in self.kind.titles if "*" not in title)


@cache
def forms(wording: int = USUAL) -> tuple[Form, ...]:
    """All forms, those of pieces without a title in this wording where it has one; raises Defect when one is of no
    known type."""
    usual = _read(FILES)
    reworded = [form for form in _read((REWORDINGS,)) if form.wording == wording]
    replaced = {form.type for form in reworded}
    return (*(form for form in usual if form.type not in replaced or form.titles != ("",)), *reworded)


def _read(names: Iterable[str]) -> tuple[Form, ...]:
    folder = resources.files("benchmarks.volumes") / "forms"
    lists = [tomllib.loads((folder / name).read_text(encoding="utf-8"))["forms"] for name in names]
    found = [from_json(Form, entry) for entries in lists for entry in entries]
    for form in found:
        if not form.wordings:
            raise Defect("volumes.title", f"the form of {form.type} has no title")
    return tuple(found)
