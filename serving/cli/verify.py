"""`anjuan verify`: check every digest and audit chain, offline or beside a running server; changes nothing."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.errors import BadInput
from serving.cli.data_folder import DataFolder, data_options, settings_for

if TYPE_CHECKING:
    from cases.audit import SignedCheckpoint
    from cases.store import Report
    from serving.settings import Settings

_CHECKPOINT_CHARS = 10_000
"""A checkpoint file has about 400 characters; what is far longer is none."""


@click.command()
@click.argument("case", required=False)
@data_options
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
@click.option(
    "--checkpoint",
    "checkpoints",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="Signed audit checkpoint that was kept elsewhere, to hold the trail against; may be given again.",
)
@click.pass_context
def verify(
    ctx: click.Context,
    case: str | None,
    data: Path,
    database: str | None,
    as_json: bool,
    checkpoints: tuple[Path, ...],
) -> None:
    """Check CASE, or every case: audit chains, signed checkpoints, rows, and the digests of all content.

    Exit code 0: all is as it was stored. 1: something is not; each fault is named.
    """
    exported = [(f"checkpoint file {path}", _exported(path)) for path in checkpoints]
    report = _examine(settings_for(DataFolder(data, database)), case, exported)
    click.echo(_as_json(case, report) if as_json else _as_text(report))
    click.echo(
        f"{report.entries} audit entries, {report.rows} rows, {report.blobs} blobs: "
        + (f"{len(report.faults)} faults" if report.faults else "all is as it was stored"),
        err=True,
    )
    ctx.exit(1 if report.faults else 0)


def _examine(settings: Settings, case: str | None, exported: list[tuple[str, SignedCheckpoint]]) -> Report:
    """Open what is there, make nothing that is not, and look."""
    from cases.store import Store
    from serving.storage import open_blobs

    scheme, _, path = settings.store_url.partition(":///")
    if scheme.startswith("sqlite") and not Path(path).is_file():
        raise BadInput("verify.no_store", f"no case store at {path}; give the folder of a server with --data")
    store = Store.open(settings.store_url, signing_key_path=settings.signing_key_path, upgrade=False)
    try:
        return store.examine(case, open_blobs(settings), exported=exported)
    finally:
        store.close()


def _exported(path: Path) -> SignedCheckpoint:
    from cases.audit import checkpoint_from_json

    with path.open(encoding="utf-8", errors="replace") as file:
        return checkpoint_from_json(file.read(_CHECKPOINT_CHARS))


def _as_text(report: Report) -> str:
    lines = [f"FAULT  {fault.where}: {fault.what}" for fault in report.faults]
    lines += [f"note   {note.where}: {note.what}" for note in report.notes]
    return "\n".join(lines) or "no faults"


def _as_json(case: str | None, report: Report) -> str:
    document = {
        "case": case,
        "ok": not report.faults,
        "faults": [{"where": fault.where, "what": fault.what} for fault in report.faults],
        "notes": [{"where": note.where, "what": note.what} for note in report.notes],
        "checked": {"audit_entries": report.entries, "rows": report.rows, "blobs": report.blobs},
    }
    return json.dumps(document, ensure_ascii=False, indent=2)
