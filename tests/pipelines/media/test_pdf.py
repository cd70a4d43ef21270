"""Pages from PDFs and pictures of every kind, and that hostile ones cost a page, never the reader."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import NameObject, RectangleObject
from reportlab.pdfgen.canvas import Canvas

from models.errors import BadInput, TooLarge
from pipelines.media.confined import Bounds, ChildLost, Confined
from pipelines.media.pdf import PDF, PageLimits, PageSource, pdf_facts, picture_facts, picture_type, read_picture


def make_pdf(path: Path, pages: int = 2, size: tuple[float, float] = (300, 400)) -> Path:
    canvas = Canvas(str(path), pagesize=size)
    for number in range(pages):
        canvas.drawString(40, size[1] - 60, f"page number {number + 1}")
        canvas.showPage()
    canvas.save()
    return path


def make_scan_pdf(path: Path) -> Path:
    """A page of 300 x 400 points that is one picture at 144 dots an inch, with no text."""
    canvas = Canvas(str(path), pagesize=(300, 400))
    picture = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(picture, "PNG")
    picture.seek(0)
    from reportlab.lib.utils import ImageReader

    canvas.drawImage(ImageReader(picture), 0, 0, 300, 400)
    canvas.showPage()
    canvas.save()
    return path


def picture_of(path: Path, media_type: str, page: int = 0, dpi: int = 100) -> tuple[np.ndarray, float, tuple[str, ...]]:
    """The page picture's pixels, its dpi and flags."""
    with PageSource(path, media_type) as source:
        drawn = source.picture(page, dpi, path.with_suffix(".page.jpg"))
    return read_picture(drawn.path).pixels, drawn.dpi, drawn.flags


def test_facts_of_a_pdf_tell_pages_size_and_text_layer(tmp_path: Path) -> None:
    assert pdf_facts(make_pdf(tmp_path / "a.pdf", 3)) == {
        "pages": 3,
        "width_pt": 300.0,
        "height_pt": 400.0,
        "text_layer": True,
    }
    assert pdf_facts(make_scan_pdf(tmp_path / "b.pdf"))["text_layer"] is False


def test_a_pdf_locked_by_a_password_is_refused_and_says_so(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(make_pdf(tmp_path / "a.pdf")))
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(tmp_path / "locked.pdf")
    with pytest.raises(BadInput, match="password") as caught:
        pdf_facts(tmp_path / "locked.pdf")
    assert caught.value.code == "pdf.password"


def test_a_pdf_that_only_its_owner_may_change_is_read(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(make_pdf(tmp_path / "a.pdf")))
    writer.encrypt("", "owner", algorithm="AES-256")
    writer.write(tmp_path / "owned.pdf")
    assert pdf_facts(tmp_path / "owned.pdf")["pages"] == 2


