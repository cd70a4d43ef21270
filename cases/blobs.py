"""Content by its digest: what a blob store is, and the one on a local folder; knows no case and no database.

Bytes arrive in `incoming/`, are hashed as they come, synced, and only then renamed to `sha256/ab/cd/<digest>`, so
that a blob is either whole or not there, whatever is killed. A blob never changes; equal content is kept once. What
an aborted upload leaves lies in `incoming/` alone, until it is resumed or swept.
"""

from __future__ import annotations

import errno
import fcntl
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Protocol, Self

from cases.digest import CHUNK_BYTES, Hasher, digest_file, digest_stream
from cases.failpoint import failpoint
from cases.ids import new_id
from cases.records import Digest
from models.errors import Conflict, Defect, NotFound, Tampered, Unavailable

log = logging.getLogger(__name__)

_SHA256 = re.compile(r"[0-9a-f]{64}")
_UPLOAD = re.compile(r"up_[0-9a-f]{20}")


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """Content that a blob store holds: digests and size in bytes."""

    digest: Digest
    size: int


class Incoming(Protocol):
    """Bytes on their way in; a context manager.

    Left without `commit`, the bytes are dropped unless they are to be kept.
    """

    @property
    def upload_id(self) -> str:
        """By which `resume` finds the upload again."""
        ...

    @property
    def size(self) -> int:
        """Bytes so far."""
        ...

    @property
    def offset(self) -> int:
        """Bytes so far: where a resumed upload goes on."""
        ...

    def write(self, data: bytes) -> None:
        """Take in the next bytes; raises Unavailable when the disk is full."""
        ...

    def commit(self) -> StoredBlob:
        """Make the content durable and known by its digest; raises Unavailable when it cannot be written."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class BlobStore(Protocol):
    """Where content is kept; thread-safe."""

    def receive(self, *, keep: bool = False) -> Incoming:
        """A new upload; with `keep` it stays for `resume` when it is left without `commit`."""
        ...

    def resume(self, upload_id: str) -> Incoming:
        """An upload that was kept, hashed again up to its offset; raises NotFound, Conflict while another writes it."""
        ...

    def add_file(self, path: Path) -> StoredBlob:
        """Keep a copy of the file at `path`; raises Unavailable when it cannot be read or written."""
        ...

    def local(self, sha256: str) -> Path:
        """A path on this machine to read the content from; never write there. Raises NotFound, Tampered."""
        ...

    def open(self, sha256: str) -> BinaryIO:
        """The content as a seekable stream; raises NotFound, Tampered."""
        ...

    def size(self, sha256: str) -> int:
        """Bytes; raises NotFound."""
        ...

    def verify(self, sha256: str, sm3: str) -> None:
        """Read the content and check both digests; raises NotFound, Tampered."""
        ...

    def all(self) -> Iterator[str]:
        """The SHA-256 of every blob, in no order."""
        ...

    def sweep(self, older_than_s: float) -> int:
        """Remove what uploads left `older_than_s` seconds ago or before; answers how many."""
        ...


def require_sha256(sha256: str) -> str:
    """`sha256` when it is one (it becomes part of a path); raises NotFound otherwise."""
    if not _SHA256.fullmatch(sha256):
        raise NotFound("blob.not_found", "no such blob")
    return sha256


def tampered(sha256: str, found: Digest) -> Tampered:
    """The error for content that no longer has its digests."""
    return Tampered(
        "blob.tampered", f"the content was changed: blob {sha256} now has SHA-256 {found.sha256}, SM3 {found.sm3}"
    )


def unwritable(error: OSError, where: Path) -> Unavailable:
    """The error for content that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return Unavailable("blob.full", f"the disk of {where} is full; free space and send the file again")
    return Unavailable("blob.io", f"{where} cannot be used: {error.strerror or error}")


