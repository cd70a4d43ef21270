"""`anjuan users`: make and list accounts, set passwords, also beside a running server."""

from __future__ import annotations

import secrets
import sys
from pathlib import Path

import click

from models.errors import NotFound
from serving.cli.data_folder import DataFolder, data_options, opened_store
from serving.cli.keys import ROLES


@click.group()
def users() -> None:
    """Make and list accounts, set passwords."""


def _password(from_stdin: bool) -> tuple[str, bool]:
    """A password: a line of stdin, or a fresh one; and whether it is fresh."""
    if from_stdin:
        return sys.stdin.readline(1000).rstrip("\r\n"), False
    return secrets.token_urlsafe(12), True


@users.command()
@click.argument("name")
@data_options
@click.option("--role", type=click.Choice(ROLES), default="officer", show_default=True, help="What the account may do.")
@click.option("--display-name", metavar="TEXT", help="The person's name as shown.")
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin instead of making one.")
def add(name: str, data: Path, database: str | None, role: str, display_name: str | None, password_stdin: bool) -> None:
    """Make the account NAME; prints its password on stdout when it was made here."""
    from cases.records import Role
    from serving.security.passwords import hash_password

    password, fresh = _password(password_stdin)
    with opened_store(DataFolder(data, database)) as store:
        store.accounts.add(name, Role(role), hash_password(password), display_name or name)
    if fresh:
        click.echo(password)
    click.echo(f"account {name} is made, role {role}", err=True)


@users.command("list")
@data_options
def list_users(data: Path, database: str | None) -> None:
    """List accounts: name, role, display name."""
    with opened_store(DataFolder(data, database)) as store:
        for account in store.accounts.list():
            click.echo(f"{account.name}\t{account.role.value}\t{account.display_name}")


@users.command()
@click.argument("name")
@data_options
@click.option("--password-stdin", is_flag=True, help="Read the password from stdin instead of making one.")
def passwd(name: str, data: Path, database: str | None, password_stdin: bool) -> None:
    """Set the password of NAME; prints it on stdout when it was made here."""
    from serving.security.passwords import hash_password

    with opened_store(DataFolder(data, database)) as store:
        account = store.accounts.by_name(name)
        if account is None:
            raise NotFound("account.unknown", f"no account is called {name!r}; see: anjuan users list")
        password, fresh = _password(password_stdin)
        store.accounts.set_password(account.id, hash_password(password))
    if fresh:
        click.echo(password)
    click.echo(f"the password of {name} is set", err=True)
