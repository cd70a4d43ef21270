"""The searchable PDF: what pdfium, pypdf and poppler find in it, and where; and what stays of the original."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, NumberObject, RectangleObject
from reportlab.pdfgen.canvas import Canvas

from cases.records import CaseDocument, PageLine, Quad, ScannedPage
from pipelines.files.pdf import Obstacle, PrintedPage, has_own_text, write_searchable
from pipelines.files.text_layer import Alphabet, Place, text_width
from pipelines.files.text_runs import NO_BREAK, page_content

WIDTH, HEIGHT = 600, 800
"""The page picture in pixels; the page itself is half as many points."""
DOCUMENTS = (
    CaseDocument("立案决定书", "立案决定书", None, None, None, 1, 1, 0.9),
    CaseDocument("讯问笔录", "讯问笔录（第一次）", None, None, None, 2, 3, 0.9),
)
SAID = "讯问笔录第3页 Page 𠮷①“是”"


def box(left: float, top: float, right: float, bottom: float) -> Quad:
    return (left, top), (right, top), (right, bottom), (left, bottom)


def printed(
    tmp_path: Path, *lines: tuple[str, Quad], number: int = 1, own: int = 0, size: tuple[int, int] = (WIDTH, HEIGHT)
) -> PrintedPage:
    picture = tmp_path / f"page-{number}.jpg"
    Image.new("RGB", size, "white").save(picture)
    read = tuple(PageLine(text, place, 0.9, "text") for text, place in lines)
    return PrintedPage(ScannedPage(number, *size, 0, 0.0, read, image=picture.name), picture, 144.0, own)


def original(path: Path, text: str | None = None, pages: int = 1) -> Path:
    canvas = Canvas(str(path), pagesize=(WIDTH / 2, HEIGHT / 2))
    for _ in range(pages):
        # A matrix that is never taken back: what is added must not depend on the page's own drawing.
        canvas.scale(3, 3)
        canvas.rect(1, 1, 20, 20)
        if text:
            canvas.drawString(10, 30, text)
        canvas.showPage()
    canvas.save()
    return path


def found_by_pdfium(path: Path, page: int = 0) -> str:
    with pypdfium2.PdfDocument(path) as document:
        return document[page].get_textpage().get_text_range()


def box_by_pdfium(path: Path, text: str) -> tuple[float, float, float, float]:
    """Left, bottom, right, top in points of the page as it is before its turn."""
    with pypdfium2.PdfDocument(path) as document:
        layer = document[0].get_textpage()
        start = layer.get_text_range().index(text)
        boxes = [layer.get_charbox(start + n, loose=True) for n in range(len(text))]
        return (
            min(b[0] for b in boxes),
            min(b[1] for b in boxes),
            max(b[2] for b in boxes),
            max(b[3] for b in boxes),
        )


def overlap(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Intersection over union of two boxes."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    areas = [(b[2] - b[0]) * (b[3] - b[1]) for b in (one, other)]
    return width * height / (sum(areas) - width * height)


def test_text_over_a_picture_is_found_whole_by_pdfium_and_pypdf(tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    write_searchable([printed(tmp_path, (SAID, box(60, 100, 500, 130)))], out, None)
    assert found_by_pdfium(out).strip() == SAID
    assert PdfReader(out).pages[0].extract_text().strip() == SAID
    assert PdfReader(out).pages[0].mediabox[2:] == [300, 400]
    assert not list(tmp_path.glob("*.partial"))


def test_text_stands_on_its_box(tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    write_searchable([printed(tmp_path, ("扣押物品清单", box(100, 200, 400, 240)))], out, original(tmp_path / "o.pdf"))
    assert overlap(box_by_pdfium(out, "扣押物品清单"), (50, 280, 200, 300)) > 0.8


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_text_stands_on_its_box_on_turned_and_cropped_pages(tmp_path: Path, rotation: int) -> None:
    writer = PdfWriter(clone_from=PdfReader(original(tmp_path / "plain.pdf")))
    writer.pages[0][NameObject("/CropBox")] = RectangleObject((20, 40, 220, 340))
    writer.pages[0].rotate(rotation)
    writer.write(tmp_path / "turned.pdf")
    out = tmp_path / "out.pdf"
    # The upright picture of a page of 200 x 300 points at 144 dpi, lying on its side for a quarter turn.
    size = (400, 600) if rotation % 180 == 0 else (600, 400)
    page = printed(tmp_path, ("甲乙丙丁", box(100, 60, 300, 100)), size=size)
    write_searchable([page], out, tmp_path / "turned.pdf")
    expected = {
        0: (20 + 50, 340 - 50, 20 + 150, 340 - 30),
        90: (20 + 30, 40 + 50, 20 + 50, 40 + 150),
        180: (220 - 150, 40 + 30, 220 - 50, 40 + 50),
        270: (220 - 50, 340 - 150, 220 - 30, 340 - 50),
    }[rotation]
    assert overlap(box_by_pdfium(out, "甲乙丙丁"), expected) > 0.8


@pytest.mark.parametrize("rotation", [0, 90])
@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_page_that_was_turned_is_shown_so_and_bears_its_text(tmp_path: Path, rotation: int, turn: int) -> None:
    writer = PdfWriter(clone_from=PdfReader(original(tmp_path / "plain.pdf")))
    writer.pages[0].rotate(rotation)
    writer.write(tmp_path / "o.pdf")
    size = (WIDTH, HEIGHT) if (rotation + turn) % 180 == 0 else (HEIGHT, WIDTH)
    upright = printed(tmp_path, ("甲乙丙丁", box(100, 60, 300, 100)), size=size)
    turned = replace(upright, page=replace(upright.page, rotation=turn))
    write_searchable([turned], tmp_path / "out.pdf", tmp_path / "o.pdf")
    made = PdfReader(tmp_path / "out.pdf").pages[0]
    assert made.rotation % 360 == (rotation + turn) % 360
    # The same as a page that its own file shows turned by so much.
    writer.pages[0].rotate(turn)
    writer.write(tmp_path / "own.pdf")
    write_searchable([upright], tmp_path / "like.pdf", tmp_path / "own.pdf")
    expected = box_by_pdfium(tmp_path / "like.pdf", "甲乙丙丁")
    assert overlap(box_by_pdfium(tmp_path / "out.pdf", "甲乙丙丁"), expected) > 0.99


def test_a_page_with_a_text_layer_keeps_it_when_it_is_turned(tmp_path: Path) -> None:
    page = printed(tmp_path, ("读到的字", box(60, 100, 300, 130)), own=4)
    turned = replace(page, page=replace(page.page, rotation=180))
    write_searchable([turned], tmp_path / "out.pdf", original(tmp_path / "o.pdf", "own text"))
    assert found_by_pdfium(tmp_path / "out.pdf").strip() == "own text"
    assert PdfReader(tmp_path / "out.pdf").pages[0].rotation == 180


def test_vertical_writing_runs_down_its_box(tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    write_searchable([printed(tmp_path, ("起诉意见书", box(400, 100, 440, 500)))], out, original(tmp_path / "o.pdf"))
    assert "起诉意见书" in found_by_pdfium(out).replace("\r\n", "")
    assert overlap(box_by_pdfium(out, "起"), (200, 310, 220, 350)) > 0.7


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler's pdftotext is not here")
def test_poppler_finds_each_word_in_its_place(tmp_path: Path) -> None:
    out = tmp_path / "out.pdf"
    lines = [("证人证言", box(60, 100, 300, 140)), ("Exhibit 12", box(60, 300, 260, 340))]
    write_searchable([printed(tmp_path, *lines)], out, None)
    for word, left, top in (("证人证言", 30, 50), ("Exhibit", 30, 150)):
        area = ["-x", str(left - 5), "-y", str(top - 5), "-W", "130", "-H", "30"]
        text = subprocess.run(
            ["pdftotext", "-r", "72", *area, str(out), "-"], capture_output=True, check=True, timeout=30
        )
        assert word in text.stdout.decode()


def streams(path: Path) -> dict[bytes, int]:
    """The raw bytes of each image in a PDF, and how often they are there."""
    with pikepdf.open(path) as document:
        images = [
            one for one in document.objects if isinstance(one, pikepdf.Stream) and one.get("/Subtype") == "/Image"
        ]
        return Counter(one.read_raw_bytes() for one in images)


def scan_of(path: Path, pages: int = 3) -> Path:
    """A PDF of scans, each another picture."""
    canvas = Canvas(str(path), pagesize=(WIDTH / 2, HEIGHT / 2))
    for number in range(pages):
        picture = path.with_name(f"{path.stem}-{number}.jpg")
        Image.effect_noise((WIDTH, HEIGHT), 20 + number).convert("RGB").save(picture)
        canvas.drawImage(str(picture), 0, 0, WIDTH / 2, HEIGHT / 2)
        canvas.showPage()
    canvas.save()
    return path


def test_the_images_of_the_original_stay_bit_for_bit(tmp_path: Path) -> None:
    source, out = scan_of(tmp_path / "o.pdf"), tmp_path / "out.pdf"
    write_searchable([printed(tmp_path, ("第二页", box(60, 100, 300, 130)), number=2)], out, source)
    assert len(streams(source)) == 3
    assert streams(out) == streams(source)
    assert [found_by_pdfium(out, page).strip() for page in range(3)] == ["", "第二页", ""]


def test_a_signed_original_stays_byte_for_byte_in_front_and_the_copy_is_no_pdfa(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(scan_of(tmp_path / "o.pdf")))
    form = DictionaryObject({NameObject("/Fields"): ArrayObject(), NameObject("/SigFlags"): NumberObject(3)})
    writer.root_object[NameObject("/AcroForm")] = form
    writer.write(tmp_path / "signed.pdf")
    out = tmp_path / "out.pdf"
    page = printed(tmp_path, ("第二页", box(60, 100, 300, 130)), number=2)
    found = write_searchable([page], out, tmp_path / "signed.pdf", DOCUMENTS)
    assert out.read_bytes().startswith((tmp_path / "signed.pdf").read_bytes())
    assert [found_by_pdfium(out, page).strip() for page in range(3)] == ["", "第二页", ""]
    assert [item.title for item in PdfReader(out).outline] == ["立案决定书", "讯问笔录（第一次）"]
    assert Obstacle("pdfa.signed", 0) in found
    assert b"pdfaid" not in out.read_bytes()


def test_the_text_leaves_no_trace_in_the_picture(tmp_path: Path) -> None:
    source, out = original(tmp_path / "o.pdf"), tmp_path / "out.pdf"
    write_searchable([printed(tmp_path, ("看不见的字", box(60, 100, 500, 200)))], out, source)
    with pypdfium2.PdfDocument(source) as before, pypdfium2.PdfDocument(out) as after:
        assert before[0].render(scale=2).to_pil().tobytes() == after[0].render(scale=2).to_pil().tobytes()


def test_a_page_with_a_text_layer_keeps_its_own_alone(tmp_path: Path) -> None:
    source, out = original(tmp_path / "o.pdf", "born digital"), tmp_path / "out.pdf"
    page = printed(tmp_path, ("born digital", box(60, 100, 300, 130)), own=11)
    assert has_own_text(page)
    write_searchable([page], out, source)
    assert found_by_pdfium(out).count("born") == 1
    assert not has_own_text(printed(tmp_path, ("a stamp on a long scanned page", box(0, 0, 9, 9)), own=5))


def test_an_original_that_cannot_be_rewritten_is_copied_from_its_pictures(tmp_path: Path) -> None:
    (tmp_path / "bad.pdf").write_bytes(b"%PDF-1.4\nno objects at all")
    out = tmp_path / "out.pdf"
    lost = PrintedPage(ScannedPage(2, 0, 0, 0, 0.0, (), flags=("page.broken",)), None, 200.0, 0)
    write_searchable([printed(tmp_path, ("仍可检索", box(60, 100, 300, 130))), lost], out, tmp_path / "bad.pdf")
    assert found_by_pdfium(out).strip() == "仍可检索"
    assert len(PdfReader(out).pages) == 2


def test_an_original_that_its_owner_locked_against_changes_is_copied_with_text(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(original(tmp_path / "o.pdf")))
    writer.encrypt("", "owner", algorithm="AES-256")
    writer.write(tmp_path / "owned.pdf")
    out = tmp_path / "out.pdf"
    write_searchable([printed(tmp_path, ("可读", box(60, 100, 300, 130)))], out, tmp_path / "owned.pdf")
    assert found_by_pdfium(out).strip() == "可读"


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=30))
def test_any_text_gives_a_content_stream_of_plain_characters(text: str) -> None:
    alphabet = Alphabet()
    content = page_content([(text, box(0, 0, 50, 10))], Place(100, 100, (0, 0, 100, 100)), alphabet)
    assert content.startswith(b"q\nBT\n3 Tr\n")
    assert content.endswith(b"ET\nQ\n")
    assert set(alphabet.numbers) - {NO_BREAK} == set(text) - {NO_BREAK}
    assert text_width(text) >= len(text) / 2