class Spooled:
    """An upload in a file of this machine; `place` is what a store does with the whole, synced file at `commit`."""

    def __init__(self, path: Path, place: Callable[[Path, StoredBlob], None], *, keep: bool, fresh: bool) -> None:
        self._path = path
        self._place = place
        self._keep = keep
        self._hasher = Hasher()
        self._done = False
        try:
            self._file = os.fdopen(os.open(path, os.O_RDWR | (os.O_CREAT | os.O_EXCL if fresh else 0), 0o600), "r+b", 0)
        except FileNotFoundError as error:
            raise NotFound("upload.not_found", f"no upload {path.name}; start a new one") from error
        except OSError as error:
            raise unwritable(error, path.parent) from error
        self._take_up()

    def _take_up(self) -> None:
        """Lock the file against other writers and hash what is there already."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise Conflict("upload.busy", f"upload {self.upload_id} is being written elsewhere") from error
        while chunk := self._file.read(CHUNK_BYTES):
            self._hasher.update(chunk)

    @property
    def upload_id(self) -> str:
        """By which `resume` finds the upload again."""
        return self._path.name

    @property
    def size(self) -> int:
        """Bytes so far."""
        return self._hasher.size

    @property
    def offset(self) -> int:
        """Bytes so far: where a resumed upload goes on."""
        return self._hasher.size

    def write(self, data: bytes) -> None:
        """Take in the next bytes; raises Unavailable when the disk is full."""
        rest = memoryview(data)
        try:
            while rest:
                written = self._file.write(rest)
                self._hasher.update(rest[:written])
                rest = rest[written:]
        except OSError as error:
            raise unwritable(error, self._path.parent) from error

    def commit(self) -> StoredBlob:
        """Make the content durable and known by its digest; raises Unavailable when it cannot be written."""
        if self._done:
            raise Defect("upload.done", f"upload {self.upload_id} is committed already")
        blob = StoredBlob(self._hasher.digest(), self._hasher.size)
        try:
            os.fsync(self._file.fileno())
            failpoint("blob.synced")
            self._place(self._path, blob)
        except OSError as error:
            raise unwritable(error, self._path.parent) from error
        self._done = True
        failpoint("blob.renamed")
        return blob

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()
        if not self._done and not self._keep:
            self._path.unlink(missing_ok=True)


class Spool:
    """The folder in which uploads lie until they are whole; files there belong to no case."""

    def __init__(self, folder: Path, place: Callable[[Path, StoredBlob], None]) -> None:
        self._folder = folder
        self._place = place
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise unwritable(error, folder) from error

    def receive(self, *, keep: bool = False) -> Spooled:
        """A new upload."""
        return Spooled(self._folder / new_id("up"), self._place, keep=keep, fresh=True)

    def resume(self, upload_id: str) -> Spooled:
        """An upload that was kept."""
        if not _UPLOAD.fullmatch(upload_id):
            raise NotFound("upload.not_found", f"no upload {upload_id!r}; start a new one")
        return Spooled(self._folder / upload_id, self._place, keep=True, fresh=False)

    def add_file(self, path: Path) -> StoredBlob:
        """Take in a copy of the file at `path`."""
        try:
            with path.open("rb") as source, self.receive() as incoming:
                while chunk := source.read(CHUNK_BYTES):
                    incoming.write(chunk)
                return incoming.commit()
        except OSError as error:
            raise Unavailable("blob.read", f"{path.name} cannot be read: {error.strerror or error}") from error

    def sweep(self, older_than_s: float) -> int:
        """Remove uploads that nobody has written to for `older_than_s` seconds."""
        removed = 0
        for path in self._folder.iterdir():
            try:
                if time.time() - path.stat().st_mtime < older_than_s:
                    continue
                with path.open("rb") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    path.unlink()
            except (FileNotFoundError, BlockingIOError):
                continue  # committed or taken up again meanwhile
            removed += 1
        return removed


class LocalBlobs:
    """Blobs in a folder; `root` and its `incoming` must lie on one file system."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._spool = Spool(root / "incoming", self._keep)
        self._blobs = root / "sha256"
        self._blobs.mkdir(exist_ok=True, mode=0o700)

    def receive(self, *, keep: bool = False) -> Incoming:
        """A new upload; with `keep` it stays for `resume` when it is left without `commit`."""
        return self._spool.receive(keep=keep)

    def resume(self, upload_id: str) -> Incoming:
        """An upload that was kept, hashed again up to its offset; raises NotFound, Conflict while another writes it."""
        return self._spool.resume(upload_id)

    def add_file(self, path: Path) -> StoredBlob:
        """Keep a copy of the file at `path`; raises Unavailable when it cannot be read or written."""
        return self._spool.add_file(path)

    def local(self, sha256: str) -> Path:
        """The blob's own file, read-only; raises NotFound."""
        path = self._path(sha256)
        if not path.is_file():
            raise NotFound("blob.not_found", f"blob {sha256} is not in the store")
        return path

    def open(self, sha256: str) -> BinaryIO:
        """The content as a seekable stream; raises NotFound."""
        return self.local(sha256).open("rb")

    def size(self, sha256: str) -> int:
        """Bytes; raises NotFound."""
        return self.local(sha256).stat().st_size

    def verify(self, sha256: str, sm3: str) -> None:
        """Read the content and check both digests; raises NotFound, Tampered."""
        with self.open(sha256) as stream:
            found, _ = digest_stream(stream)
        if found != Digest(sha256, sm3):
            raise tampered(sha256, found)

    def all(self) -> Iterator[str]:
        """The SHA-256 of every blob, in no order."""
        for path in self._blobs.glob("??/??/*"):
            if _SHA256.fullmatch(path.name):
                yield path.name

    def sweep(self, older_than_s: float) -> int:
        """Remove uploads that nobody has written to for `older_than_s` seconds; answers how many."""
        return self._spool.sweep(older_than_s)

    def _path(self, sha256: str) -> Path:
        return self._blobs / require_sha256(sha256)[:2] / sha256[2:4] / sha256

    def _keep(self, spooled: Path, blob: StoredBlob) -> None:
        """Rename a synced upload to its digest; content that is there already, and whole, is kept instead."""
        target = self._path(blob.digest.sha256)
        if target.is_file():
            if digest_file(target) == (blob.digest, blob.size):
                spooled.unlink()
                return
            self._set_aside(target)
        make_folders(target.parent, self._blobs)
        spooled.chmod(0o400)
        spooled.rename(target)
        sync_folder(target.parent)

    def _set_aside(self, damaged: Path) -> None:
        """Keep a damaged blob for whoever looks into it, out of the way of the whole copy that just came in."""
        aside = self._root / "damaged"
        aside.mkdir(exist_ok=True, mode=0o700)
        damaged.rename(aside / f"{damaged.name}.{time.time_ns()}")
        log.error(
            "blob %s was damaged; a whole copy came in and took its place, the damaged one is set aside", damaged.name
        )


def sync_folder(folder: Path) -> None:
    """Bring a folder's own entries to the disk, so that a rename in it outlives a power loss."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def make_folders(folder: Path, root: Path) -> None:
    """Make `folder` below `root`, syncing each level that is new."""
    if folder.is_dir():
        return
    if folder.parent != root:
        make_folders(folder.parent, root)
    folder.mkdir(exist_ok=True, mode=0o700)
    sync_folder(folder.parent)
