"""The key that signs audit checkpoints: a file of its own, made on first use, readable by its owner alone.

Knows no store.
"""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from cases.audit import public_hex
from models.errors import Unavailable


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The Ed25519 key at `path` (PKCS 8, PEM), made when there is none; raises Unavailable when it cannot be used."""
    if not path.exists():
        _make(path)
    return _load(path)


def public_key(path: Path) -> str | None:
    """The public half of the key at `path`, lower-case hex; None when there is no key. Makes nothing."""
    return public_hex(_load(path)) if path.exists() else None


def _load(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise Unavailable("audit.key", f"the signing key {path} cannot be read; restore it from a backup") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise Unavailable("audit.key", f"the signing key {path} is no Ed25519 key")
    return key


def _make(path: Path) -> None:
    """Write a new key beside `path` and link it there: two processes that start together end with one key."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{path.name}.{os.getpid()}.{os.urandom(4).hex()}")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    except OSError as error:
        raise Unavailable("audit.key", f"the signing key {path} cannot be written: {error.strerror}") from error
