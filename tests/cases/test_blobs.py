"""Blobs on a folder and on S3: whole or not there, kept once, hashed both ways, resumable."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
import pytest
from moto.server import ThreadedMotoServer

from cases import blobs_s3
from cases.blobs import BlobStore, LocalBlobs
from cases.blobs_s3 import S3Blobs
from cases.digest import Hasher
from models.errors import Conflict, NotFound, Tampered, Unavailable

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ABSENT = "0" * 64


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """An S3 look-alike on loopback."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3_client(s3_server: str) -> S3Client:
    """A client with a fresh bucket, `evidence`, that has object lock."""
    client = boto3.client(
        "s3",
        endpoint_url=s3_server,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    client.create_bucket(Bucket=f"evidence-{time.time_ns()}", ObjectLockEnabledForBucket=True)
    return client


def bucket_of(client: S3Client) -> str:
    """The newest bucket."""
    return sorted(b["Name"] for b in client.list_buckets()["Buckets"])[-1]


@pytest.fixture(params=["local", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> BlobStore:
    """A blob store of either kind."""
    if request.param == "local":
        return LocalBlobs(tmp_path / "blobs")
    client = request.getfixturevalue("s3_client")
    return S3Blobs(client, bucket_of(client), "anjuan/", tmp_path / "cache")


def test_what_is_written_is_read_again_under_both_digests(store: BlobStore) -> None:
    with store.receive() as incoming:
        incoming.write(b"hello ")
        incoming.write(b"world")
        blob = incoming.commit()
    hasher = Hasher()
    hasher.update(b"hello world")
    assert (blob.digest, blob.size) == (hasher.digest(), 11)
    with store.open(blob.digest.sha256) as stream:
        assert stream.read() == b"hello world"
    assert store.local(blob.digest.sha256).read_bytes() == b"hello world"
    assert store.size(blob.digest.sha256) == 11
    assert list(store.all()) == [blob.digest.sha256]
    store.verify(blob.digest.sha256, blob.digest.sm3)


def test_an_empty_blob_is_a_blob(store: BlobStore) -> None:
    with store.receive() as incoming:
        blob = incoming.commit()
    assert store.local(blob.digest.sha256).read_bytes() == b""


def test_equal_content_is_kept_once(store: BlobStore, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(b"same")
    assert store.add_file(file) == store.add_file(file)
    assert len(list(store.all())) == 1
    assert file.read_bytes() == b"same"


def test_an_upload_left_without_commit_leaves_nothing(store: BlobStore) -> None:
    with store.receive() as incoming:
        incoming.write(b"half")
    assert list(store.all()) == []
    with pytest.raises(NotFound):
        store.resume(incoming.upload_id)


def test_a_kept_upload_goes_on_where_it_stopped(store: BlobStore) -> None:
    with store.receive(keep=True) as incoming:
        incoming.write(b"first ")
    with store.resume(incoming.upload_id) as again:
        assert again.offset == 6
        again.write(b"second")
        blob = again.commit()
    assert store.local(blob.digest.sha256).read_bytes() == b"first second"


def test_one_upload_has_one_writer(store: BlobStore) -> None:
    with store.receive(keep=True) as incoming, pytest.raises(Conflict):
        store.resume(incoming.upload_id)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "up_zz", "up_" + "0" * 20])
def test_an_upload_that_is_not_there_is_not_found(store: BlobStore, name: str) -> None:
    with pytest.raises(NotFound):
        store.resume(name)


@pytest.mark.parametrize("sha256", [ABSENT, "../x", "A" * 64, ""])
def test_a_blob_that_is_not_there_is_not_found(store: BlobStore, sha256: str) -> None:
    for act in (store.local, store.size, lambda digest: store.verify(digest, ABSENT)):
        with pytest.raises(NotFound):
            act(sha256)


def test_the_sweep_takes_what_is_old_and_leaves_what_is_written(store: BlobStore, tmp_path: Path) -> None:
    with store.receive(keep=True) as old:
        old.write(b"old")
    past = time.time() - 100
    for path in tmp_path.glob("*/incoming/up_*"):
        os.utime(path, (past, past))
    with store.receive(keep=True) as young:
        young.write(b"young")
        assert store.sweep(50) == 1
        assert store.sweep(0) == 0
    with pytest.raises(NotFound):
        store.resume(old.upload_id)


def test_a_full_disk_is_said_and_leaves_no_half_blob(store: BlobStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as broken, store.receive() as incoming:
        broken.setattr(os, "fsync", full)
        incoming.write(b"content")
        with pytest.raises(Unavailable, match="full"):
            incoming.commit()
    assert list(store.all()) == []
    with store.receive() as incoming:
        incoming.write(b"content")
        incoming.commit()
    assert len(list(store.all())) == 1


def test_a_flipped_byte_is_found(tmp_path: Path) -> None:
    store = LocalBlobs(tmp_path / "blobs")
    with store.receive() as incoming:
        incoming.write(b"evidence")
        blob = incoming.commit()
    path = store.local(blob.digest.sha256)
    assert path.stat().st_mode & 0o777 == 0o400
    path.chmod(0o600)
    path.write_bytes(b"Evidence")
    with pytest.raises(Tampered):
        store.verify(blob.digest.sha256, blob.digest.sm3)


def test_whole_content_takes_the_place_of_a_damaged_blob(tmp_path: Path) -> None:
    store = LocalBlobs(tmp_path / "blobs")
    file = tmp_path / "file"
    file.write_bytes(b"evidence")
    blob = store.add_file(file)
    path = store.local(blob.digest.sha256)
    path.chmod(0o600)
    path.write_bytes(b"Evidence")
    assert store.add_file(file) == blob
    store.verify(blob.digest.sha256, blob.digest.sm3)
    assert [p.read_bytes() for p in (tmp_path / "blobs" / "damaged").iterdir()] == [b"Evidence"]


def test_a_large_file_goes_to_s3_in_parts(s3_client: S3Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs_s3, "PART_BYTES", 5 << 20)
    store = S3Blobs(s3_client, bucket_of(s3_client), "", tmp_path / "cache")
    file = tmp_path / "large"
    file.write_bytes(os.urandom(1 << 20) * 11)
    blob = store.add_file(file)
    fresh = S3Blobs(s3_client, bucket_of(s3_client), "", tmp_path / "other")
    fresh.verify(blob.digest.sha256, blob.digest.sm3)
    assert fresh.local(blob.digest.sha256).read_bytes() == file.read_bytes()
    head = s3_client.head_object(Bucket=bucket_of(s3_client), Key=next(iter(keys_of(s3_client))))
    assert head["ETag"].strip('"').endswith("-3")
    assert head["Metadata"]["sm3"] == blob.digest.sm3


def keys_of(client: S3Client) -> list[str]:
    """The keys in the bucket."""
    return [item["Key"] for item in client.list_objects_v2(Bucket=bucket_of(client)).get("Contents", [])]


def test_what_comes_from_s3_is_hashed_before_it_is_believed(s3_client: S3Client, tmp_path: Path) -> None:
    store = S3Blobs(s3_client, bucket_of(s3_client), "", tmp_path / "cache")
    with store.receive() as incoming:
        incoming.write(b"evidence")
        blob = incoming.commit()
    s3_client.put_object(Bucket=bucket_of(s3_client), Key=keys_of(s3_client)[0], Body=b"Evidence")
    with pytest.raises(Tampered):
        store.verify(blob.digest.sha256, blob.digest.sm3)
    fresh = S3Blobs(s3_client, bucket_of(s3_client), "", tmp_path / "other")
    with pytest.raises(Tampered):
        fresh.local(blob.digest.sha256)
    assert list((tmp_path / "other").glob("*/up_*")) == []


def test_a_changed_copy_in_the_cache_is_fetched_again(s3_client: S3Client, tmp_path: Path) -> None:
    store = S3Blobs(s3_client, bucket_of(s3_client), "", tmp_path / "cache")
    with store.receive() as incoming:
        incoming.write(b"evidence")
        blob = incoming.commit()
    path = store.local(blob.digest.sha256)
    path.chmod(0o600)
    path.write_bytes(b"Evidence")
    assert store.local(blob.digest.sha256).read_bytes() == b"evidence"


def test_an_s3_store_that_is_away_is_said(tmp_path: Path) -> None:
    from botocore.config import Config

    client = boto3.client(
        "s3",
        endpoint_url="http://127.0.0.1:9",
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}, connect_timeout=1),
    )
    store = S3Blobs(client, "evidence", "", tmp_path / "cache")
    with pytest.raises(Unavailable):
        store.size(ABSENT)
