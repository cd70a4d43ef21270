"""One-time tickets: for one address, once, for seconds."""

from __future__ import annotations

from pathlib import Path

import pytest

from cases.records import Actor, Role
from models.errors import Busy
from serving.security import tickets as module
from serving.security.tickets import Tickets, ticket_of

WANG = Actor("acc_1", "王", Role.OFFICER, "key:abc")


def test_a_ticket_says_who_was_given_it_once(tmp_path: Path) -> None:
    tickets = Tickets(tmp_path / "tickets", 30)
    ticket = tickets.issue(WANG, "/a")
    assert tickets.redeem(ticket, "/a") == WANG
    assert tickets.redeem(ticket, "/a") is None


def test_another_process_of_the_same_folder_knows_it(tmp_path: Path) -> None:
    ticket = Tickets(tmp_path, 30).issue(WANG, "/a")
    assert Tickets(tmp_path, 30).redeem(ticket, "/a") == WANG


@pytest.mark.parametrize(("address", "later_s"), [("/b", 0), ("/a", 31)])
def test_a_ticket_for_another_address_or_too_old_is_spent_in_vain(tmp_path: Path, address: str, later_s: int) -> None:
    now = [1000.0]
    tickets = Tickets(tmp_path, 30, clock=lambda: now[0])
    ticket = tickets.issue(WANG, "/a")
    now[0] += later_s
    assert tickets.redeem(ticket, address) is None
    now[0] -= later_s
    assert tickets.redeem(ticket, "/a") is None


def test_the_folder_holds_no_ticket_that_could_be_shown(tmp_path: Path) -> None:
    ticket = Tickets(tmp_path, 30).issue(WANG, "/a")
    (kept,) = tmp_path.iterdir()
    assert ticket not in kept.name + kept.read_text(encoding="utf-8")


def test_tickets_that_nobody_shows_are_swept_and_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr(module, "OPEN_MAX", 3)
    now = [time.time()]
    tickets = Tickets(tmp_path, 30, clock=lambda: now[0])
    for _ in range(3):
        tickets.issue(WANG, "/a")
    with pytest.raises(Busy):
        tickets.issue(WANG, "/a")
    now[0] += 60
    tickets.issue(WANG, "/a")
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(
    ("header", "found"),
    [("anjuan.live.v1, ticket.abc", "abc"), ("ticket.abc", "abc"), ("anjuan.live.v1", None), ("", None)],
)
def test_a_ticket_is_found_among_the_subprotocols(header: str, found: str | None) -> None:
    assert ticket_of(header) == found
