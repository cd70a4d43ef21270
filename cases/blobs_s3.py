"""Content by its digest in any S3-compatible store, with a verified cache on this machine.

Knows no case and no database.

Objects are written once, under their SHA-256, and never overwritten or deleted, so that buckets with object lock (封存)
serve as they are. Bytes arrive in the cache folder first, hashed and synced; large ones go up in parts. What comes
down is hashed before it is believed.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from botocore.exceptions import BotoCoreError, ClientError

from cases.blobs import Incoming, Spool, StoredBlob, make_folders, require_sha256, sync_folder, tampered, unwritable
from cases.digest import CHUNK_BYTES, Hasher, digest_file
from cases.failpoint import failpoint
from cases.ids import new_id
from cases.records import Digest
from models.errors import AnjuanError, NotFound, Tampered, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

log = logging.getLogger(__name__)

PART_BYTES = 64 << 20
"""Files above this go up in parts of this size: the largest object has 10,000 parts, so up to 625 GiB."""
PARALLEL_PARTS = 2
"""Parts on their way at once: memory and line are shared with everything else on the machine."""

_MISSING = ("404", "NoSuchKey", "NotFound")


class S3Blobs:
    """Blobs in `bucket` under `prefix`; `cache_root` is a folder of this machine for uploads and copies."""

    def __init__(self, client: S3Client, bucket: str, prefix: str, cache_root: Path) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._spool = Spool(cache_root / "incoming", self._keep)
        self._cache = cache_root / "sha256"
        self._cache.mkdir(exist_ok=True, mode=0o700)
        self._believed: dict[str, tuple[int, int]] = {}
        self._believing = threading.Lock()

    def receive(self, *, keep: bool = False) -> Incoming:
        """A new upload; with `keep` it stays on this machine for `resume` when it is left without `commit`."""
        return self._spool.receive(keep=keep)

    def resume(self, upload_id: str) -> Incoming:
        """An upload that was kept on this machine; raises NotFound, Conflict while another writes it."""
        return self._spool.resume(upload_id)

    def add_file(self, path: Path) -> StoredBlob:
        """Keep a copy of the file at `path`; raises Unavailable when it cannot be read or sent."""
        return self._spool.add_file(path)

    def local(self, sha256: str) -> Path:
        """A copy on this machine, fetched when it is not here and hashed before it is believed.

        Raises NotFound, Tampered, Unavailable when the store cannot be reached.
        """
        path = self._path(sha256)
        if not self._is_believed(path):
            self._fetch(sha256, path)
        return path

    def open(self, sha256: str) -> BinaryIO:
        """The content as a seekable stream of the local copy; raises as `local`."""
        return self.local(sha256).open("rb")

    def size(self, sha256: str) -> int:
        """Bytes in the store; raises NotFound, Unavailable."""
        found = self._remote_size(require_sha256(sha256))
        if found is None:
            raise _not_there(sha256)
        return found

    def verify(self, sha256: str, sm3: str) -> None:
        """Read the content from the store, not from the cache, and check both digests; raises NotFound, Tampered."""
        hasher = Hasher()
        for chunk in self._stream(require_sha256(sha256)):
            hasher.update(chunk)
        if hasher.digest() != Digest(sha256, sm3):
            raise tampered(sha256, hasher.digest())

    def all(self) -> Iterator[str]:
        """The SHA-256 of every blob in the store; raises Unavailable."""
        start = f"{self._prefix}sha256/"
        try:
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=start):
                for item in page.get("Contents", []):
                    name = item["Key"].rsplit("/", 1)[-1]
                    if item["Key"] == self._key(name):
                        yield name
        except (BotoCoreError, ClientError) as error:
            raise _unreachable(error) from error

    def sweep(self, older_than_s: float) -> int:
        """Remove uploads, cached copies and unfinished parts that nobody has used for `older_than_s` seconds."""
        removed = self._spool.sweep(older_than_s)
        for path in self._cache.glob("??/??/*"):
            stat = path.stat()
            if time.time() - max(stat.st_atime, stat.st_mtime) >= older_than_s:
                path.unlink(missing_ok=True)
                removed += 1
        return removed + self._abort_parts(older_than_s)

    # --- towards the store --------------------------------------------------------------------------------------
    def _keep(self, spooled: Path, blob: StoredBlob) -> None:
        """Send a synced upload unless the same object is there whole, then make it the cached copy."""
        sha256 = blob.digest.sha256
        there = self._remote_size(sha256)
        if there is None:
            self._send(spooled, blob)
        elif there != blob.size:
            raise Tampered("blob.tampered", f"the store holds {there} bytes as blob {sha256}, it has {blob.size}")
        failpoint("blob.sent")
        self._adopt(spooled, self._path(sha256))

    def _send(self, path: Path, blob: StoredBlob) -> None:
        from boto3.exceptions import Boto3Error
        from boto3.s3.transfer import TransferConfig

        parts = TransferConfig(
            multipart_threshold=PART_BYTES, multipart_chunksize=PART_BYTES, max_concurrency=PARALLEL_PARTS
        )
        # The checksum is what buckets with object lock ask of every write.
        extra = {"ChecksumAlgorithm": "SHA256", "Metadata": {"sha256": blob.digest.sha256, "sm3": blob.digest.sm3}}
        try:
            self._client.upload_file(
                str(path), self._bucket, self._key(blob.digest.sha256), ExtraArgs=extra, Config=parts
            )
        except (BotoCoreError, ClientError, Boto3Error) as error:
            raise _unreachable(error) from error
        if self._remote_size(blob.digest.sha256) != blob.size:
            raise Unavailable("blob.s3", f"the store did not keep all of blob {blob.digest.sha256}; send it again")

    def _remote_size(self, sha256: str) -> int | None:
        try:
            return int(self._client.head_object(Bucket=self._bucket, Key=self._key(sha256))["ContentLength"])
        except ClientError as error:
            if _code(error) in _MISSING:
                return None
            raise _unreachable(error) from error
        except BotoCoreError as error:
            raise _unreachable(error) from error

    def _stream(self, sha256: str) -> Iterator[bytes]:
        try:
            body = self._client.get_object(Bucket=self._bucket, Key=self._key(sha256))["Body"]
            while chunk := body.read(CHUNK_BYTES):
                yield chunk
        except ClientError as error:
            raise (_not_there(sha256) if _code(error) in _MISSING else _unreachable(error)) from error
        except BotoCoreError as error:
            raise _unreachable(error) from error

    def _abort_parts(self, older_than_s: float) -> int:
        before = datetime.now(UTC) - timedelta(seconds=older_than_s)
        aborted = 0
        try:
            found = self._client.list_multipart_uploads(Bucket=self._bucket, Prefix=f"{self._prefix}sha256/")
            for upload in found.get("Uploads", []):
                if upload["Initiated"] <= before:
                    self._client.abort_multipart_upload(
                        Bucket=self._bucket, Key=upload["Key"], UploadId=upload["UploadId"]
                    )
                    aborted += 1
        except (BotoCoreError, ClientError) as error:
            raise _unreachable(error) from error
        return aborted

    # --- the cache ----------------------------------------------------------------------------------------------
    def _fetch(self, sha256: str, path: Path) -> None:
        """Bring the object into the cache; a cached copy that still hashes right is believed without asking."""
        if path.is_file() and digest_file(path)[0].sha256 == sha256:
            self._believe(path)
            return
        draft = self._cache.parent / "incoming" / new_id("up")
        hasher = Hasher()
        try:
            with draft.open("xb") as file:
                for chunk in self._stream(sha256):
                    hasher.update(chunk)
                    file.write(chunk)
            if hasher.digest().sha256 != sha256:
                raise tampered(sha256, hasher.digest())
            self._adopt(draft, path)
        except OSError as error:
            raise unwritable(error, self._cache) from error
        finally:
            draft.unlink(missing_ok=True)

    def _adopt(self, file: Path, path: Path) -> None:
        make_folders(path.parent, self._cache)
        file.chmod(0o400)
        file.replace(path)
        sync_folder(path.parent)
        self._believe(path)

    def _believe(self, path: Path) -> None:
        """Remember that this very file was hashed by this process."""
        stat = path.stat()
        with self._believing:
            self._believed[path.name] = (stat.st_mtime_ns, stat.st_size)

    def _is_believed(self, path: Path) -> bool:
        try:
            stat = path.stat()
        except FileNotFoundError:
            return False
        with self._believing:
            return self._believed.get(path.name) == (stat.st_mtime_ns, stat.st_size)

    def _path(self, sha256: str) -> Path:
        return self._cache / require_sha256(sha256)[:2] / sha256[2:4] / sha256

    def _key(self, sha256: str) -> str:
        return f"{self._prefix}sha256/{sha256[:2]}/{sha256[2:4]}/{sha256}"


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _not_there(sha256: str) -> NotFound:
    return NotFound("blob.not_found", f"blob {sha256} is not in the store")


def _unreachable(error: Exception) -> AnjuanError:
    what = _code(error) if isinstance(error, ClientError) else type(error).__name__
    return Unavailable("blob.s3", f"the S3 store cannot be used now ({what}); check its address, bucket and keys")
