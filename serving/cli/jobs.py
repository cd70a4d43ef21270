"""`anjuan jobs`: list, show and cancel jobs, also beside a running server."""

from __future__ import annotations

import json
from pathlib import Path

import click

from serving.cli.data_folder import DataFolder, data_options, opened_store, operator


@click.group()
def jobs() -> None:
    """List, show and cancel jobs."""


@jobs.command("list")
@click.argument("case")
@data_options
def list_jobs(case: str, data: Path, database: str | None) -> None:
    """List the jobs of CASE: id, task, state, progress, error."""
    with opened_store(DataFolder(data, database)) as store:
        for job in store.jobs_of(operator(store), case):
            click.echo(f"{job.id}\t{job.task}\t{job.state.value}\t{job.progress:.0%}\t{job.error_code or ''}")


@jobs.command()
@click.argument("job")
@data_options
def show(job: str, data: Path, database: str | None) -> None:
    """Show JOB as JSON."""
    with opened_store(DataFolder(data, database)) as store:
        found = store.job(operator(store), job)
    shown = {
        "id": found.id,
        "case": found.case_id,
        "evidence": found.evidence_id,
        "task": found.task,
        "params": found.params,
        "state": found.state.value,
        "progress": found.progress,
        "attempts": found.attempts,
        "record": found.record,
        "error": {"code": found.error_code, "message": found.error_message} if found.error_code else None,
        "created_at": found.created_at.isoformat(),
        "updated_at": found.updated_at.isoformat(),
    }
    click.echo(json.dumps(shown, ensure_ascii=False, indent=2))


@jobs.command()
@click.argument("job")
@data_options
def cancel(job: str, data: Path, database: str | None) -> None:
    """Cancel JOB; a running one stops at its next part."""
    with opened_store(DataFolder(data, database)) as store:
        found = store.cancel_job(operator(store), job)
    click.echo(f"job {found.id} is {found.state.value}", err=True)