@pytest.mark.parametrize("keep", [0.02, 0.0])
def test_a_truncated_pdf_is_broken(tmp_path: Path, keep: float) -> None:
    whole = make_pdf(tmp_path / "a.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(whole[: int(len(whole) * keep)] or b"%PDF-1.7 nothing follows")
    with pytest.raises(BadInput) as caught:
        pdf_facts(tmp_path / "cut.pdf")
    assert caught.value.code == "pdf.broken"


def test_more_pages_than_allowed_are_too_large(tmp_path: Path) -> None:
    with pytest.raises(TooLarge) as caught:
        pdf_facts(make_pdf(tmp_path / "a.pdf", 4), max_pages=3)
    assert caught.value.code == "pdf.pages"


def test_a_page_of_enormous_size_is_drawn_smaller_and_flagged(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "huge.pdf", 1, (14_400, 14_400))
    pixels, dpi, flags = picture_of(path, PDF, dpi=300)
    assert flags == ("page.reduced",)
    assert pixels.shape[0] * pixels.shape[1] <= 50_000_000
    assert dpi < 100


def test_a_page_is_drawn_at_the_dpi_asked_for_and_turned_as_it_says(tmp_path: Path) -> None:
    path = make_pdf(tmp_path / "a.pdf", 1)
    pixels, dpi, _ = picture_of(path, PDF, dpi=144)
    assert pixels.shape == (800, 600, 3)
    assert dpi == 144
    writer = PdfWriter(clone_from=PdfReader(path))
    writer.pages[0].rotate(90)
    writer.write(tmp_path / "turned.pdf")
    assert picture_of(tmp_path / "turned.pdf", PDF, dpi=144)[0].shape == (600, 800, 3)


def test_a_scan_is_drawn_at_its_own_resolution(tmp_path: Path) -> None:
    pixels, dpi, _ = picture_of(make_scan_pdf(tmp_path / "scan.pdf"), PDF, dpi=300)
    assert pixels.shape == (800, 600, 3)
    assert dpi == 144


def test_a_page_of_no_width_costs_itself_alone(tmp_path: Path) -> None:
    writer = PdfWriter(clone_from=PdfReader(make_pdf(tmp_path / "a.pdf", 2)))
    writer.pages[0][NameObject("/MediaBox")] = RectangleObject((0, 0, 400, 0.001))
    writer.write(tmp_path / "thin.pdf")
    with PageSource(tmp_path / "thin.pdf", PDF) as source:
        with pytest.raises(BadInput) as caught:
            source.picture(0, 100, tmp_path / "1.jpg")
        assert caught.value.code == "page.size"
        assert source.picture(1, 100, tmp_path / "2.jpg").width == 417


def gradient(mode: str) -> Image.Image:
    """Grey from black on the left to white on the right, in `mode`."""
    row = np.tile(np.linspace(0, 255, 64, dtype=np.uint8), (48, 1))
    grey = Image.fromarray(row)
    if mode == "I;16":
        return Image.fromarray(row.astype(np.uint16) * 257)
    if mode == "LA":
        return Image.merge("LA", (grey, Image.new("L", grey.size, 255)))
    if mode == "P":
        return grey.quantize(256)
    return grey.convert("RGB").convert(mode)


@pytest.mark.parametrize(
    ("mode", "suffix"),
    [
        *(("L", "png"), ("L", "jpg"), ("RGB", "bmp"), ("RGB", "webp"), ("RGBA", "webp"), ("P", "png"), ("LA", "png")),
        *(("I;16", "png"), ("I;16", "tiff"), ("CMYK", "jpg"), ("CMYK", "tiff")),
    ],
)
def test_every_kind_of_picture_becomes_the_same_grey(tmp_path: Path, mode: str, suffix: str) -> None:
    path = tmp_path / f"picture.{suffix}"
    gradient(mode).save(path, **({"lossless": True} if suffix == "webp" else {}))
    assert picture_facts(path) == {"width": 64, "height": 48, "frames": 1, "complete": True}
    pixels, _, _ = picture_of(path, picture_type(path))
    middle = pixels[24].astype(int)
    assert np.abs(middle - np.linspace(0, 255, 64)[:, None]).max() < 14


def test_transparency_lies_on_white_paper(tmp_path: Path) -> None:
    path = tmp_path / "clear.png"
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(path)
    assert picture_of(path, "image/png")[0].min() == 255


def test_the_orientation_that_a_camera_wrote_is_obeyed(tmp_path: Path) -> None:
    picture = Image.new("RGB", (60, 30), "white")
    picture.paste((255, 0, 0), (0, 0, 15, 15))
    exif = Image.Exif()
    exif[274] = 6
    picture.save(tmp_path / "phone.jpg", exif=exif, quality=95)
    pixels = picture_of(tmp_path / "phone.jpg", "image/jpeg")[0]
    assert pixels.shape[:2] == (60, 30)
    assert pixels[5, 25, 0] > 200
    assert pixels[5, 25, 1] < 60


def test_each_page_of_a_tiff_is_a_page(tmp_path: Path) -> None:
    path = tmp_path / "fax.tiff"
    pages = [Image.new("1", (40 + n, 50), 1) for n in range(3)]
    pages[0].save(path, save_all=True, append_images=pages[1:], compression="group4", dpi=(204, 204))
    assert picture_facts(path)["frames"] == 3
    with PageSource(path, "image/tiff") as source:
        assert source.pages() == 3
        drawn = [source.picture(n, 100, tmp_path / f"{n}.jpg") for n in (2, 0, 1)]
    assert [d.width for d in drawn] == [42, 40, 41]
    assert drawn[0].dpi == pytest.approx(204, abs=0.5)


def test_the_smallest_picture_is_a_page(tmp_path: Path) -> None:
    Image.new("RGB", (1, 1), "red").save(tmp_path / "dot.png")
    assert picture_facts(tmp_path / "dot.png") == {"width": 1, "height": 1, "frames": 1, "complete": True}
    assert picture_of(tmp_path / "dot.png", "image/png")[0].shape == (1, 1, 3)


def test_a_side_of_thirty_thousand_pixels_is_too_large(tmp_path: Path) -> None:
    Image.new("1", (30_000, 10), 1).save(tmp_path / "long.png")
    with pytest.raises(TooLarge) as caught:
        picture_facts(tmp_path / "long.png")
    assert caught.value.code == "picture.side"


def test_a_picture_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    Image.new("1", (15_000, 15_000), 1).save(tmp_path / "bomb.png")
    assert (tmp_path / "bomb.png").stat().st_size < 200_000
    with pytest.raises(TooLarge) as caught:
        picture_facts(tmp_path / "bomb.png")
    assert caught.value.code == "picture.pixels"


def test_a_cut_picture_is_a_broken_page(tmp_path: Path) -> None:
    path = tmp_path / "cut.jpg"
    Image.effect_noise((300, 300), 60).save(path)
    path.write_bytes(path.read_bytes()[:5000])
    with PageSource(path, "image/jpeg") as source, pytest.raises(BadInput) as caught:
        source.picture(0, 100, tmp_path / "out.jpg")
    assert caught.value.code == "page.broken"
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(BadInput) as caught:
        picture_facts(tmp_path / "text.png")
    assert caught.value.code == "picture.type"


def test_a_page_that_kills_its_reader_is_lost_and_the_next_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    make_pdf(path, 2, (3000, 3000))
    # Too little memory for a page at 400 dpi, enough for one at 20.
    with PageSource(path, PDF, PageLimits(), Bounds(memory_bytes=220 << 20)) as source:
        with pytest.raises(BadInput):
            source.picture(0, 150, tmp_path / "1.jpg")
        assert source.picture(1, 20, tmp_path / "2.jpg").width == 834


def test_a_child_that_falls_silent_is_killed_and_replaced() -> None:
    with Confined("tests_child_that_does_not_exist") as child, pytest.raises(ChildLost):
        child.ask({"ask": "anything"})
    with Confined("pipelines.media.page_child", Bounds(answer_s=0.0)) as hurried, pytest.raises(ChildLost) as caught:
        hurried.ask({"ask": "pdf_facts", "path": "/dev/null", "max_pages": 1})
    assert "in time" in caught.value.message


def test_a_child_learns_no_secret_of_its_parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJUAN_SECRET", "hidden")
    (tmp_path / "spy.py").write_text(
        "import os\nfrom pipelines.media.confined import serve\n"
        "serve({'environment': lambda _: {'names': sorted(os.environ)}})\n"
    )
    monkeypatch.setattr("pipelines.media.confined._environment", _with_path(tmp_path))
    with Confined("spy") as child:
        assert "ANJUAN_SECRET" not in child.ask({"ask": "environment"})["names"]


def _with_path(folder: Path):  # type: ignore[no-untyped-def]
    from pipelines.media import confined

    original = confined._environment()
    return lambda: {**original, "PYTHONPATH": f"{original['PYTHONPATH']}:{folder}"}


def test_an_upright_jpeg_is_its_own_page_picture(tmp_path: Path) -> None:
    path = tmp_path / "scan.jpg"
    Image.effect_noise((80, 60), 50).convert("RGB").save(path, quality=40)
    with PageSource(path, "image/jpeg") as source:
        drawn = source.picture(0, 200, tmp_path / "page-0001.jpg")
    assert drawn.path.read_bytes() == path.read_bytes()
    assert (drawn.width, drawn.height) == (80, 60)


def test_a_missing_or_broken_page_picture_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="not there"):
        read_picture(tmp_path / "none.jpg")
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff nothing")
    with pytest.raises(BadInput, match="decoded"):
        read_picture(tmp_path / "bad.jpg")
