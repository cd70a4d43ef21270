"""A volume in one PDF a document: names, pages, marks, and nothing left out."""

from __future__ import annotations

import zipfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from PIL import Image
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from benchmarks.pdfa.clauses import faults
from cases.records import CaseDocument, PageLine, ScannedPage
from models.errors import BadInput
from pipelines.files.page import BLANK
from pipelines.files.pdf import PrintedPage
from pipelines.files.pdf_marks import About
from pipelines.files.split import UNLISTED, pack, pieces, safe, write_split

ABOUT = About("侦查卷第一册", "", "ab" * 32)


def document(kind: str, first: int, last: int, title: str = "") -> CaseDocument:
    return CaseDocument(kind, title or kind, None, None, None, first, last, 0.9)


VOLUME = (
    document("卷宗封面", 1, 1, "刑事侦查卷宗"),
    document("卷内目录", 2, 2),
    document("立案决定书", 3, 3),
    document("讯问笔录", 4, 6, "讯问笔录（第一次）"),
    document("备考表", 7, 7),
)


@pytest.fixture
def volume(tmp_path: Path) -> tuple[list[PrintedPage], Path]:
    """Seven read pages and the PDF of scans that they come from."""
    canvas = Canvas(str(tmp_path / "o.pdf"), pagesize=(300, 400))
    pages = []
    for number in range(1, 8):
        picture = tmp_path / f"page-{number}.jpg"
        Image.effect_noise((600, 800), 20 + number).convert("RGB").save(picture, dpi=(144, 144))
        canvas.drawImage(str(picture), 0, 0, 300, 400)
        canvas.showPage()
        line = PageLine(f"这是第{number}页", ((60, 100), (300, 100), (300, 130), (60, 130)), 0.9, "text")
        read = ScannedPage(number, 600, 800, 0, 0.0, (line,), image=picture.name)
        pages.append(PrintedPage(read, picture, 144.0, 0))
    canvas.save()
    return pages, tmp_path / "o.pdf"


def images(path: Path) -> Counter[bytes]:
    with pikepdf.open(path) as opened:
        found = [one for one in opened.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"]
        return Counter(one.read_raw_bytes() for one in found)


def test_names_say_what_the_catalogue_says_and_sheets_stand_around_the_rows() -> None:
    assert [piece.name for piece in pieces(VOLUME, 7)] == [
        "000-刑事侦查卷宗-扫描页1.pdf",
        "000-卷内目录-扫描页2.pdf",
        "001-立案决定书-1.pdf",
        "002-讯问笔录（第一次）-2-4.pdf",
        "003-备考表-扫描页7.pdf",
    ]


def test_pages_of_no_document_have_a_file_of_their_own() -> None:
    found = pieces((document("立案决定书", 2, 3), document("讯问笔录", 5, 5)), 8)
    assert [(p.title, p.first_page, p.last_page) for p in found if p.title == UNLISTED] == [
        (UNLISTED, 1, 1),
        (UNLISTED, 4, 4),
        (UNLISTED, 6, 8),
    ]


def test_blank_pages_go_with_the_document_before_them_and_count_in_no_name() -> None:
    found = pieces((document("立案决定书", 1, 1), document("讯问笔录", 3, 5)), 7, (2, 4, 6))
    assert [(p.name, p.first_page, p.last_page) for p in found] == [
        ("001-立案决定书-1.pdf", 1, 2),
        ("002-讯问笔录-2-3.pdf", 3, 6),
        ("000-未编入目录-扫描页7.pdf", 7, 7),
    ]


def test_a_blank_page_bears_no_number_and_the_next_goes_on(
    tmp_path: Path, volume: tuple[list[PrintedPage], Path]
) -> None:
    pages, original = volume
    blank = replace(pages[4], page=replace(pages[4].page, lines=(), flags=(BLANK,)))
    write_split([*pages[:4], blank, *pages[5:]], VOLUME, tmp_path, original, ABOUT)
    reader = PdfReader(tmp_path / "002-讯问笔录（第一次）-2-3.pdf")
    assert reader.page_labels == ["2", "空白", "3"]


def test_no_title_leaves_the_folder_or_hides_another() -> None:
    assert safe("../../etc/passwd\n") == "_.._etc_passwd_"
    assert safe(" . ") == "无题"
    assert len(f"001-{safe('长' * 300)}-1000-2000.pdf".encode()) <= 255
    twice = pieces((document("讯问笔录", 1, 1), document("讯问笔录", 1, 1, "讯问笔录"), document("其他", 1, 1)), 1)
    assert len({piece.name for piece in twice}) == len(twice)


def test_a_volume_without_documents_is_not_split() -> None:
    with pytest.raises(BadInput, match="names no documents"):
        pieces((document("卷宗封面", 1, 1),), 3)


@pytest.mark.parametrize("over_original", [True, False])
def test_each_piece_has_its_pages_with_their_text_and_images_and_is_pdfa(
    tmp_path: Path, volume: tuple[list[PrintedPage], Path], over_original: bool
) -> None:
    pages, original = volume
    folder = tmp_path / "out"
    folder.mkdir()
    written = write_split(pages, VOLUME, folder, original if over_original else None, ABOUT)
    assert sorted(path.name for path in folder.iterdir()) == sorted(one.piece.name for one in written)
    texts = [[page.extract_text().strip() for page in PdfReader(folder / one.piece.name).pages] for one in written]
    assert texts == [["这是第1页"], ["这是第2页"], ["这是第3页"], [f"这是第{n}页" for n in (4, 5, 6)], ["这是第7页"]]
    assert [one.obstacles for one in written] == [()] * 5
    assert [faults(one.path) for one in written] == [()] * 5
    if over_original:
        assert sum((images(one.path) for one in written), Counter()) == images(original)


def test_a_piece_says_where_it_comes_from_and_bears_the_numbers_of_the_binding(
    tmp_path: Path, volume: tuple[list[PrintedPage], Path]
) -> None:
    pages, original = volume
    write_split(pages, VOLUME, tmp_path, original, ABOUT)
    reader = PdfReader(tmp_path / "002-讯问笔录（第一次）-2-4.pdf")
    assert reader.metadata is not None
    assert reader.metadata.title == "讯问笔录（第一次）"
    assert reader.metadata.subject == "侦查卷第一册，扫描件第4-6页"
    assert f"sha256:{ABOUT.source_sha256}" in reader.xmp_metadata.dc_source
    assert reader.page_labels == ["2", "3", "4"]
    assert [item.title for item in reader.outline] == ["讯问笔录（第一次）"]
    assert PdfReader(tmp_path / "000-卷内目录-扫描页2.pdf").page_labels == ["卷首2"]


def test_pages_that_were_not_read_are_left_out(tmp_path: Path, volume: tuple[list[PrintedPage], Path]) -> None:
    pages, original = volume
    written = write_split(pages[2:4], VOLUME, tmp_path, original, ABOUT)
    assert [one.piece.title for one in written] == ["立案决定书", "讯问笔录（第一次）"]
    assert len(PdfReader(written[1].path).pages) == 1


def test_the_pieces_are_packed_as_they_are(tmp_path: Path, volume: tuple[list[PrintedPage], Path]) -> None:
    pages, original = volume
    written = write_split(pages, VOLUME, tmp_path, original, ABOUT)
    content = {one.piece.name: one.path.read_bytes() for one in written}
    pack(written, tmp_path / "all.zip")
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == content
    assert not any(one.path.exists() for one in written)
