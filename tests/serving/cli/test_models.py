"""`anjuan models`: what it prints, where, and with which exit code."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from models.errors import AnjuanError, Forbidden, WeightsMissing
from models.manifest import parse_manifest
from models.weights import WeightsCache
from serving.cli.models import Bar, models

TINY = """
name = "tiny"
task = "detect"
loader = "onnx-detector"
licence = "{licence}"
permissive = {permissive}
default = {permissive}
source = "https://example.org"
[[files]]
path = "weights.bin"
sha256 = "{digest}"
size = 7
"""


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty cache, two manifests, and a folder that holds their files; returns the folder."""
    digest = hashlib.sha256(b"weights").hexdigest()
    free = parse_manifest(TINY.format(licence="MIT", permissive="true", digest=digest), "tiny")
    text = TINY.format(licence="AGPL-3.0", permissive="false", digest=digest)
    bound = parse_manifest(text.replace('"tiny"', '"bound"'), "bound")
    monkeypatch.setattr("models.manifest._shipped", lambda: (bound, free))
    monkeypatch.setenv("ANJUAN_WEIGHTS", str(tmp_path / "weights"))
    monkeypatch.setenv("ANJUAN_OFFLINE", "1")
    for name in ("tiny", "bound"):
        (tmp_path / "folder" / name).mkdir(parents=True)
        (tmp_path / "folder" / name / "weights.bin").write_bytes(b"weights")
    return tmp_path / "folder"


def call(*words: str) -> Result:
    return CliRunner().invoke(models, list(words))


def failure(result: Result) -> AnjuanError:
    assert isinstance(result.exception, AnjuanError)
    return result.exception


def test_list_says_what_is_here_and_what_is_not(place: Path) -> None:
    assert json.loads(call("list", "--json").stdout)[1]["state"] == "not here"
    call("pull", "tiny", "--bundle", str(place))
    rows = {row["name"]: row for row in json.loads(call("list", "--json").stdout)}
    assert (rows["tiny"]["state"], rows["tiny"]["default"], rows["tiny"]["verified"]) == ("here", True, True)
    assert rows["bound"]["licence"] == "AGPL-3.0"
    assert "tiny" in call("list").stdout


def test_pull_without_names_brings_the_defaults_and_prints_folders_on_stdout(place: Path) -> None:
    result = call("pull", "--bundle", str(place))
    assert result.exit_code == 0
    assert result.stdout.split() == ["tiny", str(WeightsCache().folder("tiny"))]
    assert "tiny/weights.bin" in result.stderr


def test_pull_fails_with_the_ways_to_get_the_weights() -> None:
    result = call("pull", "tiny")
    assert isinstance(failure(result), WeightsMissing)
    assert "models import" in result.stderr
    assert result.stdout == ""


def test_a_binding_licence_is_pulled_by_name_and_with_consent_only(place: Path) -> None:
    assert isinstance(failure(call("pull", "bound", "--bundle", str(place))), Forbidden)
    assert call("pull", "--all", "--bundle", str(place)).stdout.split()[0] == "tiny"
    assert call("pull", "bound", "--accept-licence", "--bundle", str(place)).exit_code == 0


def test_verify_names_faults_and_exits_with_1(place: Path) -> None:
    call("pull", "tiny", "--bundle", str(place))
    assert call("verify").stdout == "tiny: good\n"
    damaged = WeightsCache().folder("tiny") / "weights.bin"
    damaged.chmod(0o644)
    damaged.write_bytes(b"WEIGHTS")
    result = call("verify", "--json")
    assert result.exit_code == 1
    assert "tiny/weights.bin: SHA-256" in json.loads(result.stdout)["faults"][0]


def test_bundle_and_import_carry_models_over(place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    call("pull", "--bundle", str(place))
    assert call("bundle", "-o", str(tmp_path / "w.tar")).exit_code == 0
    monkeypatch.setenv("ANJUAN_WEIGHTS", str(tmp_path / "elsewhere"))
    assert call("import", str(tmp_path / "w.tar")).stdout == "tiny\n"
    assert call("verify").stdout == "tiny: good\n"


def test_cache_shows_and_makes_room(place: Path) -> None:
    call("pull", "--bundle", str(place))
    assert json.loads(call("cache", "--json").stdout)["size"] == len(b"weights")
    assert json.loads(call("cache", "--max-mb", "0", "--json").stdout)["models"] == []
    call("pull", "--bundle", str(place))
    assert "tiny" not in call("cache", "--evict", "tiny").stdout


def test_the_bar_draws_on_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    bar = Bar()
    bar.start("weights", 10)
    bar.advance(10)
    bar.finish()
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "weights" in captured.err
