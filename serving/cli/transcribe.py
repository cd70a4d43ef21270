"""`anjuan transcribe`: write recordings down on this machine, without a server; knows the pipeline by its runner."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from serving.cli.outputs import output_paths

if TYPE_CHECKING:
    from cases.records import BlobRef, JsonObject, JsonValue
    from cases.transcript import Transcript
    from pipelines.pipeline import Setting
    from pipelines.speech.params import TranscribeParams

FORMATS = ("json", "txt", "srt", "vtt", "docx", "rttm")
MAX_HOTWORDS_BYTES = 1 << 20
"""A list of a thousand names is some 10 KB; a megabyte is a wrong file."""


@click.command(name="transcribe")
@click.argument("files", metavar="AUDIO...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--language", default="zh", show_default=True, help="Code such as zh or en; auto lets the model decide.")
@click.option("--speakers", metavar="N|auto", help="Tell speakers apart: how many there are, or auto to find out.")
@click.option(
    "--channels", type=click.Choice(["mix", "speakers"]), help="speakers: each channel is the microphone of a seat."
)
@click.option("--seats", metavar="ROLE,...", help="With --channels speakers: question, answer, aside or ? for each.")
@click.option("--hotwords", type=click.Path(path_type=Path), help="UTF-8 text file: one name or term a line.")
@click.option("--model", help="Model; see `anjuan models list`.  [default: the manifests' default]")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; several inputs give an array.")
@click.option("--format", "kind", type=click.Choice(FORMATS), help="What to write.  [default: by OUT's name, or txt]")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="File to write; with several inputs, a folder.")
@click.option("--cut-short", is_flag=True, help="Take recordings that broke off before the length that they state.")
def transcribe(
    files: tuple[Path, ...],
    language: str,
    speakers: str | None,
    channels: str | None,
    seats: str | None,
    hotwords: Path | None,
    model: str | None,
    device: str,
    as_json: bool,
    kind: str | None,
    output: Path | None,
    cut_short: bool,
) -> None:
    """Write down recordings: every sentence with its place in the sound.

    AUDIO is any sound or video file: wav, mp3, m4a, flac, amr, mp4, mkv and more.
    """
    for file in files:
        _check_readable(file)
    kind = kind or _kind_of(output)
    targets = output_paths(files, output, f".{kind}")
    if kind == "docx" and output is None and not as_json:
        raise click.UsageError("docx is no text for a terminal; name a file or folder with -o")
    given: JsonObject = {
        "language": language,
        "speakers": _speakers(speakers, kind if channels != "speakers" else ""),
        "channels": channels,
        "seats": _seats(seats) if seats is not None else None,
        "hotwords": list(_hotwords(hotwords)) if hotwords is not None else None,
        "model": model,
    }
    params: JsonObject = {name: value for name, value in given.items() if value is not None}
    records = _transcribe_all(files, params, device, cut_short)
    _write(records, [file.stem for file in files], targets, kind, as_json)


def _speakers(wish: str | None, kind: str) -> int | str | None:
    """A number where one is given; RTTM is about nothing but speakers, so that it asks for them by itself."""
    if wish is None:
        return "auto" if kind == "rttm" else None
    return int(wish) if wish.isascii() and wish.isdigit() else wish


def _seats(wish: str) -> list[JsonValue]:
    """The role of each channel; 问, 答 and 旁 are understood too."""
    known = {"问": "question", "答": "answer", "旁": "aside", "?": None, "？": None}
    return [known.get(name.strip(), name.strip()) for name in wish.replace("，", ",").split(",")]


def _check_readable(file: Path) -> None:
    from models.errors import BadInput

    if not file.is_file():
        raise BadInput("input.missing", f"{file} is no file; check its name")


def _kind_of(output: Path | None) -> str:
    """The format that the name of the output asks for."""
    suffix = output.suffix.lstrip(".").lower() if output is not None else ""
    return suffix if suffix in FORMATS else "txt"


def _hotwords(path: Path) -> list[str]:
    """The lines of a hotword file; raises BadInput when it is none."""
    from models.errors import BadInput

    try:
        with path.open("rb") as file:
            data = file.read(MAX_HOTWORDS_BYTES + 1)
        if len(data) > MAX_HOTWORDS_BYTES:
            raise BadInput("params.hotwords", f"{path} is too large for a list of hotwords; one a line, 1000 at most")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise BadInput("params.hotwords", f"the hotword file {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInput("params.hotwords", f"{path} is not UTF-8 text; save it as UTF-8") from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _transcribe_all(files: Sequence[Path], params: JsonObject, device: str, cut_short: bool) -> list[Transcript]:
    from models.device import choose_device
    from models.weights import WeightsCache
    from pipelines.inline import InlineEngine
    from pipelines.pipeline import Setting
    from pipelines.speech.params import parse_params
    from pipelines.speech.together import finished

    parsed = parse_params(params)
    sources = [_reference(file, cut_short) for file in files]
    engine = InlineEngine.from_registry(WeightsCache(), choose_device(device))
    with tempfile.TemporaryDirectory(prefix="anjuan-transcribe-", ignore_cleanup_errors=True) as scratch:
        names = {Path(scratch) / str(number): file.name for number, file in enumerate(files)}
        settings = [Setting(source, parsed, engine, folder) for source, folder in zip(sources, names, strict=True)]
        try:
            return finished(settings, lambda setting: _run(setting, params, names[setting.scratch]))
        finally:
            engine.close()


def _reference(file: Path, cut_short: bool) -> BlobRef:
    """The file as evidence: its digest and what its bytes say it is; raises BadInput when it holds no sound."""
    from cases.records import BlobRef
    from models.errors import BadInput, Unsupported
    from pipelines.media.probe import probe, tasks_for

    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    try:
        facts = probe(file, cut_short_is_meant=cut_short)
    except BadInput as error:
        raise type(error)(error.code, f"{file.name}: {error.message}") from error
    if "transcribe" not in tasks_for(facts.media_type):
        raise Unsupported("transcribe.type", f"{file.name}: {facts.media_type} has no sound; send sound or video")
    return BlobRef(digest, file.stat().st_size, facts.media_type, file.resolve())


def _run(setting: Setting[TranscribeParams], params: JsonObject, name: str) -> Transcript:
    """The record of the file `name`, with progress on stderr; raises what the pipeline raises."""
    from tqdm import tqdm

    from models.errors import BadInput
    from pipelines.lines import pipeline_for, run_pipeline
    from pipelines.pipeline import Part

    with tqdm(desc=name, leave=False) as bar:

        def tell(part: Part[object]) -> None:
            bar.total = part.total
            bar.update()

        try:
            whole = cast("Setting[object]", setting)
            outcome = run_pipeline(pipeline_for("transcribe"), whole, parameters=params, on_part=tell)
        except BadInput as error:
            raise type(error)(error.code, f"{name}: {error.message}") from error
        finally:
            shutil.rmtree(setting.scratch, ignore_errors=True)
    return cast("Transcript", outcome.record)


def _write(
    records: Sequence[Transcript], names: Sequence[str], targets: Sequence[Path | None], kind: str, as_json: bool
) -> None:
    """Files where they are asked for; on stdout one JSON document, or the texts one after another."""
    import json

    from cases.codec import to_json
    from pipelines.speech.export import as_file, render

    for record, target, name in zip(records, targets, names, strict=True):
        if target is not None:
            partial = target.with_name(f".{target.name}.partial")
            partial.write_bytes(as_file(record, kind, name))
            partial.replace(target)
    if as_json or (kind == "json" and targets[0] is None):
        documents = [to_json(record) for record in records]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False))
    elif targets[0] is None:
        texts = [render(record, kind, name) for record, name in zip(records, names, strict=True)]
        # RTTM of several recordings is one file; texts are set apart.
        click.echo(("" if kind == "rttm" else "\n").join(texts), nl=False)
