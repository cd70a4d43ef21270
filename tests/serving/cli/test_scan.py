"""`anjuan scan` on fake readers: one document or an array, the searchable PDF, and refusals that say what to do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import docx
import openpyxl
import pytest
from PIL import Image
from pypdf import PdfReader

from cases.records import CaseDocument, Provenance, ScannedPage, ScanRecord
from models.device import Device
from models.fakes import build_fake, fake_names
from pipelines.files.tables.cells import Cell, scanned_table
from pipelines.inline import InlineEngine
from serving.cli import scan as scan_command
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
    assert set(record) == {"pages", "documents", "findings", "text", "provenance"}
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


# --- the catalogue ----------------------------------------------------------------------------------------------------
DOCUMENT = CaseDocument("立案决定书", "立案决定书", "滨公立字〔2026〕1号", "2026-10-04", "滨河市公安局", 1, 1, 0.5)
PROVENANCE = Provenance("scan", "2", "0", (), {}, "cpu", "0" * 64, "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z")


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Let every file be read as a volume with these documents."""

    def set_documents(*documents: CaseDocument, pages: tuple[ScannedPage, ...] = ()) -> None:
        record = ScanRecord(pages, documents, "立案决定书", PROVENANCE)
        monkeypatch.setattr(scan_command, "_scan", lambda *_: record)

    return set_documents


def test_the_catalogue_is_written_as_word_or_pdf_beside_the_json(
    picture: Path, tmp_path: Path, font: Path, reads, monkeypatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reads(DOCUMENT)
    monkeypatch.setenv("ANJUAN_FONT", str(font))
    word, pdf = tmp_path / "卷内目录.docx", tmp_path / "卷内目录.PDF"
    assert run(["scan", str(picture), "--json", "--catalogue", str(word), "--device", "cpu"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"][0]["title"] == "立案决定书"
    (table,) = docx.Document(str(word)).tables
    assert [cell.text for cell in table.rows[1].cells][-1] == "待核对"
    assert run(["scan", str(picture), "--catalogue", str(pdf), "--device", "cpu"]) == 0
    assert capsys.readouterr().out == "立案决定书\n"
    assert len(PdfReader(pdf).pages) == 3
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_a_volume_without_documents_has_no_catalogue_and_its_text_is_out_all_the_same(
    picture: Path, tmp_path: Path, reads, capsys: pytest.CaptureFixture[str]
) -> None:
    reads()
    target = tmp_path / "目录.docx"
    assert run(["scan", str(picture), "--catalogue", str(target), "--device", "cpu"]) == 2
    said = capsys.readouterr()
    assert said.out == "立案决定书\n"
    assert "一页.png: the record names no documents" in said.err
    assert not target.exists()


@pytest.mark.parametrize(
    ("files", "target", "reason"),
    [(1, "目录.xlsx", ".docx or .pdf"), (2, "目录.docx", "one volume"), (1, "no/目录.docx", "make it first")],
)
def test_where_no_catalogue_can_be_written_is_said_before_anything_is_read(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], files: int, target: str, reason: str
) -> None:
    asked = ["scan", *[str(picture)] * files, "--json", "--catalogue", str(tmp_path / target), "--device", "cpu"]
    assert run(asked) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert reason in said.err


# --- one PDF a document -----------------------------------------------------------------------------------------------
def test_a_volume_is_split_into_one_pdf_a_document(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("pipelines.files.scan.documents_of", lambda pages: (DOCUMENT,))
    folder = tmp_path / "文书"
    assert run(["scan", str(picture), "--split", str(folder), "--device", "cpu"]) == 0
    assert [path.name for path in folder.iterdir()] == ["001-立案决定书-1.pdf"]
    reader = PdfReader(folder / "001-立案决定书-1.pdf")
    assert reader.pages[0].extract_text().strip() == "页面 200×100"
    assert reader.metadata is not None
    assert reader.metadata.subject == "一页，扫描件第1页"
    assert capsys.readouterr().out == ""


def test_a_volume_without_documents_is_not_split_and_its_text_is_out_all_the_same(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", str(picture), "--split", str(tmp_path / "out"), "--json", "--device", "cpu"]) == 2
    said = capsys.readouterr()
    assert json.loads(said.out)["text"] == "页面 200×100"
    assert "names no documents" in said.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("files", "target", "reason"), [(2, "out", "one volume"), (1, "no/out", "make it first"), (1, ".", "not empty")]
)
def test_where_nothing_can_be_split_to_is_said_before_anything_is_read(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], files: int, target: str, reason: str
) -> None:
    asked = ["scan", *[str(picture)] * files, "--json", "--split", str(tmp_path / target), "--device", "cpu"]
    assert run(asked) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert reason in said.err


# --- the tables -------------------------------------------------------------------------------------------------------
def test_the_tables_are_written_as_a_workbook_beside_the_text(
    picture: Path, tmp_path: Path, reads, capsys: pytest.CaptureFixture[str]
) -> None:
    box = ((0.0, 0.0), (9.0, 0.0), (9.0, 9.0), (0.0, 9.0))
    table = scanned_table(box, [Cell(0, 0, 1, 1, "编号", box)])
    reads(pages=(ScannedPage(1, 10, 10, 0, 0.0, (), (table, table)),))
    target = tmp_path / "表格.xlsx"
    assert run(["scan", str(picture), "--tables", str(target), "--device", "cpu"]) == 0
    assert capsys.readouterr().out == "立案决定书\n"
    assert openpyxl.load_workbook(target).sheetnames == ["第1页 表1", "第1页 表2"]
    assert [path.name for path in tmp_path.iterdir() if "partial" in path.name] == []


def test_a_file_without_tables_makes_no_workbook_and_says_so(
    picture: Path, tmp_path: Path, reads, capsys: pytest.CaptureFixture[str]
) -> None:
    reads()
    assert run(["scan", str(picture), "--tables", str(tmp_path / "表格.xlsx"), "--device", "cpu"]) == 2
    assert "一页.png: no table was found" in capsys.readouterr().err
    assert not (tmp_path / "表格.xlsx").exists()


@pytest.mark.parametrize(
    ("files", "target", "reason"),
    [(1, "表格.csv", ".xlsx"), (2, "表格.xlsx", "one file"), (1, "no/表格.xlsx", "make it first")],
)
def test_where_no_workbook_can_be_written_is_said_before_anything_is_read(
    picture: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], files: int, target: str, reason: str
) -> None:
    assert run(["scan", *[str(picture)] * files, "--tables", str(tmp_path / target), "--device", "cpu"]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert reason in said.err
