"""`anjuan cases`: list cases, also beside a running server."""

from __future__ import annotations

from pathlib import Path

import click

from serving.cli.data_folder import DataFolder, data_options, opened_store, operator

PAGE = 200
"""Cases asked for at once."""


@click.group()
def cases() -> None:
    """List cases."""


@cases.command("list")
@data_options
@click.option("--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="How many, newest first.")
def list_cases(data: Path, database: str | None, limit: int) -> None:
    """List cases: id, case number, cause, name."""
    with opened_store(DataFolder(data, database)) as store:
        actor = operator(store)
        for case in store.cases(actor, limit=min(limit, PAGE)):
            click.echo(f"{case.id}\t{case.case_no or ''}\t{case.cause or ''}\t{case.name}")
