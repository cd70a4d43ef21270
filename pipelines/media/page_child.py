"""The child process that opens PDFs and pictures from outside: counts pages, tells sizes, writes page pictures.

Run by `pipelines.media.confined`; one file stays open between questions. It imports no array library, so that its
memory limit is for the pages. pdfium is not thread-safe: here it has a process to itself.
"""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from cases.records import JsonObject
from models.errors import BadInput, TooLarge
from pipelines.media.confined import serve
from pipelines.media.picture import FORMATS, PAGE_PIXELS, flatten

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdfium2 import PdfDocument, PdfPage

PDF = "application/pdf"
PASSWORD_NEEDED = 4
"""pdfium's FPDF_ERR_PASSWORD."""
JPEG_QUALITY = 95
"""Of page pictures, with full colour resolution: at 90 and half the colour, small print lost 1 % of its characters."""
ORIENTATION = 274
"""The EXIF tag for how the camera was held; 1 is upright."""
SCAN_SHARE = 0.7
"""Pictures over this share of a PDF page are the scan that the page consists of."""
LEAST_DPI = 100
"""A page is drawn at this many dots an inch at least, however coarse its scan claims to be."""
IMAGES_ASKED = 500
"""Pictures of a page that are looked at to find its scan: scans come in one piece or in strips."""
PAGE_CHARACTERS = 100_000
"""Characters of a page's text that are given out: a page of close print has 3,000."""
SHORTEST_PX = 8
"""A page picture has at least this many pixels on a side, so that no page of no height stops a reader."""


@dataclass(slots=True)
class _Open:
    """The one file that is open."""

    path: str = ""
    pdf: PdfDocument | None = None
    image: Image | None = None

    def close(self) -> None:
        if self.pdf is not None:
            self.pdf.close()
        if self.image is not None:
            self.image.close()
        self.path, self.pdf, self.image = "", None, None


_open = _Open()


def _document(path: str) -> PdfDocument:
    """The PDF at `path`; raises BadInput when it is locked by a password or broken."""
    import pypdfium2

    if _open.path == path and _open.pdf is not None:
        return _open.pdf
    _open.close()
    try:
        document = pypdfium2.PdfDocument(path)
        if len(document):
            document.init_forms()
    except pypdfium2.PdfiumError as error:
        if error.err_code == PASSWORD_NEEDED:
            raise BadInput("pdf.password", "the PDF is locked by a password; unlock it and send it again") from None
        raise BadInput("pdf.broken", "the PDF cannot be opened: it is damaged or incomplete") from None
    _open.path, _open.pdf = path, document
    return document


def _picture(path: str, media_type: str, max_pixels: int) -> Image:
    """The picture file at `path`; raises BadInput when it is no picture of its type, TooLarge when it is too big."""
    from PIL import Image, UnidentifiedImageError

    if _open.path == path and _open.image is not None:
        return _open.image
    _open.close()
    if media_type not in FORMATS:
        raise BadInput("picture.type", f"pictures of type {media_type} are not read; use PNG, JPEG, TIFF, BMP or WebP")
    # This process has its own limit on memory and checks sizes itself; Pillow's is a warning at half of ours.
    Image.MAX_IMAGE_PIXELS = max_pixels
    try:
        image = Image.open(path, formats=(FORMATS[media_type],))
    except Image.DecompressionBombError:
        raise TooLarge("picture.pixels", f"the picture has more than {max_pixels} pixels") from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise BadInput("picture.broken", "the picture cannot be opened: it is damaged or incomplete") from None
    _open.path, _open.image = path, image
    return image


def pdf_facts(question: JsonObject) -> JsonObject:
    """Pages and the size of the largest one in points."""
    document = _document(str(question["path"]))
    pages, limit = len(document), int(str(question["max_pages"]))
    if pages == 0:
        raise BadInput("pdf.empty", "the PDF has no pages")
    if pages > limit:
        raise TooLarge("pdf.pages", f"the PDF has {pages} pages, {limit} are allowed; split it")
    sizes = [document.get_page_size(number) for number in range(pages)]
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    return {"pages": pages, "width_pt": round(width, 2), "height_pt": round(height, 2)}


