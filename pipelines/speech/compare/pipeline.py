"""The compare line of work: a 笔录 and its recording in, the list of differences out; knows no job and no model.

The 笔录 (docx, PDF, scan) is the evidence of the run. The recording comes beside it, as evidence that is written down
on the way, or as a transcript that the case holds already. Parts are the paper (its text at once, each scanned page on
its own) and then the parts of the transcription, so that a crash costs a page or a minute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from cases.codec import from_json
from cases.discrepancy import DiscrepancyList
from cases.records import BlobRef, JsonObject, ModelUse, Provenance
from cases.transcript import Transcript
from models.errors import BadInput
from models.task import Task
from pipelines.engine import Engine
from pipelines.files.scan import ScannedPart, ScanParams, ScanPipeline
from pipelines.media.pdf import PDF, PICTURE_FORMATS, PageSource
from pipelines.media.word import DOCX, word_paragraphs
from pipelines.pipeline import Outcome, Part, Setting
from pipelines.speech.compare.comparison import compare
from pipelines.speech.compare.heard import read_transcript
from pipelines.speech.compare.written import WrittenLine, read_turns
from pipelines.speech.params import TranscribeParams, parse_params
from pipelines.speech.transcribe import SpeechPart, TranscribePipeline

MAX_PAGES = 300
"""Pages of one record of an interrogation: four hours of talk fill thirty."""
RECORDING, TRANSCRIPT = "recording", "transcript"
OWN = frozenset({RECORDING, TRANSCRIPT, "transcript_version"})


@dataclass(frozen=True, slots=True)
class CompareParams:
    """`recording` is an evidence id, `transcript` a record id with the version used; one of the two is given.

    `speech` are the parameters of the transcription when there is one.
    """

    recording: str | None
    transcript: str | None
    transcript_version: int | None
    speech: TranscribeParams


@dataclass(frozen=True, slots=True)
class ComparePart:
    """One finished piece: lines of text, a scanned page, or a part of the transcription."""

    lines: tuple[WrittenLine, ...] = ()
    page: ScannedPart | None = None
    speech: SpeechPart | None = None


class ComparePipeline:
    """差异清单: 笔录 and recording in, DiscrepancyList out."""

    task = "compare"
    version = "5"
    part_type = ComparePart

    def parse(self, params: JsonObject) -> CompareParams:
        """`recording` or `transcript`, and what transcribe takes; raises BadInput naming what does not fit."""
        recording, transcript = _id(params, RECORDING), _id(params, TRANSCRIPT)
        if (recording is None) == (transcript is None):
            raise BadInput("params.recording", "give either recording (evidence) or transcript (record), not both")
        version = params.get("transcript_version")
        if version is not None and (isinstance(version, bool) or not isinstance(version, int) or version < 1):
            raise BadInput("params.transcript_version", "transcript_version must be a whole number from 1")
        rest = {name: value for name, value in params.items() if name not in OWN}
        if transcript is not None and rest:
            raise BadInput("params.unknown", f"{min(rest)!r} is for a recording; a transcript is used as it is")
        return CompareParams(recording, transcript, version, parse_params(rest))

    def models(self, params: CompareParams, engine: Engine) -> tuple[ModelUse, ...]:
        """The page reader, and the models of the transcription when there is one."""
        heard = TranscribePipeline().models(params.speech, engine) if params.recording is not None else ()
        return (engine.model(Task.READ_PAGE), *heard)

    def run(self, setting: Setting[CompareParams], done: Mapping[int, ComparePart]) -> Iterator[Part[ComparePart]]:
        """The paper, then the talk; raises BadInput when one of them cannot be read."""
        layers, scanned = _paper(setting.source)
        papers = 1 + len(scanned)
        talks = 1 if setting.params.recording is not None else 0
        if 0 not in done:
            yield Part(0, papers + talks, ComparePart(lines=layers))
        if scanned:
            yield from _scan(setting, scanned, done, papers + talks)
        if talks:
            yield from _listen(setting, papers, done)

    def assemble(
        self, setting: Setting[CompareParams], parts: Sequence[ComparePart], provenance: Provenance
    ) -> Outcome[DiscrepancyList]:
        """The list over both; raises BadInput when the paper holds no turns or the recording no words."""
        lines = sorted((line for part in parts for line in _lines(part)), key=lambda line: line.page or 0)
        record = read_turns(lines)
        transcript, digest = _transcript(setting, parts, provenance)
        heard = read_transcript(transcript)
        if not heard.units:
            raise BadInput(
                "compare.no-speech", "not one word was made out in the recording; there is nothing to compare"
            )
        found = compare(record, heard)
        if not any(part.page for part in parts):
            read = tuple(model for model in provenance.models if model.task != Task.READ_PAGE)
            provenance = replace(provenance, models=read)
        return Outcome(
            DiscrepancyList(
                found.discrepancies,
                found.turns,
                record.paragraphs,
                transcript.duration,
                setting.params.transcript,
                digest,
                found.flags,
                provenance,
            )
        )


def _id(params: JsonObject, name: str) -> str | None:
    value = params.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise BadInput(f"params.{name}", f"{name} must be an id")
    return value


# --- the paper -------------------------------------------------------------------------------------------------------
def _paper(source: BlobRef) -> tuple[tuple[WrittenLine, ...], list[int]]:
    """The lines that the document holds as text, and the numbers of the pages that must be read as pictures."""
    if source.media_type == DOCX:
        rows = enumerate(word_paragraphs(source.path), start=1)
        return tuple(WrittenLine(one.page, n, one.text, whole=True) for n, one in rows), []
    if source.media_type != PDF and source.media_type not in PICTURE_FORMATS:
        raise BadInput("compare.type", f"{source.media_type} is no 笔录; send it as docx, PDF or a scan")
    found: list[WrittenLine] = []
    scanned: list[int] = []
    with PageSource(source.path, source.media_type) as pages:
        count = pages.pages()
        if count > MAX_PAGES:
            raise BadInput("compare.pages", f"the document has {count} pages; send the one 笔录, {MAX_PAGES} at most")
        for number in range(1, count + 1):
            lines = pages.lines(number - 1) if source.media_type == PDF else []
            found.extend(WrittenLine(number, n, line) for n, line in enumerate(lines, start=1))
            if not lines:
                scanned.append(number)
    return tuple(found), scanned


def _scan(
    setting: Setting[CompareParams], pages: Sequence[int], done: Mapping[int, ComparePart], total: int
) -> Iterator[Part[ComparePart]]:
    kept = {n - 1: part.page for n, part in done.items() if part.page is not None}
    inner = Setting(
        setting.source, ScanParams(pages=tuple((n, n) for n in pages)), setting.engine, setting.scratch / "paper"
    )
    for part in ScanPipeline().run(inner, kept):
        yield Part(part.index + 1, total, ComparePart(page=part.payload))


def _lines(part: ComparePart) -> Iterator[WrittenLine]:
    yield from part.lines
    if part.page is not None:
        for n, line in enumerate(part.page.page.lines, start=1):
            yield WrittenLine(part.page.page.number, n, line.text)


# --- the talk --------------------------------------------------------------------------------------------------------
def _recording(setting: Setting[CompareParams]) -> BlobRef:
    found = setting.others.get(RECORDING)
    if not isinstance(found, BlobRef):
        raise BadInput("compare.recording", "the recording is not there; name a recording of this case")
    return found


def _inner(setting: Setting[CompareParams]) -> Setting[TranscribeParams]:
    return Setting(_recording(setting), setting.params.speech, setting.engine, setting.scratch / "talk")


def _listen(
    setting: Setting[CompareParams], papers: int, done: Mapping[int, ComparePart]
) -> Iterator[Part[ComparePart]]:
    kept = {n - papers: part.speech for n, part in done.items() if part.speech is not None}
    for part in TranscribePipeline().run(_inner(setting), kept):
        yield Part(papers + part.index, papers + part.total, ComparePart(speech=part.payload))


def _transcript(
    setting: Setting[CompareParams], parts: Sequence[ComparePart], provenance: Provenance
) -> tuple[Transcript, str]:
    """The transcript, given or made of the parts, and the digest of the recording that it is of."""
    if setting.params.recording is not None:
        speech = [part.speech for part in parts if part.speech is not None]
        made = TranscribePipeline().assemble(_inner(setting), speech, provenance).record
        return made, _recording(setting).sha256
    body = setting.others.get(TRANSCRIPT)
    if not isinstance(body, dict):
        raise BadInput("compare.transcript", "the transcript is not there; name a transcript of this case")
    return (found := transcript_in(body)), found.provenance.source_sha256


def transcript_in(body: JsonObject) -> Transcript:
    """The transcript that a record's body is; raises BadInput for a record of another kind."""
    try:
        return from_json(Transcript, body)
    except BadInput:
        raise BadInput("compare.transcript", "this record is no transcript; name one that transcribe made") from None
