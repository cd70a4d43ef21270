"""The documents that a criminal case file is made of, by group and in the order of binding, as data; knows no page.

Source: 公安机关刑事案卷立卷规范（2014版）, for procuratorate and court volumes their usual contents. The list itself is
`taxonomy.toml`.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, cast

from models.errors import Defect

FILE: Final = Path(__file__).with_name("taxonomy.toml")
UNKNOWN: Final = "其他材料"
"""What is of no type: a person names it."""
PARTS: Final = "F"
"""The group of what a volume itself is made of: cover, catalogue, remarks."""


@dataclass(frozen=True, slots=True)
class DocumentType:
    """A leaf: its name, group, volume, place in the order of binding, and the titles that its forms bear.

    `titles` may hold "*" for any characters; `told_by` are words that tell it from another type with the same title,
    `known_by` what stands on it when no title does: of one of these texts, all words parted by blanks. `issued_by` is
    where its issuer stands, see `authors`; empty for the organ of its head or closing.
    """

    name: str
    group: str
    group_name: str
    volume: str
    order: int
    titles: tuple[str, ...]
    told_by: tuple[str, ...]
    known_by: tuple[str, ...] = ()
    issued_by: tuple[str, ...] = ()

    def is_known_by(self, text: str) -> bool:
        """Whether a text without a title is one of this type."""
        return any(all(word in text for word in words.split()) for words in self.known_by)

    @property
    def is_part_of_volume(self) -> bool:
        """Whether it belongs to the volume and is no row of its catalogue."""
        return self.group == PARTS


@cache
def taxonomy() -> tuple[DocumentType, ...]:
    """All types in the order of binding; raises Defect when the list names one twice or is no such list."""
    groups = tomllib.loads(FILE.read_text(encoding="utf-8"))["groups"]
    found: list[DocumentType] = []
    for group in groups:
        for entry in group["types"]:
            name = str(entry["name"])
            found.append(
                DocumentType(
                    name,
                    str(group["code"]),
                    str(group["name"]),
                    str(group["volume"]),
                    len(found),
                    tuple(cast("list[str]", entry.get("titles", [name]))),
                    tuple(cast("list[str]", entry.get("told_by", []))),
                    tuple(cast("list[str]", entry.get("known_by", []))),
                    tuple(cast("list[str]", entry.get("issued_by", []))),
                )
            )
    names = [one.name for one in found]
    if len(set(names)) != len(names):
        raise Defect("taxonomy.twice", f"taxonomy.toml names {max(names, key=names.count)} twice")
    return tuple(found)


def type_named(name: str) -> DocumentType | None:
    """The type of this name, None when there is none."""
    return next((one for one in taxonomy() if one.name == name), None)
