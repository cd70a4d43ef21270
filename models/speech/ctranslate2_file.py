"""The variables of a CTranslate2 model file, as arrays; knows no network.

A file of version 6, as ctranslate2.specs.model_spec writes it, little-endian: the version, the name of the
specification and its revision; then each variable as name, shape, type and bytes; then names for variables that are
equal to another. A text has its length in front and a zero byte at its end.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from models.errors import Defect

VERSION: Final = 6
TYPES: Final = (np.float32, np.int8, np.int16, np.int32, np.float16)
"""By their number in the file; it knows bfloat16 too, and NumPy does not."""

Array = NDArray[Any]


def read_variables(path: Path, prefix: str) -> dict[str, Array]:
    """The variables whose names begin with `prefix`, without it; read from the file when they are looked at.

    Raises Defect when the file is of another version, or is no such file.
    """
    try:
        return _variables(_Reader(np.memmap(path, np.uint8, "r")), prefix)
    except (struct.error, UnicodeDecodeError, ValueError, IndexError) as error:
        raise Defect("model.layout", f"{path} is no CTranslate2 model file of version {VERSION}: {error}") from error


class _Reader:
    """Goes through the bytes of a file."""

    def __init__(self, data: NDArray[np.uint8]) -> None:
        self._data = data
        self._at = 0

    def number(self, kind: str) -> int:
        """One number of a `struct` kind."""
        (value,) = struct.unpack("<" + kind, self.take(struct.calcsize("<" + kind)).tobytes())
        return int(value)

    def text(self) -> str:
        return self.take(self.number("H")).tobytes().removesuffix(b"\0").decode()

    def take(self, size: int) -> NDArray[np.uint8]:
        """The next bytes; raises ValueError where so many are not left."""
        taken = self._data[self._at : self._at + size]
        if taken.size != size:
            raise ValueError("it ends too early")
        self._at += size
        return taken


def _variables(reader: _Reader, prefix: str) -> dict[str, Array]:
    version = reader.number("I")
    if version != VERSION:
        raise ValueError(f"it says version {version}")
    reader.text()
    reader.number("I")
    found: dict[str, Array] = {}
    for _ in range(reader.number("I")):
        name = reader.text()
        shape = [reader.number("I") for _ in range(reader.number("B"))]
        kind, size = reader.number("B"), reader.number("I")
        content = reader.take(size)
        if name.startswith(prefix):
            found[name.removeprefix(prefix)] = content.view(TYPES[kind]).reshape(shape)
    for _ in range(reader.number("I")):
        alias, name = reader.text(), reader.text()
        if alias.startswith(prefix) and name.startswith(prefix):
            found[alias.removeprefix(prefix)] = found[name.removeprefix(prefix)]
    return found
