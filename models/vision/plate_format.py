"""Which texts a number plate may bear: alphabet and formats of GA 36 as data; knows no picture and no network.

The letter O of an issuing office (粤O) has the shape of the digit 0, and a serial has neither I nor O, so that readers
know one sign for both: `written` puts the O back where only a letter can stand.
"""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Final

PROVINCES: Final = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
MARKS: Final = "警学挂港澳使领"
DIGITS: Final = "0123456789"
LETTERS: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ"
LATIN: Final = DIGITS + LETTERS
HAN: Final = PROVINCES + MARKS
ALPHABET: Final = LATIN + HAN
"""What a reader tells apart, in the order of its classes; class 0 of the network is CTC's blank and stands before."""
COLOURS: Final = ("blue", "yellow", "green", "white", "black")
OFFICE: Final = 1
"""Place of the issuing office's letter."""


@dataclass(frozen=True, slots=True)
class PlateFormat:
    """A kind of plate: for each character those that may stand there, and the colours of its ground."""

    name: str
    pattern: str
    places: tuple[str, ...]
    colours: tuple[str, ...]

    def allows(self, text: str) -> bool:
        """Whether `text`, in the reader's alphabet, is of this kind."""
        return len(text) == len(self.places) and all(c in place for c, place in zip(text, self.places, strict=True))


@functools.cache
def plate_formats() -> tuple[PlateFormat, ...]:
    """Every format that ships, in the order of the file."""
    place = resources.files("models.vision") / "plate_formats.toml"
    table = tomllib.loads(place.read_text(encoding="utf-8"))
    letters, digits = str(table["letters"]), str(table["digits"])
    signs = {
        "P": str(table["provinces"]),
        "L": letters + "0",
        "S": digits + letters,
        "N": digits,
        "E": str(table["energy"]),
    }
    return tuple(
        PlateFormat(
            name=str(row["name"]),
            pattern=str(row["pattern"]),
            places=tuple(signs.get(sign, sign) for sign in str(row["pattern"])),
            colours=tuple(str(colour) for colour in row["colours"]),
        )
        for row in table["formats"]
    )


def format_of(text: str) -> PlateFormat | None:
    """The first format that allows `text` (in the reader's alphabet), None where it is no plate of GA 36."""
    return next((one for one in plate_formats() if one.allows(text)), None)


def written(text: str) -> str:
    """`text` as people write it: O for the 0 that stands for the office's letter."""
    if len(text) > OFFICE and text[0] in PROVINCES and text[OFFICE] == "0":
        return text[:OFFICE] + "O" + text[OFFICE + 1 :]
    return text


def read_form(text: str) -> str:
    """`text` in the reader's alphabet: 0 for O, 1 for I."""
    return text.upper().replace("O", "0").replace("I", "1")
