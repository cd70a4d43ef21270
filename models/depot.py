"""The content-addressed shelf under the weights cache: blobs by SHA-256, partial transfers, links; knows no model.

A blob is written under another name, checked, flushed to disk and then renamed, so that a name in `blobs/` always had
the right bytes once.  Blobs are read-only files; models see them through hard links, or symbolic links where the file
system has no hard links.
"""

from __future__ import annotations

import fcntl
import hashlib
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from models.errors import Unavailable

_log = logging.getLogger(__name__)
LOCK_WAIT_S: Final = 7200.0
"""Another process may be pulling the same model: wait as long as two package timeouts."""
LOCK_POLL_S: Final = 0.1


def file_sha256(path: Path) -> str:
    """SHA-256 of a file's bytes, in lower-case hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@dataclass(frozen=True, slots=True)
class Depot:
    """The folders `blobs`, `partial` and `locks` under `root`; made when first needed."""

    root: Path

    def blob(self, sha256: str) -> Path:
        """Where the blob lies, or would lie."""
        return self.root / "blobs" / sha256

    def partial(self, key: str) -> Path:
        """Where bytes gather until they are checked; `key` is the same for the same file in every try."""
        return self._folder("partial") / hashlib.sha256(key.encode()).hexdigest()

    def intact(self, sha256: str) -> bool:
        """Whether the blob is here and its bytes still match; a damaged one is removed."""
        place = self.blob(sha256)
        if not place.is_file():
            return False
        if file_sha256(place) == sha256:
            return True
        place.unlink()
        return False

    def store(self, part: Path) -> str:
        """Moves a finished file into the shelf and returns its SHA-256."""
        digest = file_sha256(part)
        self._folder("blobs")
        with part.open("rb") as stream:
            os.fsync(stream.fileno())
        part.chmod(0o444)
        part.replace(self.blob(digest))
        return digest

    def link(self, sha256: str, target: Path) -> None:
        """Makes `target` show the blob, in place of whatever was there."""
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        fresh.unlink(missing_ok=True)
        try:
            fresh.hardlink_to(self.blob(sha256))
        except OSError:
            fresh.symlink_to(self.blob(sha256))
        fresh.replace(target)

    def remove(self, blobs: set[str]) -> int:
        """Removes these blobs, as far as they are here; returns the bytes freed."""
        places = [place for place in map(self.blob, blobs) if place.is_file()]
        freed = sum(place.stat().st_size for place in places)
        for place in places:
            place.unlink(missing_ok=True)
        return freed

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Holds the lock `name` against other processes and threads; raises Unavailable after LOCK_WAIT_S."""
        ends, told = time.monotonic() + LOCK_WAIT_S, False
        with (self._folder("locks") / f"{name}.lock").open("w") as handle:
            while True:
                try:
                    fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > ends:
                        raise Unavailable("weights.locked", f"another process holds the weights of {name}") from None
                    if not told:
                        _log.warning("another process is at work on the weights of %s; waiting for it", name)
                        told = True
                    time.sleep(LOCK_POLL_S)
            yield

    def _folder(self, name: str) -> Path:
        folder = self.root / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder
