"""A judgment of a corpus as a value; knows no file format, no store and no model."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Judgment:
    """A published judgment, or the part of one that is known.

    `facts` is what the court or the prosecutor says happened, `view` the court's view (本院认为), `result` the
    operative part. `charge` and `months` (fixed-term imprisonment) are given for training lines and None otherwise.
    """

    id: str
    name: str
    facts: str
    view: str = ""
    result: str = ""
    charge: str | None = None
    months: float | None = None

    def digest(self) -> str:
        """SHA-256 over all that the judgment says, its id left out: the same text under two ids is one judgment."""
        said = (self.name, self.facts, self.view, self.result, self.charge or "", repr(self.months))
        return hashlib.sha256("\x1f".join(said).encode("utf-8", "surrogatepass")).hexdigest()
