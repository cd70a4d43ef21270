"""The child process that writes searchable PDFs: text under the pages of an original, or under page pictures.

Run by `pipelines.media.confined`. Pages of an original keep their streams bit for bit; one that is signed is kept whole
and what is added stands behind it. The text comes before a page's own content, which starts from a fresh graphics state
either way. A copy is called PDF/A-2b where `pipelines.files.pdfa` has nothing against any part of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from pypdf import PageObject
from pypdf.errors import PyPdfError
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    IndirectObject,
    NameObject,
    NumberObject,
    PdfObject,
)

from cases.codec import from_json
from cases.records import JsonObject, JsonValue
from models.errors import BadInput
from pipelines.files import pdfa
from pipelines.files.pdf_file import PdfFile, names, raw_stream
from pipelines.files.pdf_font import write_font
from pipelines.files.pdf_marks import (
    Copy,
    Target,
    information,
    metadata,
    outline,
    output_intent,
    page_labels,
    viewer_preferences,
)
from pipelines.files.pdf_original import Carrier, Kept, Original
from pipelines.files.text_layer import FONT, Alphabet, LayerPage, Place
from pipelines.files.text_runs import page_content
from pipelines.media.confined import serve

A4 = (595.28, 841.89)
"""Width and height in points."""
REWRITTEN = frozenset(("/Pages", "/Metadata", "/Type", "/Version"))
"""Entries of an original's root that a copy has its own of."""
INTENTS = "/OutputIntents"
"""What device colours mean: a copy that is PDF/A has its own, any other those of the original."""
LAYERS = "/OCProperties"
"""Which drawing layers are shown: pages may look otherwise without it (PDF 32000-1, 8.11)."""


class Layers:
    """The read pages of a job, each found by its number: a file of lines "number TAB JSON"."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self._at: dict[int, int] = {}
        place = 0
        for line in self._file:
            self._at[int(line.partition(b"\t")[0])] = place
            place += len(line)

    def __enter__(self) -> Layers:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def numbers(self) -> tuple[int, ...]:
        """The pages that there are, as they came."""
        return tuple(self._at)

    def page(self, number: int) -> LayerPage | None:
        """The page, or None where nothing was read."""
        if number not in self._at:
            return None
        self._file.seek(self._at[number])
        return from_json(LayerPage, json.loads(self._file.readline().partition(b"\t")[2]))


def over_original(question: JsonObject) -> JsonObject:
    """Write `copies`: pages of the PDF `source` with the text of `pages` under their own.

    Raises BadInput when the original cannot be rewritten: too damaged for the writer.
    """
    try:
        with Original(Path(str(question["source"]))) as original, Layers(Path(str(question["pages"]))) as layers:
            gate = pdfa.Gate()
            found = [_copy_of_original(copy, original, layers, gate) for copy in _copies(question)]
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as error:
        # pypdf meets damage that pdfium reads over with whatever exception lies at hand.
        raise BadInput("pdf.rewrite", f"the PDF cannot be rewritten: {type(error).__name__}") from None
    return {"obstacles": cast("JsonValue", found)}


def over_pictures(question: JsonObject) -> JsonObject:
    """Write `copies`: PDFs of the page pictures in `pages`, each with its text under it."""
    with Layers(Path(str(question["pages"]))) as layers:
        for copy in _copies(question):
            _copy_of_pictures(copy, layers)
    return {"obstacles": [[] for _ in _copies(question)]}


def _copies(question: JsonObject) -> list[Copy]:
    return [from_json(Copy, one) for one in cast("list[JsonValue]", question["copies"])]


@dataclass(slots=True)
class _Open:
    """A copy that is being written: its file, its page tree, the font and characters of its text, its pages so far."""

    file: PdfFile
    carrier: Carrier | Kept
    tree: IndirectObject
    font: IndirectObject
    alphabet: Alphabet = field(default_factory=Alphabet)
    targets: dict[int, Target] = field(default_factory=dict)


def _copy_of_original(copy: Copy, original: Original, layers: Layers, gate: pdfa.Gate) -> list[JsonValue]:
    """Write one copy; why it is no PDF/A, as (code, page), page 0 for the document itself."""
    kept = original.signed and not copy.pages and not original.locked
    numbers = copy.pages or tuple(range(1, len(original.pages) + 1))
    with PdfFile(Path(copy.out), original.path if kept else None, original.size if kept else 0) as file:
        copy = replace(copy, about=replace(copy.about, title=copy.about.title or original.title))
        carrier = Kept() if kept else Carrier(original, file)
        opened = _Open(file, carrier, file.reserve(), file.reserve())
        references = [carrier.assign(original.pages[number - 1]) for number in numbers]
        root = _root(original, copy, kept)
        obstacles = {(code, 0) for code in gate.root(root)} | ({(pdfa.SIGNED, 0)} if kept else set())
        for number, reference in zip(numbers, references, strict=True):
            page = original.pages[number - 1]
            obstacles |= {(code, number) for code in gate.page(page)}
            opened.targets[number] = _carry(opened, page, reference, layers.page(number))
            carrier.drain()
        if kept:
            _finish_kept(opened, copy, original, root)
        else:
            if not obstacles:
                root.pop(NameObject(INTENTS), None)
            carried = cast(DictionaryObject, carrier.carried(root))
            carrier.drain()
            _finish(opened, copy, carried, archival=not obstacles)
    return [[code, number] for code, number in sorted(obstacles)]


def _root(original: Original, copy: Copy, kept: bool) -> DictionaryObject:
    """What of the original's root a copy keeps: a piece of it only what its pages need to look the same."""
    wanted = dict(original.catalogue.items())
    if copy.bookmarks:
        wanted.pop("/Outlines", None)
    if copy.unnumbered is not None:
        wanted.pop("/PageLabels", None)
    if not kept:
        wanted = {key: value for key, value in wanted.items() if key not in REWRITTEN}
    if copy.pages:
        wanted = {key: value for key, value in wanted.items() if key in (LAYERS, INTENTS, "/Lang")}
    return DictionaryObject({NameObject(key): value for key, value in wanted.items()})


