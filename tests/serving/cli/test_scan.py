"""`anjuan scan` on fake readers: one document or an array, the searchable PDF, and refusals that say what to do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image
from pypdf import PdfReader

from models.device import Device
from models.fakes import build_fake, fake_names
from pipelines.inline import InlineEngine
from serving.cli.main import run


@pytest.fixture(autouse=True)
def fakes(monkeypatch: pytest.MonkeyPatch, device: Device) -> None:
    """The command runs on fakes."""
    engines = lambda *_: InlineEngine(build_fake, fake_names, device)  # noqa: E731
    monkeypatch.setattr(InlineEngine, "from_registry", staticmethod(engines))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "一页.png"
    Image.new("RGB", (200, 100), "white").save(path)
    return path


def test_one_file_gives_one_json_document_on_stdout(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", str(picture), "--json", "--device", "cpu"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["text"] == "页面 200×100"
    assert record["pages"][0]["width"] == 200
    assert len(record["pages"][0]["lines"][0]["box"]) == 4
    assert set(record) == {"pages", "documents", "text", "provenance"}
    assert len(record["provenance"]["source_sha256"]) == 64


def test_equal_files_give_an_array_of_one_element_each(picture: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", str(picture), str(picture), "--json", "--device", "cpu"]) == 0
    assert [record["text"] for record in json.loads(capsys.readouterr().out)] == ["页面 200×100"] * 2


def test_the_searchable_pdf_is_written_where_asked(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.pdf"
    assert run(["scan", str(picture), "-o", str(out), "--device", "cpu"]) == 0
    assert PdfReader(out).pages[0].extract_text().strip() == "页面 200×100"
    assert capsys.readouterr().out == ""
    assert run(["scan", str(picture), str(picture), "-o", str(tmp_path / "folder"), "--device", "cpu"]) == 0
    assert sorted(path.name for path in (tmp_path / "folder").iterdir()) == ["一页-2.pdf", "一页.pdf"]


def test_what_cannot_be_read_is_refused_with_code_two(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "letter.docx").write_bytes(b"PK\x03\x04 rest")
    assert run(["scan", str(tmp_path / "letter.docx"), "--device", "cpu"]) == 2
    assert "PDF" in capsys.readouterr().err
    assert run(["scan", str(tmp_path / "missing.pdf"), "--device", "cpu"]) == 2
    assert run(["scan", str(picture), "--pages", "7", "--device", "cpu"]) == 2
    assert "一页.png" in capsys.readouterr().err
    assert run(["scan", str(picture), "-o", str(tmp_path / "no" / "out.pdf"), "--device", "cpu"]) == 2
