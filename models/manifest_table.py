"""A TOML table of a weights manifest, read key by key with its place in every error; knows no manifest's fields."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from models.errors import Defect


class Table:
    """A TOML table that is read key by key; what is missing, of a wrong type or left over is an error with a place."""

    def __init__(self, where: str, table: object) -> None:
        if not isinstance(table, dict):
            raise Defect("manifest.invalid", f"{where}: a table is expected")
        self._where = where
        self._left: dict[str, object] = dict(table)

    def fail(self, what: str) -> Defect:
        """The error to raise for this table."""
        return Defect("manifest.invalid", f"{self._where}: {what}")

    def text(self, key: str, default: str | None = None) -> str:
        """A string; never empty unless a default is given."""
        value = self._left.pop(key, default)
        if not isinstance(value, str) or (not value and default is None):
            raise self.fail(f"{key} must be a text")
        return value

    def matching(self, key: str, pattern: re.Pattern[str]) -> str:
        """A string of a fixed form."""
        value = self.text(key)
        if not pattern.fullmatch(value):
            raise self.fail(f"{key} has a wrong form: {value!r}")
        return value

    def flag(self, key: str, default: bool | None = None) -> bool:
        """true or false."""
        value = self._left.pop(key, default)
        if not isinstance(value, bool):
            raise self.fail(f"{key} must be true or false")
        return value

    def size(self, key: str) -> int | None:
        """A number of bytes, or nothing; some models need a file that is empty."""
        value = self._left.pop(key, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise self.fail(f"{key} must be a number of bytes, 0 or more")
        return value

    def texts(self, key: str, pattern: re.Pattern[str] | None = None, *, empty: bool = False) -> tuple[str, ...]:
        """A list of strings, not empty unless allowed."""
        value = self._left.pop(key, [])
        if not isinstance(value, list) or not (value or empty):
            raise self.fail(f"{key} must be a list of texts")
        for item in value:
            if not isinstance(item, str) or not item or (pattern and not pattern.fullmatch(item)):
                raise self.fail(f"{key} holds {item!r}, which has a wrong form")
        return tuple(value)

    def tables(self, key: str) -> list[Table]:
        """A list of tables, perhaps empty."""
        value = self._left.pop(key, [])
        if not isinstance(value, list):
            raise self.fail(f"{key} must be a list of tables")
        return [Table(f"{self._where}: {key}[{index}]", item) for index, item in enumerate(value)]

    def table(self, key: str) -> Table | None:
        """A table, or nothing."""
        value = self._left.pop(key, None)
        return None if value is None else Table(f"{self._where}: {key}", value)

    def rest(self) -> dict[str, object]:
        """All keys that are left, taken."""
        left, self._left = self._left, {}
        return left

    def end(self) -> None:
        """Raises Defect when keys are left that nobody knows."""
        if self._left:
            raise self.fail(f"unknown keys {', '.join(sorted(self._left))}")


def safe_path(path: str) -> bool:
    """Whether `path` stays inside the folder that it is joined to: relative, plain, no dots as a whole part."""
    pure = PurePosixPath(path)
    plain = bool(pure.parts) and "\\" not in path and "\0" not in path and str(pure) == path
    return plain and not pure.is_absolute() and not any(part in {".", ".."} for part in pure.parts)
