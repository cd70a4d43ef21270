"""The options `--data` and `--database` that every command on a case store takes, and the store they name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from models.errors import BadInput

if TYPE_CHECKING:
    from cases.records import Actor
    from cases.store import Store
    from serving.settings import Settings

F = TypeVar("F", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where a server keeps everything: its folder, and a database URL when that is not a file in the folder."""

    data: Path
    database: str | None


def data_options(command: F) -> F:
    """Give a command `data` and `database`."""
    data = click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        required=True,
        envvar="ANJUAN_DATA_DIR",
        metavar="DIR",
        help="Folder of the case store, blobs and keys.",
    )
    database = click.option(
        "--database",
        envvar="ANJUAN_DATABASE_URL",
        metavar="URL",
        help="Case database, when it is not the SQLite file in DIR.",
    )
    return data(database(command))


def settings_for(folder: DataFolder, **given: object) -> Settings:
    """Settings of the environment with what the command line says; raises BadInput naming what does not fit."""
    from pydantic import ValidationError

    from serving.settings import Settings

    named = {name: value for name, value in given.items() if value is not None}
    if folder.database is not None:
        named["database_url"] = folder.database
    try:
        return Settings(data_dir=folder.data, **named)  # type: ignore[arg-type]  # Pydantic checks each of them
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors(include_input=False))
        raise BadInput("settings.invalid", f"these settings do not fit: {faults}") from error


@contextmanager
def opened_store(folder: DataFolder) -> Iterator[Store]:
    """The store, closed at the end; works beside a running server."""
    from serving.storage import open_store

    store = open_store(settings_for(folder))
    try:
        yield store
    finally:
        store.close()


def operator(store: Store) -> Actor:
    """Who acts when the command line does: the account `admin`, by way of the machine's own terminal."""
    from cases.records import Actor
    from serving.first_account import ensure_admin

    admin = ensure_admin(store)
    return Actor(admin.id, admin.name, admin.role, "cli")
