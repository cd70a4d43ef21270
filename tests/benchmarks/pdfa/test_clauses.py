"""Each clause of PDF/A-2b finds the fault that it is there for, in a file that was without one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf, Stream
from PIL import Image

from benchmarks.pdfa.clauses import CLAUSES, faults
from cases.records import PageLine, ScannedPage
from pipelines.files.pdf import PrintedPage, write_searchable


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A searchable copy of one page picture."""
    picture, out = tmp_path / "page.jpg", tmp_path / "copy.pdf"
    Image.new("RGB", (600, 800), "white").save(picture)
    line = PageLine("讯问笔录 page 1", ((60, 100), (300, 100), (300, 130), (60, 130)), 0.9, "text")
    write_searchable([PrintedPage(ScannedPage(1, 600, 800, 0, 0.0, (line,)), picture, 144.0, 0)], out, None)
    assert faults(out) == ()
    return out


def font(opened: Pdf) -> pikepdf.Object:
    return opened.pages[0].obj.Resources.Font.AnjuanText


def image(opened: Pdf) -> pikepdf.Object:
    return opened.pages[0].obj.Resources.XObject.AnjuanPage


def draw(content: bytes) -> Callable[[Pdf], None]:
    return lambda opened: opened.pages[0].contents_add(content)


def xmp(old: bytes, new: bytes) -> Callable[[Pdf], None]:
    def change(opened: Pdf) -> None:
        packet = opened.Root.Metadata.read_bytes()
        assert old in packet
        opened.Root.Metadata = Stream(opened, packet.replace(old, new), Type=Name.Metadata, Subtype=Name.XML)

    return change


def _width(opened: Pdf) -> None:
    font(opened).DescendantFonts[0].W = Array([1, Array([900])])


def _not_embedded(opened: Pdf) -> None:
    del font(opened).DescendantFonts[0].FontDescriptor.FontFile2


def _no_unicode(opened: Pdf) -> None:
    del font(opened).ToUnicode


def _notdef(opened: Pdf) -> None:
    font(opened).DescendantFonts[0].CIDToGIDMap = Stream(opened, bytes(400))


def _profile(opened: Pdf) -> None:
    opened.Root.OutputIntents[0].DestOutputProfile.N = 4


def _smooth(opened: Pdf) -> None:
    image(opened).Interpolate = True


def _cmyk(opened: Pdf) -> None:
    image(opened).ColorSpace = Name.DeviceCMYK


def _lzw(opened: Pdf) -> None:
    image(opened).Filter = Name.LZWDecode


def _outside(opened: Pdf) -> None:
    image(opened).F = "elsewhere.jpg"


def _state(opened: Pdf) -> None:
    opened.pages[0].obj.Resources.ExtGState = Dictionary(G0=Dictionary(TR=Name.Identity, BM=Name.Odd))


def _form(opened: Pdf) -> None:
    form = Stream(opened, b"0 g", Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 1, 1], PS=Name.Yes)
    opened.pages[0].obj.Resources.XObject.Extra = opened.make_indirect(form)


def _note(opened: Pdf) -> None:
    opened.pages[0].obj.Annots = Array([Dictionary(Subtype=Name.Text, Rect=[0, 0, 9, 9])])


def _fields(opened: Pdf) -> None:
    opened.Root.AcroForm = Dictionary(Fields=Array(), NeedAppearances=True)


def _script(opened: Pdf) -> None:
    opened.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="1")


def _attached(opened: Pdf) -> None:
    opened.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array()))


def _layers(opened: Pdf) -> None:
    opened.Root.OCProperties = Dictionary(OCGs=Array(), D=Dictionary())


def _demands(opened: Pdf) -> None:
    opened.Root.Requirements = Array()


def _rights(opened: Pdf) -> None:
    opened.Root.Perms = Dictionary(Other=1)


def _wide(opened: Pdf) -> None:
    opened.pages[0].obj.MediaBox = Array([0, 0, 20_000, 400])


def _told(opened: Pdf) -> None:
    opened.docinfo["/Author"] = "nobody"


@pytest.mark.parametrize(
    ("change", "number"),
    [
        (draw(b"0 0 0 1 k"), "6.2.4"),
        (draw(b"frobnicate"), "6.2.2"),
        (draw(b"q " * 40 + b"Q " * 40), "6.1.13q"),
        (draw(b"/Odd ri"), "6.2.6"),
        (draw(b"BI /W 1 /H 1 /BPC 8 /CS /G ID x EI"), "6.1.10"),
        (xmp(b"<pdfaid:part>2<", b"<pdfaid:part>3<"), "6.6.4"),
        (xmp(b"<dc:format>", b'<o:odd xmlns:o="urn:odd">1</o:odd><dc:format>'), "6.6.2"),
        (_width, "6.2.11.5"),
        (_not_embedded, "6.2.11.4"),
        (_no_unicode, "6.2.11.7"),
        (_notdef, "6.2.11.8"),
        (_profile, "6.2.3"),
        (_smooth, "6.2.8"),
        (_cmyk, "6.2.4"),
        (_lzw, "6.1.7.2"),
        (_outside, "6.1.7.1"),
        (_state, "6.2.5"),
        (_state, "6.2.10"),
        (_form, "6.2.9"),
        (_note, "6.3"),
        (_fields, "6.4"),
        (_script, "6.5"),
        (_attached, "6.8"),
        (_layers, "6.9"),
        (_demands, "6.10"),
        (_rights, "6.1.12"),
        (_wide, "6.1.13"),
        (_told, "6.6.3"),
    ],
)
def test_a_clause_finds_its_fault(copy: Path, change: Callable[[Pdf], None], number: str) -> None:
    broken = copy.with_name("broken.pdf")
    with pikepdf.open(copy) as opened:
        change(opened)
        opened.save(broken, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    assert number in {one.split(" ")[0] for one in faults(broken)}


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        (b"\n%\xe2\xe3\xcf\xd3\n", b"\n%abcd\n", "6.1.2"),
        (b"%%EOF\n", b"%%EOF\nmore", "6.1.3"),
        (b"\nxref\n0 ", b"\nxref\n\n0", "6.1.4"),
        (b"\nendobj\n", b" endobj\n", "6.1.9"),
        (b"\nendstream", b" endstream", "6.1.9"),
    ],
)
def test_a_clause_finds_its_fault_in_the_bytes(copy: Path, old: bytes, new: bytes, number: str) -> None:
    data = copy.read_bytes()
    assert old in data
    copy.write_bytes(data.replace(old, new, 1))
    assert number in {one.split(" ")[0] for one in faults(copy)}


def test_what_is_locked_or_no_pdf_is_a_fault(copy: Path) -> None:
    locked = copy.with_name("locked.pdf")
    with pikepdf.open(copy) as opened:
        opened.save(locked, encryption=pikepdf.Encryption(owner="owner"))
    assert "6.1.3" in {one.split(" ")[0] for one in faults(locked)}
    locked.write_bytes(b"no PDF at all")
    assert faults(locked)[0].startswith("it cannot be opened")


def test_each_clause_has_a_number_of_its_own() -> None:
    assert len({one.number for one in CLAUSES}) == len(CLAUSES) >= 30
