"""`anjuan sentence`: the sentencing reference for a file of cases, from the corpus of a data folder; audited."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.errors import BadInput
from serving.cli.data_folder import DataFolder, data_options

if TYPE_CHECKING:
    from cases.records import JsonObject
    from pipelines.intelligence.sentence.reference import Asked


@click.command()
@data_options
@click.option(
    "--cases", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=True,
    help="JSON lines with id, facts and, where settled, charge.",
)  # fmt: skip
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="JSON lines.")
def sentence(data: Path, database: str | None, file: Path, output: Path) -> None:
    """Say what terms the judgments of the corpus gave in cases like these: for reference only (仅供参考)."""
    from cases.corpus import CorpusStore
    from pipelines.intelligence.json_lines import json_lines
    from pipelines.intelligence.sentence.reference import SentenceReference
    from serving.cli.data_folder import opened_store, operator

    with opened_store(DataFolder(data, database)) as store:
        reference = SentenceReference(list(CorpusStore(data).judgments()))
        answered = 0
        with output.open("w", encoding="utf-8") as stream:
            for number, body in json_lines(file):
                asked = _asked(body, f"{file.name}, line {number}")
                stream.write(json.dumps(reference.answer(asked), ensure_ascii=False) + "\n")
                answered += 1
        store.note_reference(operator(store), "sentence.consulted", ("corpus", "judgments"), {"cases": answered})
    click.echo(f"{answered} cases answered", err=True)


def _asked(body: JsonObject, where: str) -> Asked:
    from pipelines.intelligence.sentence.reference import Asked

    key, facts, charge = body.get("id"), body.get("facts"), body.get("charge")
    if isinstance(key, bool) or not isinstance(key, str | int) or not isinstance(facts, str):
        raise BadInput("sentence.case", f"{where} needs id and facts, the facts as text")
    if charge is not None and not isinstance(charge, str):
        raise BadInput("sentence.case", f"{where}: charge must be text, or left out")
    return Asked(str(key), facts, charge or None)
