"""A store with records of every kind, kept as a worker keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cases.blobs import LocalBlobs
from cases.codec import to_json_object
from cases.records import Actor, Role
from cases.store import Store

LI = Actor("acc_li", "li", Role.OFFICER, "key:test")
Keep = Callable[..., str]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store on SQLite; the acts of search are tested on both engines beside it."""
    opened = Store.open(f"sqlite:///{tmp_path / 'anjuan.db'}", signing_key_path=tmp_path / "keys" / "key")
    yield opened
    opened.close()


@pytest.fixture
def case(store: Store) -> str:
    """A case of li's."""
    return store.create_case(LI, "张伟盗窃案").id


@pytest.fixture
def keep(store: Store, case: str, tmp_path: Path) -> Keep:
    """Keeps a record of a kind in a case: its id."""
    blobs = LocalBlobs(tmp_path / "blobs")

    def kept(kind: str, body: object, filename: str = "材料") -> str:
        with blobs.receive() as incoming:
            incoming.write(filename.encode())
            blob = incoming.commit()
        item = store.add_evidence(LI, case, filename, blob, "audio/wav", {})
        store.submit_job(LI, case, item.id, kind, {"n": len(filename)}, "1")
        lease = store.claim("test", [kind], 60)
        assert lease is not None
        return store.finish(lease, kind, to_json_object(body), []).record_id

    return kept
