"""The compare line over docx, PDF and scans, with a transcript or a recording beside it; parts, resume, refusals."""

from __future__ import annotations

import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas

from cases.codec import from_json, to_json, to_json_object
from cases.discrepancy import DiscrepancyList
from cases.records import BlobRef, JsonObject, JsonValue
from models.device import Device
from models.errors import BadInput
from models.fakes import FakePageReader, build_fake, fake_names
from models.values import ItemError, PageImage, PageText, TextLine
from pipelines.inline import InlineEngine
from pipelines.lines import pipeline_for, references, run_pipeline
from pipelines.media.pdf import PDF
from pipelines.media.word import DOCX
from pipelines.pipeline import Setting
from tests.pipelines.media.test_word import make_docx
from tests.pipelines.speech.compare.conftest import transcript
from tests.pipelines.speech.compare.test_comparison import SAID, WRITTEN, altered

CHANGED = altered(3, "3500元", "5300元")
BODY = to_json_object(transcript(*SAID))


def source(path: Path, media_type: str) -> BlobRef:
    return BlobRef("cd" * 32, path.stat().st_size, media_type, path)


def run(
    paper: BlobRef,
    engine: InlineEngine,
    scratch: Path,
    others: dict[str, BlobRef | JsonObject],
    **params: JsonValue,
) -> DiscrepancyList:
    pipeline = pipeline_for("compare")
    setting: Setting[object] = Setting(paper, pipeline.parse(params), engine, scratch, others=others)
    found = run_pipeline(pipeline, setting, parameters=params).record
    assert isinstance(found, DiscrepancyList)
    assert from_json(DiscrepancyList, to_json(found)) == found
    return found


def make_pdf(path: Path, lines: Sequence[str]) -> Path:
    registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=(595, 842))
    for page in range(0, len(lines), 8):
        canvas.setFont("STSong-Light", 12)
        for n, line in enumerate(lines[page : page + 8]):
            canvas.drawString(60, 760 - 24 * n, line)
        canvas.showPage()
    canvas.save()
    return path


def test_a_docx_against_a_transcript(tmp_path: Path, fake_engine: InlineEngine) -> None:
    paper = source(make_docx(tmp_path / "a.docx", "讯问笔录", *CHANGED, "以上笔录我看过，和我说的相符。"), DOCX)
    found = run(paper, fake_engine, tmp_path / "s", {"transcript": BODY}, transcript="rec_1", transcript_version=2)
    (hit,) = [d for d in found.discrepancies if d.severity == "major"]
    assert (hit.record.text, hit.record.page, hit.record.paragraph) == ("5300元", 1, 4)
    assert found.paragraphs[hit.record.paragraph - 1][hit.record.start : hit.record.end] == "5300元"
    assert (found.transcript, found.recording_sha256) == ("rec_1", "ab" * 32)
    assert [turn.number for turn in found.turns] == list(range(1, 13))
    assert all(turn.start is not None for turn in found.turns)
    assert found.provenance.models == ()


def test_a_pdf_with_text_tells_page_and_line(tmp_path: Path, fake_engine: InlineEngine) -> None:
    lines = altered(11, "电动车", "摩托车")
    paper = source(make_pdf(tmp_path / "a.pdf", lines), PDF)
    found = run(paper, fake_engine, tmp_path / "s", {"transcript": BODY}, transcript="rec_1")
    (hit,) = [d for d in found.discrepancies if d.fact == "property"]
    assert (hit.record.text, hit.record.page, hit.record.line) == ("摩托车", 2, 4)


class Typist(FakePageReader):
    """Reads the altered record from every page."""

    def predict(self, items: Sequence[PageImage]) -> list[PageText | ItemError]:
        lines = tuple(TextLine(text, ((0.0, 0.0),) * 4, 0.9) for text in CHANGED)
        return [PageText(lines) for _ in items]


def test_a_scan_is_read_by_the_page_reader(tmp_path: Path, device: Device) -> None:
    Image.new("RGB", (300, 200), "white").save(tmp_path / "a.png")
    engine = InlineEngine(
        lambda name: Typist() if name == fake_names_of_pages() else build_fake(name), fake_names, device
    )
    try:
        paper = source(tmp_path / "a.png", "image/png")
        found = run(paper, engine, tmp_path / "s", {"transcript": BODY}, transcript="rec_1")
    finally:
        engine.close()
    (hit,) = [d for d in found.discrepancies if d.severity == "major"]
    assert (hit.record.text, hit.record.page, hit.record.line) == ("5300元", 1, 4)
    assert [model.task for model in found.provenance.models] == ["read-page"]


