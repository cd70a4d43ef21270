"""`anjuan compare`: where a 笔录 and its recording differ, without a server; knows the pipeline by its runner."""

from __future__ import annotations

import hashlib
import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    from cases.discrepancy import DiscrepancyList
    from cases.records import BlobRef, JsonObject
    from pipelines.engine import Engine

MAX_TRANSCRIPT_BYTES = 256 << 20
"""A day of talk with every word's time is some 30 MB."""
SIGNS = {"major": "!!", "substantive": "! ", "listen": "? ", "minor": "- ", "wording": "~ "}


@click.command(name="compare")
@click.argument("record", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.argument("recording", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the list as one JSON document.")
@click.option("--language", help="Language of the recording; see transcribe.  [default: zh]")
@click.option("--model", help="Model that writes the recording down; see `anjuan models list`.")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@click.option("--cut-short", is_flag=True, help="Take a recording that broke off before the length that it states.")
def compare(
    record: Path,
    recording: Path,
    as_json: bool,
    language: str | None,
    model: str | None,
    device: str,
    cut_short: bool,
) -> None:
    """List where a 笔录 and its recording differ, each difference with its place in both.

    RECORD is a docx, PDF or scan. RECORDING is sound or video, or the JSON that `anjuan transcribe --json` printed.
    """
    from models.device import choose_device
    from models.weights import WeightsCache
    from pipelines.inline import InlineEngine

    paper = _reference(record, "compare", cut_short=False)
    params: JsonObject = {name: value for name, value in (("language", language), ("model", model)) if value}
    others: dict[str, BlobRef | JsonObject] = {}
    if (body := _transcript(recording)) is not None:
        others["transcript"] = body
        params["transcript"] = recording.name
    else:
        others["recording"] = _reference(recording, "transcribe", cut_short=cut_short)
        params["recording"] = recording.name
    engine = InlineEngine.from_registry(WeightsCache(), choose_device(device))
    try:
        found = _run(paper, params, others, engine)
    finally:
        engine.close()
    if as_json:
        from cases.codec import to_json

        click.echo(json.dumps(to_json(found), ensure_ascii=False))
    else:
        click.echo(table(found))


def _transcript(file: Path) -> JsonObject | None:
    """The transcript that a JSON file holds; None for a file that is no JSON; raises BadInput for other JSON."""
    from models.errors import BadInput, TooLarge

    with file.open("rb") as stream:
        if not stream.read(64).lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"{", b"[")):
            return None
    if file.stat().st_size > MAX_TRANSCRIPT_BYTES:
        raise TooLarge("compare.transcript", f"{file.name} is too large for a transcript")
    try:
        body = json.loads(file.read_text(encoding="utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadInput("compare.transcript", f"{file.name} is no JSON that can be read: {error}") from error
    if not isinstance(body, dict):
        raise BadInput("compare.transcript", f"{file.name} holds no transcript; compare one recording at a time")
    return cast("JsonObject", body)


def _reference(file: Path, task: str, *, cut_short: bool) -> BlobRef:
    """The file as evidence; raises BadInput when `task` cannot be done on what its bytes say it is."""
    from cases.records import BlobRef
    from models.errors import BadInput, Unsupported
    from pipelines.media.probe import probe, tasks_for

    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    try:
        facts = probe(file, cut_short_is_meant=cut_short)
    except BadInput as error:
        raise type(error)(error.code, f"{file.name}: {error.message}") from error
    if task not in tasks_for(facts.media_type):
        wanted = "send the 笔录 as docx, PDF or scan" if task == "compare" else "send sound or video"
        raise Unsupported(f"{task}.type", f"{file.name}: {facts.media_type} does not fit here; {wanted}")
    return BlobRef(digest, file.stat().st_size, facts.media_type, file.resolve())


def _run(
    paper: BlobRef, params: JsonObject, others: dict[str, BlobRef | JsonObject], engine: Engine
) -> DiscrepancyList:
    """The list, with progress on stderr."""
    from tqdm import tqdm

    from pipelines.lines import pipeline_for, run_pipeline
    from pipelines.pipeline import Part, Setting

    pipeline = pipeline_for("compare")
    with tempfile.TemporaryDirectory(prefix="anjuan-compare-") as scratch, tqdm(leave=False) as bar:

        def tell(part: Part[object]) -> None:
            bar.total = part.total
            bar.update()

        setting = Setting(paper, pipeline.parse(params), engine, Path(scratch), others=others)
        outcome = run_pipeline(pipeline, setting, parameters=params, on_part=tell)
    return cast("DiscrepancyList", outcome.record)


def table(found: DiscrepancyList) -> str:
    """The list for a terminal: gravity, place in the 笔录, time in the recording, what differs."""
    rows = []
    for one in found.discrepancies:
        page = f"p. {one.record.page}, " if one.record.page is not None else ""
        minutes, seconds = divmod(int(one.recording.start), 60)
        rows.append(f"{SIGNS[one.severity]} {page}turn {one.record.turn}  {minutes:02}:{seconds:02}  {one.explanation}")
    return "\n".join(rows) or "no differences"