def characters(question: JsonObject) -> JsonObject:
    """How many characters the text layer of one page (`page` from 0) holds, white space left out."""
    document = _document(str(question["path"]))
    return {"characters": _characters(document, int(str(question["page"])))}


def _characters(document: PdfDocument, number: int) -> int:
    import pypdfium2

    try:
        page = document[number]
        text = page.get_textpage().get_text_range()
    except pypdfium2.PdfiumError:
        return 0
    return sum(not character.isspace() for character in text)


def text(question: JsonObject) -> JsonObject:
    """The text layer of one page (`page` from 0) as lines, top to bottom as the PDF gives them."""
    import pypdfium2

    document = _document(str(question["path"]))
    try:
        found = document[int(str(question["page"]))].get_textpage().get_text_range()
    except pypdfium2.PdfiumError:
        found = ""
    return {"lines": [line for line in found[:PAGE_CHARACTERS].splitlines() if line.strip()]}


def picture_facts(question: JsonObject) -> JsonObject:
    """Width and height of the first frame as stored, the number of frames, and whether the first decodes to its end."""
    max_pixels, max_side = int(str(question["max_pixels"])), int(str(question["max_page_px"]))
    image = _picture(str(question["path"]), str(question["media_type"]), max_pixels)
    frames, limit = _frames(image), int(str(question["max_frames"]))
    if frames > limit:
        raise TooLarge("picture.frames", f"the picture file has {frames} pages, {limit} are allowed; split it")
    _check_size(image, max_pixels, max_side)
    return {"width": image.width, "height": image.height, "frames": frames, "complete": _is_complete(image)}


def _is_complete(image: Image) -> bool:
    try:
        image.load()
    except (OSError, ValueError, SyntaxError):
        # What half decoded is not what the next question should draw.
        _open.close()
        return False
    return True


def _frames(image: Image) -> int:
    """Pages of a TIFF; every other type is one page, also when it is animated."""
    return int(getattr(image, "n_frames", 1)) if image.format == "TIFF" else 1


def _check_size(image: Image, max_pixels: int, max_side: int) -> None:
    size = f"{image.width} x {image.height} pixels"
    if max(image.size) > max_side:
        raise TooLarge("picture.side", f"the picture has {size}; {max_side} a side are allowed")
    if image.width * image.height > max_pixels:
        raise TooLarge("picture.pixels", f"the picture has {size}; {max_pixels} in all are allowed")


def render(question: JsonObject) -> JsonObject:
    """Write the picture of one page (`page` from 0) to `out` as JPEG; its size, dpi, text layer and flags.

    It is turned clockwise by `turn` degrees, in quarters. A JPEG that is a page picture already is copied: every new
    encoding costs the reader some characters.
    """
    if question["media_type"] == PDF:
        image, answer = _render_pdf(question)
    else:
        image, answer = _render_picture(question)
    turn = int(str(question["turn"])) // 90
    if turn:
        image, answer["as_stored"] = _turned(image, turn), False
    out = Path(str(question["out"]))
    partial = out.with_suffix(".partial")
    if answer.pop("as_stored"):
        shutil.copyfile(str(question["path"]), partial)
    else:
        image.save(partial, "JPEG", quality=JPEG_QUALITY, subsampling=0, dpi=(answer["dpi"], answer["dpi"]))
    partial.replace(out)
    return {"width": image.width, "height": image.height, **answer}


def _turned(image: Image, quarters: int) -> Image:
    """The picture turned clockwise."""
    from PIL import Image

    # Pillow counts the other way round.
    turns = (Image.Transpose.ROTATE_270, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_90)
    return image.transpose(turns[quarters - 1])


