"""From a request's headers to the account behind them: an API key or a console session; knows no route.

A key that is given and wrong is an error even where a session would do, so that nobody acts under another name than
they think. What is wrong with a key (unknown, revoked, malformed) is not told.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

from starlette.requests import HTTPConnection

from cases.records import Actor, Role
from cases.store import Store
from serving.security import api_keys, sessions
from serving.security.principal import Principal, Unauthenticated

T = TypeVar("T")


class InThread(Protocol):
    """Runs what blocks in a thread."""

    def __call__(self, act: Callable[[], T], /) -> Awaitable[T]:
        """The result of `act`, once it has ended."""
        ...


_POWER = {Role.ADMIN: 3, Role.OFFICER: 2, Role.READER: 1, Role.AUDITOR: 1}
_NO_HASH = "0" * 64


def lesser_role(account: Role, key: Role | None) -> Role:
    """What a key may do: what it says, never more than its account."""
    if key is None or key is account:
        return account
    return key if _POWER[key] < _POWER[account] else account


class Authenticator:
    """Finds the caller; asks the store for every request, so that a revoked key stops at once."""

    def __init__(self, store: Store, in_thread: InThread) -> None:
        self._store = store
        self.in_thread = in_thread

    async def identify(self, connection: HTTPConnection) -> Principal | None:
        """The caller; None when no credential is given; raises Unauthenticated when one is and does not hold."""
        header = connection.headers.get("authorization")
        if header is not None:
            scheme, _, text = header.partition(" ")
            if scheme.lower() != "bearer":
                raise Unauthenticated("auth.scheme", "send the key as: Authorization: Bearer KEY")
            found = await self.in_thread(lambda: self._by_key(text.strip()))
            if found is None:
                raise Unauthenticated("auth.key", "this API key is not valid")
            return found
        token = connection.cookies.get(sessions.COOKIE)
        if not token:
            return None
        return await self.in_thread(lambda: self._by_session(token))

    def _by_key(self, text: str) -> Principal | None:
        prefix = api_keys.prefix_of(text)
        found = self._store.accounts.key(prefix) if prefix is not None else None
        matches = api_keys.key_matches(found[0].key_hash if found else _NO_HASH, text)
        if found is None or not matches or found[0].revoked:
            return None
        key, account = found
        return Principal(Actor(account.id, account.name, lesser_role(account.role, key.role), f"key:{prefix}"))

    def _by_session(self, token: str) -> Principal | None:
        hashed = sessions.token_hash(token)
        account = self._store.accounts.session(hashed)
        if account is None:
            return None
        actor = Actor(account.id, account.name, account.role, f"session:{hashed[:12]}")
        return Principal(actor, sessions.csrf_token(token))
