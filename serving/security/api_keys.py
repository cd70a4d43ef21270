"""API keys: `aj_<prefix>_<secret>`, of which the store keeps the prefix and a hash; knows no account.

The secret has 256 random bits, so a plain SHA-256 is enough: there is nothing to guess that a slow hash would protect.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass

_SHAPE = re.compile(r"aj_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key as it is shown once (`text`), and what the store keeps of it."""

    text: str
    prefix: str
    key_hash: str


def make_key() -> NewKey:
    """A fresh key of A-Z a-z 0-9 _ - only."""
    prefix = secrets.token_hex(6)
    text = f"aj_{prefix}_{secrets.token_urlsafe(32)}"
    return NewKey(text, prefix, key_hash(text))


def key_hash(text: str) -> str:
    """What the store keeps of a key: SHA-256 of the whole text, lower-case hex."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def prefix_of(text: str) -> str | None:
    """The prefix under which the store finds the key; None for what is no key at all."""
    shape = _SHAPE.fullmatch(text)
    return shape.group(1) if shape else None


def key_matches(stored_hash: str, text: str) -> bool:
    """Whether `text` is the key behind `stored_hash`, compared in constant time."""
    return hmac.compare_digest(stored_hash, key_hash(text))