def _carry(opened: _Open, page: PageObject, reference: IndirectObject, job: LayerPage | None) -> Target:
    """Put a page of the original, its text before its own content; where it lies."""
    carrier, kept = opened.carrier, isinstance(opened.carrier, Kept)
    new = DictionaryObject(
        {NameObject(key): carrier.carried(value) for key, value in page.items() if kept or key != "/Parent"}
    )
    if not kept:
        new[NameObject("/Parent")] = opened.tree
    place = _place(page, job)
    if job is not None and job.turn:
        new[NameObject("/Rotate")] = NumberObject(place.rotation)
    if job is not None and job.lines:
        content = page_content([(line.text, line.box) for line in job.lines], place, opened.alphabet)
        _put(opened, new, page, content)
    opened.file.put(reference, new)
    return Target(reference, *place.point((0, 0)))


def _put(opened: _Open, new: DictionaryObject, page: PageObject, content: bytes) -> None:
    """Set `content` before the page's own, and name the font in the page's resources."""
    carrier = opened.carrier
    parts: list[PdfObject] = [opened.file.stream(content)]
    own = page.get("/Contents")
    if own is not None:
        found = own.get_object()
        parts.extend(map(carrier.carried, found if isinstance(found, ArrayObject) else [page.raw_get("/Contents")]))
    new[NameObject("/Contents")] = ArrayObject(parts)
    # Resources may be shared between pages: each page gets its own copy of the two outer levels.
    resources = _shallow(page.get("/Resources"))
    fonts = _shallow(resources.get("/Font"))
    carried = DictionaryObject({NameObject(key): carrier.carried(value) for key, value in fonts.items()})
    carried[NameObject(f"/{FONT}")] = opened.font
    others = {NameObject(key): carrier.carried(value) for key, value in resources.items() if key != "/Font"}
    new[NameObject("/Resources")] = DictionaryObject({**others, NameObject("/Font"): carried})


def _shallow(value: PdfObject | None) -> DictionaryObject:
    found = value.get_object() if value is not None else None
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _place(page: PageObject, job: LayerPage | None) -> Place:
    """What a viewer shows of a page, turned as it will be: its crop box inside its media box."""
    crop, media = page.cropbox, page.mediabox
    box = (
        max(float(min(crop.left, crop.right)), float(min(media.left, media.right))),
        max(float(min(crop.bottom, crop.top)), float(min(media.bottom, media.top))),
        min(float(max(crop.left, crop.right)), float(max(media.left, media.right))),
        min(float(max(crop.bottom, crop.top)), float(max(media.bottom, media.top))),
    )
    width, height, turn = (job.width, job.height, job.turn) if job is not None else (1, 1, 0)
    return Place(width, height, box, (int(page.rotation) + turn) % 360)


