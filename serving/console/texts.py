"""The one catalogue of user-visible texts of the console, Chinese first and English second; knows no page.

`templates/texts.toml` holds pairs [Chinese, English] under dotted keys. A key that is missing is a defect and raises,
so that no page ever shows a bare key; tests check that every key used exists and that every key is used.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LANGUAGES = ("zh", "en")
_CATALOGUE = Path(__file__).parent / "templates" / "texts.toml"


@cache
def _pairs() -> dict[str, tuple[str, str]]:
    document = tomllib.loads(_CATALOGUE.read_text(encoding="utf-8"))
    found: dict[str, tuple[str, str]] = {}
    _flatten(document, "", found)
    return found


def _flatten(table: dict[str, object], prefix: str, found: dict[str, tuple[str, str]]) -> None:
    for key, value in table.items():
        if isinstance(value, dict):
            _flatten(value, f"{prefix}{key}.", found)
        elif isinstance(value, list) and len(value) == 2:
            found[f"{prefix}{key}"] = (str(value[0]), str(value[1]))
        else:
            raise ValueError(f"{prefix}{key} in texts.toml is not a pair of Chinese and English")


def keys() -> frozenset[str]:
    """Every key of the catalogue."""
    return frozenset(_pairs())


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts of one language; call it with a key."""

    language: str

    def __call__(self, key: str, **values: object) -> str:
        """The text under `key`, with `{name}` places filled from `values`; raises KeyError for an unknown key."""
        text = _pairs()[key][LANGUAGES.index(self.language)]
        return text.format(**values) if values else text

    def known(self, prefix: str, code: str) -> str:
        """The text under `prefix.code`, or the bare code: for codes that other parts may add (acts, flags, classes)."""
        pair = _pairs().get(f"{prefix}.{code}")
        return pair[LANGUAGES.index(self.language)] if pair else code

    def under(self, prefix: str) -> dict[str, str]:
        """All texts whose key starts with `prefix.`, without it: what a page hands to its script."""
        place, start = LANGUAGES.index(self.language), f"{prefix}."
        return {key.removeprefix(start): pair[place] for key, pair in _pairs().items() if key.startswith(start)}
