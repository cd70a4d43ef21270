"""Keys and accounts from the command line: what scripts read is alone on stdout."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

from cases.records import Role
from cases.store import Store
from serving.cli.main import run
from serving.first_account import first_password
from serving.security.api_keys import key_matches, prefix_of
from serving.security.passwords import password_matches


def opened(data: Path) -> Store:
    """The store as the server opens it."""
    return Store.open(f"sqlite:///{data / 'anjuan.db'}")


def test_a_key_is_printed_alone_and_works(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "add", "robot", "--data", str(tmp_path)]) == 0
    out, err = capsys.readouterr()
    assert re.fullmatch(r"[A-Za-z0-9_.-]{20,}\n", out)
    assert out.strip() not in err
    store = opened(tmp_path)
    found = store.accounts.key(prefix_of(out.strip()) or "")
    store.close()
    assert found is not None
    assert key_matches(found[0].key_hash, out.strip())
    assert found[0].role is Role.OFFICER


def test_a_revoked_key_is_listed_as_such(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = ["--data", str(tmp_path)]
    run(["keys", "add", "robot", *data])
    key = capsys.readouterr().out.strip()
    assert run(["keys", "revoke", key, *data]) == 0
    run(["keys", "list", *data])
    assert capsys.readouterr().out.split("\t")[1:] == ["robot", "officer", "revoked\n"]


def test_a_key_for_nobody_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "add", "robot", "--account", "nobody", "--data", str(tmp_path)]) == 2
    assert "users add nobody" in capsys.readouterr().err


def test_an_account_gets_a_password_that_is_shown_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["users", "add", "wang", "--role", "reader", "--data", str(tmp_path)]) == 0
    password = capsys.readouterr().out.strip()
    store = opened(tmp_path)
    account = store.accounts.by_name("wang")
    store.close()
    assert account is not None
    assert account.role is Role.READER
    assert password_matches(account.password_hash, password)


def test_a_password_can_come_from_stdin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["users", "add", "wang", "--data", str(tmp_path)])
    capsys.readouterr()
    monkeypatch.setattr("sys.stdin", io.StringIO("a long enough password\n"))
    assert run(["users", "passwd", "wang", "--password-stdin", "--data", str(tmp_path)]) == 0
    assert capsys.readouterr().out == ""
    store = opened(tmp_path)
    account = store.accounts.by_name("wang")
    store.close()
    assert account is not None
    assert password_matches(account.password_hash, "a long enough password")


def test_the_first_password_is_made_once(tmp_path: Path) -> None:
    store = opened(tmp_path)
    password = first_password(store)
    admin = store.accounts.by_name("admin")
    again = first_password(store)
    store.close()
    assert password is not None
    assert admin is not None
    assert password_matches(admin.password_hash, password)
    assert again is None


def test_a_job_that_is_not_there_is_bad_input(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["jobs", "show", "job_nope", "--data", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("anjuan: no job")


def test_a_data_folder_of_the_system_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "list", "--data", "/etc"]) == 2
    assert "belongs to the system" in capsys.readouterr().err
