"""Settings explain themselves, refuse what is unsafe, and never print a password."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from serving.settings import Settings, without_password

UNITS = re.compile(r"_(s|bytes|px|pixels|pages|seconds|chars|minute|items|threads|concurrent|streams|failures|burst)$")


def test_every_setting_says_what_it_is_for() -> None:
    assert all(field.description and len(field.description) > 15 for field in Settings.model_fields.values())


def test_every_number_carries_its_unit_or_counts_something_named() -> None:
    counted = {"port", "threads", "uploads_open_per_account", "jobs_open_per_case"}
    numbers = {n for n, f in Settings.model_fields.items() if f.annotation in (int, float)} - counted
    assert [name for name in sorted(numbers) if not UNITS.search(name)] == []


@pytest.mark.parametrize(
    "change",
    [
        {"data_dir": "/"},
        {"data_dir": "/etc"},
        {"port": 70000},
        {"upload_max_bytes": 0},
        {"session_ttl_s": 10**9},
        {"database_url": "mysql://x"},
        {"database_url": "postgresql+psycopg://u:postgres@h/d"},
        {"database_url": "postgresql+psycopg://u:@h/d"},
        {"worker_heartbeat_s": 60.0},
        {"s3_endpoint_url": "http://x"},
        {"s3_endpoint_url": "ftp://x", "s3_bucket": "b"},
        {"sign_in_failures": 1000},
        {"engine": "telepathy"},
    ],
)
def test_an_unsafe_value_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate({"data_dir": tmp_path, **change})


def test_what_is_printed_holds_no_password(tmp_path: Path) -> None:
    url = "postgresql+psycopg://anjuan:s3cr3t-enough@db.example:5432/anjuan"
    settings = Settings.model_validate({"data_dir": tmp_path, "database_url": url})
    assert settings.store_url == url
    assert "s3cr3t" not in str(settings.redacted())
    assert "s3cr3t" not in repr(settings)
    assert without_password(url) == "postgresql+psycopg://anjuan:***@db.example:5432/anjuan"


def test_settings_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJUAN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("ANJUAN_UPLOAD_MAX_BYTES", "4096")
    settings = Settings()  # type: ignore[call-arg]
    assert settings.upload_max_bytes == 4096
    assert settings.live_bytes == 4096
    assert settings.store_url == f"sqlite:///{tmp_path / 'anjuan.db'}"