def _copy_of_pictures(copy: Copy, layers: Layers) -> None:
    with PdfFile(Path(copy.out)) as file:
        opened = _Open(file, Kept(), file.reserve(), file.reserve())
        for number in copy.pages or layers.numbers:
            job = layers.page(number)
            _draw(opened, number, job if job is not None and job.picture else None)
        _finish(opened, copy, DictionaryObject(), archival=True)


def _draw(opened: _Open, number: int, job: LayerPage | None) -> None:
    """Put a page filled by its picture, the JPEG's bytes as they are; a page that could not be had keeps its place."""
    file, reference = opened.file, opened.file.reserve()
    width, height = (job.width * 72 / job.dpi, job.height * 72 / job.dpi) if job else A4
    page = names({"Type": NameObject("/Page"), "Parent": opened.tree, "Resources": DictionaryObject()})
    page[NameObject("/MediaBox")] = ArrayObject([FloatObject(round(side, 3)) for side in (0.0, 0.0, width, height)])
    if job is not None:
        image = {
            "Type": NameObject("/XObject"),
            "Subtype": NameObject("/Image"),
            "Width": NumberObject(job.width),
            "Height": NumberObject(job.height),
            "ColorSpace": NameObject("/DeviceRGB"),
            "BitsPerComponent": NumberObject(8),
            "Filter": NameObject("/DCTDecode"),
        }
        picture = file.add(raw_stream(Path(job.picture).read_bytes(), image))
        place = Place(job.width, job.height, (0.0, 0.0, width, height))
        text = page_content([(line.text, line.box) for line in job.lines], place, opened.alphabet)
        drawing = f"q\n{width:.3f} 0 0 {height:.3f} 0 0 cm\n/AnjuanPage Do\nQ\n".encode("ascii")
        page[NameObject("/Contents")] = ArrayObject([file.stream(text), file.stream(drawing)])
        fonts, pictures = names({FONT: opened.font}), names({"AnjuanPage": picture})
        page[NameObject("/Resources")] = names({"Font": fonts, "XObject": pictures})
    opened.targets[number] = Target(reference, 0.0, height)
    file.put(reference, page)


def _finish(opened: _Open, copy: Copy, root: DictionaryObject, *, archival: bool) -> None:
    """Write all that stands behind the pages of a copy with a page tree of its own."""
    file = opened.file
    kids = ArrayObject([target.page for target in opened.targets.values()])
    file.put(opened.tree, names({"Type": NameObject("/Pages"), "Kids": kids, "Count": NumberObject(len(kids))}))
    _write_font(opened)
    _mark(opened, copy, root)
    root.update(names({"Type": NameObject("/Catalog"), "Pages": opened.tree}))
    root.setdefault(NameObject("/ViewerPreferences"), viewer_preferences())
    if archival:
        root[NameObject(INTENTS)] = output_intent(file)
    information_at = information(file, copy.about)
    root[NameObject("/Metadata")] = metadata(file, copy.about, archival=archival)
    file.end(file.add(root), information_at)


def _finish_kept(opened: _Open, copy: Copy, original: Original, root: DictionaryObject) -> None:
    """Write what an update of a signed original brings besides its pages; what it says of itself stays."""
    _write_font(opened)
    _mark(opened, copy, root)
    opened.file.put(original.root, root)
    opened.file.end(original.root, original.information, original.identifier)


def _write_font(opened: _Open) -> None:
    if opened.alphabet.numbers:
        write_font(opened.file, opened.font, opened.alphabet)


def _mark(opened: _Open, copy: Copy, root: DictionaryObject) -> None:
    """Bookmarks and page labels, where the copy has documents."""
    rows = [(one.title, opened.targets[one.page]) for one in copy.bookmarks if one.page in opened.targets]
    if rows:
        root[NameObject("/Outlines")] = outline(opened.file, rows)
        root[NameObject("/PageMode")] = NameObject("/UseOutlines")
    if copy.unnumbered is not None:
        root[NameObject("/PageLabels")] = page_labels(tuple(opened.targets), copy.unnumbered, copy.blank)


if __name__ == "__main__":
    serve({"over_original": over_original, "over_pictures": over_pictures})
