"""Accounts, API keys and sessions: the rows behind `store.accounts`; hashes come in and go out, secrets never do.

How passwords and keys are hashed and compared is the gateway's (`serving.security`). Every change is in the audit
trail of acts that belong to no case.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, delete, insert, select, update

from cases import ledger, schema
from cases.acts.base import Acts, not_found, note, plain_text
from cases.database import DUPLICATE, Transaction
from cases.ids import new_id
from cases.records import Actor, JsonObject, Role
from models.errors import Conflict

_NAME_CHARS = 200

OPERATOR = Actor("operator", "operator", Role.ADMIN, "command line")
"""Who acts when nobody is logged in: whoever may run commands on the machine that holds the store."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person or a system that acts; `password_hash` None: it cannot log in by password."""

    id: str
    name: str
    display_name: str
    role: Role
    password_hash: str | None
    created_at: datetime

    def actor(self, via: str | None = None, role: Role | None = None) -> Actor:
        """Who the store hears of when this account acts; `role` bounds it further (an API key's)."""
        return Actor(self.id, self.name, role or self.role, via)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """An API key: `prefix` finds it, `key_hash` proves it; `role` None: all that its account may do."""

    id: str
    account_id: str
    name: str
    prefix: str
    key_hash: str
    role: Role | None
    created_at: datetime
    revoked: bool


class Accounts(Acts):
    """The people of the store; `actor` is who makes the change, the machine's operator when it is not given."""

    def add(
        self,
        name: str,
        role: Role,
        password_hash: str | None = None,
        display_name: str | None = None,
        *,
        actor: Actor = OPERATOR,
    ) -> Account:
        """Add an account; raises Conflict when the name is taken, BadInput when it is no name."""
        account_id = new_id("acc")
        shown = plain_text(name, "the account's name", _NAME_CHARS)
        row = {
            "id": account_id,
            "name": shown,
            "display_name": plain_text(display_name or shown, "the display name", _NAME_CHARS),
            "role": role.value,
            "password_hash": password_hash,
        }
        try:
            with self._writing() as tx:
                tx.connection.execute(insert(schema.accounts).values(**row, created_at=tx.now))
                return _note_account(tx, actor, "account.added", account_id)
        except Conflict as error:
            if error.code == DUPLICATE:
                raise Conflict("account.exists", f"an account named {shown} exists already") from error
            raise

    def by_name(self, name: str) -> Account | None:
        """The account of that name."""
        return self._first(_account_query().where(schema.accounts.c.name == name))

    def by_id(self, account_id: str) -> Account | None:
        """The account of that id."""
        return self._first(_account_query().where(schema.accounts.c.id == account_id))

    def list(self) -> Sequence[Account]:
        """Every account by name."""
        with self._reading() as tx:
            return [_account(row) for row in tx.connection.execute(_account_query().order_by(schema.accounts.c.name))]

    def set_password(self, account_id: str, password_hash: str | None, *, actor: Actor = OPERATOR) -> None:
        """Replace the password's hash and end the account's sessions; raises NotFound."""
        with self._writing() as tx:
            wanted = update(schema.accounts).where(schema.accounts.c.id == account_id)
            if tx.connection.execute(wanted.values(password_hash=password_hash)).rowcount != 1:
                raise not_found("account", account_id)
            tx.connection.execute(delete(schema.sessions).where(schema.sessions.c.account_id == account_id))
            _note_account(tx, actor, "account.password", account_id)

    def set_role(self, account_id: str, role: Role, *, actor: Actor = OPERATOR) -> None:
        """Replace what the account may do at most; raises NotFound."""
        with self._writing() as tx:
            wanted = update(schema.accounts).where(schema.accounts.c.id == account_id)
            if tx.connection.execute(wanted.values(role=role.value)).rowcount != 1:
                raise not_found("account", account_id)
            _note_account(tx, actor, "account.role", account_id)

    # --- API keys -----------------------------------------------------------------------------------------------------
    def add_key(
        self,
        account_id: str,
        name: str,
        prefix: str,
        key_hash: str,
        role: Role | None = None,
        *,
        actor: Actor = OPERATOR,
    ) -> ApiKey:
        """Add a key to an account; raises NotFound without the account, Conflict when the prefix is taken."""
        key_id = new_id("key")
        row = {
            "id": key_id,
            "account_id": account_id,
            "name": plain_text(name, "the key's name", _NAME_CHARS),
            "prefix": prefix,
            "key_hash": key_hash,
            "role": role.value if role else None,
        }
        with self._writing() as tx:
            owner = select(schema.accounts.c.id).where(schema.accounts.c.id == account_id)
            if tx.connection.execute(owner).first() is None:
                raise not_found("account", account_id)
            tx.connection.execute(insert(schema.api_keys).values(**row, created_at=tx.now))
            return _note_key(tx, actor, "key.added", key_id)

    def key(self, prefix: str) -> tuple[ApiKey, Account] | None:
        """The key of that prefix, revoked or not, and its account."""
        with self._reading() as tx:
            row = tx.connection.execute(_key_query().where(schema.api_keys.c.prefix == prefix)).first()
            if row is None:
                return None
            owner = _account_query().where(schema.accounts.c.id == row.account_id)
            return _key(row), _account(tx.connection.execute(owner).one())

    def keys(self) -> Sequence[ApiKey]:
        """Every key, revoked ones too, oldest first."""
        with self._reading() as tx:
            wanted = _key_query().order_by(schema.api_keys.c.created_at, schema.api_keys.c.id)
            return [_key(row) for row in tx.connection.execute(wanted)]

    def revoke_key(self, key_id: str, *, actor: Actor = OPERATOR) -> None:
        """Make a key (by id or prefix) useless from now on; revoking twice is once. Raises NotFound."""
        table = schema.api_keys
        with self._writing() as tx:
            row = tx.connection.execute(_key_query().where((table.c.id == key_id) | (table.c.prefix == key_id))).first()
            if row is None:
                raise not_found("key", key_id)
            if row.revoked_at is None:
                tx.connection.execute(update(table).where(table.c.id == row.id).values(revoked_at=tx.now))
                _note_key(tx, actor, "key.revoked", row.id)

    # --- sessions of the console --------------------------------------------------------------------------------------
    def add_session(self, token_hash: str, account_id: str, expires_at: datetime) -> None:
        """Begin a session that ends by itself at `expires_at`; raises NotFound without the account."""
        table = schema.sessions
        with self._writing() as tx:
            row = tx.connection.execute(_account_query().where(schema.accounts.c.id == account_id)).first()
            if row is None:
                raise not_found("account", account_id)
            tx.connection.execute(delete(table).where(table.c.expires_at <= tx.now))
            session = {"token_hash": token_hash, "account_id": account_id, "created_at": tx.now}
            tx.connection.execute(insert(table).values(**session, expires_at=expires_at))
            note(tx, _account(row).actor("console"), "session.begun", ("account", account_id), None)

    def session(self, token_hash: str) -> Account | None:
        """Whose session this is; None when it ended or never was."""
        sessions = schema.sessions
        with self._reading() as tx:
            wanted = _account_query().join(sessions, sessions.c.account_id == schema.accounts.c.id)
            wanted = wanted.where(sessions.c.token_hash == token_hash, sessions.c.expires_at > tx.now)
            row = tx.connection.execute(wanted).first()
            return None if row is None else _account(row)

    def end_session(self, token_hash: str) -> None:
        """End a session; ending what has ended is no fault."""
        table = schema.sessions
        with self._writing() as tx:
            found = select(table.c.account_id).where(table.c.token_hash == token_hash)
            account_id = tx.connection.execute(found).scalar()
            if account_id is None:
                return
            tx.connection.execute(delete(table).where(table.c.token_hash == token_hash))
            owner = tx.connection.execute(_account_query().where(schema.accounts.c.id == account_id)).one()
            note(tx, _account(owner).actor("console"), "session.ended", ("account", str(account_id)), None)

    def _first(self, query: Select[Any]) -> Account | None:
        with self._reading() as tx:
            row = tx.connection.execute(query).first()
            return None if row is None else _account(row)


