"""`anjuan keys`: make, list and revoke API keys, also beside a running server."""

from __future__ import annotations

from pathlib import Path

import click

from models.errors import NotFound
from serving.cli.data_folder import DataFolder, data_options, opened_store

ROLES = ("admin", "officer", "auditor", "reader")


@click.group()
def keys() -> None:
    """Make, list and revoke API keys."""


@keys.command()
@click.argument("name")
@data_options
@click.option(
    "--role", type=click.Choice(ROLES), default="officer", show_default=True, help="What the key may do at most."
)
@click.option("--account", default="admin", show_default=True, metavar="NAME", help="Whose key it is.")
def add(name: str, data: Path, database: str | None, role: str, account: str) -> None:
    """Make the key NAME and print it, alone, on stdout. It is shown this once."""
    from cases.records import Role
    from serving.first_account import ADMIN, ensure_admin
    from serving.security.api_keys import make_key

    with opened_store(DataFolder(data, database)) as store:
        owner = ensure_admin(store) if account == ADMIN else store.accounts.by_name(account)
        if owner is None:
            raise NotFound(
                "account.unknown", f"no account is called {account!r}; make it with: anjuan users add {account}"
            )
        key = make_key()
        store.accounts.add_key(owner.id, name, key.prefix, key.key_hash, Role(role))
    click.echo(key.text)
    click.echo(f"key {name!r} of account {account}, role {role}; keep it safe, it is not shown again", err=True)


@keys.command("list")
@data_options
def list_keys(data: Path, database: str | None) -> None:
    """List keys by prefix; the keys themselves are not kept."""
    with opened_store(DataFolder(data, database)) as store:
        for key in store.accounts.keys():  # noqa: SIM118 - a method of ours, no mapping
            state = "revoked" if key.revoked else "active"
            click.echo(f"{key.prefix}\t{key.name}\t{key.role.value if key.role else '-'}\t{state}")


@keys.command()
@click.argument("prefix")
@data_options
def revoke(prefix: str, data: Path, database: str | None) -> None:
    """Revoke the key with PREFIX (as listed, or the whole key); it stops working at once."""
    from serving.security.api_keys import prefix_of

    wanted = prefix_of(prefix) or prefix
    with opened_store(DataFolder(data, database)) as store:
        if store.accounts.key(wanted) is None:
            raise NotFound("key.unknown", f"no key has the prefix {wanted!r}; see: anjuan keys list")
        store.accounts.revoke_key(wanted)
    click.echo(f"key {wanted} is revoked", err=True)