def fake_names_of_pages() -> str:
    from models.task import Task

    return fake_names(Task.READ_PAGE)[0]


@pytest.fixture
def recording(tmp_path: Path) -> BlobRef:
    """Twelve seconds of noise, which the fakes take for speech."""
    noise = np.random.default_rng(1).uniform(-0.5, 0.5, 12 * 16000) * 32767
    with wave.open(str(tmp_path / "talk.wav"), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16000)
        out.writeframes(noise.astype("<i2").tobytes())
    return source(tmp_path / "talk.wav", "audio/wav")


def test_a_recording_is_written_down_on_the_way(tmp_path: Path, fake_engine: InlineEngine, recording: BlobRef) -> None:
    paper = source(make_docx(tmp_path / "a.docx", *WRITTEN), DOCX)
    found = run(paper, fake_engine, tmp_path / "s", {"recording": recording}, recording="ev_1")
    assert (found.transcript, found.recording_sha256) == (None, recording.sha256)
    assert found.duration == pytest.approx(12.0)
    assert {model.task for model in found.provenance.models} == {"voice-activity", "transcribe"}


def test_a_resumed_run_goes_on_after_the_paper(tmp_path: Path, fake_engine: InlineEngine, recording: BlobRef) -> None:
    pipeline = pipeline_for("compare")
    paper = source(make_docx(tmp_path / "a.docx", *WRITTEN), DOCX)
    params: JsonObject = {"recording": "ev_1"}
    setting: Setting[object] = Setting(
        paper, pipeline.parse(params), fake_engine, tmp_path / "s", others={"recording": recording}
    )
    parts = {part.index: part.payload for part in pipeline.run(setting, {})}
    kept = {index: from_json(pipeline.part_type, to_json(payload)) for index, payload in parts.items()}
    again = list(pipeline.run(setting, {0: kept[0]}))
    assert [part.index for part in again] == list(range(1, len(parts)))
    assert [part.payload for part in again] == [parts[n] for n in range(1, len(parts))]
    assert list(pipeline.run(setting, kept)) == []


@pytest.mark.parametrize(
    ("params", "word"),
    [
        ({}, "either"),
        ({"recording": "ev_1", "transcript": "rec_1"}, "not both"),
        ({"recording": 7}, "id"),
        ({"transcript": "rec_1", "language": "zh"}, "language"),
        ({"recording": "ev_1", "colour": "red"}, "colour"),
        ({"transcript": "rec_1", "transcript_version": 0}, "transcript_version"),
    ],
)
def test_parameters_that_do_not_fit_are_named(params: JsonObject, word: str) -> None:
    with pytest.raises(BadInput, match=word):
        pipeline_for("compare").parse(params)


def test_what_is_named_beside_the_evidence_is_told_to_the_runner() -> None:
    found = references("compare", {"transcript": "rec_1", "transcript_version": 3})
    assert [(reference.param, reference.kind, named) for reference, named in found] == [
        ("transcript", "record", "rec_1")
    ]
    assert references("transcribe", {"recording": "ev_1"}) == ()


def test_sides_that_hold_nothing_are_refused(tmp_path: Path, fake_engine: InlineEngine) -> None:
    letter = source(make_docx(tmp_path / "a.docx", "关于某案的情况说明"), DOCX)
    with pytest.raises(BadInput, match="问: and 答:"):
        run(letter, fake_engine, tmp_path / "s", {"transcript": BODY}, transcript="rec_1")
    paper = source(make_docx(tmp_path / "b.docx", *WRITTEN), DOCX)
    with pytest.raises(BadInput, match="not one word"):
        run(paper, fake_engine, tmp_path / "s", {"transcript": to_json_object(transcript())}, transcript="rec_1")
    with pytest.raises(BadInput, match="no transcript"):
        run(paper, fake_engine, tmp_path / "s", {"transcript": {"pages": []}}, transcript="rec_1")
    with pytest.raises(BadInput, match="not there"):
        run(paper, fake_engine, tmp_path / "s", {}, transcript="rec_1")
    with pytest.raises(BadInput, match="no 笔录"):
        run(source(tmp_path / "b.docx", "audio/wav"), fake_engine, tmp_path / "s", {}, transcript="rec_1")
