"""Both digests in one pass."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from cases import digest
from models.errors import Unavailable


def test_the_digests_are_those_of_the_standards() -> None:
    hasher = digest.Hasher()
    hasher.update(b"a")
    hasher.update(b"bc")
    assert hasher.digest().sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hasher.digest().sm3 == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"
    assert hasher.size == 3


def test_a_file_is_hashed_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * (digest.CHUNK_BYTES + 17))
    found, size = digest.digest_file(path)
    assert size == digest.CHUNK_BYTES + 17
    assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_python_without_sm3_is_refused_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def without(name: str, *_: object, **__: object) -> None:
        raise ValueError(f"unsupported hash type {name}")

    digest.require_sm3.cache_clear()
    monkeypatch.setattr(hashlib, "new", without)
    with pytest.raises(Unavailable, match="OpenSSL"):
        digest.require_sm3()
    digest.require_sm3.cache_clear()
