"""`anjuan verify`: exit codes, what it names, and that it makes nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from cases.audit import checkpoint_json
from cases.blobs import LocalBlobs
from cases.records import Actor, EvidenceItem, Role
from cases.store import Store
from serving.cli.main import run

LI = Actor("acc_li", "li", Role.OFFICER)


def open_store(data: Path) -> Store:
    """The store of a data folder, as the server opens it."""
    return Store.open(f"sqlite:///{data / 'anjuan.db'}", signing_key_path=data / "keys" / "audit.ed25519")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder."""
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


@pytest.fixture
def item(data: Path) -> EvidenceItem:
    """Evidence in the store of `data`, and a signed checkpoint in the file `data/../checkpoint.json`."""
    store = open_store(data)
    case = store.create_case(LI, "张三盗窃案")
    with LocalBlobs(data / "blobs").receive() as incoming:
        incoming.write(b"sound")
        added = store.add_evidence(LI, case.id, "讯问.wav", incoming.commit(), "audio/wav", {})
    (data.parent / "checkpoint.json").write_text(checkpoint_json(store.checkpoint_audit()))
    store.close()
    return added


def verify(*arguments: object) -> int:
    """The exit code of `anjuan verify`."""
    return run(["verify", *map(str, arguments)])


def test_a_store_as_it_was_stored_exits_0(item: EvidenceItem, data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify("--data", data) == 0
    assert verify(item.case_id, "--data", data, "--checkpoint", data.parent / "checkpoint.json") == 0
    capsys.readouterr()
    assert verify("--data", data, "--json") == 0
    assert json.loads(capsys.readouterr().out)["ok"] is True


def test_a_flipped_byte_and_an_edited_audit_row_are_each_named(
    item: EvidenceItem, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = LocalBlobs(data / "blobs").local(item.digest.sha256)
    path.chmod(0o600)
    path.write_bytes(b"Sound")
    connection = sqlite3.connect(data / "anjuan.db")
    connection.execute("DROP TRIGGER audit_entries_refuse_update")
    connection.execute("UPDATE audit_entries SET actor_name = 'somebody' WHERE act = 'evidence.added'")
    connection.commit()
    connection.close()
    for arguments in ((), (item.case_id,)):
        assert verify(*arguments, "--data", data, "--json") == 1
        faults = json.loads(capsys.readouterr().out)["faults"]
        assert any(item.digest.sha256 in f["where"] and item.id in f["what"] for f in faults)
        assert any(f["where"].startswith("audit entry 3 ") for f in faults)
    assert verify("--data", data) == 1
    assert f"blob {item.digest.sha256}" in capsys.readouterr().out


def test_a_checkpoint_kept_elsewhere_shows_a_trail_that_was_cut(
    item: EvidenceItem, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (data / "anjuan.db").unlink()
    store = open_store(data)
    store.create_case(LI, "a store made anew")
    store.close()
    assert verify("--data", data) == 0
    assert verify("--data", data, "--checkpoint", data.parent / "checkpoint.json") == 1
    assert "checkpoint file" in capsys.readouterr().out


def test_verify_works_beside_a_writer(item: EvidenceItem, data: Path) -> None:
    store = open_store(data)
    with store._database.write() as tx:
        assert tx.now
        assert verify("--data", data) == 0
    store.close()


@pytest.mark.parametrize("arguments", [["case_none"], ["--checkpoint", "none.json"]])
def test_what_is_not_there_exits_2(item: EvidenceItem, data: Path, arguments: list[str]) -> None:
    assert verify(*arguments, "--data", data) == 2


def test_no_store_exits_2_and_makes_none(data: Path) -> None:
    assert verify("--data", data) == 2
    assert list(data.iterdir()) == []
