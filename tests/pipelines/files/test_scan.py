"""The scan pipeline on fake readers: parts, flags, resume, params, and the files made on the way."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from cases.codec import from_json, to_json
from cases.records import BlobRef, ScanRecord
from models.device import Device
from models.errors import BadInput, Lost, TooLarge
from models.fakes import FakePageReader, fake_names
from models.values import ItemError, PageImage, PageText, SealMark, TextLine
from pipelines.files.page import EMPTY, SIDEWAYS, VERTICAL, read_page, volume_text
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

    def poisoned(self: PageSource, page: int, dpi: int, out: Path) -> PagePicture:
        if page == 1:
            raise TooLarge("child.lost", "the reader was killed")
        return draw(self, page, dpi, out)

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
    assert volume_text([page, page]) == "右\n左\n\n右\n左"


def test_a_seal_is_kept_with_its_place() -> None:
    page = read_page(1, (100, 200), "p.jpg", PageText((), (SealMark(10, 20, 50, 60, "round", 0.9),)))
    (seal,) = page.seals
    assert seal.box == ((10, 20), (50, 20), (50, 60), (10, 60))
    assert (seal.shape, seal.text, seal.confidence) == ("round", "", 0.9)
