"""The one rule of scope, as a table."""

from __future__ import annotations

import pytest

from cases.access import Verdict, Wish, decide, may_create
from cases.records import Role

ALLOW, HIDE, REFUSE = Verdict.ALLOW, Verdict.HIDE, Verdict.REFUSE


@pytest.mark.parametrize("wish", list(Wish))
@pytest.mark.parametrize("role", [Role.OFFICER, Role.READER, Role.AUDITOR])
def test_a_case_hides_from_whoever_is_not_of_its_team(role: Role, wish: Wish) -> None:
    assert decide(role, None, wish) is HIDE


@pytest.mark.parametrize("wish", list(Wish))
def test_an_administrator_may_do_everything_for_now(wish: Wish) -> None:
    assert decide(Role.ADMIN, None, wish) is ALLOW


@pytest.mark.parametrize(
    ("role", "membership", "granted"),
    [
        (Role.OFFICER, Role.OFFICER, set(Wish)),
        (Role.OFFICER, Role.READER, {Wish.SEE, Wish.READ, Wish.AUDIT}),
        (Role.OFFICER, Role.AUDITOR, {Wish.SEE, Wish.AUDIT}),
        (Role.READER, Role.OFFICER, {Wish.SEE, Wish.READ, Wish.AUDIT}),
        (Role.READER, Role.AUDITOR, {Wish.SEE, Wish.AUDIT}),
        (Role.AUDITOR, Role.OFFICER, {Wish.SEE, Wish.AUDIT}),
    ],
)
def test_role_and_membership_bound_each_other(role: Role, membership: Role, granted: set[Wish]) -> None:
    for wish in Wish:
        assert decide(role, membership, wish) is (ALLOW if wish in granted else REFUSE)


def test_only_officers_and_administrators_open_cases() -> None:
    assert [role for role in Role if may_create(role)] == [Role.ADMIN, Role.OFFICER]
