"""`anjuan voiceprints`: who has one, one's own enrolled with one's password, and deletion, beside a running server."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from models.errors import Forbidden, NotFound
from serving.cli.data_folder import DataFolder, data_options, opened_store, operator

if TYPE_CHECKING:
    from cases.accounts import Account
    from cases.store import Store


@click.group()
def voiceprints() -> None:
    """Whose voice is known; enrol one's own, delete."""


def _account(store: Store, name: str) -> Account:
    account = store.accounts.by_name(name)
    if account is None:
        raise NotFound("account.unknown", f"no account is called {name!r}; see: anjuan users list")
    return account


@voiceprints.command("consent")
def consent() -> None:
    """Print the text that enrolling agrees to; its version on stderr."""
    from cases.voiceprints import CONSENT_TEXT, CONSENT_VERSION

    click.echo(CONSENT_TEXT)
    click.echo(CONSENT_VERSION, err=True)


@voiceprints.command("list")
@data_options
def list_voiceprints(data: Path, database: str | None) -> None:
    """List who has one: name, day, version of the text agreed to."""
    with opened_store(DataFolder(data, database)) as store:
        names = {account.id: account.name for account in store.accounts.list()}
        for one in store.voiceprints.all(operator(store)):
            click.echo(f"{names.get(one.account_id, one.account_id)}\t{one.enrolled_at:%Y-%m-%d}\t{one.consent}")


@voiceprints.command()
@click.argument("name")
@click.argument("audio", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@data_options
@click.option("--agree", metavar="VERSION", required=True, help="Version of the text; see: anjuan voiceprints consent")
@click.option("--device", default="auto", show_default=True, help="auto, cpu, cuda or cuda:N.")
def enrol(name: str, audio: Path, data: Path, database: str | None, agree: str, device: str) -> None:
    """Enrol the voice of NAME from AUDIO, 20 to 60 seconds; NAME's own password, a line of stdin, is the consent."""
    from cases.records import Actor
    from models.device import choose_device
    from models.weights import WeightsCache
    from pipelines.inline import InlineEngine
    from pipelines.speech.staff import voiceprint_of
    from serving.security.passwords import password_matches

    password = sys.stdin.readline(1000).rstrip("\r\n")
    with opened_store(DataFolder(data, database)) as store:
        account = _account(store, name)
        if not password_matches(account.password_hash, password):
            raise Forbidden("auth.password", "the password is wrong: only NAME can agree to this")
        actor = Actor(account.id, account.name, account.role, "password")
        store.voiceprints.require_consent(actor, agree)
        engine = InlineEngine.from_registry(WeightsCache(), choose_device(device))
        try:
            with tempfile.TemporaryDirectory(prefix="anjuan-voiceprint-") as scratch:
                draft = voiceprint_of(audio, engine, Path(scratch))
        finally:
            engine.close()
        store.voiceprints.enrol(actor, draft, agree)
    click.echo(f"the voice of {name} is enrolled, from {draft.seconds:.0f} s of speech", err=True)


@voiceprints.command()
@click.argument("name")
@data_options
def delete(name: str, data: Path, database: str | None) -> None:
    """Delete the voiceprint of NAME at once: the row and its key."""
    with opened_store(DataFolder(data, database)) as store:
        store.voiceprints.delete(operator(store), _account(store, name).id)
    click.echo(f"the voiceprint of {name} is deleted", err=True)
