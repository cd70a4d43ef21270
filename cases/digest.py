"""Digests of content: SHA-256 and SM3 in one pass, since Chinese courts and foreign tools each ask for their own.

SM3 comes from the OpenSSL that Python links; a pure Python SM3 would be a thousand times too slow for video, so that a
build without SM3 is refused at the start with a clear error. Knows files and bytes, no store.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import BinaryIO

from cases.records import Digest
from models.errors import Unavailable

CHUNK_BYTES = 1 << 20
"""Bytes read at once: large enough that hashlib releases the interpreter lock, small enough for many uploads."""

_SM3_OF_ABC = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
"""The standard's own example, GB/T 32905-2016 appendix A.1."""


@cache
def require_sm3() -> None:
    """Check once that this Python can compute SM3; raises Unavailable saying what to do when it cannot."""
    try:
        found = hashlib.new("sm3", b"abc", usedforsecurity=False).hexdigest()
    except ValueError:
        found = ""
    if found != _SM3_OF_ABC:
        raise Unavailable(
            "digest.sm3",
            "this Python's OpenSSL has no working SM3 (GB/T 32905-2016); use a Python linked to OpenSSL 1.1.1 or newer "
            "with SM3 enabled (the stock Debian and python.org builds are)",
        )


class Hasher:
    """Both digests of a stream of bytes, computed as it passes."""

    def __init__(self) -> None:
        require_sm3()
        self._sha256 = hashlib.sha256()
        self._sm3 = hashlib.new("sm3", usedforsecurity=False)
        self.size = 0

    def update(self, data: bytes | memoryview) -> None:
        """Take in the next bytes."""
        self._sha256.update(data)
        self._sm3.update(data)
        self.size += len(data)

    def digest(self) -> Digest:
        """The digests of all bytes so far."""
        return Digest(self._sha256.hexdigest(), self._sm3.hexdigest())


def digest_stream(stream: BinaryIO) -> tuple[Digest, int]:
    """Both digests of what is left in `stream`, and its size in bytes."""
    hasher = Hasher()
    while chunk := stream.read(CHUNK_BYTES):
        hasher.update(chunk)
    return hasher.digest(), hasher.size


def digest_file(path: Path) -> tuple[Digest, int]:
    """Both digests of the file at `path`, and its size in bytes; raises OSError when it cannot be read."""
    with path.open("rb") as stream:
        return digest_stream(stream)
