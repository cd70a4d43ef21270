"""The scan pipeline on fake readers: parts, flags, resume, params, and the files made on the way."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader
from reportlab.pdfgen.canvas import Canvas

from cases.codec import from_json, to_json
from cases.records import BlobRef, ScanRecord
from models.device import Device
from models.errors import BadInput, Lost, TooLarge
from models.fakes import FakePageReader, fake_names
from models.values import ItemError, PageImage, PageText, SealMark, TextLine
from pipelines.files.page import BLANK, EMPTY, SIDEWAYS, UNSURE_DIRECTION, VERTICAL, read_page, volume_text
from pipelines.files.scan import GROUP, ScannedPart, ScanParams, ScanPipeline, parse_pages, selected
from pipelines.inline import InlineEngine
from pipelines.lines import run_pipeline
from pipelines.media.pdf import PDF, PagePicture, PageSource
from pipelines.pipeline import Outcome, Setting


def make_pdf(path: Path, pages: int) -> Path:
    canvas = Canvas(str(path), pagesize=(200, 300))
    for number in range(pages):
        canvas.rect(20, 20, 50 + number, 50, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def setting(path: Path, engine: InlineEngine, scratch: Path, params: ScanParams | None = None) -> Setting[ScanParams]:
    media_type = PDF if path.suffix == ".pdf" else "image/tiff"
    source = BlobRef("0" * 64, path.stat().st_size, media_type, path)
    return Setting(source, params or ScanParams(dpi=100), engine, scratch)


def run(at: Setting[ScanParams], done: dict[int, ScannedPart] | None = None) -> tuple[Outcome[object], list[int]]:
    """The outcome, and the parts that were read in this run."""
    read: list[int] = []
    outcome = run_pipeline(
        ScanPipeline(),  # type: ignore[arg-type]
        at,  # type: ignore[arg-type]
        parameters={},
        done=done,
        on_part=lambda part: read.append(part.index),
    )
    return outcome, read


def without_times(record: object) -> object:
    assert isinstance(record, ScanRecord)
    return record.pages, record.documents, record.text


def test_each_page_is_a_part_with_its_picture_and_its_lines(tmp_path: Path, fake_engine: InlineEngine) -> None:
    outcome, read = run(setting(make_pdf(tmp_path / "v.pdf", 5), fake_engine, tmp_path / "scratch"))
    record = outcome.record
    assert isinstance(record, ScanRecord)
    assert read == [0, 1, 2, 3, 4]
    assert [page.number for page in record.pages] == [1, 2, 3, 4, 5]
    assert (record.pages[0].width, record.pages[0].height) == (278, 417)
    assert record.text.split("\n\n")[4] == "页面 278×417\n有字"
    assert [file.name for file in outcome.derived] == [*(f"page-000{n}.jpg" for n in range(1, 6)), "searchable.pdf"]
    for page, file in zip(record.pages, outcome.derived, strict=False):
        assert page.image == file.name
        with Image.open(file.path) as picture:
            assert picture.size == (page.width, page.height)
    assert from_json(ScanRecord, to_json(record)) == record


def test_a_resumed_run_reads_what_is_left_and_gives_the_same_record(tmp_path: Path, fake_engine: InlineEngine) -> None:
    path = make_pdf(tmp_path / "v.pdf", 6)
    whole, _ = run(setting(path, fake_engine, tmp_path / "one"))
    at = setting(path, fake_engine, tmp_path / "two")
    parts = islice(ScanPipeline().run(at, {}), 4)
    kept = {part.index: from_json(ScannedPart, to_json(part.payload)) for part in parts}
    # The machine that goes on may be another one: the scratch folder is lost.
    shutil.rmtree(tmp_path / "two")
    again, read = run(setting(path, fake_engine, tmp_path / "two"), kept)
    assert read == [4, 5]
    assert without_times(again.record) == without_times(whole.record)
    for one, two in zip(whole.derived[:-1], again.derived[:-1], strict=True):
        assert one.path.read_bytes() == two.path.read_bytes()


def test_only_the_pages_asked_for_are_read(tmp_path: Path, fake_engine: InlineEngine) -> None:
    params = ScanPipeline().parse({"pages": "2,4-", "dpi": 72})
    outcome, _ = run(setting(make_pdf(tmp_path / "v.pdf", 5), fake_engine, tmp_path / "scratch", params))
    assert isinstance(outcome.record, ScanRecord)
    assert [page.number for page in outcome.record.pages] == [2, 4, 5]


def test_every_page_of_a_tiff_is_read(tmp_path: Path, fake_engine: InlineEngine) -> None:
    pages = [Image.new("1", (100 + n, 120), 1) for n in range(3)]
    pages[0].save(tmp_path / "v.tiff", save_all=True, append_images=pages[1:], compression="group4")
    outcome, _ = run(setting(tmp_path / "v.tiff", fake_engine, tmp_path / "scratch"))
    assert isinstance(outcome.record, ScanRecord)
    assert [page.width for page in outcome.record.pages] == [100, 101, 102]


def test_a_poisoned_page_is_kept_with_a_flag_and_the_volume_goes_on(
    tmp_path: Path, fake_engine: InlineEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = PageSource.picture

    def poisoned(self: PageSource, page: int, dpi: int, out: Path, turn: int) -> PagePicture:
        if page == 1:
            raise TooLarge("child.lost", "the reader was killed")
        return draw(self, page, dpi, out, turn)

    monkeypatch.setattr(PageSource, "picture", poisoned)
    outcome, read = run(setting(make_pdf(tmp_path / "v.pdf", 3), fake_engine, tmp_path / "scratch"))
    assert isinstance(outcome.record, ScanRecord)
    assert read == [0, 1, 2]
    assert outcome.record.pages[1].flags == ("child.lost",)
    assert outcome.record.pages[1].image is None
    assert outcome.record.pages[2].lines
    assert [file.name for file in outcome.derived] == ["page-0001.jpg", "page-0003.jpg", "searchable.pdf"]


class _Poisoned(FakePageReader):
    """Ends, as a process that is killed would, over a batch with a page of `poison` pixels across."""

    poison = 0

    def predict(self, batch: Sequence[PageImage]) -> list[PageText | ItemError]:
        if any(page.width == self.poison for page in batch):
            raise Lost("engine.replica", "the model's replica died twice on this input")
        return super().predict(batch)


def test_a_page_that_ends_the_reader_is_quarantined_and_the_volume_goes_on(tmp_path: Path, device: Device) -> None:
    pages = [Image.new("1", (100 + n, 120), 1) for n in range(6)]
    pages[0].save(tmp_path / "v.tiff", save_all=True, append_images=pages[1:], compression="group4")
    reader = _Poisoned()
    reader.poison = 102
    engine = InlineEngine(lambda _: reader, fake_names, device)
    at = setting(tmp_path / "v.tiff", engine, tmp_path / "scratch")
    done: dict[int, ScannedPart] = {}
    ends = 0
    while True:
        try:
            outcome = run_pipeline(
                ScanPipeline(),  # type: ignore[arg-type]
                at,  # type: ignore[arg-type]
                parameters={},
                done=done,
                on_part=lambda part: done.__setitem__(part.index, part.payload),  # type: ignore[arg-type]
            )
            break
        except Lost:
            ends += 1
            assert ends <= 3
    engine.close()
    assert isinstance(outcome.record, ScanRecord)
    assert ends == 3
    assert [page.number for page in outcome.record.pages if page.lines] == [1, 2, 4, 5, 6]
    assert outcome.record.pages[2].flags == ("page.quarantined",)
    assert outcome.record.pages[2].image == "page-0003.jpg"


class _HalfBlind(FakePageReader):
    """Fails on every second page of a batch."""

    def predict(self, batch: Sequence[PageImage]) -> list[PageText | ItemError]:
        found = super().predict(batch)
        return [ItemError("page.unread", "no") if n % 2 else text for n, text in enumerate(found)]


def test_pages_go_to_the_model_together_and_one_that_fails_is_flagged(tmp_path: Path, device: Device) -> None:
    reader = _HalfBlind()
    engine = InlineEngine(lambda _: reader, fake_names, device)
    outcome, _ = run(setting(make_pdf(tmp_path / "v.pdf", 4), engine, tmp_path / "scratch"))
    engine.close()
    assert isinstance(outcome.record, ScanRecord)
    assert max(reader.batches) > 1
    assert any(page.flags == ("page.unread",) for page in outcome.record.pages)
    assert any(page.lines for page in outcome.record.pages)
    assert max(reader.batches) <= GROUP


class _Righter(FakePageReader):
    """Says that pages with ink at their lower left lie on their side, and reads one line of the turned picture."""

    def predict(self, batch: Sequence[PageImage]) -> list[PageText | ItemError]:
        return [self._righted(page) for page in batch]

    def _righted(self, page: PageImage) -> PageText:
        lower_left = page.pixels[-page.height // 3 :, : page.width // 3]
        if int(lower_left.min()) > 128:
            return self._one(page)
        return PageText((line("横放的页", 40, 50, 120, 30),), rotation=90)


@pytest.fixture
def righting(device: Device) -> Iterator[InlineEngine]:
    engine = InlineEngine(lambda _: _Righter(), fake_names, device)
    yield engine
    engine.close()


def test_a_page_on_its_side_is_shown_upright_and_says_how_it_was_turned(tmp_path: Path, righting: InlineEngine) -> None:
    outcome, _ = run(setting(make_pdf(tmp_path / "v.pdf", 1), righting, tmp_path / "scratch"))
    assert isinstance(outcome.record, ScanRecord)
    (page,) = outcome.record.pages
    assert (page.rotation, page.width, page.height) == (90, 417, 278)
    with Image.open(outcome.derived[0].path) as picture:
        assert picture.size == (417, 278)
        # What stood at the lower left stands at the upper left.
        assert picture.convert("L").getpixel((60, 60)) < 64
        assert picture.convert("L").getpixel((60, 250)) > 192


def test_a_picture_file_is_turned_too_and_so_is_its_pdf(tmp_path: Path, righting: InlineEngine) -> None:
    sheet = Image.new("RGB", (200, 300), "white")
    sheet.paste((0, 0, 0), (10, 230, 60, 280))
    sheet.save(tmp_path / "v.tiff")
    outcome, _ = run(setting(tmp_path / "v.tiff", righting, tmp_path / "scratch"))
    with Image.open(outcome.derived[0].path) as picture:
        assert picture.size == (300, 200)
    made = PdfReader(outcome.derived[-1].path).pages[0]
    assert made.rotation == 0
    assert made.mediabox.width > made.mediabox.height


def test_the_copy_shows_a_turned_page_upright_over_the_untouched_original(
    tmp_path: Path, righting: InlineEngine
) -> None:
    source = make_pdf(tmp_path / "v.pdf", 2)
    outcome, _ = run(setting(source, righting, tmp_path / "scratch"))
    copy = outcome.derived[-1].path
    for before, after in zip(PdfReader(source).pages, PdfReader(copy).pages, strict=True):
        assert before.get_contents().get_data() in after.get_contents().get_data()  # type: ignore[union-attr]
    assert [page.rotation for page in PdfReader(copy).pages] == [90, 90]
    with pypdfium2.PdfDocument(copy) as document:
        layer = document[0].get_textpage()
        assert layer.get_text_range().strip() == "横放的页"
        left, bottom, right, top = layer.get_charbox(0, loose=True)
    # The first of four letters, 40 to 70 pixels from the left and 50 to 80 from the top of the turned picture at 100
    # dpi: on the page as it is stored these are points from the bottom and from the left.
    assert (left, right) == (pytest.approx(50 * 0.72, abs=2), pytest.approx(80 * 0.72, abs=2))
    assert (bottom, top) == (pytest.approx(40 * 0.72, abs=2), pytest.approx(70 * 0.72, abs=2))


def test_a_resumed_run_turns_the_pictures_that_it_draws_again(tmp_path: Path, righting: InlineEngine) -> None:
    path = make_pdf(tmp_path / "v.pdf", 3)
    whole, _ = run(setting(path, righting, tmp_path / "one"))
    at = setting(path, righting, tmp_path / "two")
    kept = {part.index: from_json(ScannedPart, to_json(part.payload)) for part in ScanPipeline().run(at, {})}
    shutil.rmtree(tmp_path / "two")
    again, read = run(setting(path, righting, tmp_path / "two"), kept)
    assert read == []
    assert without_times(again.record) == without_times(whole.record)
    for one, two in zip(whole.derived, again.derived, strict=True):
        assert one.path.read_bytes() == two.path.read_bytes()


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"dpi": 20}, "params.dpi"),
        ({"dpi": "200"}, "params.dpi"),
        ({"dpi": True}, "params.dpi"),
        ({"pages": "0"}, "params.pages"),
        ({"pages": "5-2"}, "params.pages"),
        ({"pages": "x"}, "params.pages"),
        ({"pages": 3}, "params.pages"),
        ({"model": 1}, "params.model"),
        ({"colour": "red"}, "params.unknown"),
    ],
)
def test_parameters_that_do_not_fit_are_named(params: dict[str, object], code: str) -> None:
    with pytest.raises(BadInput) as caught:
        ScanPipeline().parse(params)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_pages_are_chosen_once_each_and_in_order() -> None:
    assert selected(parse_pages("3, 1-2,2,9-"), 10) == [1, 2, 3, 9, 10]
    assert selected((), 3) == [1, 2, 3]
    with pytest.raises(BadInput, match="has 3 pages"):
        selected(parse_pages("4-"), 3)


def test_a_recording_has_no_pages(tmp_path: Path, fake_engine: InlineEngine) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    source = BlobRef("0" * 64, 4, "audio/wav", tmp_path / "a.wav")
    with pytest.raises(BadInput, match="no pages"):
        next(ScanPipeline().run(Setting(source, ScanParams(), fake_engine, tmp_path), {}))


def line(text: str, left: float, top: float, width: float, height: float) -> TextLine:
    right, bottom = left + width, top + height
    return TextLine(text, ((left, top), (right, top), (right, bottom), (left, bottom)), 0.9)


def test_a_page_of_upright_lines_is_flagged_and_an_empty_one_too() -> None:
    upright = PageText((line("左", 10, 0, 20, 300), line("右", 60, 0, 20, 300)))
    page = read_page(1, (100, 400), "page-0001.jpg", upright)
    assert page.flags == (VERTICAL,)
    assert [found.text for found in page.lines] == ["右", "左"]
    along = ((30.0, 0.0), (40.0, 300.0), (20.0, 301.0), (10.0, 1.0))
    sideways = read_page(3, (100, 400), "page-0003.jpg", PageText((TextLine("侧", along, 0.9),)))
    assert sideways.flags == (SIDEWAYS,)
    assert sideways.skew == pytest.approx(-1.91, abs=0.01)
    assert read_page(2, (100, 400), "page-0002.jpg", PageText(())).flags == (EMPTY,)
    assert read_page(2, (100, 400), "page-0002.jpg", PageText((), blank=True)).flags == (BLANK,)
    assert volume_text([page, page]) == "右\n左\n\n右\n左"


def test_a_page_whose_head_could_not_be_told_is_flagged_and_left() -> None:
    page = read_page(1, (400, 100), "p.jpg", PageText((line("8608", 10, 10, 60, 20),), upright=False))
    assert (page.flags, page.rotation) == ((UNSURE_DIRECTION,), 0)


def test_a_seal_is_kept_with_its_place() -> None:
    page = read_page(1, (100, 200), "p.jpg", PageText((), (SealMark(10, 20, 50, 60, "round", 0.9),)))
    (seal,) = page.seals
    assert seal.box == ((10, 20), (50, 20), (50, 60), (10, 60))
    assert (seal.shape, seal.text, seal.confidence) == ("round", "", 0.9)
