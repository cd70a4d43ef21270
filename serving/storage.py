"""The store and the blobs that the settings name, for the server and the command line alike; knows no request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from serving.settings import Settings

if TYPE_CHECKING:
    from cases.blobs import BlobStore
    from cases.store import Store


def open_store(settings: Settings) -> Store:
    """The case store, its schema brought up to date; raises Unavailable when the database cannot be had."""
    from cases.store import Store

    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    return Store.open(settings.store_url, signing_key_path=settings.signing_key_path)


def open_blobs(settings: Settings) -> BlobStore:
    """The blob store: a folder of DIR, or an S3-compatible bucket with a verified cache in DIR."""
    if settings.s3_endpoint_url is None or settings.s3_bucket is None:
        from cases.blobs import LocalBlobs

        return LocalBlobs(settings.blobs_dir)
    import boto3

    from cases.blobs_s3 import S3Blobs

    client = boto3.client("s3", endpoint_url=settings.s3_endpoint_url)
    return S3Blobs(client, settings.s3_bucket, settings.s3_prefix, settings.blobs_dir)
