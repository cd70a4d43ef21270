"""`anjuan corpus`: bring judgments and statutes into the data folder; knows the corpus by its import alone."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import click

from cases.records import JsonObject
from serving.cli.data_folder import DataFolder, data_options

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def corpus() -> None:
    """Import judgments for similar cases and the sentencing reference, statutes for search."""


@corpus.command(name="import")
@click.argument(
    "files", metavar="FILE...", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@data_options
@click.option("--keep-names", is_flag=True, help="Keep the names of parties; masked as 姓某 otherwise.")
@click.option("--since", type=_DAY, help="First day that a statute is in force; read from its head otherwise.")
@click.option("--until", type=_DAY, help="Last day, when no later version that is imported ends it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
def import_files(
    files: tuple[Path, ...],
    data: Path,
    database: str | None,
    keep_names: bool,
    since: datetime | None,
    until: datetime | None,
    as_json: bool,
) -> None:
    """Import judgments (JSON lines, plain, .gz or .zst) and statutes (markdown, .md).

    Lines carry id, ajName, ajjbqk, cpfxgc, pjjg (LeCaRD) or id, facts, charge, months. An import that was stopped goes
    on where it ended; a judgment that is there already is not taken twice.
    """
    from cases.corpus import CorpusStore
    from serving.cli.data_folder import opened_store, operator

    with opened_store(DataFolder(data, database)) as store:
        actor = operator(store)
        done = []
        for file in files:
            if file.suffix.lower() == ".md":
                counts = _statute(file, data, since, until)
                store.note_reference(actor, "statute.imported", ("statute", str(counts["statute"])), counts)
            else:
                counts = _judgments(file, data, mask=not keep_names)
                details = {**counts, "masked": not keep_names}
                store.note_reference(actor, "corpus.imported", ("corpus", "judgments"), details)
            done.append({"file": file.name, **counts})
        total = CorpusStore(data).count()
    if as_json:
        click.echo(json.dumps({"files": done, "judgments": total}, ensure_ascii=False))
        return
    for one in done:
        click.echo(", ".join(f"{name} {value}" for name, value in one.items()), err=True)
    click.echo(f"{total} judgments in the corpus")


def _judgments(file: Path, data: Path, *, mask: bool) -> JsonObject:
    from tqdm import tqdm

    from cases.corpus import CorpusStore
    from pipelines.intelligence.corpus import import_file

    with tqdm(desc=file.name, unit=" judgments", leave=False) as bar:

        def tick(_number: int) -> None:
            bar.update()

        found = import_file(file, CorpusStore(data), mask=mask, on_line=tick)
    return {"lines": found.lines, "new": found.new, "empty": found.empty, "resumed_at": found.resumed_at}


def _statute(file: Path, data: Path, since: datetime | None, until: datetime | None) -> JsonObject:
    from cases.statutes import StatuteStore
    from pipelines.intelligence.statutes import read_statute

    first, last = (None if day is None else day.date().isoformat() for day in (since, until))
    statute = read_statute(file, first, last)
    new = StatuteStore(data).add(statute)
    return {"statute": statute.title, "since": statute.since, "articles": len(statute.articles), "new": new}
