"""What the weights cache remembers beside the bytes: stamps, learnt digests, converters, last use; knows no mirror.

Every record is a small JSON file that is replaced whole.  A record that is missing or broken counts as empty: a stamp
can be learnt again, by reading the files.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a file was when its digest was last checked: bytes, and time of change in ns."""

    sha256: str
    size: int
    mtime_ns: int

    def fits(self, place: Path) -> bool:
        """Whether the file still looks the same; reads no contents."""
        try:
            state = place.stat()
        except OSError:
            return False
        return (state.st_size, state.st_mtime_ns) == (self.size, self.mtime_ns)


@dataclass(frozen=True, slots=True)
class Pin:
    """A digest learnt here, for a file whose manifest said `expected` (None: nothing)."""

    expected: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The records under `root`."""

    root: Path

    def names(self) -> list[str]:
        """The models that have stamps, in alphabetical order."""
        return sorted(place.stem for place in (self.root / "stamps").glob("*.json"))

    def stamps(self, name: str) -> dict[str, Stamp]:
        """By path in the model's folder."""
        found: dict[str, Stamp] = {}
        for path, value in self._read("stamps", name).items():
            match value:
                case {"sha256": str(digest), "size": int(size), "mtime_ns": int(mtime)}:
                    found[path] = Stamp(digest, size, mtime)
        return found

    def write_stamps(self, name: str, stamps: Mapping[str, Stamp]) -> None:
        """Replaces all stamps of the model."""
        self._write("stamps", name, {path: asdict(stamp) for path, stamp in stamps.items()})

    def pins(self, name: str) -> dict[str, Pin]:
        """By path in the model's folder."""
        found: dict[str, Pin] = {}
        for path, value in self._read("pins", name).items():
            match value:
                case {"expected": str() | None as expected, "sha256": str(digest)}:
                    found[path] = Pin(expected, digest)
        return found

    def write_pins(self, name: str, pins: Mapping[str, Pin]) -> None:
        """Replaces all pins of the model."""
        self._write("pins", name, {path: asdict(pin) for path, pin in pins.items()})

    def converter(self, name: str) -> str:
        """What made the model's files here; empty when they came as they are."""
        return str(self._read("converters", name).get("converter", ""))

    def write_converter(self, name: str, label: str) -> None:
        """Writes down what made the model's files."""
        self._write("converters", name, {"converter": label})

    def used(self, name: str) -> float:
        """When the model was last asked for, in Unix seconds; 0 when nobody knows."""
        place = self._place("used", name)
        return place.stat().st_mtime if place.exists() else 0.0

    def touch(self, name: str) -> None:
        """The model is asked for now."""
        place = self._place("used", name)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch()

    def forget(self, name: str, *, pins: bool) -> None:
        """Removes the records of the model, its learnt digests only with `pins`."""
        for kind in ["stamps", "used", "converters", *(["pins"] if pins else [])]:
            self._place(kind, name).unlink(missing_ok=True)

    def blobs(self) -> set[str]:
        """The digests that any model uses."""
        return {stamp.sha256 for name in self.names() for stamp in self.stamps(name).values()}

    def _place(self, kind: str, name: str) -> Path:
        return self.root / kind / f"{name}.json"

    def _read(self, kind: str, name: str) -> dict[str, object]:
        try:
            content = json.loads(self._place(kind, name).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self, kind: str, name: str, content: object) -> None:
        place = self._place(kind, name)
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=place.parent, delete=False, encoding="utf-8") as file:
            json.dump(content, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(place)
