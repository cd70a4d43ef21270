"""`anjuan compare`: a list for people or one JSON document, and refusals that say what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cases.codec import to_json
from models.device import Device
from models.fakes import build_fake, fake_names
from pipelines.inline import InlineEngine
from serving.cli.main import run
from tests.pipelines.media.test_word import make_docx
from tests.pipelines.speech.compare.conftest import transcript
from tests.pipelines.speech.compare.test_comparison import SAID, WRITTEN, altered


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch, device: Device) -> None:
    """The command runs on fakes."""
    engines = lambda *_: InlineEngine(build_fake, fake_names, device)  # noqa: E731
    monkeypatch.setattr(InlineEngine, "from_registry", staticmethod(engines))


@pytest.fixture
def talk(tmp_path: Path) -> Path:
    path = tmp_path / "talk.json"
    path.write_text(json.dumps(to_json(transcript(*SAID)), ensure_ascii=False), encoding="utf-8")
    return path


def test_the_list_is_printed_with_places_and_times(
    tmp_path: Path, talk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paper = make_docx(tmp_path / "a.docx", *altered(3, "3500元", "5300元"))
    assert run(["compare", str(paper), str(talk), "--device", "cpu"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("!! p. 1, turn 4  00:1")
    assert "三千五百块钱" in out


def test_json_is_one_document(tmp_path: Path, talk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paper = make_docx(tmp_path / "a.docx", *WRITTEN)
    assert run(["compare", str(paper), str(talk), "--json", "--device", "cpu"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["transcript"] == "talk.json"
    assert [turn["role"] for turn in found["turns"]] == ["question", "answer"] * 6


def test_wrong_files_are_refused_with_code_two(tmp_path: Path, talk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paper = make_docx(tmp_path / "a.docx", *WRITTEN)
    assert run(["compare", str(talk), str(talk), "--device", "cpu"]) == 2
    assert run(["compare", str(paper), str(paper), "--device", "cpu"]) == 2
    assert "sound or video" in capsys.readouterr().err
    (tmp_path / "other.json").write_text('{"pages": []}', encoding="utf-8")
    assert run(["compare", str(paper), str(tmp_path / "other.json"), "--device", "cpu"]) == 2
    assert "no transcript" in capsys.readouterr().err
    (tmp_path / "broken.json").write_text('{"segments": [', encoding="utf-8")
    assert run(["compare", str(paper), str(tmp_path / "broken.json"), "--device", "cpu"]) == 2
    assert "broken.json" in capsys.readouterr().err
