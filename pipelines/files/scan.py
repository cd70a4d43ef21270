"""The scan line of work: a PDF, TIFF or picture in, its read pages and a searchable PDF out; knows no job and no model.

A page is the unit of work. Page pictures are drawn into the scratch folder, some pages at a time go to the engine while
the next are drawn, and each page is handed out as soon as its group is read. A page that the reader found on its side
or head is drawn again, turned. A page that cannot be drawn or read is kept, with a flag that says why. Pictures that a
restart finds missing are drawn again: the same original at the same dpi and turn gives the same picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cases.records import JsonObject, ModelUse, Provenance, ScannedPage, ScanRecord
from models.errors import BadInput
from models.task import Task
from models.values import ItemError, PageText
from pipelines.engine import READ_PAGE, Engine, PageRef
from pipelines.files.catalogue.checks import findings
from pipelines.files.catalogue.documents import documents_of
from pipelines.files.drawing import Drawer, Drawn
from pipelines.files.page import QUARANTINED, lost_page, read_page, volume_text
from pipelines.files.pdf import PrintedPage, flagged, write_searchable
from pipelines.files.pdf_marks import About
from pipelines.files.quarantine import Quarantine
from pipelines.media.pdf import PDF, PagePicture, PageSource
from pipelines.pipeline import DerivedFile, Outcome, Part, Setting

GROUP = 8
"""Pages that go to the engine together: enough that lanes and replicas seldom wait for the last page of a group, and
what a crash may cost."""
DPI = 200
"""Dots an inch at which a PDF without a scan is drawn (DA/T 31-2017 asks for 200 at least)."""
LEAST_DPI, MOST_DPI = 72, 600
SEARCHABLE = "searchable.pdf"
RANGE = re.compile(r"(\d{1,6})(-(\d{1,6})?)?")
"""A page or a range: 3, 3-5, or 3- up to the end."""


@dataclass(frozen=True, slots=True)
class ScanParams:
    """What to read and how: `model` None is the default; `pages` are first and last (None: the end), none: all."""

    model: str | None = None
    dpi: int = DPI
    pages: tuple[tuple[int, int | None], ...] = ()


@dataclass(frozen=True, slots=True)
class ScannedPart:
    """A read page, and of its original: dots an inch of the picture and characters of the text layer."""

    page: ScannedPage
    dpi: float
    characters: int


class ScanPipeline:
    """Reads volumes."""

    task = "scan"
    version = "4"
    part_type = ScannedPart

    def parse(self, params: JsonObject) -> ScanParams:
        """`model` (name), `dpi` (72..600), `pages` ("1-3,7,9-"); raises BadInput naming what does not fit."""
        unknown = sorted(set(params) - {"model", "dpi", "pages"})
        if unknown:
            raise BadInput("params.unknown", f"scan takes no parameter {unknown[0]!r}; it takes model, dpi and pages")
        model, dpi, pages = params.get("model"), params.get("dpi", DPI), params.get("pages")
        if model is not None and not isinstance(model, str):
            raise BadInput("params.model", "model must be the name of a model")
        if isinstance(dpi, bool) or not isinstance(dpi, int) or not LEAST_DPI <= dpi <= MOST_DPI:
            raise BadInput("params.dpi", f"dpi must be a whole number from {LEAST_DPI} to {MOST_DPI}")
        if pages is not None and not isinstance(pages, str):
            raise BadInput("params.pages", 'pages must be a text such as "1-3,7"')
        return ScanParams(model, dpi, parse_pages(pages) if pages else ())

    def models(self, params: ScanParams, engine: Engine) -> tuple[ModelUse, ...]:
        """The page reader."""
        return (engine.model(Task.READ_PAGE, params.model),)

    def run(self, setting: Setting[ScanParams], done: Mapping[int, ScannedPart]) -> Iterator[Part[ScannedPart]]:
        """Read the pages that are not in `done`, some at a time, in order; raises BadInput for what has no pages."""
        with _drawer(setting) as drawer:
            numbers = selected(setting.params.pages, drawer.pages())
            index_of = {number: index for index, number in enumerate(numbers) if index not in done}
            quarantine = Quarantine(setting.scratch)
            for drawn in drawer.groups(list(quarantine.groups(list(index_of), GROUP))):
                for (number, _), part in zip(drawn, _read(setting, drawer, drawn, quarantine), strict=True):
                    yield Part(index_of[number], len(numbers), part)

    def assemble(
        self, setting: Setting[ScanParams], parts: Sequence[ScannedPart], provenance: Provenance
    ) -> Outcome[ScanRecord]:
        """The volume's record, its page pictures and the searchable PDF."""
        pictures = _pictures(setting, parts)
        out = setting.scratch / SEARCHABLE
        printed = [PrintedPage(part.page, pictures.get(part.page.number), part.dpi, part.characters) for part in parts]
        documents = documents_of(tuple(part.page for part in parts))
        original = setting.source.path if setting.source.media_type == PDF else None
        obstacles = write_searchable(printed, out, original, documents, About(source_sha256=setting.source.sha256))
        pages = flagged(tuple(part.page for part in parts), obstacles)
        record = ScanRecord(pages, documents, volume_text(pages), provenance, findings(pages, documents))
        files = [DerivedFile(path, path.name, "image/jpeg") for path in pictures.values()]
        return Outcome(record, (*files, DerivedFile(out, SEARCHABLE, PDF)))


