"""Where a command writes what it made of each input; knows no command."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click


def output_paths(inputs: Sequence[Path], output: Path | None, suffix: str) -> list[Path | None]:
    """A path for each input, None without `output`: the file itself for one input, else `suffix` files in a folder.

    Inputs of one name get numbered files, so that none overwrites another. Raises UsageError when the place cannot be
    written to; makes the folder when it is not there.
    """
    if output is None:
        return [None] * len(inputs)
    if len(inputs) == 1 and not output.is_dir():
        if not output.parent.is_dir():
            raise click.UsageError(f"the folder {output.parent} does not exist; make it first")
        return [output]
    if output.exists() and not output.is_dir():
        raise click.UsageError(f"with several inputs, {output} must be a folder")
    output.mkdir(parents=True, exist_ok=True)
    paths: list[Path | None] = []
    for given in inputs:
        path, copy = output / f"{given.stem}{suffix}", 2
        while path in paths:
            path, copy = output / f"{given.stem}-{copy}{suffix}", copy + 1
        paths.append(path)
    return paths
