"""`anjuan bench`: run our benchmarks by name; knows them only by import, when one is called."""

from __future__ import annotations

from pathlib import Path

import click


@click.group(name="bench")
def bench() -> None:
    """Measure against benchmarks and peers."""


@bench.command(name="tracking")
@click.option(
    "--detections",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder that holds NAME/det.txt (MOTChallenge text).",
)
@click.option(
    "-o", "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder to write."
)
def tracking(detections: Path, output: Path) -> None:
    """Track given detections: for each DIR/NAME/det.txt write OUT/NAME.txt."""
    from benchmarks.accuracy.tracking import write_all
    from models.errors import BadInput

    written = write_all(detections, output)
    if not written:
        raise BadInput("bench.empty", f"no NAME/det.txt under {detections}; give the folder above the sequences")
    for path in written:
        click.echo(str(path))
