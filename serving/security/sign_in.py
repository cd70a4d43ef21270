"""Signing in with a name and a password: one function for the console and the API; blocks, so call it in a thread.

A wrong name and a wrong password cannot be told apart, not by the answer and not by its time. The wait after failures
is counted before the password is checked, so that many tries at once count as many.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cases.records import Actor
from cases.store import Store
from serving.security import sessions
from serving.security.limits import SignInBackOff
from serving.security.passwords import password_matches
from serving.security.principal import Unauthenticated


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A new session: the token for the cookie, the CSRF token for forms and scripts, and who signed in."""

    token: str
    csrf: str
    actor: Actor
    ttl_s: int


def sign_in(store: Store, back_off: SignInBackOff, credentials: tuple[str, str], address: str, ttl_s: int) -> SignedIn:
    """Open a session for `credentials` (name, password) from `address`, for `ttl_s` seconds.

    Raises Unauthenticated when they are wrong, Busy while the name or the address must wait.
    """
    name, password = credentials
    callers = (f"name:{name[:200]}", f"address:{address}")
    back_off.check(*callers)
    back_off.failed(*callers)
    account = store.accounts.by_name(name[:200])
    if not password_matches(account.password_hash if account else None, password) or account is None:
        raise Unauthenticated("auth.password", "the name or the password is wrong")
    back_off.succeeded(*callers)
    token = sessions.new_token()
    hashed = sessions.token_hash(token)
    store.accounts.add_session(hashed, account.id, datetime.now(UTC) + timedelta(seconds=ttl_s))
    actor = Actor(account.id, account.name, account.role, f"session:{hashed[:12]}")
    return SignedIn(token, sessions.csrf_token(token), actor, ttl_s)
