"""`anjuan voiceprints` over fakes: enrolled with one's own password, listed, deleted by the operator."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from cases.voiceprints import CONSENT_VERSION
from models.device import Device, DeviceKind
from models.fakes import build_fake, fake_names
from pipelines.inline import InlineEngine
from serving.cli.main import run
from tests.serving.api.test_voiceprints import VOICE

PASSWORD = "a long enough password"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A store with the account wang, and fakes for models."""
    device = Device(DeviceKind.CPU, 0, 1, "a test")
    engine = classmethod(lambda cls, cache, chosen, limits=None: cls(build_fake, fake_names, device, limits))
    monkeypatch.setattr(InlineEngine, "from_registry", engine)
    options = ["--data", str(tmp_path / "data")]
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{PASSWORD}\n"))
    assert run(["users", "add", "wang", "--password-stdin", *options]) == 0
    (tmp_path / "a.wav").write_bytes(VOICE)
    return options


def enrol(data: list[str], monkeypatch: pytest.MonkeyPatch, password: str, agree: str = CONSENT_VERSION) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{password}\n"))
    sound = str(Path(data[1]).parent / "a.wav")
    return run(["voiceprints", "enrol", "wang", sound, "--agree", agree, "--device", "cpu", *data])


def test_a_person_enrols_with_their_password_and_the_operator_lists_and_deletes(
    data: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(data, monkeypatch, PASSWORD) == 0
    capsys.readouterr()
    assert run(["voiceprints", "list", *data]) == 0
    assert capsys.readouterr().out.split("\t")[::2] == ["wang", f"{CONSENT_VERSION}\n"]
    assert run(["voiceprints", "delete", "wang", *data]) == 0
    capsys.readouterr()
    assert run(["voiceprints", "list", *data]) == 0
    assert capsys.readouterr().out == ""
    assert run(["voiceprints", "delete", "wang", *data]) != 0


def test_without_the_persons_password_or_for_another_text_nobody_is_enrolled(
    data: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert enrol(data, monkeypatch, "the operator's guess") != 0
    assert enrol(data, monkeypatch, PASSWORD, agree="0") != 0
    capsys.readouterr()
    assert run(["voiceprints", "list", *data]) == 0
    assert capsys.readouterr().out == ""


def test_the_text_to_agree_to_is_printed_with_its_version_apart(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["voiceprints", "consent"]) == 0
    out, err = capsys.readouterr()
    assert "自愿登记" in out
    assert err.strip() == CONSENT_VERSION
