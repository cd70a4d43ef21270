"""The child process that writes searchable PDFs: text under the pages of an original, or under page pictures.

Run by `pipelines.media.confined`. An original keeps its own bytes: what is added stands behind them as an incremental
update (PDF 32000-1, 7.5.6), so that the original can be cut out of the copy again and its signatures stay valid. The
text comes before a page's own content, which starts from a fresh graphics state either way.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import cast

from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
    StreamObject,
    TextStringObject,
)

from cases.codec import from_json
from cases.records import JsonObject
from models.errors import BadInput
from pipelines.files.text_layer import (
    DESCENT,
    EM,
    FONT,
    Alphabet,
    LayerPage,
    Place,
    blank_font,
    glyph_map,
    page_content,
    to_unicode,
    widths,
)
from pipelines.media.confined import serve

PARENTS = 32
"""Levels of the page tree that are climbed: a tree this deep holds any volume, a deeper one is a loop."""
A4 = (595.28, 841.89)
"""Width and height in points."""


def _pages(path: str) -> Iterator[LayerPage]:
    """The pages of a job: one JSON document a line."""
    with Path(path).open(encoding="utf-8") as file:
        for line in file:
            yield from_json(LayerPage, json.loads(line))


def over_original(question: JsonObject) -> JsonObject:
    """Write `out`: the PDF `source` with the text of the pages in `pages` under its own.

    Raises BadInput when the original cannot be rewritten: locked, or too damaged for the writer.
    """
    try:
        writer = _opened(str(question["source"]))
        alphabet = Alphabet()
        font = writer._add_object(DictionaryObject())
        written = 0
        for job in _pages(str(question["pages"])):
            page = writer.pages[job.number - 1]
            if job.turn:
                page[NameObject("/Rotate")] = NumberObject((page.rotation + job.turn) % 360)
            if job.lines:
                _put(writer, page, _content(page, job, alphabet), font)
            written += 1
        _finish_font(writer, font, alphabet)
        writer.write(str(question["out"]))
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # pypdf meets damage that pdfium reads over with whatever exception lies at hand.
        raise BadInput("pdf.rewrite", f"the PDF cannot be rewritten: {type(error).__name__}") from None
    return {"pages": written}


def over_pictures(question: JsonObject) -> JsonObject:
    """Write `out`: a PDF of the page pictures in `pages`, each with its text under it."""
    writer = PdfWriter()
    alphabet = Alphabet()
    font = writer._add_object(DictionaryObject())
    written = 0
    for job in _pages(str(question["pages"])):
        written += 1
        if not job.picture:
            # A page that could not be had keeps its place.
            writer.add_blank_page(*A4)
            continue
        page = writer.add_blank_page(job.width * 72 / job.dpi, job.height * 72 / job.dpi)
        _draw(writer, page, job)
        _put(writer, page, _content(page, job, alphabet), font)
    _finish_font(writer, font, alphabet)
    writer.write(str(question["out"]))
    return {"pages": written}


def _opened(source: str) -> PdfWriter:
    reader = PdfReader(source)
    if reader.is_encrypted:
        # Opens without a password, else it would not have been read; a copy cannot keep the owner's lock.
        reader.decrypt("")
        return PdfWriter(clone_from=reader)
    return PdfWriter(source, incremental=True)


def _content(page: PageObject, job: LayerPage, alphabet: Alphabet) -> bytes:
    return page_content([(line.text, line.box) for line in job.lines], _place(page, job), alphabet)


def _place(page: PageObject, job: LayerPage) -> Place:
    """What a viewer shows of a page: its crop box inside its media box."""
    crop, media = page.cropbox, page.mediabox
    box = (
        max(float(min(crop.left, crop.right)), float(min(media.left, media.right))),
        max(float(min(crop.bottom, crop.top)), float(min(media.bottom, media.top))),
        min(float(max(crop.left, crop.right)), float(max(media.left, media.right))),
        min(float(max(crop.bottom, crop.top)), float(max(media.bottom, media.top))),
    )
    return Place(job.width, job.height, box, int(page.rotation) % 360)


def _put(writer: PdfWriter, page: PageObject, content: bytes, font: IndirectObject) -> None:
    """Set `content` before the page's own, and name the font in the page's resources."""
    layer = _stream(writer, content)
    own = page.get("/Contents")
    parts: list[PdfObject] = [layer]
    if own is not None:
        found = own.get_object()
        parts.extend(found if isinstance(found, ArrayObject) else [page.raw_get("/Contents")])
    page[NameObject("/Contents")] = ArrayObject(parts)
    # Resources may be shared between pages or inherited: each page gets its own copy of the two outer levels.
    resources = DictionaryObject(_dictionary(page, "/Resources"))
    fonts = DictionaryObject(_dictionary(resources, "/Font"))
    fonts[NameObject(f"/{FONT}")] = font
    resources[NameObject("/Font")] = fonts
    page[NameObject("/Resources")] = resources


def _dictionary(holder: DictionaryObject, name: str) -> DictionaryObject:
    """The dictionary under `name`, taken from the page's parents where the page has none of its own."""
    node: DictionaryObject | None = holder
    for _ in range(PARENTS):
        if node is None:
            break
        found = node.get(name)
        found = found.get_object() if found is not None else None
        if isinstance(found, DictionaryObject):
            return found
        parent = node.get("/Parent")
        node = cast("DictionaryObject | None", parent.get_object()) if parent is not None else None
    return DictionaryObject()


