"""Who may do what to a case: one pure rule, by membership and role; knows no table and no request.

Membership is the need-to-know scope (知悉范围); the role of an account (or key) bounds what membership gives. A case
outside the scope does not exist for the caller, so that its answer is "not found", never "forbidden".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from cases.records import Role


class Wish(StrEnum):
    """What a caller wants of a case."""

    SEE = "see"
    """That it exists, what it is called, the lists of what it holds."""
    READ = "read"
    """The content of evidence and records."""
    AUDIT = "audit"
    """The audit trail."""
    WRITE = "write"
    """Add evidence, jobs, record versions."""
    MANAGE = "manage"
    """Add members."""


class Verdict(StrEnum):
    """The answer to a wish."""

    ALLOW = "allow"
    HIDE = "hide"
    """The case does not exist for this caller."""
    REFUSE = "refuse"
    """The caller knows the case and may not do this."""


@dataclass(frozen=True, slots=True)
class Member:
    """办案组: an account in a case; `role` bounds what it may do there."""

    case_id: str
    account_id: str
    role: Role
    granted_at: datetime
    granted_by: str


_GRANTS: dict[Role, frozenset[Wish]] = {
    Role.ADMIN: frozenset(Wish),
    Role.OFFICER: frozenset(Wish),
    Role.READER: frozenset({Wish.SEE, Wish.READ, Wish.AUDIT}),
    # The auditor reads the trail, not the content that it tells of.
    Role.AUDITOR: frozenset({Wish.SEE, Wish.AUDIT}),
}


def decide(role: Role, membership: Role | None, wish: Wish) -> Verdict:
    """Whether an account of `role`, with `membership` in the case (None: not a member), may do what it wishes.

    Administrators see and do everything for now; an organisation's own rule of scope replaces this one function.
    """
    if role is Role.ADMIN:
        return Verdict.ALLOW
    if membership is None:
        return Verdict.HIDE
    if wish in _GRANTS[role] and wish in _GRANTS[membership]:
        return Verdict.ALLOW
    return Verdict.REFUSE


def may_create(role: Role) -> bool:
    """Whether an account of `role` may open a case."""
    return role in (Role.ADMIN, Role.OFFICER)