def _render_pdf(question: JsonObject) -> tuple[Image, JsonObject]:
    import pypdfium2

    document = _document(str(question["path"]))
    number, dpi = int(str(question["page"])), float(str(question["dpi"]))
    try:
        page = document[number]
        width, height = page.get_size()
        found = _characters(document, number)
        # On a page with text the picture is a background, and the text wants its dots.
        wish = dpi / 72 if found else min(dpi / 72, _native(page, width * height))
        scale, flags = _scale(width, height, wish, int(str(question["max_page_px"])))
        image = page.render(scale=scale, rev_byteorder=True, fill_color=(255, 255, 255, 255)).to_pil()
    except pypdfium2.PdfiumError as error:
        raise BadInput("page.broken", f"page {number + 1} cannot be drawn: {error}") from None
    facts: JsonObject = {"dpi": round(scale * 72, 2), "characters": found, "flags": list(flags), "as_stored": False}
    return flatten(image), facts


def _native(page: PdfPage, area: float) -> float:
    """Pixels a point of the scan that the page consists of, since drawing it larger adds nothing; else infinity.

    Scanners write a page as one picture or as strips.
    """
    import pypdfium2.raw as pdfium

    covered, density = 0.0, LEAST_DPI / 72
    for found in islice(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3), IMAGES_ASKED):
        left, bottom, right, top = found.get_bounds()
        if right > left and top > bottom:
            across, down = found.get_px_size()
            covered += (right - left) * (top - bottom)
            density = max(density, across / (right - left), down / (top - bottom))
    return float(density) if covered >= SCAN_SHARE * area else math.inf


def _scale(width: float, height: float, wish: float, max_side: int) -> tuple[float, tuple[str, ...]]:
    """The scale for a page of so many points, smaller than wished where its picture would be too large."""
    if not (math.isfinite(width) and math.isfinite(height)) or min(width, height) <= 0:
        raise BadInput("page.size", f"the page is {width} x {height} points large: nothing can be drawn")
    # pdfium rounds up to whole pixels: stay a pixel a side below the limits.
    most = math.sqrt(PAGE_PIXELS / (width * height)), max_side / max(width, height)
    fits = min(wish, *(limit * (1 - 1e-3) for limit in most))
    if fits * min(width, height) < SHORTEST_PX:
        raise BadInput("page.size", f"the page is {width:.1f} x {height:.1f} points large: too narrow to read")
    return fits, (("page.reduced",) if fits < wish else ())


def _render_picture(question: JsonObject) -> tuple[Image, JsonObject]:
    from PIL import Image

    max_pixels, number = int(str(question["max_pixels"])), int(str(question["page"]))
    image = _picture(str(question["path"]), str(question["media_type"]), max_pixels)
    try:
        if number:
            image.seek(number)
        elif getattr(image, "tell", lambda: 0)():
            image.seek(0)
        _check_size(image, max_pixels, int(str(question["max_page_px"])))
        dpi = _resolution(image, float(str(question["dpi"])))
        page = flatten(image)
        as_stored = image.format == "JPEG" and image.mode == "RGB" and image.getexif().get(ORIENTATION, 1) == 1
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise BadInput("page.broken", f"page {number + 1} cannot be decoded: {error}") from None
    flags: list[str] = []
    shrink = math.sqrt(PAGE_PIXELS / (page.width * page.height))
    if shrink < 1:
        flags.append("page.reduced")
        as_stored = False
        size = max(1, int(page.width * shrink)), max(1, int(page.height * shrink))
        page, dpi = page.resize(size, Image.Resampling.LANCZOS), dpi * shrink
    return page, {"dpi": round(dpi, 2), "characters": 0, "flags": list(flags), "as_stored": as_stored}


def _resolution(image: Image, otherwise: float) -> float:
    """Dots an inch as the file says, where that can be true of a scan."""
    said = image.info.get("dpi")
    across = float(said[0]) if isinstance(said, tuple) and said else 0.0
    return across if 72 < across <= 2400 else otherwise


if __name__ == "__main__":
    serve(
        {
            "pdf_facts": pdf_facts,
            "characters": characters,
            "text": text,
            "picture_facts": picture_facts,
            "render": render,
        },
    )
