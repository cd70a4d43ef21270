"""Word documents: their paragraphs wherever they stand, and refusals of what is broken, locked, empty or a bomb."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest
from docx import Document
from docx.enum.text import WD_BREAK
from docx.oxml.parser import OxmlElement

from models.errors import BadInput, TooLarge
from pipelines.media.probe import Kind, probe
from pipelines.media.word import DOCX, OLE, WordParagraph, is_docx, word_facts, word_paragraphs


def make_docx(path: Path, *texts: str) -> Path:
    document = Document()
    for text in texts:
        document.add_paragraph(text)
    document.save(str(path))
    return path


def repacked(source: Path, path: Path, **parts: bytes) -> Path:
    """The docx with some parts in other words: keys are names with __ for / and _dot_ for a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): data for name, data in parts.items()}
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part.filename, named.get(part.filename, old.read(part)))
    return path


def test_paragraphs_tables_and_runs_come_in_their_order(tmp_path: Path) -> None:
    document = Document()
    document.add_paragraph("讯问笔录")
    table = document.add_table(1, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "时间", "2024年3月5日"
    paragraph = document.add_paragraph("问：")
    paragraph.add_run("你去哪了？").bold = True
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    document.add_paragraph("答：回家。")
    document.save(str(tmp_path / "a.docx"))
    assert word_paragraphs(tmp_path / "a.docx") == [
        WordParagraph(1, "讯问笔录"),
        WordParagraph(1, "时间"),
        WordParagraph(1, "2024年3月5日"),
        WordParagraph(1, "问：你去哪了？ "),
        WordParagraph(2, "答：回家。"),
    ]


def test_deleted_text_is_left_out_and_inserted_text_is_read(tmp_path: Path) -> None:
    document = Document()
    paragraph = document.add_paragraph("答：我拿了")
    for tag, inner, text in (("w:ins", "w:t", "两千元"), ("w:del", "w:delText", "三千元")):
        change, run, words = OxmlElement(tag), OxmlElement("w:r"), OxmlElement(inner)
        words.text = text
        run.append(words)
        change.append(run)
        paragraph._p.append(change)
    document.save(str(tmp_path / "a.docx"))
    assert [one.text for one in word_paragraphs(tmp_path / "a.docx")] == ["答：我拿了两千元"]


def test_a_word_document_is_evidence_whatever_its_name(tmp_path: Path) -> None:
    path = make_docx(tmp_path / "photo.jpg", "答：好。")
    found = probe(path)
    assert (found.media_type, found.kind) == (DOCX, Kind.DOCUMENT)
    assert found.facts == {"paragraphs": 1, "characters": 4}


def test_locked_empty_and_foreign_files_are_refused_with_what_to_do(tmp_path: Path) -> None:
    locked = tmp_path / "locked.docx"
    locked.write_bytes(OLE + bytes(600))
    with pytest.raises(BadInput, match="password"):
        word_paragraphs(locked)
    (tmp_path / "none.docx").write_bytes(b"")
    with pytest.raises(BadInput, match="empty"):
        word_paragraphs(tmp_path / "none.docx")
    with pytest.raises(BadInput, match="no text"):
        word_paragraphs(make_docx(tmp_path / "blank.docx", "", "  "))
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert not is_docx(tmp_path / "a.zip")
    with pytest.raises(BadInput, match="no Word document"):
        word_paragraphs(tmp_path / "a.zip")


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_document_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    whole = make_docx(tmp_path / "a.docx", "答：好。").read_bytes()
    (tmp_path / "cut.docx").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(BadInput, match="damaged"):
        word_paragraphs(tmp_path / "cut.docx")


def test_broken_xml_is_refused(tmp_path: Path) -> None:
    source = make_docx(tmp_path / "a.docx", "答：好。")
    broken = repacked(source, tmp_path / "b.docx", word__document_dot_xml=b"<w:document><w:body>")
    with pytest.raises(BadInput, match="damaged"):
        word_facts(broken)


def test_entities_are_not_unfolded(tmp_path: Path) -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"ha" * 5000 + b'"><!ENTITY b "' + b"&a;" * 5000 + b'">]>'
    )
    bomb += b'<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r>'
    bomb += b"<w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
    source = make_docx(tmp_path / "a.docx", "答：好。")
    with pytest.raises(BadInput):
        word_paragraphs(repacked(source, tmp_path / "b.docx", word__document_dot_xml=bomb))


def test_a_small_file_that_unpacks_to_gigabytes_is_refused_unread(tmp_path: Path) -> None:
    source = make_docx(tmp_path / "a.docx", "答：好。")
    bomb = repacked(source, tmp_path / "bomb.docx", word__document_dot_xml=bytes(64 << 20))
    assert bomb.stat().st_size < 1 << 20
    with pytest.raises(TooLarge, match="unpacks"):
        word_paragraphs(bomb)


def test_a_document_without_end_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="one record"):
        word_paragraphs(make_docx(tmp_path / "long.docx", *["答：" + "长话" * 10_000] * 25))