def _draw(writer: PdfWriter, page: PageObject, job: LayerPage) -> None:
    """Fill the page with its picture; the JPEG's bytes go in as they are."""
    image = StreamObject()
    image._data = Path(job.picture).read_bytes()
    image.update(
        {
            NameObject("/Type"): NameObject("/XObject"),
            NameObject("/Subtype"): NameObject("/Image"),
            NameObject("/Width"): NumberObject(job.width),
            NameObject("/Height"): NumberObject(job.height),
            NameObject("/ColorSpace"): NameObject("/DeviceRGB"),
            NameObject("/BitsPerComponent"): NumberObject(8),
            NameObject("/Filter"): NameObject("/DCTDecode"),
        }
    )
    width, height = float(page.mediabox.width), float(page.mediabox.height)
    drawing = f"q\n{width:.2f} 0 0 {height:.2f} 0 0 cm\n/AnjuanPage Do\nQ\n".encode("ascii")
    page[NameObject("/Contents")] = _stream(writer, drawing)
    pictures = DictionaryObject({NameObject("/AnjuanPage"): writer._add_object(image)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): pictures})


def _stream(writer: PdfWriter, data: bytes) -> IndirectObject:
    stream = DecodedStreamObject()
    stream.set_data(data)
    return writer._add_object(stream.flate_encode())


def _numbers(values: Sequence[float]) -> ArrayObject:
    return ArrayObject([FloatObject(value) for value in values])


def _finish_font(writer: PdfWriter, font: IndirectObject, alphabet: Alphabet) -> None:
    """Fill in the font once all its characters are known (PDF 32000-1, 9.7)."""
    base = NameObject(f"/{FONT}")
    descriptor = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/FontDescriptor"),
            NameObject("/FontName"): base,
            NameObject("/Flags"): NumberObject(4),
            NameObject("/FontBBox"): _numbers([0, -EM * DESCENT, EM, EM * (1 - DESCENT)]),
            NameObject("/ItalicAngle"): NumberObject(0),
            NameObject("/Ascent"): FloatObject(EM * (1 - DESCENT)),
            NameObject("/Descent"): FloatObject(-EM * DESCENT),
            NameObject("/CapHeight"): FloatObject(EM * (1 - DESCENT)),
            NameObject("/StemV"): NumberObject(80),
            NameObject("/FontFile2"): _stream(writer, blank_font()),
        }
    )
    system = {"/Registry": TextStringObject("Adobe"), "/Ordering": TextStringObject("Identity")}
    info = DictionaryObject({NameObject(name): value for name, value in system.items()})
    info[NameObject("/Supplement")] = NumberObject(0)
    descendant = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/CIDFontType2"),
            NameObject("/BaseFont"): base,
            NameObject("/CIDSystemInfo"): info,
            NameObject("/FontDescriptor"): writer._add_object(descriptor),
            NameObject("/DW"): NumberObject(EM),
            NameObject("/W"): ArrayObject([NumberObject(1), ArrayObject([NumberObject(w) for w in widths(alphabet)])]),
            NameObject("/CIDToGIDMap"): _stream(writer, glyph_map(alphabet)),
        }
    )
    cast(DictionaryObject, font.get_object()).update(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type0"),
            NameObject("/BaseFont"): base,
            NameObject("/Encoding"): NameObject("/Identity-H"),
            NameObject("/DescendantFonts"): ArrayObject([writer._add_object(descendant)]),
            NameObject("/ToUnicode"): _stream(writer, to_unicode(alphabet)),
        }
    )


if __name__ == "__main__":
    serve({"over_original": over_original, "over_pictures": over_pictures})
