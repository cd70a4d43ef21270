"""`anjuan scan`: read scans and PDFs on this machine, without a server; knows the pipeline only through its runner."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

from serving.cli.outputs import output_paths

if TYPE_CHECKING:
    from cases.records import BlobRef, JsonObject, ScanRecord
    from pipelines.engine import Engine


@click.command(name="scan")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document; several files give an array.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Write the searchable PDF here; with several files, a folder for one PDF each.",
)
@click.option(
    "--catalogue",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write cover, 卷内目录 and 备考表 of one volume here: .docx or .pdf.",
)
@click.option(
    "--split",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write one searchable PDF a document of one volume into this folder.",
)
@click.option(
    "--tables",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the tables of one file here, a sheet each: .xlsx.",
)
@click.option("--model", help="Page reader; see `anjuan models list`.  [default: the manifests' default]")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
@click.option("--pages", help="Pages to read, such as 1-3,7 or 5-.  [default: all]")
@click.option("--dpi", type=int, help="Dots an inch at which PDF pages are drawn, 72 to 600.  [default: 200]")
def scan(
    files: tuple[Path, ...],
    as_json: bool,
    output: Path | None,
    catalogue: Path | None,
    split: Path | None,
    tables: Path | None,
    model: str | None,
    device: str,
    pages: str | None,
    dpi: int | None,
) -> None:
    """Read scans and PDFs: text with its place on the page, and a searchable PDF.

    FILES are PDF, TIFF, PNG, JPEG, BMP or WebP. Without --json or -o the text is printed.
    """
    from models.device import choose_device
    from models.weights import WeightsCache
    from pipelines.inline import InlineEngine

    given: JsonObject = {"model": model, "pages": pages, "dpi": dpi}
    params: JsonObject = {name: value for name, value in given.items() if value is not None}
    targets = output_paths(files, output, ".pdf")
    if catalogue is not None:
        _check_catalogue(catalogue, files)
    if split is not None:
        _check_split(split, files)
    if tables is not None:
        _check_tables(tables, files)
    engine = InlineEngine.from_registry(WeightsCache(), choose_device(device))
    try:
        records = [_scan(file, params, engine, target, split) for file, target in zip(files, targets, strict=True)]
    finally:
        engine.close()
    if as_json:
        from cases.codec import to_json

        documents = [to_json(record) for record in records]
        click.echo(json.dumps(documents[0] if len(documents) == 1 else documents, ensure_ascii=False))
    elif output is None and split is None:
        click.echo("\n\n".join(record.text for record in records))
    if catalogue is not None:
        _write_catalogue(catalogue, files[0], records[0])
    if split is not None and not split.exists():
        from models.errors import BadInput

        raise BadInput("split.empty", f"{files[0].name}: the record names no documents, so nothing was split")
    if tables is not None:
        _write_tables(tables, files[0], records[0])


def _check_catalogue(target: Path, files: tuple[Path, ...]) -> None:
    """Raises BadInput, before anything is read, when no catalogue could be written there."""
    from models.errors import BadInput

    if target.suffix.lower() not in (".docx", ".pdf"):
        raise BadInput("catalogue.suffix", f"{target.name}: a catalogue is written as .docx or .pdf; name one of them")
    if len(files) > 1:
        raise BadInput("catalogue.files", "a catalogue is of one volume; name one file beside --catalogue")
    if not target.parent.is_dir():
        raise BadInput("catalogue.folder", f"the folder {target.parent} does not exist; make it first")


def _check_tables(target: Path, files: tuple[Path, ...]) -> None:
    """Raises BadInput, before anything is read, when no workbook could be written there."""
    from models.errors import BadInput

    if target.suffix.lower() != ".xlsx":
        raise BadInput("tables.suffix", f"{target.name}: tables are written as .xlsx; name such a file")
    if len(files) > 1:
        raise BadInput("tables.files", "the tables of one file make a workbook; name one file beside --tables")
    if not target.parent.is_dir():
        raise BadInput("tables.folder", f"the folder {target.parent} does not exist; make it first")


def _write_tables(target: Path, file: Path, record: ScanRecord) -> None:
    """The workbook, last: what was read is out even where no table was found (BadInput)."""
    from models.errors import BadInput
    from pipelines.files.tables.xlsx import workbook

    try:
        made = workbook(record.pages)
    except BadInput as error:
        raise BadInput(error.code, f"{file.name}: {error.message}") from error
    partial = target.with_name(f".{target.name}.partial")
    partial.write_bytes(made)
    partial.replace(target)


def _write_catalogue(target: Path, file: Path, record: ScanRecord) -> None:
    """The sheets of a volume, last: what was read is out even where it names no documents (BadInput)."""
    from models.errors import BadInput
    from pipelines.files.catalogue.entries import volume_of
    from pipelines.files.page import blank_pages

    try:
        volume = volume_of(record.documents, findings=record.findings, blank=blank_pages(record.pages))
    except BadInput as error:
        raise BadInput(error.code, f"{file.name}: {error.message}") from error
    partial = target.with_name(f".{target.name}.partial")
    if target.suffix.lower() == ".docx":
        from pipelines.files.catalogue.sheets import sheets_docx

        partial.write_bytes(sheets_docx(volume))
    else:
        from models.fonts import font_path
        from pipelines.files.catalogue.sheets_pdf import sheets_pdf

        partial.write_bytes(sheets_pdf(volume, font_path()))
    partial.replace(target)


def _check_split(folder: Path, files: tuple[Path, ...]) -> None:
    """Raises BadInput, before anything is read, when nothing could be written there."""
    from models.errors import BadInput

    if len(files) > 1:
        raise BadInput("split.files", "one volume is split at a time; name one file beside --split")
    if not folder.parent.is_dir():
        raise BadInput("split.folder", f"the folder {folder.parent} does not exist; make it first")
    if folder.is_dir() and any(folder.iterdir()):
        raise BadInput("split.folder", f"the folder {folder} is not empty; name a new one, nothing is overwritten")


def _write_split(record: ScanRecord, source: BlobRef, scratch: Path, folder: Path, title: str) -> None:
    """One PDF a document, out of the page pictures in `scratch`; all of them or none."""
    from pipelines.files.pdf import printed_pages
    from pipelines.files.pdf_marks import About
    from pipelines.files.split import write_split
    from pipelines.media.pdf import PDF

    original = source.path if source.media_type == PDF else None
    pictures = {page.image: scratch / page.image for page in record.pages if page.image}
    made = scratch / "split"
    made.mkdir()
    pages = printed_pages(record.pages, pictures, original)
    write_split(pages, record.documents, made, original, About(title, "", source.sha256))
    shutil.copytree(made, folder, dirs_exist_ok=True)


def _scan(file: Path, params: JsonObject, engine: Engine, target: Path | None, split: Path | None) -> ScanRecord:
    """Read one file, write its searchable PDF and that of each document; raises as the pipeline, naming the file."""
    from models.errors import BadInput

    with tempfile.TemporaryDirectory(prefix="anjuan-scan-") as scratch:
        try:
            source = _reference(file)
            record = cast("ScanRecord", _run(source, params, engine, Path(scratch), file.name))
            if split is not None and record.documents:
                _write_split(record, source, Path(scratch), split, file.stem)
        except BadInput as error:
            raise BadInput(error.code, f"{file.name}: {error.message}") from error
        if target is not None:
            from pipelines.files.scan import SEARCHABLE

            partial = target.with_name(f".{target.name}.partial")
            shutil.copyfile(Path(scratch) / SEARCHABLE, partial)
            partial.replace(target)
    return record


def _reference(file: Path) -> BlobRef:
    """The file as evidence: its digest and what its bytes say it is."""
    from cases.records import BlobRef
    from models.errors import Unsupported
    from pipelines.media.probe import probe, tasks_for

    with file.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    facts = probe(file)
    if "scan" not in tasks_for(facts.media_type):
        raise Unsupported("scan.type", f"{facts.media_type} has no pages; send a PDF or a picture")
    return BlobRef(digest, file.stat().st_size, facts.media_type, file.resolve())


def _run(source: BlobRef, params: JsonObject, engine: Engine, scratch: Path, name: str) -> object:
    """The record, with progress on stderr."""
    from tqdm import tqdm

    from pipelines.lines import pipeline_for, run_pipeline
    from pipelines.pipeline import Part, Setting

    pipeline = pipeline_for("scan")
    with tqdm(desc=name, unit="page", leave=False) as bar:

        def tell(part: Part[object]) -> None:
            bar.total = part.total
            bar.update()

        setting = Setting(source, pipeline.parse(params), engine, scratch)
        return run_pipeline(pipeline, setting, parameters=params, on_part=tell).record
