"""Which copies are called PDF/A-2b: those that our list of its clauses has nothing against, and no others."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from benchmarks.pdfa.clauses import faults
from cases.records import CaseDocument, PageLine, ScannedPage
from pipelines.files.pdf import Obstacle, PrintedPage, flagged, write_searchable
from pipelines.files.pdf_marks import About, srgb_profile

WIDTH, HEIGHT = 600, 800
DOCUMENTS = (
    CaseDocument("卷宗封面", "刑事侦查卷宗", None, None, None, 1, 1, 0.9),
    CaseDocument("讯问笔录", "讯问笔录（第一次）<1>", None, None, None, 2, 3, 0.9),
)
ABOUT = About("侦查卷&第一册", "说明", "ab" * 32)


def read_page(number: int, picture: Path | None = None) -> PrintedPage:
    line = PageLine(f"第{number}页 𠮷Ａ1-", ((60, 100), (300, 100), (300, 130), (60, 130)), 0.9, "text")
    return PrintedPage(ScannedPage(number, WIDTH, HEIGHT, 0, 0.0, (line,)), picture, 144.0, 0)


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    """Three pages of scans, as reportlab binds them: its page names a font that it does not draw with."""
    canvas = Canvas(str(tmp_path / "o.pdf"), pagesize=(WIDTH / 2, HEIGHT / 2))
    for number in range(3):
        picture = tmp_path / f"{number}.jpg"
        Image.effect_noise((WIDTH, HEIGHT), 20 + number).convert("RGB").save(picture)
        canvas.drawImage(str(picture), 0, 0, WIDTH / 2, HEIGHT / 2)
        canvas.showPage()
    canvas.save()
    return tmp_path / "o.pdf"


def copied(scan: Path, change: Callable[[Pdf], None] | None = None) -> tuple[Path, tuple[Obstacle, ...]]:
    """The searchable copy of the scan after a change of it."""
    source, out = scan.with_name("changed.pdf"), scan.with_name("out.pdf")
    with pikepdf.open(scan) as opened:
        if change is not None:
            change(opened)
        opened.save(source)
    return out, write_searchable([read_page(n) for n in (1, 2, 3)], out, source, DOCUMENTS, ABOUT)


def test_the_copy_of_a_scan_is_pdfa(scan: Path) -> None:
    out, obstacles = copied(scan)
    assert obstacles == ()
    assert faults(out) == ()
    assert b"<pdfaid:part>2</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>" in out.read_bytes()


def test_a_copy_of_pictures_is_pdfa(tmp_path: Path) -> None:
    picture, out = tmp_path / "a.jpg", tmp_path / "out.pdf"
    Image.new("RGB", (WIDTH, HEIGHT), "white").save(picture)
    assert write_searchable([read_page(1, picture), read_page(2)], out, None, DOCUMENTS) == ()
    assert faults(out) == ()


def _image(opened: Pdf) -> pikepdf.Object:
    """The first image."""
    return next(iter(opened.pages[0].obj.Resources.XObject.values()))


def _cmyk(opened: Pdf) -> None:
    _image(opened).ColorSpace = Name.DeviceCMYK


def _smooth(opened: Pdf) -> None:
    _image(opened).Interpolate = True


def _lzw(opened: Pdf) -> None:
    _image(opened).Filter = Name.LZWDecode


def _letters(opened: Pdf) -> None:
    opened.pages[1].contents_add(b"BT /F1 12 Tf (drawn) Tj ET")


def _ink(opened: Pdf) -> None:
    opened.pages[2].contents_add(b"0 0 0 1 k 0 0 9 9 re f")


def _script(opened: Pdf) -> None:
    opened.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def _note(opened: Pdf) -> None:
    opened.pages[1].obj.Annots = Array([Dictionary(Type=Name.Annot, Subtype=Name.Text, Rect=[0, 0, 9, 9])])


def _large(opened: Pdf) -> None:
    opened.pages[0].obj.MediaBox = Array([0, 0, 15_000, 400])


def _unknown(opened: Pdf) -> None:
    opened.pages[0].contents_add(b"/Pattern cs")


@pytest.mark.parametrize(
    ("change", "code", "page"),
    [
        (_cmyk, "pdfa.colour", 1),
        (_smooth, "pdfa.image", 1),
        (_lzw, "pdfa.filter", 1),
        (_letters, "pdfa.font", 2),
        (_ink, "pdfa.colour", 3),
        (_script, "pdfa.extras", 0),
        (_note, "pdfa.extras", 2),
        (_large, "pdfa.size", 1),
        (_unknown, "pdfa.colour", 1),
    ],
)
def test_what_cannot_be_pdfa_without_being_altered_is_not_called_so(
    scan: Path, change: Callable[[Pdf], None], code: str, page: int
) -> None:
    out, obstacles = copied(scan, change)
    assert obstacles == (Obstacle(code, page),)
    assert b"pdfaid" not in out.read_bytes()
    # The list finds more than that the copy does not say that it is.
    assert [one for one in faults(out) if not one.startswith("6.6.4")] or page == 0


def test_the_pages_of_a_record_say_why_their_copy_is_no_pdfa() -> None:
    pages = tuple(read_page(number).page for number in (3, 4))
    found = flagged(pages, (Obstacle("pdfa.font", 4), Obstacle("pdfa.signed", 0), Obstacle("pdfa.font", 4)))
    assert [page.flags for page in found] == [("pdfa.signed",), ("pdfa.font",)]


def test_the_rows_of_the_catalogue_are_bookmarks_and_pages_bear_the_numbers_of_the_binding(scan: Path) -> None:
    out, _ = copied(scan)
    with pikepdf.open(out) as opened:
        with opened.open_outline() as outline:
            rows = [(item.title, item.destination[0].objgen) for item in outline.root]
        assert rows == [("讯问笔录（第一次）<1>", opened.pages[1].obj.objgen)]
        assert [page.label for page in opened.pages] == ["卷首1", "1", "2"]
        assert opened.Root.PageMode == Name.UseOutlines
        assert str(opened.docinfo.Title) == "侦查卷&第一册"


def test_a_file_without_documents_has_no_bookmarks(scan: Path) -> None:
    out = scan.with_name("out.pdf")
    write_searchable([read_page(1)], out, scan)
    with pikepdf.open(out) as opened:
        assert not {"/Outlines", "/PageLabels"} & set(opened.Root.keys())


def test_the_same_copy_made_again_is_the_same_file_and_another_text_is_another(scan: Path) -> None:
    first, again, other = (scan.with_name(f"{n}.pdf") for n in range(3))
    for out, number in ((first, 1), (again, 1), (other, 2)):
        page = read_page(number)
        write_searchable([PrintedPage(page.page, None, 144.0, 0)], out, scan)
    assert first.read_bytes() == again.read_bytes()
    with pikepdf.open(first) as one, pikepdf.open(other) as two:
        assert one.trailer.ID[1] != two.trailer.ID[1]


def test_the_colour_profile_does_not_tell_when_it_was_made() -> None:
    assert srgb_profile() == srgb_profile()
    assert srgb_profile()[24:28] == b"\x07\xea\x00\x01"


@pytest.mark.parametrize(
    "command",
    [
        ["qpdf", "--check"],
        ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-dPDFSTOPONERROR", "-dPDFSTOPONWARNING", "-sDEVICE=nullpage"],
    ],
    ids=["qpdf", "gs"],
)
def test_other_programs_open_the_copy_clean(scan: Path, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not here")
    out, _ = copied(scan)
    done = subprocess.run([*command, str(out)], capture_output=True, timeout=60, check=False)
    said = (done.stdout + done.stderr).decode()
    assert done.returncode == 0, said
    assert "WARNING" not in said
    assert command[0] == "qpdf" or not said