def parse_pages(text: str) -> tuple[tuple[int, int | None], ...]:
    """Page ranges such as "1-3,7,9-" as (first, last); raises BadInput for anything else."""
    ranges: list[tuple[int, int | None]] = []
    for piece in text.split(","):
        found = RANGE.fullmatch(piece.strip())
        if found is None:
            raise BadInput("params.pages", f"{piece.strip()!r} names no pages; write them as 1-3,7 or 5-")
        first = int(found[1])
        last = int(found[3]) if found[3] else (None if found[2] else first)
        if first < 1 or (last is not None and last < first):
            raise BadInput("params.pages", f"{piece.strip()!r} names no pages: they count from 1, the lower first")
        ranges.append((first, last))
    return tuple(ranges)


def selected(ranges: Sequence[tuple[int, int | None]], count: int) -> list[int]:
    """The page numbers that `ranges` name, of pages 1 to `count`, each once and in order; all without ranges.

    Raises BadInput when none of the pages exists.
    """
    if not ranges:
        return list(range(1, count + 1))
    numbers = {
        number for first, last in ranges for number in range(first, min(count if last is None else last, count) + 1)
    }
    if not numbers:
        raise BadInput("params.pages", f"the file has {count} pages, and none of those asked for")
    return sorted(numbers)


def _drawer(setting: Setting[ScanParams]) -> Drawer:
    setting.scratch.mkdir(parents=True, exist_ok=True)
    return Drawer(PageSource(setting.source.path, setting.source.media_type), setting.scratch, setting.params.dpi)


def _read(
    setting: Setting[ScanParams], drawer: Drawer, drawn: Sequence[tuple[int, Drawn]], quarantine: Quarantine
) -> list[ScannedPart]:
    """These pages, read together; one that ended the reader too often keeps its picture and goes unread."""
    texts = _texts(setting, quarantine, [(n, one.path) for n, one in drawn if isinstance(one, PagePicture)])
    held = ItemError(QUARANTINED, "the reader ended over this page again and again")
    parts: list[ScannedPart] = []
    for number, found in drawn:
        text = texts.get(number, held)
        picture = drawer.draw(number, turn) if (turn := _turn(text)) else found
        if isinstance(picture, str):
            parts.append(ScannedPart(lost_page(number, picture), float(setting.params.dpi), 0))
            continue
        page = read_page(number, (picture.width, picture.height), picture.path.name, text, picture.flags)
        parts.append(ScannedPart(page, picture.dpi, picture.characters))
    return parts


def _texts(
    setting: Setting[ScanParams], quarantine: Quarantine, pictures: Sequence[tuple[int, Path]]
) -> dict[int, PageText | ItemError]:
    """What the reader says of each picture, by page number, without those that are in quarantine."""
    good = [(number, path) for number, path in pictures if not quarantine.holds(number)]
    if not good:
        return {}
    with quarantine.reading([number for number, _ in good]):
        found = setting.engine.run(READ_PAGE, [PageRef(path) for _, path in good], model=setting.params.model)
    return dict(zip((number for number, _ in good), found, strict=True))


def _turn(text: PageText | ItemError) -> int:
    """By how many degrees the picture is to be turned that was read so."""
    return text.rotation if isinstance(text, PageText) else 0


def _pictures(setting: Setting[ScanParams], parts: Sequence[ScannedPart]) -> dict[int, Path]:
    """The picture of each page that has one, by page number; draws those that are missing again."""
    turns = {part.page.number: part.page.rotation for part in parts if part.page.image}
    with _drawer(setting) as drawer:
        wanted = {number: drawer.path(number) for number in turns}
        missing = [number for number, path in wanted.items() if not path.exists()]
        lost = {number for number in missing if isinstance(drawer.draw(number, turns[number]), str)}
    return {number: path for number, path in wanted.items() if number not in lost}
