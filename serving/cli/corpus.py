"""`anjuan corpus`: bring judgments into the data folder; knows the corpus by its import alone."""

from __future__ import annotations

import json
from pathlib import Path

import click

from serving.cli.data_folder import DataFolder, data_options


@click.group()
def corpus() -> None:
    """Import judgments for similar cases and the sentencing reference."""


@corpus.command(name="import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@data_options
@click.option("--keep-names", is_flag=True, help="Keep the names of parties; masked as 姓某 otherwise.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def import_judgments(
    files: tuple[Path, ...], data: Path, database: str | None, keep_names: bool, as_json: bool
) -> None:
    """Import judgments: JSON lines, plain, .gz or .zst.

    Lines carry id, ajName, ajjbqk, cpfxgc, pjjg (LeCaRD) or id, facts, charge, months. An import that was stopped goes
    on where it ended; a judgment that is there already is not taken twice.
    """
    from tqdm import tqdm

    from cases.corpus import CorpusStore
    from pipelines.intelligence.corpus import import_file
    from serving.cli.data_folder import opened_store, operator

    with opened_store(DataFolder(data, database)) as store:
        kept = CorpusStore(data)
        actor = operator(store)
        done = []
        for file in files:
            with tqdm(desc=file.name, unit=" judgments", leave=False) as bar:
                found = import_file(file, kept, mask=not keep_names, on_line=lambda _number, bar=bar: bar.update())  # type: ignore[misc]
            counts = {"lines": found.lines, "new": found.new, "empty": found.empty, "resumed_at": found.resumed_at}
            store.note_reference(
                actor, "corpus.imported", ("corpus", "judgments"), {**counts, "masked": not keep_names}
            )
            done.append({"file": file.name, **counts})
        total = kept.count()
    if as_json:
        click.echo(json.dumps({"files": done, "judgments": total}, ensure_ascii=False))
        return
    for one in done:
        click.echo(
            f"{one['file']}: {one['lines']} lines read, {one['new']} new, {one['empty']} without facts", err=True
        )
    click.echo(f"{total} judgments in the corpus")
