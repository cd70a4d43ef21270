"""Names of stored things: random, URL-safe, with a short prefix that says what they name; knows no table."""

from __future__ import annotations

import secrets

_RANDOM_BYTES = 10
"""80 bits: two ids of a store of 10^9 things meet with a chance below one in a million."""


def new_id(prefix: str) -> str:
    """A fresh id such as `case_0f3a...`: prefix, underscore, 20 lower-case hex characters."""
    return f"{prefix}_{secrets.token_hex(_RANDOM_BYTES)}"
