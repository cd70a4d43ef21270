"""Console sessions: an opaque token in a cookie, its hash for the store, and the CSRF token under it; knows no page.

The CSRF token is an HMAC under the session token, so the server keeps nothing for it and it dies with the session.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

from starlette.responses import Response

COOKIE = "anjuan_session"
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf_token"


def new_token() -> str:
    """256 random bits for a cookie."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What the store keeps of a session."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def csrf_token(token: str) -> str:
    """What forms (`csrf_token`) and scripts (`X-CSRF-Token`) of this session must send with every act."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"anjuan console act", hashlib.sha256).hexdigest()


def csrf_matches(token: str, given: str | None) -> bool:
    """Whether `given` is the CSRF token of the session, compared in constant time."""
    return given is not None and hmac.compare_digest(csrf_token(token).encode(), given.encode("utf-8", "replace"))


def set_cookie(response: Response, token: str, *, ttl_s: int, secure: bool) -> None:
    """Hand the session to the browser: out of reach of scripts and never sent from another site."""
    response.set_cookie(COOKIE, token, max_age=ttl_s, path="/", secure=secure, httponly=True, samesite="strict")


def clear_cookie(response: Response, *, secure: bool) -> None:
    """Make the browser forget the session."""
    response.delete_cookie(COOKIE, path="/", secure=secure, httponly=True, samesite="strict")
