"""Reads the small tables of numbers that ship with the product; knows no network and what no number means."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import Defect


def shipped_arrays(package: str, name: str, most_bytes: int) -> dict[str, NDArray[Any]]:
    """The arrays of the file `name` (npz) in a package, by name; raises Defect where it is larger than `most_bytes`."""
    with (files(package) / name).open("rb") as file:
        file.seek(0, 2)
        if file.tell() > most_bytes:
            raise Defect("shipped.size", f"{name} is larger than {most_bytes} bytes")
        file.seek(0)
        with np.load(file, allow_pickle=False) as held:
            return {key: held[key] for key in held.files}