def _note_account(tx: Transaction, actor: Actor, act: str, account_id: str) -> Account:
    """Write down what was done to an account, with the digest of its row as it is now."""
    row = tx.connection.execute(_account_query().where(schema.accounts.c.id == account_id)).one()
    sealed = ledger.sealed_digest(schema.accounts, row._mapping)
    note(tx, actor, act, ("account", account_id), None, {"name": row.name, "role": row.role, "row": sealed})
    return _account(row)


def _note_key(tx: Transaction, actor: Actor, act: str, key_id: str) -> ApiKey:
    """Write down what was done to a key, with the digest of its row as it is now."""
    row = tx.connection.execute(_key_query().where(schema.api_keys.c.id == key_id)).one()
    details: JsonObject = {"account": row.account_id, "name": row.name, "role": row.role}
    details["row"] = ledger.sealed_digest(schema.api_keys, row._mapping)
    note(tx, actor, act, ("key", key_id), None, details)
    return _key(row)


def _account_query() -> Select[Any]:
    return select(schema.accounts)


def _key_query() -> Select[Any]:
    return select(schema.api_keys)


def _account(row: Row[Any]) -> Account:
    return Account(row.id, row.name, row.display_name, Role(row.role), row.password_hash, row.created_at)


def _key(row: Row[Any]) -> ApiKey:
    role = Role(row.role) if row.role else None
    revoked = row.revoked_at is not None
    return ApiKey(row.id, row.account_id, row.name, row.prefix, row.key_hash, role, row.created_at, revoked)
