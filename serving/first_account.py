"""The account `admin` of a new data folder, and its first password; knows no request and no model."""

from __future__ import annotations

import secrets

from cases.accounts import Account
from cases.records import Role
from cases.store import Store
from models.errors import Conflict

ADMIN = "admin"
PASSWORD_BYTES = 12
"""96 random bits, shown as 16 characters: more than any guessing, short enough to type once."""


def ensure_admin(store: Store) -> Account:
    """The account `admin`, made without a password when it is missing; two processes may ask at once."""
    found = store.accounts.by_name(ADMIN)
    if found is not None:
        return found
    try:
        return store.accounts.add(ADMIN, Role.ADMIN, None, "管理员")
    except Conflict:
        found = store.accounts.by_name(ADMIN)
        if found is None:
            raise
        return found


def first_password(store: Store) -> str | None:
    """A fresh password for `admin` when it never had one, stored as a hash; None when it has."""
    from serving.security.passwords import hash_password

    admin = ensure_admin(store)
    if admin.password_hash is not None:
        return None
    password = secrets.token_urlsafe(PASSWORD_BYTES)
    store.accounts.set_password(admin.id, hash_password(password))
    return password
