"""Passwords: Argon2id hashes, and a check that takes as long for a name that nobody has; knows no account.

Both functions take tens of milliseconds by design: call them in a thread.
"""

from __future__ import annotations

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from models.errors import BadInput

PASSWORD_MIN_CHARS = 10
PASSWORD_MAX_CHARS = 256
"""Argon2 would take more; nobody types more, and a megabyte of password is an attack on the processor."""


@cache
def _hasher() -> PasswordHasher:
    # RFC 9106, second recommended option (64 MiB, 3 passes), with 2 lanes: what a small server can spare.
    return PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=2)


@cache
def _hash_of_nobody() -> str:
    return _hasher().hash("nobody has this password")


def hash_password(password: str) -> str:
    """The Argon2id hash of a new password; raises BadInput when it is too short or too long."""
    if not PASSWORD_MIN_CHARS <= len(password) <= PASSWORD_MAX_CHARS:
        raise BadInput("password.length", f"a password has {PASSWORD_MIN_CHARS} to {PASSWORD_MAX_CHARS} characters")
    return _hasher().hash(password)


def password_matches(stored: str | None, password: str) -> bool:
    """Whether `password` is the one behind `stored`; None (nobody, or no password) costs the same time and is False."""
    try:
        _hasher().verify(stored or _hash_of_nobody(), password[:PASSWORD_MAX_CHARS])
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None and len(password) <= PASSWORD_MAX_CHARS
